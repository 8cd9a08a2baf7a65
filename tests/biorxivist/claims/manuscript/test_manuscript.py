from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import biorxivist as bx
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.manuscript import check_manuscript
from biorxivist.claims.manuscript.citing import read_manuscript
from biorxivist.errors import InvalidInput
from biorxivist.workspace.home import Home

DOIS = {
    "kedzierska": "10.1101/2023.10.16.561085", "boiarsky": "10.1101/2023.10.19.563100",
    "cui": "10.1101/2023.04.30.538439", "theodoris": "10.1038/s41586-023-06139-9",
    "denadel": "10.1101/2024.12.13.628448", "hao": "10.1101/2023.05.29.542705", "rosen": "10.1101/2023.11.28.568918",
    "zeng": "10.1101/2024.06.04.597369", "fischer": "10.1101/2023.10.07.561331",
    "csendes": "10.1186/s12864-025-11600-2", "chevalier": "arxiv", "nobody": "10.1000/nothing",
}  # fmt: skip
SENTENCES: tuple[tuple[str, str, str], ...] = (
    ("scGPT is pre-trained on more than 33 million cells", "cui", "supported"),
    ("Geneformer is pre-trained on a corpus of 29.9 million cells", "theodoris", "supported"),
    ("scFoundation has 100 million parameters", "hao", "supported"),
    ("UCE is pre-trained on 36 million cells", "rosen", "supported"),
    ("CellFM has 800 million parameters", "zeng", "supported"),
    ("scGPT has 51 million parameters", "cui", "supported"),
    ("Without fine-tuning, scVI integrates batches better than Geneformer", "kedzierska", "supported"),
    ("Logistic regression outperforms scGPT on the myeloid data", "boiarsky", "supported"),
    ("scGPT outperforms logistic regression on multiple sclerosis", "boiarsky", "supported"),
    ("Logistic regression outperforms scBERT on Zheng68K", "boiarsky", "supported"),
    ("scTab improves with more training cells", "fischer", "supported"),
    ("TEDDY improves with more parameters", "chevalier", "supported"),
    ("The mean baseline outperforms scGPT in perturbation prediction", "csendes", "supported"),
    ("Geneformer was pretrained on 300 million cells", "theodoris", "numbers_differ"),
    ("scFoundation has 3 billion parameters", "hao", "numbers_differ"),
    ("scGPT outperforms logistic regression", "boiarsky", "scope_differs"),
    ("scBERT outperforms logistic regression on Zheng68K", "boiarsky", "contradicted"),
    ("UCE outperforms scVI on batch integration", "cui", "does_not_say_so"),
    ("More layers make scGPT better", "nobody", "unknown"),
    ("We thank our colleagues", "denadel", "unknown"),
    ("Geneformer was trained on about 30 million cells", "theodoris", "supported"),
    ("Zero-shot Geneformer and scGPT outperform Harmony and scVI in batch integration", "kedzierska", "contradicted"),
)


def entry(key: str) -> str:
    where = "eprint = {2503.03485}" if key == "chevalier" else f"doi = {{{DOIS[key]}}}"
    return f"@article{{{key},\n  title = {{On {key}}},\n  {where}\n}}\n"


@pytest.fixture
def bibliography(tmp_path: Path) -> Path:
    path = tmp_path / "refs.bib"
    path.write_text("".join(map(entry, DOIS)), encoding="utf-8")
    return path


@pytest.fixture
def markdown(bibliography: Path) -> Path:
    path = bibliography.parent / "paper.md"
    text = "".join(f"{sentence} [@{key}].\n" for sentence, key, _ in SENTENCES)
    path.write_text(f"---\nbibliography: refs.bib\n---\n# Results\n\n{text}", encoding="utf-8")
    return path


