from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from biorxivist.workspace.home import Home
from graph.queries import named
from graph.stores.open import open_store
from tests.conftest import copy_home

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

# The demo has tests of its own and takes minutes; what sets a machine up cannot run inside the machine it set up.
ELSEWHERE = ("biorxivist demo", "make", "git", "pip", "docker", "cd")


def blocks(*languages: str) -> list[str]:
    """Fenced code blocks of the README in these languages."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    return [text for language, text in found if language in languages]


def shell_commands() -> list[str]:
    """Commands that the README shows; one that ends in a backslash goes on in the next line."""
    lines = "".join(blocks("sh", "bash", "console")).replace("\\\n", " ").splitlines()
    commands = [line.removeprefix("$ ").strip() for line in lines]
    return [line for line in commands if line and not line.startswith(("#", *(f"{word} " for word in ELSEWHERE)))
            and line not in ELSEWHERE]  # fmt: skip


@pytest.fixture(scope="module")
def environment(seeded_home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A newcomer's environment: the home as the first command leaves it, no settings, the program on the path."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("BIORXIVIST_", "NEO4J_"))}
    home = str(copy_home(seeded_home, tmp_path_factory.mktemp("readme") / "home").folder)
    return {**bare, "BIORXIVIST_HOME": home, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{bare['PATH']}"}


def test_the_readme_shows_at_least_five_examples_that_run_here() -> None:
    assert len(shell_commands()) + len(blocks("python")) >= 5


@pytest.mark.parametrize("command", shell_commands())
def test_a_command_of_the_readme_works_and_says_something(
    command: str, environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_of_the_readme_works(code: str, environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_query_of_the_readme_is_the_one_that_ships_and_gives_the_rows_that_are_shown(seeded_home: Home) -> None:
    (text,) = blocks("cypher")
    shipped = named("claim_and_runs")
    assert text.strip() == shipped.cypher.strip()
    parameters = dict(re.findall(r"-p (claim|paper)=(\S+?)`? ", README))
    assert parameters.keys() == {"claim", "paper"}
    header, _, *lines = re.findall(r"^\|.*\|$", README.partition("claim_and_runs` gives")[2], flags=re.MULTILINE)
    columns = [name.strip() for name in header.strip("|").split("|")]
    with open_store(seeded_home.store_url, read_only=True) as store:
        rows = store.query(text, shipped.parameters | parameters)
    shown = lines[: len(rows)]
    assert [[cell.strip() for cell in line.strip("|").split("|")] for line in shown] == [
        [as_shown(row[name]) for name in columns] for row in rows
    ]
    assert len(rows) >= 2


def as_shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)
