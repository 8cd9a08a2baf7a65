from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real documents and cells; tests that need it skip with the reason where it is not."""
    folder = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "cells").is_dir():
        pytest.skip(f"no real samples at {folder}: set BIORXIVIST_SHARED")
    return folder.resolve()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a Neo4j server, wherever it stands below these folders."""
    for item in items:
        if {"neo4j", "differential"} & set(item.path.parts):
            item.add_marker(pytest.mark.server)
