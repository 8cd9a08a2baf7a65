"""``biorxivist graph`` and ``biorxivist archive``: load, rebuild, query and describe the graph; export its truth."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.completion import queries
from biorxivist.cli.export import register as register_export
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import CsvFlag, JsonFlag, Parameters, form, parameters
from biorxivist.cli.output import note, print_text, print_wrapped, progress_bar
from biorxivist.cli.rows import print_counts, print_rows

if TYPE_CHECKING:
    from graph.queries import NamedQuery

__all__ = ["app"]

app = new_app()
graph_app = new_app(no_args_is_help=True, help="Query, describe, load, rebuild and export the graph.")
archive_app = new_app(no_args_is_help=True, help="Export the records that every graph is built from.")
app.add_typer(graph_app, name="graph")
app.add_typer(archive_app, name="archive")
STDIN_LIMIT = 1_000_000


@graph_app.command(
    epilog=examples(
        "biorxivist graph query contradictions",
        "biorxivist graph query claims_about_model -p model=scGPT",
        'biorxivist graph query "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title, c.statement LIMIT 5" --json',
    )
)
def query(
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME | CYPHER | -", help="A named query, Cypher, or - for stdin.", autocompletion=queries
        ),
    ] = None,
    *,
    param: Parameters = None,
    limit: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="Most rows to print.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0.1, max=3600, help="Time limit in seconds.")] = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
    list_: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
) -> None:
    """Query the graph by a named query or in read-only Cypher.

    A query that finds no rows exits with 0, and says so on stderr.
    """
    shape = form(as_json=json, as_csv=csv)
    if list_:
        print_rows(_named_queries(), shape)
        return
    if text is None:
        msg = "Give the name of a query, Cypher, or - for stdin; --list shows the names."
        raise typer.BadParameter(msg)
    from biorxivist.cli.opening import opened
    from biorxivist.settings import load_settings
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.query import run_query, text_parameters, unknown_values

    values = parameters(param, text=text_parameters(text.strip()))
    settings = load_settings(query_limit=limit, query_timeout=timeout)
    cypher = sys.stdin.read(STDIN_LIMIT) if text == "-" else text
    with opened(open_home()) as store:
        rows = run_query(
            store, cypher, values, limit=limit, default_limit=settings.query_limit, timeout=settings.query_timeout
        )
        hints = [] if rows else unknown_values(store, values)
    if not print_rows(rows, shape):
        note("no rows")
    for hint in hints:
        note(hint)


@graph_app.command(epilog=examples("biorxivist graph schema", "biorxivist graph schema --mermaid"))
def schema(
    *, json: JsonFlag = False, mermaid: Annotated[bool, typer.Option("--mermaid", help="As a Mermaid diagram.")] = False
) -> None:
    """List the labels, properties and relationships to query."""
    from biorxivist.workspace.query import schema_rows, schema_text

    if json:
        print_rows(schema_rows(), "json")
    elif mermaid:
        print_text(schema_text(mermaid=True))  # a program reads it
    else:
        print_wrapped(schema_text(), hang=4)


@graph_app.command(
    epilog=examples(
        "biorxivist graph load",
        "biorxivist graph load my_study/records.jsonl",
        "biorxivist graph load my_study/records.jsonl --to neo4j://localhost:7687",
    )
)
def load(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Record files (JSON lines); without any, the facts of the package."),
    ] = None,
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="Address of the store to write [default: the settings'].")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Load records into the archive and build the graph.

    Nothing is loaded unless every line of every file is a record.
    """
    from biorxivist.load.files import load_files, load_shipped
    from biorxivist.workspace.home import open_home

    with progress_bar("load") as progress:
        home = open_home(store_url=to, progress=progress)
        counts = load_files(home, files) if files else load_shipped(home)
    print_counts(counts, json=json)


@graph_app.command(epilog=examples("biorxivist graph rebuild", "biorxivist graph rebuild --to neo4j://localhost:7687"))
def rebuild(
    *,
    to: Annotated[str | None, typer.Option("--to", metavar="URL", help="Address of the store to build.")] = None,
    json: JsonFlag = False,
) -> None:
    """Build the graph again from the archive."""
    from biorxivist.load.prepare import rebuild as rebuild_store
    from biorxivist.workspace.home import open_home

    with progress_bar("rebuild") as progress:
        counts = rebuild_store(open_home(store_url=to, progress=progress))
    print_counts(counts, json=json)


register_export(graph_app)


@archive_app.callback()
def archive() -> None:
    """Export the records that every graph is built from."""


@archive_app.command(
    epilog=examples(
        "biorxivist archive export > records.jsonl",
        "biorxivist archive export --canonical | sha256sum",
    )
)
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
        named_query: NamedQuery = named(name)
        defaults = ", ".join(f"{key}={value}" for key, value in named_query.parameters.items())
        yield {"name": name, "question": named_query.question, "parameters": defaults}
