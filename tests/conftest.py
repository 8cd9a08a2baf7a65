from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Tests run side by side, so that the threads of OpenMP would spin while they wait for each other; read when the first
# library that uses it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from biorxivist.load.prepare import prepare
from biorxivist.workspace.home import Home

if TYPE_CHECKING:
    from tests.neo4j_server.shared import Address


def pytest_collection_finish() -> None:
    """Keep what was collected out of the way of the garbage collector, which would look through it at every turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_unconfigure() -> None:
    """Let everything go again: libraries report what is left of them at the end."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real documents and cells; tests that need it skip with the reason where it is not."""
    folder = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "cells").is_dir():
        pytest.skip(f"no real samples at {folder}: set BIORXIVIST_SHARED")
    return folder.resolve()


@pytest.fixture(scope="session")
def seeded_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the shipped facts, verdicts and graph; tests only read it.

    The processes that share the tests share it too: the first one fills it, behind the lock of the home.
    """
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "seeded"
    home = Home(folder, f"ladybug:{folder / 'graph'}")
    prepare(home)
    return home


def copy_home(home: Home, folder: Path) -> Home:
    """A copy that finds its own graph up to date."""
    shutil.copytree(home.folder, folder)
    copy = Home(folder, f"ladybug:{folder / 'graph'}")
    state = copy.state()
    copy.update_state(**{part: {copy.store_url: state[part][home.store_url]} for part in ("stores", "built")})
    return copy


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
