from __future__ import annotations

import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph.errors import StoreBusy, StoreCorrupt, StoreError, StoreUnavailable
from graph.records import Author, Model, Paper, Record, Tombstone
from graph.stores.ladybug import writer
from graph.stores.ladybug.engine import close_engine, open_engine, rows_of
from graph.stores.ladybug.row_ledger import RowLedger
from graph.stores.ladybug.store import LadybugStore
from graph.stores.open import open_store
from graph.stores.ownership import owned_rows

ROOT = Path(__file__).parents[4]
Make = Callable[..., LadybugStore]


def generations(store: LadybugStore) -> list[str]:
    return sorted(path.name for path in store.folder.glob("gen-*"))


def files(store: LadybugStore) -> dict[Path, tuple[int, int]]:
    """Inode and time of change of all files of the generations."""
    found = [path for path in store.folder.glob("gen-*/*") if path.is_file()]
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def run_python(code: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)


def start_python(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


def test_the_same_records_again_make_no_generation(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    written = store.write(field)
    before = files(store)
    again = store.write(field)
    assert files(store) == before, "nothing was written"
    assert (again["unchanged"], again["missing_endpoints"]) == (len(field), written["missing_endpoints"])
    store.write([Model(id="model:new", name="new")])
    assert generations(store) == ["gen-0001", "gen-0002"]


def digest_of(records: Sequence[Record]) -> str:
    """Digest of the graph of these records, by a ledger alone."""
    ledger = RowLedger(Path(":memory:"))
    ledger.stage(owned_rows(records))
    ledger.mark_ready()
    list(ledger.ready_edges(1000))
    found = ledger.digest()
    ledger.abandon()
    return found


def test_a_small_write_continues_the_generation_before_the_current_one(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    records: list[Record] = [*field]
    writes: list[list[Record]] = [
        [Model(id="model:0", name="zero")],
        [Model(id="model:1", name="one"), Tombstone(target_record="Model", target_id="model:0")],
        [Model(id="model:1", name="uno"), Tombstone(target_record=type(field[-1]).__name__, target_id=field[-1].id)],
    ]
    for number, some in enumerate(writes):
        older = generations(store)[0]
        inode = (store.folder / older / "graph.lbug").stat().st_ino
        store.write(some)
        records += some
        current = store.folder / generations(store)[-1] / "graph.lbug"
        assert (current.stat().st_ino == inode) == (number > 0)
        assert store.digest() == digest_of(records)
    assert store.rows("MATCH (m:Model) WHERE m.id STARTS WITH 'model:' RETURN m.name AS n ORDER BY n")[-1]["n"] == "uno"
    assert store.search("rises")


def test_a_generation_before_that_is_of_no_use_is_not_used(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    new = [Model(id=f"model:{number}", name="new") for number in range(3)]
    store.write(new[:1])
    (store.folder / generations(store)[1] / "changes.jsonl").write_bytes(b"damage\n" * 1000)
    store.write(new[1:2])
    (store.folder / generations(store)[0] / "ledger.sqlite").write_bytes(b"damage\n" * 1000)
    store.write(new[2:])
    assert store.digest() == digest_of([*field, *new])
    assert store.rows("MATCH (m:Model {name: 'new'}) RETURN count(*) AS n") == [{"n": 3}]


def test_a_load_in_many_transactions_by_engines_opened_anew_is_the_same(
    store_at: Make, field: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_at()
    store.write(field)
    monkeypatch.setattr(writer, "RECORDS_IN_A_BATCH", 2)
    monkeypatch.setattr(writer, "ROWS_IN_A_TRANSACTION", 3)
    monkeypatch.setattr(writer, "COMMITS_OF_AN_ENGINE", 2)
    other = store_at("other")
    other.write(field)
    assert other.digest() == store.digest()
    asked = "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS r, b.id AS b ORDER BY a, r, b"
    assert other.query(asked) == store.query(asked)


@pytest.mark.parametrize("name", ["it's", "a[b]c*", "back\\slash", 'say "so"', "ünï"])
def test_the_folder_may_have_any_name(store_at: Make, field: list[Record], name: str) -> None:
    store = store_at(name)
    store.write(field)
    assert store.query("MATCH (a)-[r:HAS_PASSAGE|CITES|WROTE]->(b) RETURN count(r) AS n")[0]["n"] > 3


def test_edges_come_through_the_file_as_they_are(store_at: Make) -> None:
    """A fresh graph takes its edges from a text file; ids from outside hold anything."""
    odd = [
        'say "so"',
        "a, b",
        "two\nlines",
        "back\\slash",
        "'",
        "",
        " blanks ",
        "NULL",
        "[1,2]",
        "{a: 1}",
        "\t",
        "ünï 🧬",
    ]
    papers = [Paper(id=f"doi:10/{text}", title="t") for text in odd]
    author = Author(id="author:ada", name="Ada")
    wrote = [paper.model_copy(update={"author_ids": ("author:other", author.id)}) for paper in papers]
    store = store_at()
    store.write([author, *wrote])
    rows = store.query("MATCH (a:Author)-[w:WROTE]->(p:Paper) RETURN p.id AS id, w.position AS position")
    assert sorted(row["id"] for row in rows) == sorted(paper.id for paper in papers)
    assert {row["position"] for row in rows} == {2}


def test_a_reader_has_one_thread_as_two_disturb_the_order_of_rows(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    (name,) = generations(store)
    reader = open_engine(store.folder / name / "graph.lbug", read_only=True)
    assert list(rows_of(reader, "CALL current_setting('threads') RETURN *")) == [{"threads": "1"}]
    close_engine(reader)


def test_a_failing_load_leaves_no_half_built_generation(store_at: Make) -> None:
    store = store_at()
    with pytest.raises(StoreError, match="is not of the type INT64"):
        store.write([Model(id="model:c", name="c", parameters=9999999999999999999999)])
    assert not (store.folder / "build").exists()


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path, field: list[Record]) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="BIORXIVIST_STORE"):
        LadybugStore(tmp_path / "home" / "store").write(field)


@pytest.mark.parametrize("url", ["", "ladybug:", "sqlite:x", "/tmp/x", "http://host", "neo4j:x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="not a store address"):
        open_store(url)


def test_a_server_address_says_what_is_missing() -> None:
    with pytest.raises(StoreUnavailable, match="Neo4j"):
        open_store("neo4j+s://host")


@pytest.mark.parametrize("name", ["graph.lbug", "text.sqlite", "manifest.json"])
def test_a_damaged_file_is_reported_and_a_rebuild_repairs_it(store_at: Make, field: list[Record], name: str) -> None:
    store = store_at()
    store.write(field)
    digest = store.digest()
    store.close()
    (store.folder / generations(store)[-1] / name).write_bytes(b"damage" * 1000)
    store = store_at()
    with pytest.raises((StoreCorrupt, StoreUnavailable), match="rebuild"):
        store.run("papers"), store.search("rises")
    store.close()
    store = store_at()
    store.write(field, replace=True)
    assert store.run("papers")
    assert store.search("rises")
    assert store.digest() == digest


HOLD = """
    import sys
    from graph.records import Model
    from graph.stores.open import open_store
    def records():
        yield Model(id="model:a", name="a")
        print("writing", flush=True)
        sys.stdin.readline()
    with open_store("ladybug:" + sys.argv[1]) as store:
        store.write(records())
    print("done", flush=True)
"""


def test_a_second_process_is_told_who_writes_and_readers_go_on(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    before = store.digest()
    with start_python(HOLD, store.folder) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "writing\n"
        with pytest.raises(StoreBusy, match=f"process {other.pid}"):
            store.write(field)
        assert store.run("papers")
        assert store.digest() == before
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline() == "done\n"
    assert store.digest() != before, "the reader goes over to the new generation"
    assert store.counts()["Model"] == 3


LOAD = """
    import sys
    from graph.records import Paper, Reference
    from graph.stores.open import open_store
    def records():
        for i in range(4000):
            if i == 1500:
                print("loading", flush=True)
            yield Paper(id=f"doi:10/{i}", title="t" * 200)
            yield Reference(paper_id=f"doi:10/{i}", cited_id=f"doi:10/{i // 2}")
    with open_store("ladybug:" + sys.argv[1]) as store:
        store.write(records())
"""


def test_a_load_that_is_killed_leaves_the_old_graph_and_no_rubbish(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    store.write([Model(id="model:old", name="old")])  # so that the killed load continues the generation before
    before = store.digest()
    store.close()
    store = store_at()
    for wait in (0.0, 0.4):
        with start_python(LOAD, store.folder) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "loading\n"
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert store.digest() == before
        assert store.run("papers")
    assert store.write([Model(id="model:new", name="new")])["nodes"] == 1
    assert not (store.folder / "build").exists()
    store.close()
    store = store_at()
    store.write([Model(id="model:newer", name="newer")])
    assert len(generations(store)) == 2


FULL = """
    import resource, signal, sys
    from graph.errors import StoreError
    from graph.records import Paper
    from graph.stores.open import open_store
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    with open_store("ladybug:" + sys.argv[1]) as store:
        try:
            store.write([Paper(id=f"doi:10/{i}", title=f"{i}" * 500) for i in range(3000)])
        except StoreError as error:
            print(type(error).__name__, error)
"""


@pytest.mark.parametrize("size", [20_000, 2_000_000])
def test_a_full_disk_keeps_the_old_graph_and_says_what_to_do(store_at: Make, field: list[Record], size: int) -> None:
    store = store_at()
    store.write(field)
    before = store.digest()
    done = run_python(FULL, store.folder, size)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("StoreUnavailable")
    assert "Free space" in done.stdout
    assert store.digest() == before
    assert not (store.folder / "build").exists()


def test_an_old_generation_stays_while_it_is_read(store_at: Make) -> None:
    store = store_at()
    store.write([Model(id="model:a", name="a")])
    lease = store._generations.lease()
    store.write([Model(id="model:b", name="b")])
    store.write([Model(id="model:c", name="c")])
    assert generations(store) == ["gen-0001", "gen-0002", "gen-0003"]
    lease.close()
    store.write([Model(id="model:d", name="d")])
    assert generations(store) == ["gen-0003", "gen-0004"]


def test_limits_of_this_process_are_left_alone(store_at: Make, field: list[Record]) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    store_at().write(field)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
