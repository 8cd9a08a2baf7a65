"""What makes the budget of a study fair, checked when its file is read.

With validation cells, learning rate and checkpoint are chosen by a loss that no label and no evaluation cell enters,
and every family gets the same: as many cells per step and as many learning rates. Without them nothing is chosen: one
learning rate, all checkpoints shown. Cells of one experiment are on one side only, whatever their files are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

__all__ = ["check_batches", "check_pairs", "check_pilots", "check_rates", "check_sides", "experiment_of"]

Experiments = Mapping[str, Sequence[str]]
"""Name of an experiment -> its files, or batches of files (``file/batch``)."""
RATES = 3
"""Learning rates of a search."""


def experiment_of(part: str, experiments: Experiments) -> str:
    """Name the experiment of a file, or of a batch of it; a file that is not listed is one of its own."""
    file = part.partition("/")[0]
    for wanted in (part, file):
        for name, parts in experiments.items():
            if wanted in parts:
                return name
    return file


def check_sides(sides: Mapping[str, Iterable[str]], experiments: Experiments) -> None:
    """Check that no experiment is on two sides.

    Parameters
    ----------
    sides
        Name of a side (the corpus, the evaluations, the validation) -> its files and batches.

    Raises
    ------
    ValueError
        Naming the parts.
    """
    seen: dict[str, tuple[str, str]] = {}
    for side, parts in sides.items():
        for part in parts:
            experiment = experiment_of(part, experiments)
            other, earlier = seen.setdefault(experiment, (side, part))
            if other != side:
                where = f"{part} is in {other} and in {side}"
                if part != earlier:
                    where = f"{earlier} is in {other} and {part} in {side}, and both are of the experiment {experiment}"
                msg = (
                    f"{where}: cells of one experiment may be on one side only. Take one of them out (exclude under "
                    "[corpus] leaves out a file or a batch)"
                )
                raise ValueError(msg)


def check_pairs(pairs: Iterable[tuple[str, str]], experiments: Experiments) -> None:
    """Check that reference and query of each cross-study evaluation, given as files, are of two experiments.

    Raises
    ------
    ValueError
        Naming the files. One file may serve both, since a study may select different cells of it.
    """
    for reference, query in pairs:
        if reference != query and experiment_of(reference, experiments) == experiment_of(query, experiments):
            msg = (
                f"cross_study from {reference} to {query}: both are of the experiment "
                f"{experiment_of(query, experiments)}; take another reference, or score it within_study"
            )
            raise ValueError(msg)


def check_rates(factors: Sequence[float], *, validated: bool) -> None:
    """Check the factors of the learning rate: one, or three that validation cells choose from.

    Raises
    ------
    ValueError
        Saying what to change.
    """
    if len(set(factors)) != len(factors) or len(factors) not in {1, RATES}:
        msg = f"learning_rate_factors are {', '.join(map(str, factors))}: give one, or {RATES} different ones"
        raise ValueError(msg)
    if len(factors) > 1 and not validated:
        msg = (
            f"{len(factors)} learning_rate_factors and no [validation] cells whose loss could choose one; scores on "
            "the evaluation sets must not"
        )
        raise ValueError(msg)


def check_pilots(pilot_seeds: int | None, factors: Sequence[float], seeds: Iterable[int]) -> None:
    """Check that replicates which choose the learning rate for others have something to choose from, and are there.

    Raises
    ------
    ValueError
        Saying what to change.
    """
    if pilot_seeds is None:
        return
    if len(factors) == 1:
        msg = f"pilot_seeds is {pilot_seeds} and there is one learning rate: give {RATES} learning_rate_factors"
        raise ValueError(msg)
    if pilot_seeds > min(seeds):
        msg = f"pilot_seeds is {pilot_seeds}, more than the seeds of an arm: take at most {min(seeds)}"
        raise ValueError(msg)


def check_batches(by_family: Mapping[str, int], sizes: Iterable[int]) -> None:
    """Check that all families take equally many cells per step, also at the smallest size.

    Raises
    ------
    ValueError
        Saying what to change.
    """
    if len(set(by_family.values())) > 1:
        listed = ", ".join(f"{family} {size}" for family, size in by_family.items())
        msg = f"batch_size differs between families ({listed}), so that one sees more cells; give one number for all"
        raise ValueError(msg)
    smallest, largest = min(sizes, default=None), max(by_family.values(), default=0)
    if smallest is not None and largest > smallest // 2:
        msg = (
            f"batch_size {largest} is more than half of the smallest size, {smallest} cells, whose runs would see "
            f"fewer cells than the others. Take at most {smallest // 2}, or drop that size"
        )
        raise ValueError(msg)
