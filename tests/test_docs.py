from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from graph.records import RECORDS

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def builder() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "build_data.py"))


def test_the_data_dictionary_is_current(builder: dict[str, Any]) -> None:
    current = (DOCS / "data.md").read_text(encoding="utf-8") == builder["render"]()
    assert current, "run `make docs` and commit docs/data.md"


@pytest.mark.parametrize("name", RECORDS)
def test_the_data_dictionary_explains_every_field_of_a_record(name: str, builder: dict[str, Any]) -> None:
    section = builder["render"]().split(f"\n## {name}\n")[1].split("\n## ")[0]
    rows = {line.split("|")[1].strip(" `"): line for line in section.splitlines() if line.startswith("| `")}
    assert set(rows) == set(RECORDS[name].model_fields)
    assert "**Id:**" in section


def test_a_type_without_words_is_an_error_that_says_where_to_add_them(builder: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"No words for the type .*build_data\.py"):
        builder["type_text"](complex)


def test_required_bounds_defaults_and_choices_are_told(builder: dict[str, Any]) -> None:
    fields = RECORDS["Claim"].model_fields
    cell = builder["type_cell"]
    assert cell(fields["statement"]) == "text, **required**"
    assert cell(fields["fraction"]) == "number 0-1"
    assert cell(fields["hedging"]) == "one of `none`, `weak`, `strong`; default `none`"
    assert cell(fields["subject_ids"]) == "list of text"
