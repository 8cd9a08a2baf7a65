"""What happens to a load when the server dies, its log is torn, or its disk is full."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import StoreUnavailable
from graph.records import Model
from graph.stores.neo4j import connection as neo4j_connection
from graph.stores.neo4j.store import Neo4jStore
from tests.graph.stores.neo4j.loads import PAPERS, papers
from tests.neo4j_server.server import Server
from tests.neo4j_server.shared import throw_away

SMALL_FILES = ("db.tx_log.preallocate=false",)
COUNT_PAPERS = "MATCH (p:Paper) RETURN count(p) AS n"


class Stopped(Exception):
    pass


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder of the server that these tests may break; its data are on a file system of their own, if we may mount."""
    folder = tmp_path_factory.mktemp("own")
    data = folder / "data"
    data.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(data)]
    mounted = shutil.which("mount") and subprocess.run(command, capture_output=True, check=False).returncode == 0
    yield folder
    if mounted:
        subprocess.run(["umount", "--lazy", data], check=True)


@pytest.fixture(scope="module")
def broken_server(own_folder: Path) -> Iterator[Server]:
    server = throw_away(own_folder, settings=SMALL_FILES)
    yield server
    server.kill()


@pytest.fixture
def own_server(broken_server: Server) -> Server:
    """A server that a test may kill, with an empty graph."""
    broken_server.start()
    with Neo4jStore(broken_server.url, broken_server.login) as store:
        store.write((), replace=True)
    return broken_server


def cut_off(server: Server, *, after: int) -> None:
    """Kill the server when it has acknowledged so many papers of a load."""

    def said(done: int, total: int, what: str) -> None:
        if what == "nodes" and done >= after:
            server.kill()
            raise Stopped

    with Neo4jStore(server.url, server.login) as store, pytest.raises(Stopped):
        store.write(papers(), progress=said)


def complete(server: Server) -> None:
    """The load, run again, writes what is missing, and after that nothing is."""
    with Neo4jStore(server.url, server.login) as store:
        store.write(papers())
        assert store.counts() == {"CITES": PAPERS, "Paper": PAPERS}
        assert store.write(papers())["unchanged"] == 2 * PAPERS


def transaction_log(server: Server) -> Path:
    (log,) = (server.folder / "data" / "transactions" / "neo4j").glob("neostore.transaction.db.*")
    return log


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a server that is away one second to come back."""
    monkeypatch.setattr(neo4j_connection, "RETRY_SECONDS", 1.0)
    monkeypatch.setattr(neo4j_connection, "DRIVER_RETRIES", 0.5)


def test_a_server_that_is_killed_in_a_load_and_comes_back_loses_nothing(
    own_server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_connection, "RETRY_SECONDS", 300.0)  # a busy machine starts a server slowly
    killed = threading.Event()

    def restart() -> None:
        killed.wait(60)
        own_server.kill()
        own_server.start()

    def said(done: int, total: int, what: str) -> None:
        if what == "nodes" and done >= PAPERS // 2:
            killed.set()

    helper = threading.Thread(target=restart)
    helper.start()
    with Neo4jStore(own_server.url, own_server.login) as store, caplog.at_level(logging.WARNING):
        counts = store.write(papers(), progress=said)
        helper.join()
        assert counts["nodes"] == PAPERS
        assert store.write(papers())["unchanged"] == 2 * PAPERS, "nothing acknowledged was lost"
    assert any("went away" in record.message for record in caplog.records)
    password = own_server.login.password
    assert password is not None
    logs = [path for path in own_server.folder.rglob("*") if path.is_file() and path.suffix in {".log", ".conf"}]
    assert logs
    assert not [path for path in logs if password.get_secret_value().encode() in path.read_bytes()]


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stays_away_is_named_with_what_to_do_and_has_its_graph_when_it_is_back(
    own_server: Server,
) -> None:
    with Neo4jStore(own_server.url, own_server.login) as store:
        assert store.write([Model(id="model:a", name="a")])["nodes"] == 1
        own_server.stop()
        for call in (lambda: store.run("papers"), lambda: store.write([Model(id="model:b", name="b")])):
            with pytest.raises(StoreUnavailable, match="No Neo4j server answers"):
                call()
        own_server.start()
        assert [row["title"] for row in store.run("models")] == ["a"]
        assert store.write([Model(id="model:b", name="b")])["nodes"] == 1


@pytest.mark.long
def test_a_torn_transaction_log_is_recovered_up_to_the_tear_and_the_load_completed(own_server: Server) -> None:
    cut_off(own_server, after=PAPERS - 1000)
    log = transaction_log(own_server)
    os.truncate(log, log.stat().st_size - 5000)
    own_server.start()
    with Neo4jStore(own_server.url, own_server.login) as store:
        found = store._connection.rows(COUNT_PAPERS)[0]["n"]
    assert 0 < found < PAPERS - 1000, "the end is lost, as it is if a disk lies about what it has written"
    complete(own_server)


@pytest.mark.long
@pytest.mark.usefixtures("impatient")
def test_a_damaged_transaction_log_is_named_with_the_way_to_a_rebuild_which_works(own_server: Server) -> None:
    cut_off(own_server, after=PAPERS - 1000)
    with transaction_log(own_server).open("r+b") as log:
        log.seek(-3000, os.SEEK_END)
        log.write(bytes(range(250)) * 4)
    own_server.start()
    with Neo4jStore(own_server.url, own_server.login) as store:
        with pytest.raises(StoreUnavailable, match=r"remove data/databases/neo4j .*biorxivist graph rebuild"):
            store.run("papers")
        with pytest.raises(StoreUnavailable, match="biorxivist graph rebuild"):
            store.write(papers(), replace=True)
    own_server.kill()
    for name in ("databases", "transactions"):
        shutil.rmtree(own_server.folder / "data" / name / "neo4j")
    own_server.start()
    with Neo4jStore(own_server.url, own_server.login) as store:
        store.write(papers(), replace=True)
    complete(own_server)


@pytest.mark.long
def test_a_full_disk_is_named_and_nothing_acknowledged_is_lost(own_server: Server) -> None:
    data = own_server.folder / "data"
    if not os.path.ismount(data):
        pytest.skip("a small file system for the server's data cannot be mounted here (that takes root)")
    used = shutil.disk_usage(data).used // 2**20
    subprocess.run(["mount", "-o", f"remount,size={used + 2}m", data], check=True)
    acknowledged = 0

    def said(done: int, total: int, what: str) -> None:
        nonlocal acknowledged
        if what == "nodes":
            acknowledged = done

    with Neo4jStore(own_server.url, own_server.login) as store:
        for number in (8000, 10):
            with pytest.raises(StoreUnavailable, match=r"disk, which is probably full.*run the same command again"):
                store.write(papers(number), progress=said)
    assert acknowledged > 0
    subprocess.run(["mount", "-o", "remount,size=400m", data], check=True)
    own_server.kill()
    own_server.start()
    with Neo4jStore(own_server.url, own_server.login) as store:
        assert store._connection.rows(COUNT_PAPERS)[0]["n"] >= acknowledged
        store.write((), replace=True)
    complete(own_server)
