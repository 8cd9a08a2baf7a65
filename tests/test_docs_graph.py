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


def test_a_page_that_is_not_current_is_told(
    builder: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "schema.md"
    builder["main"].__globals__["PAGE"] = page
    assert builder["main"](["--check"]) == 1
    assert "schema.md is out of date: run `make docs`" in capsys.readouterr().err
    assert builder["main"]([]) == 0
    assert builder["main"](["--check"]) == 0
