"""``biorxivist graph`` and ``biorxivist archive``: load, rebuild, query and describe the graph; export its truth."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.options import CsvFlag, JsonFlag, Parameters, form, parameters
from biorxivist.cli.output import note, print_rows, print_text, progress_bar

if TYPE_CHECKING:
    from graph.queries import NamedQuery

__all__ = ["archive_app", "graph_app"]

graph_app = typer.Typer(no_args_is_help=True, help="The graph: load, rebuild, query, schema.")
archive_app = typer.Typer(no_args_is_help=True, help="The archive: the records that every graph is built from.")
STDIN_LIMIT = 1_000_000


@graph_app.command()
def load(
    files: Annotated[list[Path] | None, typer.Argument(help="Record files (JSON lines) of another archive.")] = None,
    *,
    json: JsonFlag = False,
) -> None:
    """Load records into the archive and build the graph; without files, the facts that ship with the package."""
    from biorxivist.load import load_files, load_shipped
    from biorxivist.workspace.home import open_home

    with progress_bar("load") as progress:
        home = open_home(progress=progress)
        counts = load_files(home, files) if files else load_shipped(home)
    _print_counts(counts, json=json)


@graph_app.command()
def rebuild(
    *,
    to: Annotated[str | None, typer.Option("--to", metavar="URL", help="Address of the store to build.")] = None,
    json: JsonFlag = False,
) -> None:
    """Build the graph again from the archive."""
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.home import rebuild as rebuild_store

    with progress_bar("rebuild") as progress:
        counts = rebuild_store(open_home(store_url=to, progress=progress))
    _print_counts(counts, json=json)


@graph_app.command()
def query(
    text: Annotated[
        str | None,
        typer.Argument(metavar="NAME | CYPHER | -", help="A named query, Cypher, or - for stdin."),
    ] = None,
    *,
    param: Parameters = None,
    limit: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="At most so many rows.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0.1, max=3600, help="Seconds after which it is stopped.")] = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    list_: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
) -> None:
    """Ask the graph by a named query or in read-only Cypher."""
    shape = form(as_json=json, as_csv=csv)
    given = parameters(param)
    if list_:
        print_rows(_named_queries(), shape)
        return
    if text is None:
        msg = "Give the name of a query, Cypher, or - for stdin; --list shows the names."
        raise typer.BadParameter(msg)
    from biorxivist.cli.opening import opened
    from biorxivist.settings import load_settings
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.query import run_query

    settings = load_settings(query_limit=limit, query_timeout=timeout)
    cypher = sys.stdin.read(STDIN_LIMIT) if text == "-" else text
    with opened(open_home()) as store:
        rows = run_query(
            store, cypher, given, limit=limit, default_limit=settings.query_limit, timeout=settings.query_timeout
        )
    if not print_rows(rows, shape):
        note("no rows")


@graph_app.command()
def schema(
    *, json: JsonFlag = False, mermaid: Annotated[bool, typer.Option("--mermaid", help="As a Mermaid diagram.")] = False
) -> None:
    """Print labels, properties and relationships: what a query can ask for."""
    from biorxivist.workspace.query import schema_rows, schema_text

    if json:
        print_rows(schema_rows(), "json")
    else:
        print_text(schema_text(mermaid=mermaid))


@archive_app.command()
def export(
    *,
    canonical: Annotated[
        bool, typer.Option("--canonical", help="Sorted, without times: equal facts give equal bytes.")
    ] = False,
) -> None:
    """Print the records of the archive as JSON lines."""
    from biorxivist.workspace.home import open_home

    for line in open_home().archive.export(canonical=canonical):
        sys.stdout.write(line.removesuffix("\n") + "\n")


def _named_queries() -> Iterator[dict[str, Any]]:
    from graph.queries import named, names

    for name in names():
        known: NamedQuery = named(name)
        settable = ", ".join(f"{key}={value}" for key, value in known.parameters.items())
        yield {"name": name, "question": known.question, "parameters": settable}


def _print_counts(counts: dict[str, int], *, json: bool) -> None:
    if json:
        print_rows([counts], "json")
    else:
        print_rows([{"what": what, "count": count} for what, count in counts.items()])
