from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import biorxivist as bx
from biorxivist.claims.index import ClaimIndex
from biorxivist.errors import InvalidInput, ModelNotConfigured, NotFound
from biorxivist.load.prepare import open_graph as open_home_graph
from biorxivist.workspace.home import Home
from graph.records import Claim, Paper


def test_importing_the_package_loads_nothing_else() -> None:
    code = (
        "import sys, biorxivist\n"
        "print(*(name for name in sys.modules if name.startswith(('pydantic', 'graph', 'biorxivist.'))))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == []


def test_every_promised_name_is_there_and_no_other() -> None:
    assert dir(bx) == ["__version__", "ask", "check", "compare", "get", "open_graph", "parse", "search"]
    assert all(callable(getattr(bx, name)) for name in bx.__all__ if name != "__version__")
    with pytest.raises(AttributeError, match="reproduce"):
        bx.reproduce  # noqa: B018


def test_the_functions_stay_functions_after_their_modules_are_imported() -> None:
    import biorxivist.answers
    import biorxivist.claims.check
    import biorxivist.claims.compare
    import biorxivist.literature.parse
    import biorxivist.literature.search  # noqa: F401

    assert all(callable(getattr(bx, name)) for name in bx.__all__ if name != "__version__")


def test_the_version_is_that_of_the_distribution() -> None:
    import tomllib

    root = Path(__file__).parents[2]
    assert bx.__version__ == tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_graph_opens_and_is_read_only(seeded: Home) -> None:
    with bx.open_graph() as graph:
        assert graph.query("MATCH (p:Paper) RETURN count(p) AS n") == [{"n": 113}]


def test_claims_are_compared_by_id_or_as_records(seeded: Home, known: ClaimIndex) -> None:
    first, second = list(known.claims.values())[:2]
    assert bx.compare(first.id, second.id) == bx.compare(second, first)
    with pytest.raises(InvalidInput, match="itself"):
        bx.compare(first, first)


def test_check_takes_a_statement_a_doi_or_a_path(seeded: Home, tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text("@misc{a, doi = {10.1101/2024.12.13.628448}}", encoding="utf-8")
    for what in ("More pre-training data improves foundation models", "10.1101/2024.12.13.628448", bib):
        (checked,) = bx.check(what)
        assert checked.findings
    with pytest.raises(InvalidInput, match="0 characters"):
        bx.check("")


def test_ask_answers_offline_and_says_what_a_model_needs(seeded: Home) -> None:
    with bx.open_graph() as graph:
        assert bx.ask("How many cells was scGPT pre-trained on?", graph=graph).status == "answered"
    with pytest.raises(ModelNotConfigured, match="needs a key"):
        bx.ask("How many cells?", model="gpt-5")
    with pytest.raises(InvalidInput, match="characters"):
        bx.ask("x" * 3000)


def test_papers_of_ones_own_are_searched_read_and_parsed(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIORXIVIST_PAPERS", str(shared / "samples" / "jats"))
    papers = shared / "samples" / "jats"
    found = bx.search("connectome adult drosophila", source="local")
    assert [paper.id for paper in found] == ["doi:10.1101/2020.04.07.030213"]
    document = bx.parse(papers / "biorxiv_2020.04.07.030213.xml")
    assert document.paper.title == found[0].title
    assert len(document.references) == 105


def test_two_papers_are_compared_by_doi_as_on_the_command_line(seeded: Home) -> None:
    pairs = bx.compare("10.1101/2024.12.13.628448", "10.1101/2025.10.14.682419")
    assert isinstance(pairs, list)
    assert {pair.first.paper_id for pair in pairs} == {"doi:10.1101/2024.12.13.628448"}
    assert all(pair.relation.relation != "not_comparable" for pair in pairs)


def test_a_folder_of_own_papers_is_searched(tmp_path: Path, shared: Path) -> None:
    import shutil

    shutil.copy(next((shared / "samples" / "jats").glob("*.xml")), tmp_path)
    assert len(bx.search("", source="local", folder=tmp_path)) == 1


def test_answers_come_from_the_graph_that_is_given_and_from_no_other(
    seeded: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Home(tmp_path / "small", f"ladybug:{tmp_path / 'small' / 'graph'}")
    paper = Paper(id="doi:10.1/own", title="Own paper", year=2026)
    claim = Claim(
        paper_id=paper.id, version_id=f"{paper.id}v1", statement="scGPT does not gain from more cells.", kind="scaling",
        subject_ids=("model:scgpt",), direction="0", unit="cells", source_url="https://example.org", location="p. 1",
    )  # fmt: skip
    small.archive.append([paper, claim], writer="test")
    with open_home_graph(small) as graph:
        (checked,) = bx.check("scGPT gains from more cells", graph=graph)
        assert [finding.claim.id for finding in checked.findings] == [claim.id]
        answer = bx.ask("Does scGPT gain from more cells?", graph=graph)
        assert {source for sentence in answer.sentences for source in sentence.sources} == {claim.id}
        with pytest.raises(NotFound, match="claim:"):
            bx.compare(claim.id, next(iter(seeded.archive.read("Claim"))).id, graph=graph)


@pytest.mark.parametrize("what", [None, 123, b"scGPT", ["scGPT"]])
def test_check_refuses_what_is_no_text_and_no_path(seeded: Home, what: object) -> None:
    with pytest.raises(InvalidInput, match="not"):
        bx.check(what)  # type: ignore[arg-type]
