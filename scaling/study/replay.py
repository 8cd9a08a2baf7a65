"""Train some runs of a study again, and hold what comes out against the records of the first time.

What must be equal on every processor are the subsets, genes and splits, and with them the ids of the runs. What may
differ are weights, as kernels sum in different orders, and through them scores: `BOUND` says by how much.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np

from graph.progress import Progress, silent
from graph.records import Record, Result, Run
from scaling.errors import StudyError
from scaling.study.execute import execute, planned_evaluations
from scaling.study.folder import StudyFolder
from scaling.study.lines import read_records
from scaling.study.machine import Machine
from scaling.study.plan import Job, RunSpec, specs
from scaling.study.prepare import prepare
from scaling.study.spec import Study

__all__ = ["BOUND", "Replay", "ReplayedScore", "replay"]

BOUND = 0.05
"""Largest difference of a score between kernels that is taken for rounding (docs/studies.md has what was measured)."""


class ReplayedScore(NamedTuple):
    """One score of a run, then and now."""

    run_id: str
    run: str
    """The run in a few words."""
    evaluation: str
    dataset_id: str
    metric_id: str
    steps: int | None
    recorded: float
    replayed: float

    @property
    def difference(self) -> float:
        """By how much the score is larger now."""
        return self.replayed - self.recorded


@dataclass(frozen=True)
class Replay:
    """What the study plans here against what was recorded, and the scores of the runs that were trained again."""

    recorded: int
    """Runs that were recorded."""
    missing: tuple[str, ...]
    """Ids of those that the study does not plan on these cells: something that decides weights is another."""
    scores: tuple[ReplayedScore, ...]

    @property
    def largest(self) -> float:
        """Largest difference of a score, in either direction."""
        return max((abs(score.difference) for score in self.scores), default=0.0)

    @property
    def holds(self) -> bool:
        """Whether all ids are the same and every score is within the bound."""
        return not self.missing and self.largest <= BOUND


def replay(
    study: Study,
    records: Iterable[Record],
    *,
    cells: Path,
    out: Path,
    runs: int = 3,
    seed: int = 0,
    device: str = "auto",
    threads: int = 1,
    progress: Progress | None = None,
) -> Replay:
    """Plan a study again, and train some of its runs again.

    Parameters
    ----------
    records
        What the study wrote when it was run.
    out
        Folder for the models; one that was trained there already is not trained again.
    runs
        How many runs, drawn with ``seed`` from those whose scores were recorded, families in turn.

    Raises
    ------
    CorpusError, StudyError
        If the cells, the study or the device cannot be used, or the records hold no scored run of this study.
    LedgerError
        If ``out`` cannot be written.
    """
    records = list(records)
    folder, machine, report = StudyFolder(out), Machine(device, threads), progress or silent
    report(0, runs, "preparing cells")
    prepared = prepare(study, cells, folder.prepared)
    planned = {spec.run_id: spec for spec in specs(study, prepared.facts)}
    recorded = [record for record in records if isinstance(record, Run) and record.study == study.name]
    before = {_key(record): record.value for record in records if isinstance(record, Result) and record.run_id}
    scored = {key[0] for key in before}
    drawn = _draw([run for run in recorded if run.id in planned and run.id in scored and run.steps], runs, seed)
    if not recorded or len(drawn) < min(runs, 1):
        msg = f"the records hold no scored run of {study.name} that it plans on these cells."
        raise StudyError(msg)
    scores: list[ReplayedScore] = []
    for done, run in enumerate(drawn):
        spec = planned[run.id]
        report(done, len(drawn), spec.text)
        execute(Job((spec,)), prepared, folder, machine=machine)
        for entry in planned_evaluations(spec, prepared):
            again = [record for record in read_records(folder.scores(spec, entry)) if isinstance(record, Result)]
            scores += [_score(spec, result, before[_key(result)]) for result in again if _key(result) in before]
    report(len(drawn), len(drawn), "")
    missing = tuple(sorted(run.id for run in recorded if run.id not in planned))
    return Replay(len(recorded), missing, tuple(scores))


def _draw(runs: list[Run], number: int, seed: int) -> list[Run]:
    """Draw runs, one family after the other, so that few runs are not all of one."""
    order = np.random.default_rng(seed).permutation(len(runs))
    by_family: dict[str, list[Run]] = {}
    for place in order:
        by_family.setdefault(runs[place].family, []).append(runs[place])
    turns = zip_longest(*by_family.values())
    return [run for turn in turns for run in turn if run is not None][:number]


def _key(result: Result) -> tuple[str | None, str, str, str | None, str, int | None]:
    return (
        result.run_id, result.evaluation, result.dataset_id, result.reference_id, result.metric_id, result.steps,
    )  # fmt: skip


def _score(spec: RunSpec, result: Result, recorded: float) -> ReplayedScore:
    return ReplayedScore(
        spec.run_id, spec.text, result.evaluation, result.dataset_id, result.metric_id, result.steps, recorded,
        result.value,
    )  # fmt: skip
