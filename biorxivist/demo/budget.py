"""Whether the saturation point of the shipped studies moves with the training budget.

A claim about saturation speaks of a budget, too, mostly without saying so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from graph.records import Run, SaturationPoint
from graph.vocabulary.protocol import ANY_RUN, EQUIVALENCE, MACRO_F1, POOLED, RANDOM

__all__ = [
    "BudgetArm", "EvaluationSet", "budget_arms", "budget_caveat", "evaluation_sets", "headline", "is_fitted",
    "own_points", "short_headline",
]  # fmt: skip


WITHIN = "within_study"


class EvaluationSet(NamedTuple):
    """Cells of a study on which its models are scored in one way; a picture shows the curves on one of them."""

    study: str
    evaluation: str
    dataset_id: str

    @classmethod
    def of(cls, point: SaturationPoint) -> EvaluationSet:
        """The set that one of our points is of; a published one has no study."""
        return cls(point.study or "", point.evaluation, point.dataset_id)

    @property
    def is_within(self) -> bool:
        """Whether classifier and query are cells of one study."""
        return self.evaluation.endswith(WITHIN)

    @property
    def name(self) -> str:
        """The set in words."""
        if self.dataset_id == POOLED:
            return "mean of held-out studies"
        return f"{'within ' if self.is_within else ''}{self.dataset_id.partition(':')[2]}"

    @property
    def title(self) -> str:
        """The study, and the set in words."""
        return f"{self.study}: {self.name}"


@dataclass(frozen=True)
class BudgetArm:
    """Saturation points of one model on one evaluation set, at rising training budgets."""

    where: EvaluationSet
    model_id: str
    points: tuple[SaturationPoint, ...]
    """By the equivalence rule, in the order of steps."""
    paper_points: tuple[SaturationPoint, ...]
    """By the paper's rule, beside it."""
    chosen: SaturationPoint | None = None
    """By the equivalence rule at the checkpoints that validation chose, where it did."""

    @property
    def name(self) -> str:
        """The model, the study and the set in words."""
        return f"{self.model_id.partition(':')[2].removeprefix('ours_')} in {self.where.study} ({self.where.name})"

    @property
    def moves(self) -> bool:
        """Whether the outcome or the point differs between budgets, by the equivalence rule."""
        return _differ(self.points)

    @property
    def moves_by_paper(self) -> bool:
        """Whether it does by the paper's rule."""
        return _differ(self.paper_points)

    @property
    def identifies(self) -> bool:
        """Whether the equivalence rule identifies anything at all."""
        return any(_outcome(point) != "not_identified" for point in self.points)

    def describe(self) -> str:
        """Put the points in words, from the smallest budget to the largest, then that of the chosen checkpoints."""
        chosen = f"; chosen checkpoints: {_describe_point(self.chosen)}" if self.chosen else ""
        return _describe(self.points) + chosen

    def describe_paper_points(self) -> str:
        """Put the points by the paper's rule in words."""
        return _describe(self.paper_points)


def _differ(points: Iterable[SaturationPoint]) -> bool:
    # A budget at which nothing is identified is no evidence that the point moved.
    outcomes = {(_outcome(point), point.cells) for point in points if _outcome(point) != "not_identified"}
    return len(outcomes) > 1


def _describe(points: Iterable[SaturationPoint]) -> str:
    return "; ".join(f"{point.steps:,} steps: {_describe_point(point)}" for point in points if point.steps is not None)


def _outcome(point: SaturationPoint) -> str:
    """Outcome as such: at the largest budget ``budget_dependent`` says that it changed, not what it is."""
    return "saturated" if point.fraction is not None else point.outcome


def _describe_point(point: SaturationPoint) -> str:
    if point.fraction is not None:
        cells = f" ({point.cells:,} cells)" if point.cells else ""
        return f"saturates at {100 * point.fraction:.2g} %{cells}"
    return {
        "rising": "still rising at the whole corpus",
        "not_identified": "not identified",
        "budget_dependent": "no point that holds at a quarter of the budget too",
        "saturated": "saturated",
    }[point.outcome]


