"""What happens when the loader or the line to the server goes away, and what a server must not let through."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from neo4j.exceptions import IncompleteCommit, ServiceUnavailable
from pydantic import SecretStr

from graph.errors import QueryFailed, QueryTimeout, QueryTooLarge, StoreBusy, StoreError, StoreUnavailable
from graph.load import load
from graph.records import Record
from graph.stores.base import Login
from graph.stores.neo4j import connection as neo4j_connection
from graph.stores.neo4j.connection import Connection
from graph.stores.neo4j.store import Neo4jStore
from graph.stores.open import open_store
from tests.graph.stores.neo4j.cut_line import CutLine
from tests.graph.stores.neo4j.loads import PAPERS, papers, start_load
from tests.neo4j_server.shared import Address


def test_a_load_that_is_killed_keeps_what_was_acknowledged_and_is_completed_by_the_next(
    empty: Address, tmp_path: Path
) -> None:
    with start_load(empty) as process:
        assert process.stdout is not None
        acknowledged = 1000 * sum(process.stdout.readline() == "written\n" for _ in range(3))
        process.send_signal(signal.SIGKILL)
    connection = Connection(empty.url, empty.login)
    found = connection.rows("MATCH (p:Paper) RETURN count(p) AS n")[0]["n"]
    connection.close()
    assert acknowledged == 3000
    assert acknowledged <= found
    with open_store(empty.url, login=empty.login) as store:
        counts = load(store, papers())
        assert 0 < counts["nodes"] <= PAPERS - acknowledged
        assert store.query("MATCH ()-[r:CITES]->() RETURN count(r) AS n") == [{"n": PAPERS}]
        with open_store(f"ladybug:{tmp_path / 'store'}") as embedded:
            embedded.write(papers())
            assert store.digest() == embedded.digest()


def breaking(fault: Callable[[], Exception], times: int) -> Callable[..., Any]:
    """Let a write go through, then tell the client that it does not know."""
    session_of, left = Connection._session, [times]

    class Session:
        def __init__(self, real: Any) -> None:
            self.real = real

        def __enter__(self) -> Self:
            self.real.__enter__()
            return self

        def __exit__(self, *error: object) -> None:
            self.real.__exit__(*error)

        def execute_write(self, work: Callable[..., Any]) -> Any:
            result = self.real.execute_write(work)
            if left[0]:
                left[0] -= 1
                raise fault()
            return result

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

    return lambda self, **options: Session(session_of(self, **options))


@pytest.mark.parametrize("fault", [IncompleteCommit, ServiceUnavailable])
def test_a_commit_of_unknown_outcome_is_repeated_and_counts_once(
    neo4j_store: Neo4jStore, field: list[Record], monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    neo4j_store.write(field)
    expected = neo4j_store.digest()
    neo4j_store.write((), replace=True)
    monkeypatch.setattr(neo4j_connection, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(Connection, "_session", breaking(lambda: fault("lost"), 3))
    neo4j_store.write(field)
    monkeypatch.undo()
    assert neo4j_store.digest() == expected


def test_a_line_that_is_cut_in_commits_costs_nothing(
    empty: Address, field: list[Record], caplog: pytest.LogCaptureFixture
) -> None:
    port = urlsplit(empty.url).port
    assert port is not None
    with CutLine(port, cuts={0, 5, 8}) as line, Neo4jStore(f"bolt://127.0.0.1:{line.port}", empty.login) as store:
        counts = store.write(field)
        assert line.commits > 8
        assert store.write(field)["unchanged"] == len(field)
        digest = store.digest()
    assert counts["nodes"] > 0
    assert any("went away (IncompleteCommit)" in record.message for record in caplog.records)
    with Neo4jStore(empty.url, empty.login) as direct:
        direct.write(field, replace=True)
        assert direct.digest() == digest


def test_a_commit_that_stays_unknown_says_so(
    neo4j_store: Neo4jStore, field: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    neo4j_store.ensure_schema()
    monkeypatch.setattr(neo4j_connection, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(Connection, "_session", breaking(lambda: IncompleteCommit("lost"), 99))
    with pytest.raises(StoreUnavailable, match="is not known"):
        neo4j_store.write(field)


def test_a_second_writer_is_told_who_writes_and_a_dead_one_is_forgotten(
    neo4j_store: Neo4jStore, empty: Address, field: list[Record]
) -> None:
    neo4j_store.ensure_schema()

    def records() -> Iterator[Record]:
        yield field[0]
        with (
            Neo4jStore(empty.url, empty.login) as other,
            pytest.raises(StoreBusy, match=f"process {os.getpid()} on"),
        ):
            other.write(field)

    neo4j_store.write(records())
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    connection = Connection(empty.url, empty.login)
    row = {"host": socket.gethostname(), "process": dead.pid}
    hold = "w.token = 'x', w.until = timestamp() + 100000, w.host = row.host, w.process = row.process"
    connection.write([(f"UNWIND $rows AS row MERGE (w:_Writer {{id: 'writer'}}) SET {hold}", [row])])
    connection.close()
    assert neo4j_store.write(field)["records"] == len(field)


def test_a_writer_that_lost_its_right_writes_nothing_more(
    neo4j_store: Neo4jStore, empty: Address, field: list[Record]
) -> None:
    def records() -> Iterator[Record]:
        yield from field
        connection = Connection(empty.url, empty.login)
        connection.write([("MATCH (w:_Writer) SET w.token = 'another'", ())])
        connection.close()

    with pytest.raises(StoreBusy, match="taken over"):
        neo4j_store.write(records())
    connection = Connection(empty.url, empty.login)
    assert connection.rows("MATCH (p:Paper) RETURN count(p) AS n") == [{"n": 0}]
    connection.close()


def test_nodes_of_somebody_else_are_left_alone(neo4j_store: Neo4jStore, empty: Address, field: list[Record]) -> None:
    connection = Connection(empty.url, empty.login)
    connection.write([("CREATE (:Paper {id: 'mine'}), (:Note {text: 'a note'})", ())])
    with pytest.raises(StoreUnavailable, match=r"not written from an archive \(1 Paper"):
        neo4j_store.write(field, replace=True)
    connection.write([("MATCH (p:Paper) DELETE p", ())])
    neo4j_store.write(field)
    connection.write([("MATCH (n:Note), (p:Paper) CREATE (n)-[:ON]->(p)", ())])
    neo4j_store.write(field, replace=True)
    assert connection.rows("MATCH (n:Note)-->(p:Paper) RETURN count(p) AS n")[0]["n"] > 0
    connection.close()


def test_a_rebuild_repairs_what_was_changed_by_hand(
    neo4j_store: Neo4jStore, empty: Address, field: list[Record]
) -> None:
    neo4j_store.write(field)
    before = neo4j_store.query("MATCH (m:Model) RETURN m ORDER BY m.id")
    connection = Connection(empty.url, empty.login)
    connection.write([("MATCH (m:Model) SET m.name = 'wrong'", ()), ("MATCH (:Claim)-[r:ABOUT]->() DELETE r", ())])
    connection.write([("MATCH (a:Paper), (b:Paper) CREATE (a)-[:CITES]->(b)", ())])
    connection.close()
    neo4j_store.write(field, replace=True)
    assert neo4j_store.query("MATCH (m:Model) RETURN m ORDER BY m.id") == before
    counts = neo4j_store.counts()
    assert counts["ABOUT"] > 0
    assert neo4j_store.query("MATCH ()-[r:CITES]->() RETURN count(r) AS n") == [{"n": counts["CITES"]}]


def test_the_memory_limit_of_the_server_stops_a_query_and_the_next_one_works(neo4j_store: Neo4jStore) -> None:
    neo4j_store.ensure_schema()
    ask = neo4j_store._connection.ask  # past the guard, as if it had let something through
    with pytest.raises(QueryTooLarge, match="memory limit"):
        ask("UNWIND range(1, 30000000) AS x RETURN size(collect('text ' + x)) AS n", {}, limit=1, seconds=60)
    assert ask("RETURN 1 AS x", {}, limit=1, seconds=5) == [{"x": 1}]


def test_a_call_returns_at_its_limit_also_if_the_server_does_not_look_at_its_clock(
    neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_connection, "GRACE", 0.2)
    neo4j_store.ensure_schema()
    one_expression = "RETURN reduce(s = 0, x IN range(1, 40000000) | s + x % 7) AS s"
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        neo4j_store._connection.ask(one_expression, {}, limit=1, seconds=0.3)
    assert time.monotonic() - start < 60, "it came back by itself"
    assert neo4j_store._connection.ask("RETURN 1 AS x", {}, limit=1, seconds=30) == [{"x": 1}]


@pytest.mark.parametrize(
    "cypher", ["CREATE (:Model {id: 'x'})", "MATCH (m) SET m.x = 1", "CREATE INDEX i FOR (n:Model) ON (n.name)"]
)
def test_what_the_guard_might_let_through_cannot_write(neo4j_store: Neo4jStore, cypher: str) -> None:
    neo4j_store.ensure_schema()
    with pytest.raises(QueryFailed):
        neo4j_store._connection.ask(cypher, {}, limit=1, seconds=5)


def test_no_message_log_or_name_holds_the_password(
    empty: Address, field: list[Record], caplog: pytest.LogCaptureFixture
) -> None:
    canary = "canary-7f3a9"
    told: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for url, login in (
            (empty.url, Login("nobody", SecretStr(canary))),
            ("bolt://127.0.0.1:1", Login("neo4j", SecretStr(canary))),
            (f"bolt://neo4j:{canary}@127.0.0.1:1", None),
        ):
            if url == empty.url and empty.login.password is None:
                continue  # a server without authentication takes any
            with pytest.raises(StoreUnavailable) as caught:
                open_store(url, login=login)
            error: BaseException | None = caught.value
            while error is not None:
                told += [str(error), repr(error)]
                error = error.__cause__ or error.__context__
            told.append(repr(login))
    assert len(told) > 3
    assert canary not in "\n".join([*told, caplog.text])


def test_an_error_of_the_server_is_an_error_of_ours(neo4j_store: Neo4jStore) -> None:
    neo4j_store.ensure_schema()
    with pytest.raises(StoreError):
        neo4j_store._connection.rows("RETURN nonsense(")
    with pytest.raises(StoreUnavailable, match="NEO4J_DATABASE"):
        Neo4jStore(neo4j_store.url, Login("neo4j", neo4j_store._connection._login.password, "nowhere"), read_only=True)
