"""What the command line does with an error: a known one becomes a sentence and an exit code, another a traceback."""

from __future__ import annotations

import re
import sys
from typing import Any

import typer
from typer.core import TyperGroup

__all__ = ["Commands"]

NO_CHOICE = re.compile(r"(?:Value error, )?(?P<problem>'(?P<value>[^']*)' is not one of (?P<choices>.*))", re.DOTALL)


class Commands(TyperGroup):
    """A group of commands that turns known errors into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a known error is reported in a sentence, an unknown one keeps its traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from biorxivist.errors import FAILED, exit_code

            _suggest(error)
            _fit(error)
            reportable = _reportable(error)
            if reportable is None or ctx.params.get("verbose"):
                raise
            _report(reportable)
            raise typer.Exit(exit_code(reportable) or FAILED) from error


def _suggest(error: Exception) -> None:
    """Add the nearest choice to the message about a value that is none of the choices of an option."""
    message = getattr(error, "message", None)
    if not isinstance(message, str) or not (match := NO_CHOICE.search(message)):
        return
    import difflib

    close = difflib.get_close_matches(match["value"], re.findall(r"'([^']*)'", match["choices"]), n=2)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    error.message = f"{message[: match.start()]}{match['problem'].rstrip('.')}.{hint}"  # type: ignore[attr-defined]


def _fit(error: Exception) -> None:
    """Wrap the message of an error of usage, which the command line prints itself, to the terminal."""
    from biorxivist.cli.output import fitted

    if isinstance(getattr(error, "message", None), str) and hasattr(error, "format_message"):
        lead = "Error: "  # what typer puts before it
        lines = "\n".join(fitted(lead + error.format_message(), sys.stderr)).removeprefix(lead)
        error.format_message = lambda: lines


def _reportable(error: Exception) -> Exception | None:
    from biorxivist.errors import InvalidInput, exit_code, unwritable

    if exit_code(error) is not None:
        return error
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        from pathlib import Path

        if isinstance(error, FileNotFoundError):
            return InvalidInput(f"{error.filename}: no such file or folder.")
        return unwritable(error, Path(error.filename or "."))
    return None


def _report(error: Exception) -> None:
    from biorxivist.cli.output import note

    note(f"{type(error).__name__}: {error}")
    for extra in getattr(error, "__notes__", ()):
        note(extra)
