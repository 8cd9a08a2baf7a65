"""A real server for the tests of this folder: the one of NEO4J_URI if it is set and empty, else a throw-away one."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from graph.errors import StoreUnavailable
from graph.stores.base import Login, Store, open_store
from graph.stores.neo4j import Neo4jStore
from graph.stores.neo4j_connection import Connection
from graph.stores.neo4j_server import Server

OPEN = Callable[..., Store]


class Address(NamedTuple):
    """Where a server is, and who asks it; ``server`` is None for one that was given."""

    url: str
    login: Login
    server: Server | None = None


def given() -> Address | None:
    if not (url := os.environ.get("NEO4J_URI")):
        return None
    password = os.environ.get("NEO4J_PASSWORD")
    user = os.environ.get("NEO4J_USERNAME", "neo4j")
    login = Login(user, SecretStr(password) if password else None, os.environ.get("NEO4J_DATABASE"))
    connection = Connection(url, login)
    nodes = connection.rows("MATCH (n) RETURN count(n) AS n")[0]["n"]
    connection.close()
    if nodes:
        pytest.fail(f"{url} (NEO4J_URI) holds {nodes} nodes; these tests empty the database, so give them an empty one")
    return Address(url, login)


def throw_away(folder: Path) -> Address:
    try:
        server = Server(folder)
    except StoreUnavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Neo4j server for the tests: {error}")
        pytest.skip(f"no Neo4j server for the tests: {error}")
    server.start()
    return Address(server.url, server.login, server)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """The server that all tests of the session share."""
    found = given() or throw_away(tmp_path_factory.mktemp("neo4j"))
    yield found
    if found.server is not None:
        found.server.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may kill."""
    found = throw_away(tmp_path / "neo4j").server
    assert found is not None
    yield found
    found.stop()


def wipe(address: Address) -> None:
    """Leave the database as if nothing had ever been built there; the constraints stay, because they are slow."""
    connection = Connection(address.url, address.login)
    try:
        while connection.rows("MATCH (n) RETURN count(n) AS n")[0]["n"]:
            connection.write([("MATCH (n) WITH n LIMIT 10000 DETACH DELETE n", ())])
        names = [row["name"] for row in connection.rows("SHOW INDEXES YIELD name")]
        connection.schema(f"DROP INDEX `{name}`" for name in names if name.startswith(("biorxivist_t", "biorxivist_v")))
    finally:
        connection.close()


@pytest.fixture
def empty(address: Address) -> Address:
    """The shared server, emptied."""
    wipe(address)
    return address


@pytest.fixture
def neo4j_store(empty: Address) -> Iterator[Neo4jStore]:
    with Neo4jStore(empty.url, empty.login) as store:
        yield store


@pytest.fixture(params=["ladybug", "neo4j"])
def open_any(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OPEN]:
    """Opens one and the same store as often as it is called, on either engine."""
    opened: list[Store] = []
    if request.param == "ladybug":
        url, login = f"ladybug:{tmp_path / 'store'}", None
    else:
        found: Address = request.getfixturevalue("empty")
        url, login = found.url, found.login

    def make(**options: bool) -> Store:
        opened.append(open_store(url, login=login, **options))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture(autouse=True)
def no_deprecated_cypher() -> Iterator[None]:
    """Fail a test whose Cypher the server calls deprecated."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "DEPRECATION" in (said := record.getMessage()):
                heard.append(said)

    listener, log = Listener(), logging.getLogger("neo4j.notifications")
    level = log.level
    log.addHandler(listener)
    log.setLevel(logging.DEBUG)
    yield
    log.removeHandler(listener)
    log.setLevel(level)
    assert heard == []
