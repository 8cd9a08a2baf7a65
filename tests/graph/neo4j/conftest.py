"""Fixtures of the tests that are about the server alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.stores.neo4j import Neo4jStore
from graph.stores.neo4j_server import Server
from tests.graph.conftest import address
from tests.graph.servers import Address, throw_away, wipe

__all__ = ["Address", "address", "wipe"]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may kill."""
    server = throw_away(tmp_path / "neo4j")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def neo4j_store(empty: Address) -> Iterator[Neo4jStore]:
    with Neo4jStore(empty.url, empty.login) as store:
        yield store
