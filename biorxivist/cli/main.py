"""The command line ``biorxivist``.

Data go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed or nothing found, 2 wrong usage or refused,
3 set-up missing, 130 interrupted. Commands are imported when they are called (`biorxivist.cli.lazy`).
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from biorxivist.cli.completion import complete
from biorxivist.cli.failures import Commands
from biorxivist.cli.lazy import LazyGroup

__all__ = ["Commands", "app", "main"]

EPILOG = (
    "Start with `biorxivist demo`; `biorxivist COMMAND --help` has examples. Data go to stdout, messages to stderr; "
    "--json gives JSON lines. Exit codes: 0 done, 1 failed or nothing found, 2 wrong usage or refused, 3 set-up "
    "missing, 130 interrupted."
)


class AllCommands(Commands, LazyGroup):
    """The group of all commands."""


app = typer.Typer(
    cls=AllCommands,
    name="biorxivist",
    no_args_is_help=True,
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if value:
        from biorxivist import __version__

        typer.echo(f"biorxivist {__version__}")
        raise typer.Exit


@app.callback()
def settings(
    *,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log, and show tracebacks.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Papers make claims; we re-run the experiments; the graph says which claims stand, and why."""
    del version
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def main() -> None:
    """Entry point of the installed command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        complete(app)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing failed, and nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
