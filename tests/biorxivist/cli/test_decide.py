from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import biorxivist as bx
from biorxivist.claims.bibliography import summarise
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.show import show
from biorxivist.claims.verdicts import explanation_rows, verdict_rows
from biorxivist.errors import NotFound
from biorxivist.workspace.home import Home
from graph.evidence.verdict import verdict_row
from graph.records import Claim

Cli = Callable[..., Result]
STATEMENT = "More pre-training data improves single-cell foundation models"
BOIARSKY = "10.1101/2023.10.19.563100"
DENADEL, FISCHER = "10.1101/2024.12.13.628448", "10.1038/s41467-024-51059-5"


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def plain(values: object) -> Any:
    return json.loads(json.dumps(values, default=str))


@pytest.fixture
def bibliography(tmp_path: Path) -> Path:
    file = tmp_path / "refs.bib"
    file.write_text(
        "@article{nothing, title = {Nothing of ours}}\n@article{denadel, doi = {10.1101/2024.12.13.628448v1}}\n"
        "@article{fischer, doi = {10.1038/s41467-024-51059-5}}\n",
        encoding="utf-8",
    )
    return file


def test_python_and_the_command_line_give_the_same_rows(
    cli: Cli, seeded: Home, known: ClaimIndex, bibliography: Path
) -> None:
    claim = next(iter(known.evidence.values())).claim_id
    with bx.open_graph() as graph:
        (statement,) = bx.check(STATEMENT, graph=graph)
        (paper,) = bx.check(DENADEL, graph=graph)
        expected = {
            ("check", STATEMENT): [finding.row() for finding in statement.findings],
            ("check", DENADEL): [finding.row() for finding in paper.findings],
            ("check", str(bibliography)): [entry.row() for entry in summarise(bx.check(bibliography, graph=graph))],
            ("ask", "How many cells was scGPT pre-trained on?"): [
                bx.ask("How many cells was scGPT pre-trained on?", graph=graph).model_dump(mode="json")
            ],
            ("compare", DENADEL, FISCHER): [pair.row() for pair in _pairs(bx.compare(DENADEL, FISCHER, graph=graph))],
            ("evidence",): list(verdict_rows(known)),
            ("explain", claim): list(explanation_rows(known, claim)),
            ("show", "scGPT"): [show("scGPT", known).row()],
            ("show", DENADEL): [show(DENADEL, known).row()],
        }
    for arguments, wanted in expected.items():
        assert wanted
        assert rows(cli(*arguments, "--json")) == plain(wanted), arguments


def _pairs(compared: Any) -> list[Any]:
    assert isinstance(compared, list)
    return compared


def test_a_verdict_has_one_shape_in_every_command(cli: Cli, seeded: Home, known: ClaimIndex) -> None:
    evidence = next(each for each in known.evidence.values() if each.verdict == "consistent_with_printed")
    paper = known.claims[evidence.claim_id].paper_id
    shape = plain(verdict_row(evidence))

    listed = rows(cli("evidence", evidence.claim_id, "--json"))[0]
    explained = rows(cli("explain", evidence.id, "--json"))[0]
    checked = next(row for row in rows(cli("check", paper, "--json")) if row["claim"] == evidence.claim_id)
    page = rows(cli("show", paper, "--json"))[0]
    line = next(line for line in page["claims"] if line["claim_id"] == evidence.claim_id)
    answer = rows(cli("ask", "Does logistic regression beat scGPT?", "--json"))[0]
    verdicts = {sentence["sources"][0]: sentence["verdict"] for sentence in answer["sentences"] if sentence["verdict"]}
    keys = list(shape)
    for nested in (checked["verdicts"][0], line["verdict"], *verdicts.values()):
        assert list(nested) == keys
    assert checked["verdicts"][0] == line["verdict"] == shape
    assert {name: plain(verdict_row(known.evidence[name])) for name in verdicts} == verdicts != {}
    for row in (listed, explained):  # a flat row has the claim beside its verdict
        assert {name: row[name] for name in shape} == shape
        assert row["evidence_id"] == evidence.id
    assert checked["evidence"][0] == line["evidence_id"] == evidence.id
    assert explained["inputs"] == list(evidence.inputs)


def test_a_bibliography_gets_a_headline_and_a_line_an_entry(cli: Cli, seeded: Home, bibliography: Path) -> None:
    result = cli("check", str(bibliography))
    headline, *entries = result.stdout.splitlines()
    assert headline.startswith("2 of 3 entries are in the graph")
    assert [line.partition(":")[0] for line in entries] == ["denadel", "fischer", "nothing"]
    assert all(" claims: " in line for line in entries[:2])
    assert entries[2] == "nothing: Nothing of ours (not in the graph)"


def test_a_bibliography_honours_the_limit_and_shows_claims_when_asked(
    cli: Cli, seeded: Home, bibliography: Path
) -> None:
    cut = cli("check", str(bibliography), "--limit", "1")
    assert len(cut.stdout.splitlines()) == 2
    assert "2 more entries; --limit 3 shows them." in cut.stderr
    assert len(rows(cli("check", str(bibliography), "--limit", "1", "--json"))) == 1
    assert len(rows(cli("check", str(bibliography), "--json"))) == 3
    assert "claim:" in cli("check", str(bibliography), "--all").stdout


def test_a_bibliography_without_a_known_paper_exits_1(cli: Cli, seeded: Home, tmp_path: Path) -> None:
    file = tmp_path / "other.bib"
    file.write_text("@article{nothing, title = {Nothing of ours}}\n", encoding="utf-8")
    result = cli("check", str(file))
    assert result.exit_code == 1
    assert result.stdout.startswith("None of 1 entry is in the graph.")


