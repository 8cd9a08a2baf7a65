"""What the child process does about memory: who is asked twice, and what counts as an error of memory."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import QueryFailed, QueryTooLarge
from graph.stores.ladybug.child import LEAN, MEMORY, Child
from graph.stores.ladybug.child_main import mapped_and_resident
from graph.stores.ladybug.store import LadybugStore
from graph.stores.parameters import evened
from tests.graph.conftest import small_field

LARGE = "UNWIND range(1, 12000000) AS x RETURN size(collect(x)) AS n"
"""Takes some 100 MB."""
BOUNDLESS = "UNWIND range(1, 1000000000) AS x RETURN sum(x) AS n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit and /proc")


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    with LadybugStore(tmp_path / "store") as store:
        store.write(small_field())
        child = Child(store._current().lease.path / "graph.lbug")
        yield child
        child.close()


def squeeze(child: Child, *, left: int = 2**20) -> int:
    """Leave the process as little memory as if earlier queries held all of it; its number."""
    child.query("RETURN 1 AS x", {}, limit=1, timeout=10)
    assert child._process is not None
    pid = child._process.pid
    mapped = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (mapped + left, mapped + left))
    return pid


def test_a_query_that_had_no_memory_left_by_earlier_ones_is_asked_again_in_a_fresh_process(child: Child) -> None:
    first = squeeze(child)
    child._held = MEMORY
    assert child.query(LARGE, {}, limit=1, timeout=60) == [{"n": 12_000_000}]
    assert child._process is not None
    assert child._process.pid != first


def test_a_query_that_had_all_the_memory_is_asked_once(child: Child) -> None:
    squeeze(child)
    with pytest.raises(QueryTooLarge, match="512 MB"):
        child.query(LARGE, {}, limit=1, timeout=60)
    assert child._process is None
    with pytest.raises(QueryTooLarge):
        child.query(BOUNDLESS, {}, limit=1, timeout=60)
    assert child.query("RETURN 1 AS x", {}, limit=1, timeout=10) == [{"x": 1}]


def test_the_process_says_how_much_memory_queries_have_left_in_it(child: Child) -> None:
    child.query("RETURN 1 AS x", {}, limit=1, timeout=10)
    assert child._held < LEAN * MEMORY
    child.query("UNWIND range(1, 4000000) AS x RETURN count(DISTINCT x) AS n", {}, limit=1, timeout=60)
    assert child._held > LEAN * MEMORY
    mapped, resident = mapped_and_resident()
    assert mapped > resident > 0


def test_a_refused_query_that_speaks_of_memory_is_not_too_large(child: Child) -> None:
    with pytest.raises(QueryFailed, match="memory_bad_alloc") as caught:
        child.query("MATCH (p:Paper) RETURN p.memory_bad_alloc", {}, limit=1, timeout=10)
    assert not isinstance(caught.value, QueryTooLarge)
    assert "refused" in str(caught.value)


def test_maps_with_different_keys_in_one_list_are_filled_with_nulls(child: Child) -> None:
    rows = [{"id": "a", "k": 1}, {"id": "b"}, {"n": [{"x": 1}, {"y": 2}]}]
    assert evened({"rows": rows})["rows"][1:] == [
        {"id": "b", "k": None, "n": None},
        {"id": None, "k": None, "n": [{"x": 1, "y": None}, {"x": None, "y": 2}]},
    ]
    found = child.query("UNWIND $rows AS r RETURN r.k AS k", evened({"rows": rows[:2]}), limit=9, timeout=10)
    assert found == [{"k": 1}, {"k": None}]