@pytest.fixture
def latex(bibliography: Path) -> Path:
    path = bibliography.parent / "paper.tex"
    text = "".join(f"{sentence}~\\citep[see][]{{{key}}}.\n" for sentence, key, _ in SENTENCES)
    head = "\\documentclass{article}\n% scBERT outperforms everything \\cite{cui}.\n\\begin{document}\n"
    path.write_text(f"{head}{text}\\bibliography{{refs}}\n\\end{{document}}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["markdown", "latex"])
def test_each_citing_sentence_of_a_draft_is_found_supported_or_not(
    kind: str, known: ClaimIndex, request: pytest.FixtureRequest
) -> None:
    rows, problems = check_manuscript(request.getfixturevalue(kind), known)
    assert not problems
    assert [(row.sentence.rstrip("."), row.key, row.outcome) for row in rows] == list(SENTENCES)


def test_a_row_says_where_it_stands_and_what_the_paper_says_instead(markdown: Path, known: ClaimIndex) -> None:
    rows, _ = check_manuscript(markdown, known)
    wrong = next(row for row in rows if row.outcome == "contradicted")
    assert markdown.read_text(encoding="utf-8").splitlines()[wrong.line - 1].startswith("scBERT outperforms")
    assert wrong.finding is not None
    assert wrong.finding.claim.paper_id == f"doi:{DOIS['boiarsky']}"
    assert "Logistic regression" in wrong.why
    narrow = next(row for row in rows if row.outcome == "scope_differs")
    assert "dataset" in narrow.fields


def test_what_a_verdict_speaks_against_is_contradicted_though_the_paper_says_so(
    known: ClaimIndex, tmp_path: Path
) -> None:
    adverse = {each.claim_id for each in known.evidence.values() if each.verdict == "inconsistent_with_printed"}
    claim = next(each for each in known.claims.values() if each.id in adverse and each.comparator_ids)
    path = tmp_path / "own.md"
    paper = known.papers[claim.paper_id]
    doi = next(iter(paper.dois), paper.id.removeprefix("doi:"))
    path.write_text(f"{claim.statement.rstrip('.')} (doi:{doi}).\n", encoding="utf-8")
    (row,), _ = check_manuscript(path, known)
    assert row.outcome != "supported"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("A [@one; @two, p. 3] and @three say so.", ("one", "two", "three")),
        ("It is so [see @one].", ("one",)),
        ("It is so (https://doi.org/10.1101/2024.12.13.628448).", ("10.1101/2024.12.13.628448",)),
        ("It is so [1,3-5].\n\n# References\n\n[1] Some. doi:10.1/x\n", ("1", "3", "4", "5")),
        ("Write to me@example.org.", ()),
        ("```\ncode [@one]\n```\n", ()),
        ("<!-- hidden [@one] -->", ()),
    ],
)
def test_markdown_citations_are_read(text: str, keys: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(text, encoding="utf-8")
    assert tuple(key for each in read_manuscript(path).sentences for key in each.keys) == keys


def test_a_file_that_is_no_text_is_refused(tmp_path: Path, known: ClaimIndex) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="UTF-8"):
        check_manuscript(path, known)
    with pytest.raises(InvalidInput, match="none"):
        check_manuscript(tmp_path / "none.md", known)


def test_the_command_prints_a_row_each_and_fails_where_something_is_contradicted(
    seeded: Home, markdown: Path, cli: Callable[..., Result]
) -> None:
    shown = cli("check", str(markdown), "--json")
    assert shown.exit_code == 1
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [row["outcome"] for row in rows] == [outcome for *_, outcome in SENTENCES]
    with bx.open_graph() as graph:
        assert [row.row() for row in bx.check(markdown, graph=graph)] == rows
    text = markdown.read_text(encoding="utf-8").replace("scBERT outperforms", "scBERT is")
    text = text.replace("scGPT outperform Harmony", "scGPT are like Harmony")
    markdown.write_text(text, encoding="utf-8")
    assert cli("check", str(markdown)).exit_code == 0
