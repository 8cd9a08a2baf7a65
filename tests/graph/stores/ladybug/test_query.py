from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph.errors import QueryFailed, QueryTimeout, QueryTooLarge, UnsafeCypher
from graph.stores.ladybug.child import Child, ChildClosed
from graph.stores.ladybug.store import LadybugStore
from graph.stores.values import parameters_of, plain
from tests.graph.conftest import small_field

ENDLESS = "UNWIND range(1, 30000) AS x UNWIND range(1, 30000) AS y WITH x, y WHERE x * y < 0 RETURN count(*) AS n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadybugStore]:
    with LadybugStore(tmp_path_factory.mktemp("query") / "store") as made:
        made.write(small_field())
        yield made


@pytest.fixture(scope="module")
def child(store: LadybugStore) -> Child:
    return store._current().child


def ask(child: Child, cypher: str, *, limit: int = 10, timeout: float = 10.0, **params: Any) -> list[dict[str, Any]]:
    """Past the guard, as if it had let something through."""
    return child.query(cypher, params, limit=limit, timeout=timeout)


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (:Model {id: 'x'})",
        "COPY (MATCH (m:Model) RETURN m.id) TO '{folder}/stolen.csv'",
        "CHECKPOINT",
        "MATCH (m:Model) SET m.name = 'x'",
    ],
)
def test_what_the_guard_might_let_through_cannot_write(
    store: LadybugStore, child: Child, tmp_path: Path, cypher: str
) -> None:
    generation = store._current().lease.path
    files = {path.name: path.read_bytes() for path in generation.iterdir()}
    with pytest.raises(QueryFailed):
        ask(child, cypher.replace("{folder}", str(tmp_path)))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == 0
    child.close()
    assert ask(child, "MATCH (m:Model) RETURN count(*) AS n") == [{"n": 2}]
    assert {path.name: path.read_bytes() for path in generation.iterdir()} == files


def test_a_billion_rows_are_stopped_and_the_next_query_works(store: LadybugStore) -> None:
    with pytest.raises((QueryTimeout, QueryTooLarge, UnsafeCypher)):
        store.query("UNWIND range(1, 1000000000) AS x RETURN sum(x)", timeout=5)
    assert store.query("MATCH (m:Model) RETURN count(m) AS n") == [{"n": 2}]


def test_the_memory_limit_stops_what_would_fill_the_machine(child: Child) -> None:
    with pytest.raises(QueryTooLarge, match="512 MB"):
        ask(child, "UNWIND range(1, 1000000000) AS x RETURN sum(x)", timeout=30)
    assert ask(child, "MATCH (m:Model) RETURN count(*) AS n") == [{"n": 2}]


def test_the_deadline_stops_a_query_that_needs_no_memory(child: Child) -> None:
    ask(child, "RETURN 1 AS x")
    with pytest.raises(QueryTimeout, match=r"after 0\.5 s") as caught:
        ask(child, ENDLESS, timeout=0.5)
    assert caught.value.seconds == 0.5
    assert ask(child, "RETURN 1 AS x") == [{"x": 1}]


def test_a_query_that_crashes_the_engine_crashes_nothing_else(child: Child) -> None:
    with pytest.raises(QueryFailed, match="fault of the engine"):
        ask(child, "RETURN id(null)")
    assert ask(child, "RETURN 1 AS x") == [{"x": 1}]


def test_a_child_that_was_killed_is_started_anew(child: Child) -> None:
    ask(child, "RETURN 1 AS x")
    assert child._process is not None
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    assert ask(child, "RETURN 2 AS x") == [{"x": 2}]


def test_the_child_has_nothing_of_our_environment(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    child.close()
    ask(child, "RETURN 1 AS x")
    assert child._process is not None
    environment = Path(f"/proc/{child._process.pid}/environ")
    if not environment.exists():
        pytest.skip("no /proc here")
    assert b"secret" not in environment.read_bytes()


ORPHAN = """
import os, sys, threading
from pathlib import Path
from graph.stores.ladybug.child import Child
child = Child(Path(sys.argv[1]))
child.query("RETURN 1", {}, limit=1, timeout=5)
print(child._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_child_ends_when_its_parent_is_killed(store: LadybugStore) -> None:
    command = [sys.executable, "-c", ORPHAN, str(store._current().lease.path / "graph.lbug")]
    root = Path(__file__).parents[4]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the child outlived its parent")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal(3), 3), (Decimal("2.5"), 2.5), (float("nan"), "nan"), (float("-inf"), "-inf"), (True, True),
        (date(2024, 1, 2), "2024-01-02"), (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02T00:00:00+00:00"),
        (timedelta(seconds=2), 2.0),
        ((1, [Decimal(2)]), [1, [2]]), ({"a": None, "b": Decimal(1)}, {"a": None, "b": 1}),
        ({"_ID": 1, "_LABEL": "Paper", "id": "x", "year": None}, {"id": "x"}),
        ({"_NODES": [{"_LABEL": "A", "id": "a"}], "_RELS": []}, {"nodes": [{"id": "a"}], "relationships": []}),
    ],
)  # fmt: skip
def test_values_of_the_engine_become_plain_data(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_parameters_are_found_outside_strings_comments_and_backticks() -> None:
    text = """// $no\nMATCH (n {a: $one, b: '$no \\' $no', `$no`: "$no"}) /* $no */ RETURN $two_2, 'it', $one"""
    assert parameters_of(text) == {"one", "two_2"}


def test_waiting_for_another_query_takes_of_the_time_limit(store: LadybugStore) -> None:
    child = store._current().child
    with child._lock:
        began = time.monotonic()
        with pytest.raises(QueryTimeout):
            store.query("MATCH (m:Model) RETURN m.id", timeout=0.3)
    assert time.monotonic() - began < 2


def test_a_query_whose_process_was_retired_is_answered_by_the_next_generation(tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "store") as store:
        store.write(small_field())
        child = store._current().child
        store.query("MATCH (m:Model) RETURN m.id")
        with LadybugStore(tmp_path / "store") as other:
            other.write(small_field()[:3], replace=True)
        assert store.query("MATCH (m:Model) RETURN count(m) AS n") == [{"n": 0}]
        with pytest.raises(ChildClosed):
            child.query("RETURN 1 AS x", {}, limit=1, timeout=5)
