from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.neo4j_server.shared import Address


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real documents and cells; tests that need it skip with the reason where it is not."""
    folder = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "cells").is_dir():
        pytest.skip(f"no real samples at {folder}: set BIORXIVIST_SHARED")
    return folder.resolve()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """The server that all tests of the session share."""
    from tests.neo4j_server.shared import shared_server

    found = shared_server(tmp_path_factory.getbasetemp() / "neo4j")
    yield found
    if found.server is not None:
        found.server.kill()  # nobody needs its data


@pytest.fixture
def empty(address: Address) -> Address:
    """The shared server, emptied."""
    from tests.neo4j_server.shared import wipe

    wipe(address)
    return address


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a Neo4j server, wherever it stands below these folders."""
    for item in items:
        if {"neo4j", "differential"} & set(item.path.parts):
            item.add_marker(pytest.mark.server)
