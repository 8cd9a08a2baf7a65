from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.cypher import parse as module
from graph.cypher.parse import parse

QUERY = "MATCH (p:Paper) WHERE p.year > 2024 RETURN p {.id, .title} LIMIT 3"


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the tables of the grammar are kept meanwhile."""
    monkeypatch.setattr(module.sys, "dont_write_bytecode", False)
    monkeypatch.setattr(module, "cache_from_source", lambda path: str(tmp_path / Path(path).name))
    module._parser.cache_clear()
    yield tmp_path / "cypher.lark.tables"
    module._parser.cache_clear()


def test_tables_that_are_damaged_are_built_again_and_give_the_same_tree(tables: Path) -> None:
    whole = parse(QUERY)
    size = tables.stat().st_size
    tables.write_bytes(tables.read_bytes()[: size // 2])
    module._parser.cache_clear()
    assert parse(QUERY) == whole
    assert tables.stat().st_size > size // 2, "mended"
    module._parser.cache_clear()
    assert parse(QUERY) == whole, "by the tables that were kept"


def test_tables_that_are_there_are_read_and_none_written_where_python_is_not_to_write(
    tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.sys, "dont_write_bytecode", True)
    whole = parse(QUERY)
    assert not tables.exists()
    monkeypatch.setattr(module.sys, "dont_write_bytecode", False)
    module._parser.cache_clear()
    parse(QUERY)
    monkeypatch.setattr(module.sys, "dont_write_bytecode", True)
    module._parser.cache_clear()
    monkeypatch.delattr("lark.parsers.lalr_analysis.LALR_Analyzer.compute_lalr")  # what would build them
    assert parse(QUERY) == whole
