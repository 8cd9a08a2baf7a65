"""``biorxivist graph export``: the graph, or a study, as files for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_rows, progress_bar
from biorxivist.workspace.export import ExportForm

__all__ = ["export", "register"]


def export(
    *,
    format_: Annotated[ExportForm, typer.Option("--format", "-f", help="What to write.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="PATH", help="File or folder; must not be there yet.")],
    study: Annotated[str | None, typer.Option(metavar="NAME", help="The study of an ro-crate.")] = None,
    license_: Annotated[
        str | None, typer.Option("--license", metavar="URL", help="Licence that the ro-crate states.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Write the graph as GraphML (Gephi, Cytoscape, NetworkX) or CSV, or a study as an RO-Crate."""
    from biorxivist.workspace.export import export_graph
    from biorxivist.workspace.home import open_home

    with progress_bar("export") as progress:
        counts = export_graph(open_home(progress=progress), format_, out, study=study, license_url=license_)
    if json:
        print_rows([counts], "json")
    else:
        print_rows([{"what": what, "count": count} for what, count in counts.items()])
    note(f"Written to {out}.")


def register(app: typer.Typer) -> None:
    """Add the command to ``biorxivist graph``."""
    app.command()(export)
