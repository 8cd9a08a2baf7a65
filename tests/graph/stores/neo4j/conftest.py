"""Fixtures of the tests that are about the server alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph.stores.neo4j.store import Neo4jStore
from tests.conftest import address
from tests.neo4j_server.shared import Address, wipe

__all__ = ["Address", "address", "wipe"]


@pytest.fixture
def neo4j_store(empty: Address) -> Iterator[Neo4jStore]:
    with Neo4jStore(empty.url, empty.login) as store:
        yield store
