from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import biorxivist as bx
from biorxivist.claims.index import Knowledge
from biorxivist.errors import InvalidInput, ModelNotConfigured
from biorxivist.workspace.home import Home


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
        assert graph.query("MATCH (p:Paper) RETURN count(p) AS n") == [{"n": 49}]


def test_claims_are_compared_by_id_or_as_records(seeded: Home, known: Knowledge) -> None:
    first, second = list(known.claims.values())[:2]
    assert bx.compare(first.id, second.id) == bx.compare(second, first)
    with pytest.raises(InvalidInput, match="itself"):
        bx.compare(first, first)


def test_check_takes_a_statement_a_doi_or_a_path(seeded: Home, tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text("@misc{a, doi = {10.1101/2024.12.13.628448}}", encoding="utf-8")
    for what in ("More pre-training data improves foundation models", "10.1101/2024.12.13.628448", bib):
        (checked,) = bx.check(what)
        assert checked.found
    with pytest.raises(InvalidInput, match="0 characters"):
        bx.check("")


def test_ask_answers_offline_and_refuses_to_pretend_a_model(seeded: Home) -> None:
    with bx.open_graph() as graph:
        assert bx.ask("How many cells was scGPT pre-trained on?", graph=graph).status == "answered"
    with pytest.raises(ModelNotConfigured, match="without language models"):
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
