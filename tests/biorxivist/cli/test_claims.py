"""Claims of one's own papers: read with the file, reviewed, added by hand, and labelled wherever they show."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from biorxivist.claims.index import read_archived
from biorxivist.cli.main import app
from biorxivist.workspace.home import Home
from graph.records import Claim
from tests.conftest import copy_home

Cli = Callable[..., Result]
DOI = "10.1101/2026.11.02.000001"
PAPER = f"""<?xml version="1.0"?>
<article><front><article-meta>
<article-id pub-id-type="doi">{DOI}</article-id>
<title-group><article-title>A small benchmark</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Reader</surname><given-names>Ada</given-names></name></contrib></contrib-group>
<pub-date><year>2026</year></pub-date>
<abstract><p>We found that scGPT outperformed scVI in accuracy.</p></abstract></article-meta></front>
<body><sec><title>Results</title>
<p>Lopez et al. [1] reported that scVI outperforms PCA. UCE may outperform PCA.</p>
<table-wrap><label>Table 1.</label><caption><p>Cell type annotation.</p></caption>
<table><thead><tr><th>Method</th><th>Accuracy</th></tr></thead>
<tbody><tr><td>scGPT</td><td>0.81</td></tr><tr><td>Geneformer</td><td>0.79</td></tr></tbody></table></table-wrap>
<table-wrap><label>Table 2.</label><caption><p>More.</p></caption><graphic href="t2"/></table-wrap>
</sec></body>
<back><ref-list><ref id="r1"><label>1</label><mixed-citation>Lopez R. Deep generative modelling. 2018.</mixed-citation></ref></ref-list></back>
</article>"""  # noqa: E501


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.xml"
    path.write_text(PAPER, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def home_with_paper(light_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home into which the paper was loaded, once for all tests that go on from there."""
    folder = tmp_path_factory.mktemp("with_paper")
    home = copy_home(light_home, folder / "home")
    (folder / "paper.xml").write_text(PAPER, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIORXIVIST_HOME", str(home.folder))
        assert CliRunner().invoke(app, ["load", str(folder / "paper.xml")]).exit_code == 0
    return home


@pytest.fixture
def loaded_home(home_with_paper: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of it that a test may change."""
    home = copy_home(home_with_paper, tmp_path / "own")
    monkeypatch.setenv("BIORXIVIST_HOME", str(home.folder))
    return home


def extracted(home: Home) -> list[Claim]:
    claims = read_archived(home.archive).claims.values()
    return [claim for claim in claims if claim.paper_id == f"doi:{DOI}"]


def test_load_reads_sentences_and_tables_and_says_what_became_of_the_tables(
    cli: Cli, own_home: Home, paper: Path
) -> None:
    done = cli("load", str(paper))
    assert done.exit_code == 0, done.output
    assert "5 claims read" in done.stdout
    assert "for a review, as less sure than 0.9" in done.stdout
    assert "1 of 1 table gave scores; 1 table is a picture or a link and was not read." in done.stdout
    found = {(claim.kind, claim.extractor.partition("@")[0], claim.attributed_to) for claim in extracted(own_home)}
    assert found == {("comparison", "rules", None), ("comparison", "rules", "Lopez et al."), ("score", "tables", None)}


def test_load_names_every_table_that_gave_nothing_and_what_was_left_out_of_the_others(
    cli: Cli, own_home: Home, tmp_path: Path
) -> None:
    def rows(*lines: str) -> str:
        cells = ("".join(f"<td>{cell}</td>" for cell in line.split("|")) for line in lines)
        return "<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>"

    def wrapped(number: int, *lines: str) -> str:
        label = f"<label>Table {number}.</label><caption><p>Annotation.</p></caption>"
        return f"<table-wrap>{label}{rows(*lines)}</table-wrap>"

    tables = (
        wrapped(3, "Method|MSE", "scGPT|0.2", "scVI|0.3"),
        wrapped(4, "Method|MAE|RMSE", "scGPT|0.2|0.4", "scVI|0.3|0.6"),
        wrapped(5, "Method|Skin|Gut", "scGPT|0.2/0.3|0.4/0.5"),
        wrapped(6, "Method|ARI|Tier", "scGPT|0.2|3", "scVI|0.5|2"),
    )
    path = tmp_path / "tables.xml"
    path.write_text(PAPER.replace("</sec></body>", f"{''.join(tables)}</sec></body>"), encoding="utf-8")
    lines = cli("load", str(path)).stdout.splitlines()
    assert "2 of 5 tables gave scores and 3 did not; 1 table is a picture or a link and was not read." in lines[1]
    assert lines[2:] == [
        "Not read:",
        "- Table 3 and Table 4: its metrics are errors, which are not read.",
        "- Table 5: its cells hold several numbers each.",
        "Read in part:",
        "- Table 6: 2 of 4 numbers left out, as headings are not understood ('Tier').",
    ]
    row = json.loads(cli("load", str(path), "--again", "--json").stdout)
    assert [table["table"] for table in row["tables_not_read"]] == ["Table 3", "Table 4", "Table 5"]
    assert {table["paper"] for table in row["tables_not_read"]} == {f"doi:{DOI}"}
    assert row["tables"] == 5


def test_load_of_a_table_alone_tells_of_that_table_alone(cli: Cli, loaded_home: Home, tmp_path: Path) -> None:
    table = tmp_path / "s1.csv"
    table.write_text("Method,Macro F1,Tier\nUCE,0.5,2\nscBERT,0.4,3\n", encoding="utf-8")
    lines = cli("load", str(table), "--of", DOI).stdout.splitlines()
    assert lines[0] == "1 table of files read, 0 unchanged, 1 record written, 0 files skipped"
    assert lines[1].startswith("2 claims read; ")
    assert lines[1].endswith(" 1 of 1 table gave scores.")
    assert lines[-1] == "- s1.csv: 2 of 4 numbers left out, as headings are not understood ('Tier')."
    assert len(extracted(loaded_home)) == 7


def test_a_list_of_claims_says_of_which_paper_each_is_and_where_it_stands(cli: Cli, loaded_home: Home) -> None:
    listing = ("claims", "list", "--paper", DOI)
    rows = [json.loads(line) for line in cli(*listing, "--json").stdout.splitlines()]
    assert {row["paper"] for row in rows} == {f"doi:{DOI}"}
    assert {row["place"] for row in rows} == {"Abstract", "Results", "Results, a table"}
    known = {claim.id: claim.passage_id for claim in extracted(loaded_home)}
    assert {row["claim"]: row["passage"] for row in rows} == known
    assert "place" in cli(*listing, "--csv").stdout.splitlines()[0]
    assert f"doi:{DOI}" in cli(*listing).stdout


def test_load_reads_no_claims_where_none_are_wanted(cli: Cli, own_home: Home, paper: Path) -> None:
    assert cli("load", str(paper), "--no-claims").exit_code == 0
    assert extracted(own_home) == []


def test_claims_of_another_field_wait_with_the_reason_until_somebody_accepts_them(
    cli: Cli, own_home: Home, tmp_path: Path
) -> None:
    body, _, rest = PAPER.partition("<p>")
    text = "Logistic regression outperformed foundation models in accuracy."
    other = f"{body}<p>{text}</p></abstract></article-meta></front><body>{rest[rest.index('<back>') :]}"
    other = other.replace("<back>", "</body><back>").replace("A small benchmark", "Chest radiographs")
    path = tmp_path / "other.xml"
    path.write_text(other, encoding="utf-8")
    assert "1 waits for a review, as text of another field" in cli("load", str(path)).stdout
    (claim,) = extracted(own_home)
    listing = ("claims", "list", "--paper", DOI, "--json")
    assert json.loads(cli(*listing).stdout)["waits"] == "text of another field"
    assert "not judged until somebody accepts it: text of another field" in cli("show", claim.id).stdout
    assert "Waits: text of another field" in cli("claims", "review", "--who", "A", "--paper", DOI, stdin="q\n").output
    accept = ("claims", "review", claim.id, "--accept", "--who", "A. Reader", "--why", "It holds for cells.")
    assert cli(*accept).exit_code == 0
    assert json.loads(cli(*listing).stdout)["waits"] == ""


def test_extract_sends_who_gives_it_a_file_to_load(cli: Cli, tmp_path: Path) -> None:
    result = cli("claims", "extract", str(tmp_path))
    assert result.exit_code == 2
    assert "biorxivist load" in result.stderr


def test_a_table_in_a_file_belongs_to_the_paper_that_is_loaded_with_it_or_named(
    cli: Cli, own_home: Home, paper: Path, tmp_path: Path
) -> None:
    table = tmp_path / "s1.csv"
    table.write_text("Method,Macro F1\nUCE,0.5\n", encoding="utf-8")
    alone = cli("load", str(table))
    assert alone.exit_code == 1
    assert "--of DOI" in alone.stderr
    assert "6 claims read" in cli("load", str(paper), str(table)).stdout
    table.write_text("Method,Macro F1\nUCE,0.5\nscBERT,0.4\n", encoding="utf-8")
    assert json.loads(cli("load", str(table), "--of", DOI, "--json").stdout)["supplementary_tables"] == 1
    assert ("model:scbert",) in {claim.subject_ids for claim in extracted(own_home)}


def test_a_claim_that_a_program_has_read_says_so_wherever_it_is_shown(cli: Cli, loaded_home: Home) -> None:
    (claim,) = [
        each
        for each in extracted(loaded_home)
        if each.attribution == "own" and each.kind == "comparison" and each.hedging == "none"
    ]
    label = f"read by {claim.extractor}, confidence {claim.confidence:.2g}"
    for arguments in (
        ("show", DOI),
        ("show", claim.id),
        ("check", DOI),
        ("evidence", claim.id),
    ):
        assert label in cli(*arguments).stdout, arguments
    row = json.loads(cli("evidence", claim.id, "--json").stdout.splitlines()[0])
    assert (row["extractor"], row["confidence"]) == (claim.extractor, claim.confidence)
    (cited,) = [each for each in extracted(loaded_home) if each.attribution == "cited"]
    assert "(citing Lopez et al.; read by" in cli("show", cited.id).stdout


def test_the_walk_shows_each_claim_in_its_paragraph_and_keeps_every_decision(cli: Cli, loaded_home: Home) -> None:
    waiting = sorted(extracted(loaded_home), key=lambda claim: -claim.confidence)
    answers = ["a", "", "x", "r", "Not so.", "c", "direction", "", "s", "q"]
    done = cli("claims", "review", "--paper", DOI, "--who", "Ada", stdin="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert "2 decided, 3 still wait." in done.stderr
    assert "'x' is no key" in done.stderr
    assert "'direction' is not KEY=VALUE" in done.stderr
    assert ">>scGPT\t0.81<<" in done.stdout
    assert {claim.review for claim in extracted(loaded_home)} == {"accepted", "rejected", "unreviewed"}
    assert len(waiting) == 5


def test_a_correction_in_the_walk_is_a_claim_of_its_own(cli: Cli, loaded_home: Home) -> None:
    answers = ["Ada", "c", "value=0.8", f"source_url=https://doi.org/{DOI}", "", "Misprint.", "q"]
    done = cli("claims", "review", "--paper", DOI, stdin="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert "corrects it" in done.stderr
    assert {claim.review for claim in extracted(loaded_home) if claim.value == 0.8} == {"accepted"}


def test_the_walk_ends_with_the_input(cli: Cli, loaded_home: Home) -> None:
    done = cli("claims", "review", "--paper", DOI, "--who", "Ada", stdin="a\n\n")
    assert done.exit_code == 0, done.output
    assert "1 decided, 4 still wait." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--accept",), "Name the claim"),
        (("claim:1234", "--accept"), "--who NAME"),
        (("claim:1234", "--accept", "--who", "A"), "--why TEXT"),
    ],
)
def test_a_review_without_what_it_needs_is_refused(
    cli: Cli, own_home: Home, arguments: tuple[str, ...], message: str
) -> None:
    done = cli("claims", "review", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_claim_is_added_by_hand_with_its_source_and_no_extraction_touches_it(cli: Cli, loaded_home: Home) -> None:
    given = ("claims", "add", DOI, "scGPT does no better than PCA.", "--kind", "comparison", "--set", "direction=>",
             "--set", "polarity=negated", "--source", f"https://doi.org/{DOI}", "--location", "Figure 2")  # fmt: skip
    done = cli(*given, "--subject", "scGPT", "--comparator", "PCA", "--json")
    assert done.exit_code == 0, done.output
    added = json.loads(done.stdout)
    assert (added["subject_ids"], added["comparator_ids"]) == (["model:scgpt"], ["model:pca_baseline"])
    cli("claims", "extract", "--all")
    (kept,) = [claim for claim in extracted(loaded_home) if claim.extractor == "curated"]
    assert (kept.id, kept.version_id, kept.location) == (added["id"], f"doi:{DOI}vjournal", "Figure 2")
    again = cli(*given, "--subject", "scGPT", "--comparator", "PCA")
    assert again.exit_code == 2
    assert "already says so" in again.stderr
    misspelt = cli(*given, "--subject", "scGTP", "--comparator", "PCA")
    assert misspelt.exit_code == 2
    assert "scGPT" in misspelt.stderr.partition("scGTP")[2]
