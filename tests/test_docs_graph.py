from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from graph.schema import SCHEMA

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def builder() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "build_schema.py"))


def test_the_page_of_the_schema_is_current(builder: dict[str, Any]) -> None:
    current = (DOCS / "schema.md").read_text(encoding="utf-8") == builder["render"]()
    assert current, "run `make docs` and commit docs/schema.md"


def test_the_diagram_and_the_tables_hold_every_label_and_relationship(builder: dict[str, Any]) -> None:
    page = builder["render"]()
    diagram = page.split("```mermaid\n")[1].split("```")[0]
    for relationship in SCHEMA.relationships.values():
        assert f"| `{relationship.type}` |" in page
        for start, end in relationship.pairs:
            assert any(
                line.strip().startswith(f"{start} -- {relationship.type}") and line.endswith(f"--> {end}")
                for line in diagram.splitlines()
            )
    for label in SCHEMA.nodes:
        assert f"| [{label}](data.md#{label.lower()}) |" in page


def test_a_page_that_is_not_current_is_named_by_the_check_and_written_by_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    driver = runpy.run_path(str(DOCS / "build.py"))
    (tmp_path / "build_note.py").write_text(
        "from pathlib import Path\nPAGE = Path(__file__).with_name('note.md')\ndef render(): return 'a page'\n",
        encoding="utf-8",
    )
    driver["main"].__globals__.update(FOLDER=tmp_path, NAMES=("note",))
    assert driver["main"](["--check"]) == 1
    assert "note.md is out of date: run `make docs`" in capsys.readouterr().err
    assert driver["main"]([]) == 0
    assert (tmp_path / "note.md").read_text(encoding="utf-8") == "a page"
    assert driver["main"](["--check", "note"]) == 0
    assert driver["main"](["nothing"]) == 2


def test_every_generated_page_has_a_builder_with_a_page_and_its_text() -> None:
    for path in DOCS.glob("build_*.py"):
        assert {"PAGE", "render"} <= set(runpy.run_path(str(path))), path.name
