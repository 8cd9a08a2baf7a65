"""From nothing to the point: shipped facts, a small study on cells, verdicts, a graph and a report.

The verdicts come from the studies that ship with the package and from re-analyses of printed numbers. The small study
that is run here shows how the engine works; it trains and evaluates on one set, so it judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from biorxivist.claims.disagreements import disagreements
from biorxivist.claims.index import KINDS, ClaimIndex
from biorxivist.demo.budget import budget_arms
from biorxivist.demo.cells import Cells, find_cells
from biorxivist.demo.model import Demo, JudgedClaim, rank
from biorxivist.errors import unwritable
from biorxivist.load.prepare import ensure_seeded, prepare
from biorxivist.workspace.home import Home
from biorxivist.workspace.studies import require_scaling
from graph.records import Record, Result, Run, SaturationPoint

__all__ = ["gather", "run_demo"]

WRITER = "demo"
DISAGREEMENTS = 3


def run_demo(
    home: Home, *, cells: Path | None = None, report: Path | None = None, workers: int = 2, offline: bool = False
) -> Demo:
    """Run every step of the demo; what is up to date already is not repeated.

    Parameters
    ----------
    home
        Where archive, graph and the small study go.
    cells
        A user's cells; else PBMC 3k where the network answers, else simulated ones.
    report
        HTML file to write; none if left out.
    workers
        Processes of the small study.
    offline
        Do not try the network.

    Raises
    ------
    ExtraMissing
        If the scaling extra is not installed.
    HomeNotWritable
        If the home or the report's folder cannot be written.
    ScalingError
        If the cells cannot be used.
    """
    require_scaling("The demo")
    try:
        demo_cells = find_cells(cells, home.folder / "cells", offline=offline, progress=home.progress)
        small_study = _run_small_study(home, demo_cells, workers)
        ensure_seeded(home)
        home.archive.append(small_study, writer=WRITER)
        prepare(home)
        home.progress(0, 0, "reading the graph back")
        demo = gather(home, demo_cells, small_study)
        if report is not None:
            from biorxivist.demo.report import write_report

            home.progress(0, 0, "writing the report")
            write_report(demo, report)
    except OSError as error:
        if clear := unwritable(error, home.folder):
            raise clear from error
        raise
    return demo


def _run_small_study(home: Home, cells: Cells, workers: int) -> list[Record]:
    import scaling

    def progress(done: int, total: int, what: str) -> None:
        home.progress(done, total, f"small study, {what}" if what else "small study")

    study = scaling.load_study("demo")
    kind = "simulated" if cells.simulated else cells.path.stem
    out = home.folder / "studies" / f"demo-{kind}"
    return scaling.run(study, cells=cells.path, out=out, workers=workers, progress=progress)


def gather(home: Home, cells: Cells, small_study: Iterable[Record]) -> Demo:
    """Read from the archive everything that the demo shows."""
    from biorxivist.seeds import studies

    archive = home.archive
    index = ClaimIndex.of(archive.read(*KINDS))
    numbers = list(archive.read("Result", "SaturationPoint", "Run"))
    shipped = studies.testing()
    points = tuple(record for record in numbers if isinstance(record, SaturationPoint))
    return Demo(
        cells=cells,
        small_study=tuple(small_study),
        rows=tuple(
            rank(
                JudgedClaim(claim, index.who(claim), tuple(index.verdicts(claim.id)))
                for claim in index.standing_claims()
            )
        ),
        disagreements=tuple(disagreements(index, most=DISAGREEMENTS)),
        index=index,
        studies=shipped,
        results=tuple(record for record in numbers if isinstance(record, Result) and record.study in shipped),
        points=points,
        runs=tuple(record for record in numbers if isinstance(record, Run) and record.study in shipped),
        arms=tuple(budget_arms(points, studies=shipped)),
        home=home.folder,
        digest=archive.digest(),
    )
