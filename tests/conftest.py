from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from typer.testing import CliRunner

# Tests run side by side, so that the threads of OpenMP would spin while they wait for each other; read when the first
# library that uses it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from biorxivist.load.prepare import SEED_WRITER, prepare
from biorxivist.seeds import records
from biorxivist.workspace.fingerprint import shipped_facts
from biorxivist.workspace.home import Home, lock
from graph.records import Record

if TYPE_CHECKING:
    from tests.neo4j_server.shared import Address

COUNT_PAPERS = ("graph", "query", "MATCH (p:Paper) RETURN count(p) AS n", "--json")
"""The first command on the home that the tests share."""
SMALL_STUDIES = ("masked_bins_t", "plain_zheng", "unseen_types_z")
"""Shipped studies that the light home has."""


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


class FirstUse(NamedTuple):
    """A home that its first command filled, and what that command printed."""

    home: Home
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def first_use(tmp_path_factory: pytest.TempPathFactory) -> FirstUse:
    """A home with the shipped facts, verdicts and graph; tests only read it."""
    root = _shared_by_workers(tmp_path_factory)
    home, printed = _home(root / "seeded"), root / "seeded.json"
    with (root / "seeded.lock").open("w") as file:  # the first process fills the home while the others wait
        fcntl.flock(file, fcntl.LOCK_EX)
        if not printed.exists():
            printed.write_text(json.dumps(_count_papers(home)), encoding="utf-8")
    return FirstUse(home, **json.loads(printed.read_text(encoding="utf-8")))


def _shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the session, for all processes that share the tests."""
    root = tmp_path_factory.getbasetemp()
    return root.parent if "PYTEST_XDIST_WORKER" in os.environ else root


def _home(folder: Path) -> Home:
    return Home(folder, f"ladybug:{folder / 'graph'}")


def _count_papers(home: Home) -> dict[str, str]:
    from biorxivist.cli.main import app

    environment = dict.fromkeys(name for name in os.environ if name.startswith(("BIORXIVIST_", "NEO4J_")))
    environment["BIORXIVIST_HOME"] = str(home.folder)
    done = CliRunner().invoke(app, COUNT_PAPERS, env=environment)
    assert done.exit_code == 0, done.output
    return {"stdout": done.stdout, "stderr": done.stderr}


@pytest.fixture(scope="session")
def seeded_home(first_use: FirstUse) -> Home:
    """A home with the shipped facts, verdicts and graph; tests only read it."""
    return first_use.home


@pytest.fixture(scope="session")
def light_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The seeded home without the large studies, which are five sixths of it; tests only read it.

    A test that changes a home has verdicts and graph brought up to date, which takes a quarter of the time here.
    """
    home = _home(_shared_by_workers(tmp_path_factory) / "light")
    with lock(home):
        if "seeds" not in home.state():
            home.archive.append((fact for fact in records() if _is_light(fact)), writer=SEED_WRITER)
            home.update_state(seeds=shipped_facts())
    prepare(home)
    return home


def _is_light(fact: Record) -> bool:
    return getattr(fact, "study", None) in {None, "", *SMALL_STUDIES}


def copy_home(home: Home, folder: Path) -> Home:
    """A copy that finds its own graph up to date."""
    shutil.copytree(home.folder, folder)
    copy = _home(folder)
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
