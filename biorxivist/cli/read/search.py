"""``biorxivist search``: find papers at a source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import CsvFlag, JsonFlag, form
from biorxivist.cli.output import note
from biorxivist.cli.read.sources import Folder, Since, SourceName, Until, sources, usage
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        'biorxivist search "single-cell foundation model" --since 2025-01-01',
        "biorxivist search genomics --source biorxiv --since 2026-08-01 --out papers.csv",
        "biorxivist search saturation --source local --folder my_papers",
    )
)
def search(
    query: Annotated[str, typer.Argument(help="Words, or the syntax of the source; for biorxiv a subject category.")],
    *,
    since: Since = None,
    until: Until = None,
    source: Annotated[SourceName, typer.Option(help="Source to query.")] = "europepmc",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Most papers to list.")] = 25,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a table: .csv or .parquet.")] = None,
    folder: Folder = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """Search for papers.

    The exit code is 1 if no paper matches.
    """
    from biorxivist.literature.errors import FetchError
    from biorxivist.literature.search import search as search_source
    from biorxivist.literature.table import row_of, write_table

    shape = form(as_json=json, as_csv=csv)
    with usage():
        result = search_source(
            query, since=since, until=until, source=source, limit=limit, sources=sources(folder=folder)
        )
    failure: FetchError | None = None
    try:
        hits = result.hits
    except FetchError as error:
        hits, failure = result.hits_so_far, error
        if not hits:
            raise
    for problem in result.problems:
        note(problem)
    if out is not None:
        with usage():
            note(f"{write_table(hits, out)} papers written to {out}.")
    else:
        rows = [row_of(hit) for hit in hits]
        print_rows(rows if shape != "table" else [_short(row) for row in rows], shape)
    if not hits:
        note(f"No paper matches {query!r} at {source}. Try fewer words, or another --source.")
        raise typer.Exit(FAILED)
    if failure is not None:
        note(f"Only {len(hits)} papers came: {failure}")
        raise typer.Exit(FAILED)
    if result.total and result.total > len(hits):
        note(f"The first {len(hits)} of {result.total}; a higher --limit fetches more.")


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("doi", "posted", "title", "authors", "license")}
