"""Whether the saturation point moves with the training budget: the arm that a claim about saturation needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.records import Run, SaturationPoint
from graph.vocabulary.protocol import ANY_RUN, EQUIVALENCE, MACRO_F1, POOLED, RANDOM

__all__ = ["BudgetArm", "budget_arms", "budget_caveat", "headline", "short_headline"]


@dataclass(frozen=True)
class BudgetArm:
    """Saturation points of one model at rising training budgets."""

    study: str
    model_id: str
    metric_id: str
    points: tuple[SaturationPoint, ...]
    """By the equivalence rule, in the order of steps."""
    paper_points: tuple[SaturationPoint, ...]
    """By the paper's rule, beside it."""

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
        """Put the points in words, from the smallest budget to the largest."""
        return _describe(self.points)

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


def budget_arms(
    points: Iterable[SaturationPoint], *, study: str, metric_id: str = MACRO_F1, sampling: str = RANDOM
) -> list[BudgetArm]:
    """Arms of one study over the mean of the held-out studies, one per model that was trained at several budgets."""
    groups: dict[str, list[SaturationPoint]] = {}
    for point in points:
        arm = (point.study, point.metric_id, point.sampling, point.dataset_id)
        if arm == (study, metric_id, sampling, POOLED) and point.steps:
            groups.setdefault(point.model_id, []).append(point)
    arms = []
    for model_id, group in sorted(groups.items()):
        by_steps = sorted(group, key=lambda point: point.steps or 0)
        arms.append(
            BudgetArm(
                study=study,
                model_id=model_id,
                metric_id=metric_id,
                points=tuple(point for point in by_steps if point.rule == EQUIVALENCE),
                paper_points=tuple(point for point in by_steps if point.rule == ANY_RUN),
            )
        )
    return [arm for arm in arms if arm.points]


def headline(arms: Iterable[BudgetArm]) -> str:
    """One sentence or two: for how many models the saturation point moves with the budget, by either rule."""
    arms = list(arms)
    if not arms:
        return "No shipped study has an arm over training budgets."
    moving, moving_by_paper = _moving(arms)
    if not any(arm.identifies for arm in arms):
        ours = "By the equivalence rule the shipped study identifies no saturation point at any training budget."
    elif moving == moving_by_paper:
        return _sentence(moving, len(arms), "by the equivalence rule and by the rule of the paper")
    else:
        ours = _sentence(moving, len(arms), "by the equivalence rule")
    return f"{ours} {_sentence(moving_by_paper, len(arms), 'by the rule of the paper')}"


def budget_caveat(runs: Iterable[Run]) -> str:
    """What the headline is worth: a finding only of a study that named before it ran what it would test."""
    if all(run.hypotheses_digest for run in runs):
        return ""
    return "A question, no finding: the study named no hypotheses before it ran, so it decides no claim."


def short_headline(arms: Iterable[BudgetArm]) -> str:
    """The headline without names, for a line of a terminal."""
    arms = list(arms)
    if not arms:
        return headline(arms)
    moving, moving_by_paper = (len(group) for group in _moving(arms))
    count = f"The saturation point moves with the training budget for {moving_by_paper} of {len(arms)} models"
    if not any(arm.identifies for arm in arms):
        return f"{count} by the rule of the paper; the equivalence rule identifies none."
    return f"{count}." if moving == moving_by_paper else f"{count} by the rule of the paper, {moving} by equivalence."


def _moving(arms: Iterable[BudgetArm]) -> tuple[list[BudgetArm], list[BudgetArm]]:
    """Arms whose point moves by the equivalence rule, and by the rule of the paper."""
    arms = list(arms)
    return [arm for arm in arms if arm.moves], [arm for arm in arms if arm.moves_by_paper]


def _sentence(arms: list[BudgetArm], total: int, rule: str) -> str:
    if not arms:
        return f"The saturation point does not move with the training budget, {rule}."
    names = ", ".join(arm.model_id.partition(":")[2].removeprefix("ours_") for arm in arms)
    return f"The saturation point moves with the training budget for {len(arms)} of {total} models ({names}), {rule}."
