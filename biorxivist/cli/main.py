"""The command line ``biorxivist``.

Data go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed or nothing found, 2 wrong usage or refused,
3 set-up missing, 130 interrupted. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from biorxivist.cli.claims import ask, check, compare, evidence, explain
from biorxivist.cli.export import register as register_export
from biorxivist.cli.graph import archive_app, graph_app
from biorxivist.cli.literature import register as register_literature
from biorxivist.cli.output import note
from biorxivist.cli.product import demo, doctor
from biorxivist.cli.results import results_app
from biorxivist.cli.review import claims_app
from biorxivist.cli.scaling import scaling_app
from biorxivist.errors import InvalidInput, exit_code, unwritable

__all__ = ["app", "main"]

EPILOG = (
    "Start with `biorxivist demo`. Data go to stdout, messages to stderr; --json gives JSON lines. "
    "Exit codes: 0 done, 1 failed or nothing found, 2 wrong usage or refused, 3 set-up missing, 130 interrupted."
)


class Commands(TyperGroup):
    """The group of all commands: turns known errors into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; errors that we know are told in a sentence, unknown ones keep their traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            known = _known(error)
            if known is None or ctx.params.get("verbose"):
                raise
            _tell(known)
            raise typer.Exit(exit_code(known) or 1) from error


def _known(error: Exception) -> Exception | None:
    if exit_code(error) is not None:
        return error
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        from pathlib import Path

        if isinstance(error, FileNotFoundError):
            return InvalidInput(f"{error.filename}: no such file or folder.")
        return unwritable(error, Path(error.filename or "."))
    return None


def _tell(error: Exception) -> None:
    note(f"{type(error).__name__}: {error}")
    for extra in getattr(error, "__notes__", ()):
        note(extra)


app = typer.Typer(
    cls=Commands,
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
    """Papers make claims; experiments are run again; the graph says which claims stand, and why."""
    del version
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


app.command()(demo)
register_literature(app)
register_export(graph_app)
app.add_typer(graph_app, name="graph")
app.add_typer(claims_app, name="claims")
app.add_typer(archive_app, name="archive")
app.command()(compare)
app.command()(evidence)
app.command()(explain)
app.command()(check)
app.command()(ask)
app.add_typer(results_app, name="results")
app.add_typer(scaling_app, name="scaling")
app.command()(doctor)


def main() -> None:
    """Entry point of the installed command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing failed, and nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
