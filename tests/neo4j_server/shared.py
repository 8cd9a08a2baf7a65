"""A real server for the tests: the one of NEO4J_URI if it is set and empty, else a throw-away one."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr

from graph.errors import StoreUnavailable
from graph.stores.base import Login
from graph.stores.neo4j.connection import Connection
from graph.stores.neo4j.indexes import TEXT, text_index, vector_indexes
from tests.neo4j_server.server import SHORT_LIVED, Server

RELEASE = os.environ.get("BIORXIVIST_NEO4J_RELEASE") or None


class Address(NamedTuple):
    """Where a server is, and who asks it; ``server`` is None for one that was given."""

    url: str
    login: Login
    server: Server | None = None


@cache
def given() -> Address | None:
    """The server that the environment names, which has to be empty."""
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


def throw_away(folder: Path, **options: Any) -> Server:
    """A server that has not been started; without one the test is skipped, or fails where CI=true."""
    try:
        return Server(folder, release=RELEASE, java_options=SHORT_LIVED, **options)
    except StoreUnavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Neo4j server for the tests: {error}")
        pytest.skip(f"no Neo4j server for the tests: {error}")


@cache
def _shared(folder: Path) -> Server:
    return throw_away(folder)


def shared_server(folder: Path) -> Address:
    """The server that all tests of a session share; it is started again if it has ended."""
    if found := given():
        return found
    server = _shared(folder)
    server.start()
    return Address(server.url, server.login, server)


def wipe(address: Address, *, schema: bool = False) -> None:
    """Leave an empty graph; also without what says that it was built, if ``schema`` (planning all anew is slow)."""
    if address.server is not None:
        address.server.start()
    connection = Connection(address.url, address.login)
    try:
        while connection.rows("MATCH (n) RETURN count(n) AS n")[0]["n"]:
            connection.write([("MATCH (n) WITH n LIMIT 10000 DETACH DELETE n", ())])
        names = [row["name"] for row in connection.rows("SHOW INDEXES YIELD name")]
        old = [name for name in names if name.startswith(TEXT) and (schema or name != text_index())]
        connection.schema(f"DROP INDEX `{name}`" for name in [*old, *vector_indexes(connection)])
    finally:
        connection.close()
