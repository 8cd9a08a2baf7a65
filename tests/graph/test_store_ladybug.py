from __future__ import annotations

import hashlib
import json
import random
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.errors import QueryFailed, StoreBusy, StoreCorrupt, StoreError, StoreUnavailable, UnknownQuery
from graph.load import load
from graph.records import Author, Model, Paper, Record, Reference, Relation, Run, Tombstone
from graph.rows import Edge, Node, edge_rows, fact_digest, node_rows
from graph.schema import SCHEMA
from graph.stores.base import open_store
from graph.stores.ladybug import LadybugStore

ROOT = Path(__file__).parents[2]
Make = Callable[..., LadybugStore]


def generations(store: LadybugStore) -> list[str]:
    return sorted(path.name for path in store.folder.glob("gen-*"))


def run_python(code: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)


def start_python(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


def test_every_node_and_edge_of_the_records_is_in_the_graph(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    counts = store.write(field)
    nodes = {node.key for record in field for node in node_rows(record)}
    edges = {edge.key for record in field for edge in edge_rows(record)}
    assert counts["nodes"] == len(nodes)
    assert (counts["edges"], counts["missing_endpoints"]) == (len(edges), 0)
    assert sum(store.counts().values()) == len(nodes) + len(edges)


def test_the_properties_come_back_as_they_were(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    reader = store._current()
    for record in field:
        for node in node_rows(record):
            (row,) = reader.rows(f"MATCH (n:{node.label} {{id: $id}}) RETURN n", {"id": node.row["id"]})
            sent = {name: value for name, value in node.row.items() if value is not None}
            assert row["n"] == json.loads(json.dumps(sent, default=str))


def test_the_digest_is_that_of_what_the_graph_itself_holds(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    reader = store._current()
    nodes, edges = [], []
    for label in SCHEMA.nodes:
        rows = [row["n"] for row in reader.rows(f"MATCH (n:{label}) RETURN n", {})]
        nodes += [(Node(label, row).key, fact_digest(row)) for row in rows]
    for relationship in SCHEMA.relationships.values():
        for start, end in relationship.pairs:
            asked = f"MATCH (a:{start})-[r:`{relationship.type}`]->(b:{end}) RETURN a.id AS a, b.id AS b, r"
            for row in reader.rows(asked, {}):
                edge = Edge(relationship.type, (start, row["a"]), (end, row["b"]), row["r"])
                edges.append((edge.key, fact_digest(edge.properties)))
    found = hashlib.sha256()
    for part in (sorted(nodes), sorted(edges)):
        for row in part:
            found.update("\0".join(row).encode() + b"\n")
    assert store.digest() == found.hexdigest()


def test_the_same_records_again_change_nothing_and_make_no_generation(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    before = store.digest(), generations(store)
    counts = load(store, field)
    assert (counts["nodes"], counts["edges"], counts["removed"]) == (0, 0, 0)
    assert counts["unchanged"] == len(field)
    assert (store.digest(), generations(store)) == before


def test_the_digest_does_not_depend_on_order_or_on_the_number_of_loads(store_at: Make, field: list[Record]) -> None:
    whole, parts = store_at("whole"), store_at("parts")
    whole.write(field)
    shuffled = random.Random(1).sample(field, len(field))
    for first in range(0, len(shuffled), 10):
        parts.write(shuffled[first : first + 10])
    assert parts.digest() == whole.digest()
    assert parts.counts() == whole.counts()


def test_an_edge_waits_for_its_end_and_is_never_dangling(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    model_free = [record for record in field if not isinstance(record, Model)]
    counts = store.write(model_free)
    assert counts["missing_endpoints"] > 0
    assert "OF" not in store.counts()
    assert store.write([record for record in field if isinstance(record, Model)])["missing_endpoints"] == 0
    assert store.counts()["OF"] == store.counts()["ON"]


def test_a_changed_record_takes_its_old_edges_and_values_with_it(store_at: Make) -> None:
    ada, bob = Author(name="Ada"), Author(name="Bob")
    paper = Paper(id="doi:10/p", title="T", author_ids=(ada.id, bob.id), venue="Journal", dois=("10/p",))
    store, fresh = store_at(), store_at("fresh")
    store.write([ada, bob, paper])
    changed = paper.model_copy(update={"author_ids": (bob.id,), "venue": None, "dois": ()})
    store.write([changed])
    fresh.write([ada, bob, changed])
    assert store.digest() == fresh.digest()
    rows = store._current().rows("MATCH (a:Author)-[w:WROTE]->(p:Paper) RETURN a.name, w.position, p.venue, p.dois", {})
    assert rows == [{"a.name": "Bob", "w.position": 1, "p.venue": None, "p.dois": None}]


def test_a_relation_that_changes_its_kind_is_one_edge(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    old = next(record for record in field if isinstance(record, Relation) and record.relation == "contradicts")
    store.write([old.model_copy(update={"relation": "agrees"})])
    assert "CONTRADICTS" not in store.counts()
    assert store.counts()["AGREES_WITH"] == 1
    store.write([old.model_copy(update={"relation": "not_comparable"})])
    assert "AGREES_WITH" not in store.counts()


def test_a_tombstone_removes_node_edges_and_text_and_the_record_can_come_back(
    store_at: Make, field: list[Record]
) -> None:
    store = store_at()
    store.write(field)
    digest = store.digest()
    paper = field[1]
    assert store.search("helps")
    store.write([Tombstone(target_record="Paper", target_id=paper.id)])
    assert store.search("helps") == []
    assert store.run("paper_claims", paper=paper.id) == []
    counts = store.write([paper])
    assert counts["missing_endpoints"] == 0
    assert store.digest() == digest


def test_a_reference_that_is_resolved_loses_its_stub(store_at: Make) -> None:
    one, two = Paper(id="doi:10/1", title="One"), Paper(id="doi:10/2", title="Two")
    open_reference = Reference(paper_id=two.id, key="1", text="One.")
    store = store_at()
    store.write([one, two, open_reference])
    assert store.counts() == {"CITES": 1, "Paper": 3}
    store.write([open_reference.model_copy(update={"cited_id": one.id})])
    assert store.counts() == {"CITES": 1, "Paper": 2}


def test_two_records_that_make_one_edge_keep_it_until_both_are_gone(store_at: Make) -> None:
    papers = [Paper(id="doi:10/1", title="One"), Paper(id="doi:10/2", title="Two")]
    twice = [Reference(paper_id="doi:10/2", cited_id="doi:10/1", key=key) for key in "ab"]
    store = store_at()
    store.write([*papers, *twice])
    for reference, left in zip(twice, (1, None), strict=True):
        store.write([Tombstone(target_record="Reference", target_id=reference.id)])
        assert store.counts().get("CITES") == left


def test_ragged_rows_empty_lists_and_odd_text_survive(store_at: Make) -> None:
    models = [
        Model(id="model:a", name="nul\0 'quote' \"double\" `tick` \\ é 漢 😀 $x"),
        Model(id="model:b", name="b", aliases=(), parameters=None),
        Model(id="model:c", name="c", aliases=("x", "it's"), parameters=2**62),
    ]
    store = store_at()
    store.write(models)
    rows = store._current().rows("MATCH (m:Model) RETURN m.name, m.aliases, m.parameters ORDER BY m.id", {})
    assert [list(row.values()) for row in rows] == [
        [models[0].name, None, None], ["b", None, None], ["c", ["x", "it's"], 2**62],
    ]  # fmt: skip


def test_a_number_beyond_64_bits_stops_the_load_and_keeps_the_graph(store_at: Make) -> None:
    store = store_at()
    store.write([Model(id="model:a", name="a")])
    with pytest.raises(StoreError, match="parameters = 9999999999999999999999 is no INT64"):
        store.write([Model(id="model:b", name="b"), Model(id="model:c", name="c", parameters=9999999999999999999999)])
    assert store.counts() == {"Model": 1}
    assert not (store.folder / "build").exists()


def test_a_failing_stream_of_records_keeps_the_graph(store_at: Make, field: list[Record]) -> None:
    def records() -> Any:
        yield from field[:10]
        raise KeyError

    store = store_at()
    store.ensure_schema()
    before = store.digest()
    with pytest.raises(KeyError):
        store.write(records())
    assert store.digest() == before
    assert store.write(field)["records"] == len(field)


def test_search_finds_stemmed_words_and_takes_no_syntax(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    best = store.search("does performance RISE with corpora of larger size?")
    assert best[0]["label"] == "Passage"
    assert set(best[0]) == {"id", "label", "paper_id", "text", "score"}
    assert [row["score"] for row in best] == sorted((row["score"] for row in best), reverse=True)
    assert {row["label"] for row in store.search("saturate saturates", 10)} == {"Claim", "Paper"}
    for text in [
        '"',
        "a* OR NEAR(b",
        "text:x",
        "NOT",
        "-rise",
        "'; DROP TABLE docs; --",
        "\0",
        "",
        "(((",
        "the of and",
    ]:
        assert isinstance(store.search(text), list)
    assert store.search("rises", 0) == []


def test_vectors_are_ranked_by_cosine_and_survive_a_rebuild(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    with pytest.raises(StoreUnavailable, match="no vectors"):
        store.similar([1.0, 0.0])
    store.write_vectors(["model:pca", "model:masked", "gone"], np.array([[0, 2.0], [3.0, 3.0], [1.0, 0]]))
    assert [row["id"] for row in store.similar([5.0, 0.1])] == ["gone", "model:masked", "model:pca"]
    store.write(field, replace=True)
    (best, last) = store.similar([1.0, 0.0])
    assert best == {"id": "model:masked", "score": pytest.approx(0.5**0.5)}
    assert last == {"id": "model:pca", "score": pytest.approx(0.0)}
    with pytest.raises(StoreError, match="cannot be compared"):
        store.similar([1.0, 0.0, 0.0])
    with pytest.raises(StoreError, match="length 0"):
        store.write_vectors(["a"], np.zeros((1, 2)))


def test_a_store_that_was_never_built_says_how_to_build_it(store_at: Make) -> None:
    with pytest.raises(StoreUnavailable, match="never been built"):
        store_at(read_only=True)
    with pytest.raises(StoreUnavailable, match="biorxivist graph rebuild"):
        store_at().run("papers")


def test_a_read_only_store_does_not_write(store_at: Make, field: list[Record]) -> None:
    store_at().write(field)
    store = store_at(read_only=True)
    assert store.run("papers")
    with pytest.raises(StoreUnavailable, match="opened read-only"):
        store.write(field)


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path, field: list[Record]) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="BIORXIVIST_STORE"):
        LadybugStore(tmp_path / "home" / "store").write(field)


@pytest.mark.parametrize("url", ["", "ladybug:", "sqlite:x", "/tmp/x", "http://host", "neo4j:x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="no store address"):
        open_store(url)


def test_a_server_address_says_what_is_missing() -> None:
    with pytest.raises(StoreUnavailable, match="Neo4j"):
        open_store("neo4j+s://host")


def test_a_run_refuses_unknown_queries_and_parameters(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    with pytest.raises(UnknownQuery, match="contradictions"):
        store.run("contradiction")
    with pytest.raises(QueryFailed, match=r"no parameter modl; it has \$limit, \$model"):
        store.run("claims_about_model", modl="x")


@pytest.mark.parametrize("name", ["graph.lbug", "text.sqlite", "manifest.json"])
def test_a_damaged_file_is_reported_and_a_rebuild_repairs_it(store_at: Make, field: list[Record], name: str) -> None:
    store = store_at()
    store.write(field)
    digest = store.digest()
    store.close()
    (store.folder / generations(store)[-1] / name).write_bytes(b"damage" * 1000)
    with pytest.raises((StoreCorrupt, StoreUnavailable), match="rebuild"):
        store.run("papers"), store.search("rises")
    store.close()
    store.write(field, replace=True)
    assert store.run("papers")
    assert store.search("rises")
    assert store.digest() == digest


def test_a_store_of_another_version_asks_for_a_rebuild(
    store_at: Make, field: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_at()
    store.write(field)
    store.close()
    monkeypatch.setattr("graph.schema.Schema.fingerprint", lambda self: "other")
    with pytest.raises(StoreUnavailable, match="another version"):
        store.run("papers")
    with pytest.raises(StoreUnavailable, match="another version"):
        store.write(field)
    store.write(field, replace=True)
    assert store.run("papers")


HOLD = """
    import sys
    from graph.records import Model
    from graph.stores.base import open_store
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
    from graph.stores.base import open_store
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
    before = store.digest()
    store.close()
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
    store.write([Model(id="model:newer", name="newer")])
    assert len(generations(store)) == 1


FULL = """
    import resource, signal, sys
    from graph.errors import StoreError
    from graph.records import Paper
    from graph.stores.base import open_store
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


def test_readers_see_whole_generations_while_a_writer_replaces_them(store_at: Make) -> None:
    store = store_at()
    store.write([Model(id="model:0", name="0")])
    stop = threading.Event()
    seen: list[int] = []
    problems: list[BaseException] = []

    def read() -> None:
        reader = LadybugStore(store.folder, read_only=True)
        try:
            while not stop.is_set():
                rows = reader.run("models")
                names = {int(row["title"]) for row in rows}
                assert names == set(range(len(names)))
                seen.append(len(names))
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            problems.append(error)
        finally:
            reader.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 5):
        store.write([Model(id=f"model:{number}", name=str(number))])
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert max(seen) > 1
    store.write([Model(id="model:5", name="5")])
    assert len(generations(store)) == 1, "generations that nobody reads are gone"


def test_an_old_generation_stays_while_it_is_read(store_at: Make) -> None:
    store = store_at()
    store.write([Model(id="model:a", name="a")])
    lease = store._generations.lease()
    store.write([Model(id="model:b", name="b")])
    assert len(generations(store)) == 2
    lease.close()
    store.write([Model(id="model:c", name="c")])
    assert len(generations(store)) == 1


def test_progress_counts_records_and_edges(store_at: Make, field: list[Record]) -> None:
    calls: list[tuple[int, int, str]] = []
    store_at().write(field, progress=lambda *call: calls.append(call))
    assert (len(field), len(field), "records") in calls
    assert calls[-1][2] == "edges"


def test_limits_of_this_process_are_left_alone(store_at: Make, field: list[Record]) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    store_at().write(field)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_every_kind_of_run_is_written(store_at: Make, field: list[Record]) -> None:
    store = store_at()
    store.write(field)
    run = next(record for record in field if isinstance(record, Run))
    (row,) = store._current().rows("MATCH (r:Run)-[:TRAINS]->(m:Model) RETURN r.id AS run, m.id AS model", {})
    assert row == {"run": run.id, "model": run.model_id}
