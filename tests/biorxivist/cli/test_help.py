from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import Result

from biorxivist.cli.commands import PANELS
from biorxivist.cli.main import app
from biorxivist.workspace.home import Home
from tests.biorxivist.cli.test_main import run

Cli = Callable[..., Result]
ROOT = Path(__file__).parents[3]
BUILDER = runpy.run_path(str(ROOT / "docs" / "build_commands.py"))
COMMANDS: dict[str, Any] = {name: command for _, name, command in BUILDER["commands"]()}
EXAMPLES = [(name, line) for name in COMMANDS for line in BUILDER["example_lines"](COMMANDS[name])]
ELSEWHERE = {"demo", "search", "get", "sync", "load", "cite", "citations", "scaling plan", "scaling run",
             "scaling status", "scaling design", "scaling replay", "scaling reproduce", "scaling embed",
             "scaling score", "scaling corpus build", "scaling corpus info", "scaling corpus verify",
             "graph load", "graph rebuild", "graph export", "claims extract", "claims list", "claims add",
             "claims review", "claims reviews", "vocabulary add", "results import", "mcp"}  # fmt: skip
"""Commands whose examples need a network, files of the reader's own, minutes, a client, or a home that they change."""
OWN_FILE = re.compile(r"\w\.(?:bib|md)\b")


def test_the_help_page_imports_no_command() -> None:
    code = (
        "import sys\nfrom biorxivist.cli.main import app\ntry:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*(name for name in sys.modules if name.startswith(('biorxivist', 'graph', 'scaling', 'rich'))),"
        " file=sys.stderr)"
    )
    allowed = {"biorxivist", *(f"biorxivist.cli{part}" for part in ("", ".main", ".lazy", ".commands", ".failures",
                                                                     ".completion"))}  # fmt: skip
    assert set(run(code=code).stderr.split()) <= allowed


def test_the_help_page_groups_the_commands_by_purpose_a_line_each(cli: Cli) -> None:
    page = cli("--help").stdout.splitlines()
    for panel, commands in PANELS.items():
        place = page.index(f"{panel}:")
        lines = page[place + 1 : place + 1 + len(commands)]
        assert [line.split()[0] for line in lines] == [command.name for command in commands]
        assert all(line.endswith(command.summary) for line, command in zip(lines, commands, strict=True))
    assert max(map(len, page)) <= 80


def test_the_summary_of_a_command_is_the_first_line_of_its_help() -> None:
    root = typer.main.get_command(app)
    for commands in PANELS.values():
        for command in commands:
            assert root.commands[command.name].help.splitlines()[0] == command.summary


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_examples_and_stands_in_the_documentation(name: str, cli: Cli) -> None:
    page = cli(*name.split(), "--help").stdout
    examples = page.partition("Examples:\n")[2].splitlines()
    assert 1 <= len(examples) <= 3
    assert all(line.strip().startswith(f"biorxivist {name}") for line in examples)
    summary = COMMANDS[name].help.splitlines()[0]
    assert summary.endswith(".")
    assert f"`biorxivist {name}`" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("group", ["graph", "claims", "vocabulary", "results", "scaling", "scaling corpus", "archive"])
def test_the_help_of_a_group_cuts_no_sentence(group: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert "..." not in cli(*group.split(), "--help").stdout.partition("Commands:")[2]


def test_the_page_of_the_commands_is_current() -> None:
    current = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == BUILDER["render"]()
    assert current, "run `make docs` and commit docs/commands.md"


@pytest.mark.parametrize(("name", "line"), EXAMPLES)
def test_every_example_is_understood(name: str, line: str) -> None:
    words = shlex.split(re.split(r" [|>] ", line)[0])[1:]
    command, rest = COMMANDS[name], words[len(name.split()) :]
    context = command.make_context(name, rest)
    assert context.params


@pytest.mark.parametrize(
    ("name", "line"), [(n, e) for n, e in EXAMPLES if n not in ELSEWHERE and not OWN_FILE.search(e)]
)
def test_an_example_runs_on_the_shipped_facts(name: str, line: str, cli: Cli, seeded: Home) -> None:
    result = cli(*shlex.split(re.split(r" [|>] ", line)[0])[1:])
    assert result.exit_code == 0, result.stderr
    assert result.stdout
