"""What a study costs: runs, cells seen, operations, and hours here and on a GPU that is named.

Hours here are from steps that are trained on the spot, on cells without meaning: a step costs the same on any counts of
so many genes. Hours on a GPU are a bound from below that nobody measured: the operations at a share of the card's peak,
and no step faster than its kernels can be started.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from scaling import families
from scaling.model.family import FamilyConfig
from scaling.study.overview import TrainingRow
from scaling.study.spec import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from scaling.model.family import Family
    from scaling.train.loop import Training
    from scaling.views.counts import GeneCounts

__all__ = ["GPUS", "Cost", "FamilyCost", "Gpu", "Rate", "cost_of", "measured_rate"]

Rate = Callable[[str, FamilyConfig, int, int], float]
"""Cells per second of training, from (family, settings, genes, cells per step)."""

SCORING_SECONDS = 1.1
"""One evaluation of one checkpoint on a core, the slowest of those that the shipped studies measured."""
SHARE_OF_PEAK = 0.3
LAUNCH_SECONDS = 6e-4
"""150 kernels of 4 microseconds."""
WARM_UP, LEAST_SECONDS, MOST_STEPS = 2, 0.4, 128


@dataclass(frozen=True)
class Gpu:
    """A GPU for which hours are given."""

    name: str
    flops: float
    """Dense bfloat16 operations per second at its peak."""
    source: str


GPUS = {
    "h200": Gpu("NVIDIA H200", 790e12, "measured on such a card by a large matrix product"),
    "a100": Gpu("NVIDIA A100", 312e12, "data sheet"),
}


@dataclass(frozen=True)
class FamilyCost:
    """What the runs of a family cost."""

    family: str
    trainings: int
    """Runs that are trained, also at a learning rate that is not chosen."""
    untrained: int
    cells_seen: int
    flops: float
    cells_per_second: float
    hours: float
    """Of training, on one core here."""
    gpu_hours: float


@dataclass(frozen=True)
class Cost:
    """What a study costs."""

    families: tuple[FamilyCost, ...]
    scorings: int
    """Checkpoints that are scored, times evaluations."""

    @property
    def runs(self) -> int:
        """Runs, untrained models among them."""
        return sum(row.trainings + row.untrained for row in self.families)

    @property
    def cells_seen(self) -> int:
        """Cells that all trainings together see."""
        return sum(row.cells_seen for row in self.families)

    @property
    def flops(self) -> float:
        """Floating-point operations of all trainings."""
        return sum(row.flops for row in self.families)

    @property
    def hours(self) -> float:
        """Hours of one core here, with scoring."""
        return sum(row.hours for row in self.families) + self.scorings * SCORING_SECONDS / 3600

    @property
    def gpu_hours(self) -> float:
        """Hours of training on the GPU, at least."""
        return sum(row.gpu_hours for row in self.families)


def cost_of(study: Study, rows: Iterable[TrainingRow], *, genes: int, gpu: Gpu, rate: Rate) -> Cost:
    """Compute what a study costs from its trainings (`scaling.study.overview.training_rows`)."""
    by_family: dict[str, list[TrainingRow]] = {}
    rows = list(rows)
    for row in rows:
        by_family.setdefault(row.plain_family, []).append(row)
    scored = sum(row.seeds * (len(study.budget.checkpoints) if row.steps else 1) for row in rows)
    return Cost(
        families=tuple(_family_cost(study, family, own, genes, gpu, rate) for family, own in by_family.items()),
        scorings=scored * len(study.evaluations),
    )


def _family_cost(study: Study, family: str, rows: list[TrainingRow], genes: int, gpu: Gpu, rate: Rate) -> FamilyCost:
    trained = [row for row in rows if row.cells]
    config = study.config(family)
    # a family that is fitted sees each cell of its subset once
    seen = sum(row.trainings * (row.cells_seen or row.cells) for row in trained)
    batch = max((row.batch_size for row in trained), default=0)
    per_cell = _flops(family, config, genes)
    steps = sum(row.trainings * row.steps for row in trained)
    flops = seen * per_cell
    speed = rate(family, config, genes, batch) if trained else math.inf
    return FamilyCost(
        family=family,
        trainings=sum(row.trainings for row in trained),
        untrained=sum(row.trainings for row in rows if not row.cells),
        cells_seen=seen,
        flops=flops,
        cells_per_second=speed,
        hours=seen / speed / 3600,
        gpu_hours=max(flops / (gpu.flops * SHARE_OF_PEAK), steps * LAUNCH_SECONDS) / 3600,
    )


@cache
def _flops(family: str, config: FamilyConfig, genes: int) -> float:
    return families.find(family).build(_names(genes), config, seed_init=0).flops()


@cache
def measured_rate(family: str, config: FamilyConfig, genes: int, batch_size: int) -> float:
    """Train a family for about a second on one core of this machine, and say how many cells it sees a second.

    The cells are random counts of a few hundred genes each. A family that is fitted is fitted to 1,000 of them.
    """
    import numpy as np

    from scaling.train.loop import Training, one_thread

    kind = families.find(family)
    cells = _random_counts(1000, genes)
    rows = np.arange(len(cells))
    optimiser = config.optimiser
    with one_thread():
        if optimiser is None:
            fitted = Training(family, config, 0, 0, ())
            return len(rows) / _seconds(lambda: _train(kind, cells, rows, fitted))
        steps, seconds = WARM_UP, 0.0
        _train(kind, cells, rows, Training(family, config, steps, batch_size, (steps,)))
        while seconds < LEAST_SECONDS and steps < MOST_STEPS:
            steps = min(4 * steps, MOST_STEPS)
            training = Training(family, config, steps, batch_size, (steps,))
            seconds = _seconds(lambda: _train(kind, cells, rows, training))  # noqa: B023 - called at once
        return steps * batch_size / seconds


def _train(kind: Family, cells: GeneCounts, rows: npt.NDArray[np.int64], training: Training) -> None:
    from scaling.train.loop import train

    model = kind.build(_names(cells.genes), training.config, seed_init=0)
    train(model, cells, rows, training, seed_init=0, at_checkpoint=_ignore)


def _seconds(work: Callable[[], None]) -> float:
    """Seconds of a core that something takes, whoever else uses the machine."""
    start = time.process_time()
    work()
    return max(time.process_time() - start, 1e-9)


def _random_counts(cells: int, genes: int) -> GeneCounts:
    """Counts without meaning, with as many genes in a cell as blood has of two thousand variable ones."""
    import numpy as np

    from scaling.views.counts import GeneCounts

    rng = np.random.default_rng(0)
    each = max(genes // 8, 1)
    return GeneCounts(
        indptr=np.arange(cells + 1, dtype=np.int64) * each,
        indices=np.concatenate([np.sort(rng.choice(genes, each, replace=False)) for _ in range(cells)]).astype(
            np.int32
        ),
        counts=(1 + rng.poisson(1.0, cells * each)).astype(np.uint32),
        library=np.full(cells, 4.0 * each),
        measured=np.ones((1, genes), dtype=np.bool_),
        study=np.zeros(cells, dtype=np.int32),
        label=np.zeros(cells, dtype=np.int32),
    )


def _names(genes: int) -> tuple[str, ...]:
    return tuple(f"gene{number}" for number in range(genes))


def _ignore(step: int, model: object) -> None:
    del step, model
