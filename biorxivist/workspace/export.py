"""Export the graph, or a study of it, as files for other programs."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from biorxivist.errors import InvalidInput, NotFound

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
    """Write the graph of the home to ``out``.

    Parameters
    ----------
    home
        Home whose archive is exported as it is; `biorxivist.load.prepare` updates it.
    form
        ``graphml`` (a file), ``csv`` (a folder), or ``ro-crate`` (a folder) of one study.
    out
        The file or folder; it must not exist yet.
    study
        Name of the study, for ``ro-crate``; may be left out where there is only one.
    license_url
        Licence that the crate states.
    published
        Day of publication that the crate states; today if left out.

    Returns
    -------
    Label or relationship -> number written.

    Raises
    ------
    InvalidInput
        If a study is given without ``ro-crate``, or none is given and there are several.
    NotFound
        If there is no such study.
    GraphError
        If ``out`` exists or cannot be written.
    """
    if form != "ro-crate" and (study or license_url):
        msg = f"--study and --license describe a crate; format {form} takes the whole graph. Use --format ro-crate."
        raise InvalidInput(msg)
    records = list(home.archive.read())
    if form == "ro-crate":
        from graph.export.crate import studies, write_crate

        name = _select_study(study, studies(records))
        return write_crate(name, records, out, published=published or _today(), license_url=license_url)
    from graph.export.files import graph_of, write_csv, write_graphml

    graph = graph_of(records)
    write = write_csv if form == "csv" else write_graphml
    write(graph, out)
    return graph.counts()


def _select_study(name: str | None, studies: tuple[str, ...]) -> str:
    """The study of this name, or the only one if no name is given."""
    if name is None and len(studies) == 1:
        return studies[0]
    listed = f"Studies here are: {', '.join(studies) or 'none'}."
    if name is None:
        msg = f"Name the study with --study. {listed}"
        raise InvalidInput(msg)
    if name not in studies:
        similar = difflib.get_close_matches(name, studies, n=3)
        raise NotFound("study", name, tuple(similar), hint=listed)  # noqa: EM101 - a kind, not a message
    return name


def _today() -> date:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()
