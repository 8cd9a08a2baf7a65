"""``biorxivist graph export``: the graph, or a study, as files for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biorxivist.cli.lazy import examples
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, progress_bar
from biorxivist.cli.rows import print_counts
from biorxivist.workspace.export import ExportForm

__all__ = ["export", "register"]


def export(
    *,
    format_: Annotated[ExportForm, typer.Option("--format", "-f", help="Format to write.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="PATH", help="File or folder; must not exist yet.")],
    study: Annotated[str | None, typer.Option(metavar="NAME", help="Study of an ro-crate.")] = None,
    license_: Annotated[
        str | None, typer.Option("--license", metavar="URL", help="Licence that the ro-crate states.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Write the graph as GraphML or CSV, or a study as an RO-Crate.

    GraphML opens in Gephi, Cytoscape and NetworkX.
    """
    from biorxivist.load.prepare import prepare
    from biorxivist.workspace.export import export_graph
    from biorxivist.workspace.home import open_home

    with progress_bar("export") as progress:
        home = open_home(progress=progress)
        prepare(home)
        counts = export_graph(home, format_, out, study=study, license_url=license_)
    print_counts(counts, json=json)
    note(f"Written to {out}.")


def register(app: typer.Typer) -> None:
    """Add the command to ``biorxivist graph``."""
    lines = examples(
        "biorxivist graph export --format graphml --out graph.graphml",
        "biorxivist graph export -f csv -o tables",
    )
    app.command(epilog=lines)(export)
