from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from biorxivist.claims.index import KINDS, ClaimIndex
from biorxivist.cli.main import app
from biorxivist.workspace.home import Home
from tests.conftest import copy_home


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("BIORXIVIST_", "NEO4J_", "OPENAI_")) and name != "BIORXIVIST_SHARED":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIORXIVIST_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def known(seeded_home: Home) -> ClaimIndex:
    return ClaimIndex.of(seeded_home.archive.read(*KINDS))


@pytest.fixture
def seeded(seeded_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The seeded home as the one that commands and the facade use."""
    monkeypatch.setenv("BIORXIVIST_HOME", str(seeded_home.folder))
    return seeded_home


@pytest.fixture
def own_home(light_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the light home that a test may change."""
    home = copy_home(light_home, tmp_path / "own")
    monkeypatch.setenv("BIORXIVIST_HOME", str(home.folder))
    return home


@pytest.fixture
def cli() -> Callable[..., Result]:
    """Run the command line in this process."""

    def run(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin)

    return run
