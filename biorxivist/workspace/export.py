"""The graph, or a study of it, as files for other programs."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from biorxivist.errors import InvalidInput, NotFound
from biorxivist.workspace.home import prepare

if TYPE_CHECKING:
    from biorxivist.workspace.home import Home

__all__ = ["ExportForm", "export_graph"]

ExportForm = Literal["graphml", "csv", "ro-crate"]


def export_graph(
    home: Home,
    form: ExportForm,
    out: Path,
    *,
    study: str | None = None,
    license_url: str | None = None,
    published: date | None = None,
) -> dict[str, int]:
    """Write the graph of the home to ``out``, and return what was written: label or relationship -> count.

    Parameters
    ----------
    home
        Its archive is brought up to date first.
    form
        ``graphml`` (a file), ``csv`` (a folder), or ``ro-crate`` (a folder) of one study.
    out
        The file or folder; it must not be there yet.
    study
        Name of the study, for ``ro-crate``; may be left out where there is only one.
    license_url
        Licence that the crate states.
    published
        Day of publication that the crate states; today when left out.

    Raises
    ------
    InvalidInput
        If a study is given without ``ro-crate``, or none is given and there are several.
    NotFound
        If there is no such study.
    GraphError
        If ``out`` is there already or cannot be written.
    """
    if form != "ro-crate" and (study or license_url):
        msg = f"--study and --license describe a crate; format {form} is of the whole graph. Use --format ro-crate."
        raise InvalidInput(msg)
    prepare(home)
    records = list(home.archive.read())
    if form == "ro-crate":
        from graph.export.crate import studies, write_crate

        name = _study(study, studies(records))
        return write_crate(name, records, out, published=published or _today(), license_url=license_url)
    from graph.export.files import graph_of, write_csv, write_graphml

    graph = graph_of(records)
    write = write_csv if form == "csv" else write_graphml
    write(graph, out)
    return graph.counts()


def _study(asked: str | None, there: tuple[str, ...]) -> str:
    if asked is None and len(there) == 1:
        return there[0]
    if asked is None:
        msg = f"Name the study with --study; studies here are: {', '.join(there) or 'none'}."
        raise InvalidInput(msg)
    if asked not in there:
        close = difflib.get_close_matches(asked, there, n=3)
        kind = "study"
        raise NotFound(kind, asked, tuple(close), hint=f"Studies here are: {', '.join(there) or 'none'}.")
    return asked


def _today() -> date:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()
