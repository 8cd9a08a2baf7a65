from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.errors import StoreCorrupt
from graph.stores.ladybug import engine_index
from graph.stores.ladybug.engine import close_engine, open_engine, rows_of
from graph.stores.ladybug.engine_index import lost_keys, repair_index

TRIES = 4
"""Which of its threads is first decides whether the engine loses a key; on a busy machine it sometimes loses none."""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Any]:
    opened = new_store(tmp_path / "graph.lbug")
    yield opened
    close_engine(opened)


def new_store(path: Path) -> Any:
    opened = open_engine(path, read_only=False)
    list(rows_of(opened, "CREATE NODE TABLE Passage(id STRING PRIMARY KEY)"))
    return opened


def add(connection: Any, ids: list[str]) -> None:
    list(rows_of(connection, "BEGIN TRANSACTION"))
    for first in range(0, len(ids), 1000):
        rows = {"ids": ids[first : first + 1000]}
        list(rows_of(connection, "UNWIND $ids AS id CREATE (:Passage {id: id})", rows))
    list(rows_of(connection, "COMMIT"))
    list(rows_of(connection, "CHECKPOINT"))


@pytest.fixture
def lossy(tmp_path: Path) -> Iterator[Any]:
    """A store that has lost a key. The seed was searched for."""
    rng = random.Random(4)
    ids = [f"passage:{rng.getrandbits(64):016x}" for _ in range(91_000)]
    for number in range(TRIES):
        opened = new_store(tmp_path / f"{number}.lbug")
        add(opened, ids[:44_000])
        add(opened, ids[44_000:])
        if lost_keys(opened, "Passage"):
            break
        close_engine(opened)
    else:
        pytest.fail("Nothing is lost here any more: the engine was mended, and the repair may go.")
    yield opened
    close_engine(opened)


def test_a_key_that_the_engine_loses_is_found_again(lossy: Any) -> None:
    assert lost_keys(lossy, "Passage") == 1
    repair_index(lossy, "Passage")
    assert lost_keys(lossy, "Passage") == 0
    add(lossy, ["passage:later"])
    for key in ("passage:22b5d6a8fa137527", "passage:later"):
        assert list(rows_of(lossy, "MATCH (n:Passage {id: $id}) RETURN n.id AS id", {"id": key})) == [{"id": key}]


def test_a_whole_index_is_left_alone(connection: Any) -> None:
    add(connection, ["a", "b"])
    repair_index(connection, "Passage")
    (index,) = rows_of(connection, "CALL show_indexes() RETURN index_name, index_definition")
    assert index == {"index_name": "_PK", "index_definition": ""}, "the engine's own, not one that was built anew"


def test_an_index_that_cannot_be_mended_ends_the_build(connection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_index, "lost_keys", lambda *_: 2)
    with pytest.raises(StoreCorrupt, match="2 nodes of Passage"):
        repair_index(connection, "Passage")
