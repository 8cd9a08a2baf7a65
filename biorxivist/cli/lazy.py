"""A command group whose commands are imported when they are called, and whose help page is in panels.

Typer draws panels only with rich markup, and builds every command before it prints the first line; both cost more
than everything that ``biorxivist --help`` needs. So the help page is printed from a table of names and summaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from biorxivist.cli.commands import PANELS, Command

__all__ = ["LazyGroup", "examples", "new_app"]


def new_app(**options: Any) -> typer.Typer:
    """A Typer app for a module of commands: plain help, no completion options of its own."""
    return typer.Typer(
        cls=Group, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False, **options
    )


def examples(*lines: str) -> str:
    r"""Epilog of a command's help: lines to copy, kept as they are (``\b`` stops the wrapping)."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


class Group(TyperGroup):
    """A group whose help page has the first line of each command's help, wrapped where Typer would cut it."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write name and first line of every command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, (command.help or "").partition("\n")[0]) for name, command in self.commands.items()]
            )


class LazyCommands(MutableMapping[str, Any]):
    """Name -> command, imported at the first look-up; the names are known without."""

    def __init__(self, commands: Mapping[str, Command]) -> None:
        self._commands = dict(commands)
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            app = import_module(self._commands[name].module).app
            self._loaded[name] = typer.main.get_group(app).commands[name]
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._commands, **self._loaded})

    def __len__(self) -> int:
        return len({**self._commands, **self._loaded})


class LazyGroup(TyperGroup):
    """The group of all commands of `PANELS`."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = LazyCommands({command.name: command for panel in PANELS.values() for command in panel})

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands in the order of the help page; nothing is imported for it."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section per panel, with the summaries in one column."""
        del ctx
        width = max(map(len, self.commands))
        for title, commands in PANELS.items():
            with formatter.section(title):
                formatter.write_dl([(command.name.ljust(width), command.summary) for command in commands])
