"""From nothing to the point: shipped facts, a small study on cells, verdicts, a graph and a report.

The verdicts come from the study that ships with the package and from re-analyses of printed numbers. The small study
that is run here shows how the engine works; it trains and evaluates on one set, so it judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biorxivist.claims.disagreements import Disagreement, disagreements
from biorxivist.claims.index import KINDS, Knowledge, why
from biorxivist.demo.budget import BudgetArm, budget_arms
from biorxivist.demo.cells import Cells, find_cells
from biorxivist.errors import unwritable
from biorxivist.workspace.home import Home, ensure_seeded, prepare
from biorxivist.workspace.studies import require_scaling
from graph.records import Claim, Evidence, Record, Result, Run, SaturationPoint

__all__ = ["ClaimRow", "Demo", "choose", "run_demo"]

WRITER = "demo"
SHOWN_DECIDED, SHOWN_INCONCLUSIVE, SHOWN_PAPERS = 24, 10, 12


@dataclass(frozen=True)
class ClaimRow:
    """A claim with what was found about it."""

    claim: Claim
    who: str
    evidence: tuple[Evidence, ...]
    """Most telling first."""

    @property
    def verdict(self) -> str:
        """The verdict that tells most, or that none has been computed."""
        return self.evidence[0].verdict if self.evidence else "not_testable"

    @property
    def why(self) -> str:
        """The step that decided it."""
        return why(self.evidence[0]) if self.evidence else "no rule was applied"

    def plain(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        first = self.evidence[0] if self.evidence else None
        return {
            "claim": self.claim.id,
            "kind": self.claim.kind,
            "who": self.who,
            "paper": self.claim.paper_id,
            "statement": self.claim.statement,
            "verdict": self.verdict,
            "basis": first.basis if first else None,
            "effect": first.effect if first else None,
            "ci": [first.ci_low, first.ci_high] if first else None,
            "scale_ratio": first.scale_ratio if first else None,
            "gates": {name: gate.passed for name, gate in first.gates.items()} if first else {},
            "reason": self.why,
        }


@dataclass(frozen=True)
class Demo:
    """Everything that the demo shows."""

    cells: Cells
    fresh: tuple[Record, ...]
    """Records of the small study."""
    rows: tuple[ClaimRow, ...]
    """All claims, the most telling verdicts first."""
    disagreements: tuple[Disagreement, ...]
    knowledge: Knowledge
    study: str | None
    """Name of the shipped study."""
    results: tuple[Result, ...]
    """Results of the shipped study."""
    points: tuple[SaturationPoint, ...]
    """Saturation points, published and ours."""
    runs: tuple[Run, ...]
    """Runs of the shipped study."""
    arms: tuple[BudgetArm, ...]
    home: Path
    digest: str
    """Of the archive's facts."""

    @property
    def shown(self) -> list[ClaimRow]:
        """The claims that are printed."""
        return choose(self.rows)


def run_demo(
    home: Home, *, cells: Path | None = None, report: Path | None = None, workers: int = 2, offline: bool = False
) -> Demo:
    """Do everything; what is done already is not done again.

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
        found = find_cells(cells, home.folder / "cells", offline=offline, progress=home.progress)
        fresh = _small_study(home, found, workers)
        ensure_seeded(home)
        home.archive.append(fresh, writer=WRITER)
        prepare(home)
        home.progress(0, 0, "reading the graph back")
        shown = gather(home, found, fresh)
        if report is not None:
            from biorxivist.demo.report import write_report

            home.progress(0, 0, "writing the report")
            write_report(shown, report)
    except OSError as error:
        if clear := unwritable(error, home.folder):
            raise clear from error
        raise
    return shown


def _small_study(home: Home, cells: Cells, workers: int) -> list[Record]:
    import scaling

    def told(done: int, total: int, what: str) -> None:
        home.progress(done, total, f"small study, {what}")

    study = scaling.load_study("demo")
    kind = "simulated" if cells.simulated else cells.path.stem
    out = home.folder / "studies" / f"demo-{kind}"
    return scaling.run(study, cells=cells.path, out=out, workers=workers, progress=told)


def gather(home: Home, cells: Cells, fresh: Iterable[Record]) -> Demo:
    """Read from the archive what is to be shown."""
    from biorxivist.seeds import studies

    archive = home.archive
    knowledge = Knowledge.of(archive.read(*KINDS))
    numbers = list(archive.read("Result", "SaturationPoint", "Run"))
    rows = [
        ClaimRow(claim, knowledge.who(claim), tuple(knowledge.verdicts(claim.id))) for claim in knowledge.by_interest()
    ]
    study = next(iter(studies.names()), None)
    points = tuple(one for one in numbers if isinstance(one, SaturationPoint))
    return Demo(
        cells=cells,
        fresh=tuple(fresh),
        rows=tuple(rows),
        disagreements=tuple(disagreements(knowledge, most=3)),
        knowledge=knowledge,
        study=study,
        results=tuple(one for one in numbers if isinstance(one, Result) and one.study == study and study),
        points=points,
        runs=tuple(one for one in numbers if isinstance(one, Run) and one.study == study),
        arms=tuple(budget_arms(points, study=study)) if study else (),
        home=home.folder,
        digest=archive.digest(),
    )


def choose(rows: Iterable[ClaimRow]) -> list[ClaimRow]:
    """Claims to print: those that were decided, some that stayed open, and one untested claim of each other paper.

    A paper shows at most six claims, so that no paper crowds the others out.
    """
    shown: list[ClaimRow] = []
    room = {"decided": SHOWN_DECIDED, "inconclusive": SHOWN_INCONCLUSIVE, "not_testable": SHOWN_PAPERS}
    per_paper: dict[str, int] = {}
    for row in rows:
        group = row.verdict if row.verdict in room else "decided"
        seen = per_paper.get(row.claim.paper_id, 0)
        if room[group] and seen < (1 if group == "not_testable" else 6):
            room[group] -= 1
            per_paper[row.claim.paper_id] = seen + 1
            shown.append(row)
    return shown
