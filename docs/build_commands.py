"""Write ``docs/commands.md``: every command with what it does and examples, as its ``--help`` says."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from biorxivist.cli.commands import PANELS
from biorxivist.cli.main import app

PAGE = Path(__file__).with_name("commands.md")

PREFACE = """\
# Commands

<!-- Written by docs/build_commands.py from the help of the commands. Run `make docs`. -->

Data go to stdout, messages to stderr. Into a pipe, commands that list or count (`evidence`, `graph query`, `search`,
`vocabulary list`, `claims reviews`, `graph load` ...) write tab-separated values with a header, those that answer in
prose (`ask`, `check`, `compare`, `explain`, `show` ...) a line for each paragraph; `--json` gives JSON lines. Exit
codes: 0 done, 1 failed or nothing found, 2 wrong usage or refused, 3 set-up missing, 130 interrupted. `biorxivist
COMMAND --help` lists the options, `biorxivist --install-completion` completes commands, names and values in your shell.
"""


def commands() -> Iterator[tuple[str, str, Any]]:
    """(panel, name as it is typed, command) of every command; a group gives its members."""
    root = typer.main.get_command(app)
    for panel, entries in PANELS.items():
        for entry in entries:
            for name, command in _members(entry.name, root.commands[entry.name]):  # type: ignore[attr-defined]
                yield panel, name, command


def _members(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for part, member in command.commands.items():
        yield from _members(f"{name} {part}", member)


def example_lines(command: Any) -> list[str]:
    """Lines of the examples in a command's help."""
    return [line.strip() for line in inspect.cleandoc(command.epilog).splitlines()[2:]]


def render() -> str:
    """The page."""
    parts, current = [PREFACE], ""
    for panel, name, command in commands():
        if panel != current:
            parts.append(f"## {panel}\n")
            current = panel
        parts.append(f"### `biorxivist {name}`\n\n{inspect.cleandoc(command.help)}\n")
        parts.append("```sh\n" + "\n".join(example_lines(command)) + "\n```\n")
    return "\n".join(parts)