def evaluation_sets(points: Iterable[SaturationPoint], studies: Collection[str]) -> list[EvaluationSet]:
    """Sets whose curves stand for a study: the mean over held-out studies where there is one, else each set within.

    A study has no mean if fewer than two of its cross-study sets leave PCA headroom; those sets then say little of the
    models, and what is left are the sets on which classifier and query are of one study.
    """
    sets = {EvaluationSet.of(point) for point in points if point.study in studies}
    pooled = {entry.study for entry in sets if entry.dataset_id == POOLED}
    return sorted(entry for entry in sets if (entry.dataset_id == POOLED if entry.study in pooled else entry.is_within))


def own_points(points: Iterable[SaturationPoint], sets: Collection[EvaluationSet]) -> list[SaturationPoint]:
    """The points on these sets for macro F1 and random subsets."""
    return [
        point
        for point in points
        if EvaluationSet.of(point) in sets and (point.metric_id, point.sampling) == (MACRO_F1, RANDOM)
    ]


def is_fitted(point: SaturationPoint) -> bool:
    """Whether the model is fitted (PCA) and not trained in steps, so that it has the same point at every budget."""
    return point.steps is None and point.checkpoint is None


def budget_arms(points: Iterable[SaturationPoint], *, studies: Collection[str]) -> list[BudgetArm]:
    """Arms of the studies on their `evaluation_sets`, one per set and model that was trained at several budgets."""
    points = list(points)
    groups: dict[tuple[EvaluationSet, str], list[SaturationPoint]] = {}
    for point in own_points(points, evaluation_sets(points, studies)):
        groups.setdefault((EvaluationSet.of(point), point.model_id), []).append(point)
    arms = []
    for (where, model_id), group in sorted(groups.items()):
        by_steps = sorted((point for point in group if point.steps), key=lambda point: point.steps or 0)
        arms.append(
            BudgetArm(
                where=where,
                model_id=model_id,
                points=tuple(point for point in by_steps if point.rule == EQUIVALENCE),
                paper_points=tuple(point for point in by_steps if point.rule == ANY_RUN),
                chosen=next((point for point in group if point.checkpoint and point.rule == EQUIVALENCE), None),
            )
        )
    return [arm for arm in arms if arm.points]


def headline(arms: Iterable[BudgetArm]) -> str:
    """One sentence or two: for how many curves the saturation point moves with the budget, by either rule."""
    arms = list(arms)
    if not arms:
        return "No shipped study has an arm over training budgets."
    moving, moving_by_paper = _moving(arms)
    if not any(arm.identifies for arm in arms):
        ours = "By the equivalence rule the shipped studies identify no saturation point at any training budget."
    elif moving == moving_by_paper:
        return _sentence(moving, len(arms), "By the equivalence rule and by the rule of the paper")
    else:
        ours = _sentence(moving, len(arms), "By the equivalence rule")
    return f"{ours} {_sentence(moving_by_paper, len(arms), 'By the rule of the paper')}"


def budget_caveat(runs: Iterable[Run], arms: Iterable[BudgetArm]) -> str:
    """What the headline is worth: no finding if nothing was named before the runs, or scores are within a study."""
    if not all(run.hypotheses_digest for run in runs):
        return "An open question, not a finding: the study named no hypotheses before it ran, so it decides no claim."
    if any(arm.where.is_within for arm in arms):
        return "An open question, not a finding: scores within a study depend on its batches, so they enter no verdict."
    return ""


def short_headline(arms: Iterable[BudgetArm]) -> str:
    """The headline without names, for a line of a terminal."""
    arms = list(arms)
    if not arms:
        return headline(arms)
    moving, moving_by_paper = (len(group) for group in _moving(arms))
    count = f"The training budget moves saturation in {moving} of {len(arms)} curves"
    if not any(arm.identifies for arm in arms):
        return f"{count}, as equivalence identifies none (paper's rule: {moving_by_paper})."
    return f"{count}." if moving == moving_by_paper else f"{count} (paper's rule: {moving_by_paper})."


def _moving(arms: Iterable[BudgetArm]) -> tuple[list[BudgetArm], list[BudgetArm]]:
    """Arms whose point moves by the equivalence rule, and by the rule of the paper."""
    arms = list(arms)
    return [arm for arm in arms if arm.moves], [arm for arm in arms if arm.moves_by_paper]


def _sentence(arms: list[BudgetArm], total: int, rule: str) -> str:
    if not arms:
        return f"{rule} the saturation point does not move with the training budget."
    names = "; ".join(arm.name for arm in arms)
    return f"{rule} the saturation point moves with the training budget for {len(arms)} of {total} curves: {names}."