def test_a_bibliography_with_a_contradicted_claim_exits_1(
    cli: Cli, seeded: Home, known: ClaimIndex, bibliography: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("check", str(bibliography)).exit_code == 0
    evidence = next(each for each in known.verdicts(known.claims_of(f"doi:{DENADEL}")[0].id))
    refuted = evidence.model_copy(update={"verdict": "not_reproduced"})
    index = dataclasses.replace(known, evidence={**known.evidence, refuted.id: refuted})
    monkeypatch.setattr("biorxivist.claims.index.read_index", lambda store: index)
    result = cli("check", str(bibliography))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        "2 of 3 entries are in the graph; 1 has claims that a verdict or another paper speaks against, and 2 have "
        "claims that another paper opposes in another scope."
    )
    assert result.stdout.splitlines()[1].startswith("denadel: ")


def test_a_paper_of_many_claims_shows_the_first_ten_and_says_how_to_see_all(
    cli: Cli, seeded: Home, known: ClaimIndex
) -> None:
    count = len(known.claims_of(f"doi:{BOIARSKY}"))
    assert count > 10
    result = cli("check", f"doi:{BOIARSKY}")
    assert result.stdout.count("source: ") == 10
    assert f"{count - 10} more claims; --limit {count} shows them." in result.stderr
    assert len(rows(cli("check", BOIARSKY, "--json"))) == count


def test_the_verdict_on_a_claim_stands_under_it(cli: Cli, seeded: Home, known: ClaimIndex) -> None:
    evidence = next(each for each in known.evidence.values() if each.verdict == "consistent_with_printed")
    claim = known.claims[evidence.claim_id]
    lines = cli("check", claim.paper_id).stdout.splitlines()
    place = next(place for place, line in enumerate(lines) if line.endswith(claim.statement))
    assert lines[place + 1].startswith("  re-analysis: Consistent with printed: ")
    explained = cli("explain", claim.id).stdout.splitlines()
    assert explained[0] == claim.statement
    assert explained[3].startswith("Consistent with printed: ")


def test_an_answer_prints_a_verdict_directly_under_its_claim(
    cli: Cli, seeded: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from biorxivist.answers import Answer, Sentence

    answer = Answer(
        question="?", status="answered", support="weak",
        sentences=(
            Sentence(text="First.", kind="claim", sources=("claim:1",)),
            Sentence(text="reproduced", kind="verdict", sources=("evidence:1", "claim:1")),
            Sentence(text="Second.", kind="claim", sources=("claim:2",)),
        ),
    )  # fmt: skip
    monkeypatch.setattr("biorxivist.api.ask", lambda *_, **__: answer)
    assert cli("ask", "?").stdout.splitlines() == [
        "1. First.", "   [claim:1]", "   reproduced", "   [evidence:1, claim:1]", "2. Second.", "   [claim:2]",
    ]  # fmt: skip


def test_four_digits_of_an_id_are_enough_where_no_other_begins_so(cli: Cli, seeded: Home, known: ClaimIndex) -> None:
    digits = [claim_id.removeprefix("claim:") for claim_id in known.claims]
    unique = next(each for each in digits if sum(other.startswith(each[:4]) for other in digits) == 1)
    for name in (f"claim:{unique[:4]}", unique[:4]):
        assert rows(cli("explain", name, "--json"))[0]["claim_id"] == f"claim:{unique}"
    too_short = cli("explain", f"claim:{unique[:3]}")
    assert too_short.exit_code == 1
    assert "needs 4 digits" in too_short.stderr


def test_a_beginning_that_several_ids_share_lists_them() -> None:
    claims = [
        Claim(
            id=f"claim:abcd{number:012d}", paper_id="key:p", version_id="key:pv1", statement=str(number),
            kind="qualitative", source_url="https://example.org", location="text",
        )
        for number in range(7)
    ]  # fmt: skip
    with pytest.raises(NotFound) as caught:
        ClaimIndex.of(claims).claim("claim:abcd")
    assert caught.value.suggestions == tuple(claim.id for claim in claims[:5])
    assert "2 more begin so" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (("evidence", "--verdict", "no effect at scal"), 2, "no_effect_at_scale"),
        (("evidence", "--kind", "satuation"), 2, "saturation"),
        (("search", "cells", "--source", "europmc"), 2, "Did you mean europepmc?"),
        (("cite", "10.1101/1", "--style", "bibtx"), 2, "Did you mean bibtex?"),
        (("show", "scGTP"), 1, "scGPT"),
        (("chek", "x"), 2, "check"),
        (("graph", "quer"), 2, "query"),
        (("graph", "query", "contradictoins"), 2, "contradictions"),
        (("explain", "claim:0000000000000000"), 1, "`biorxivist evidence`"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_right_one(
    cli: Cli, seeded: Home, arguments: tuple[str, ...], code: int, hint: str
) -> None:
    result = cli(*arguments)
    assert result.exit_code == code
    assert hint in result.stderr
    assert result.stdout == ""


def test_a_page_prints_the_verdict_under_its_claim_and_the_id_last(cli: Cli, seeded: Home, known: ClaimIndex) -> None:
    lines = cli("show", f"doi:{DENADEL}").stdout.splitlines()
    assert lines[-1] == f"  [doi:{DENADEL}]"
    assert any(line.startswith("  @article{") for line in lines)
    assert f"Claims ({len(known.claims_of(f'doi:{DENADEL}'))})" in lines
    cut = cli("show", "scGPT")
    assert "more claims; --all shows them." in cut.stderr
    assert len(cli("show", "scGPT", "--all").stdout) > len(cut.stdout)
