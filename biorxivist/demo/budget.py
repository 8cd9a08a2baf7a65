"""Whether the saturation point moves with the training budget: the arm that a claim about saturation needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.records import SaturationPoint

__all__ = ["BudgetArm", "budget_arms", "headline"]

POOLED = "dataset:held_out_mean"
RULE, PAPER_RULE = "equivalence@1", "paper_any_run@1"


@dataclass(frozen=True)
class BudgetArm:
    """Saturation points of one model at rising training budgets."""

    study: str
    model_id: str
    metric_id: str
    points: tuple[SaturationPoint, ...]
    """By the equivalence rule, in the order of steps."""
    paper: tuple[SaturationPoint, ...]
    """By the paper's rule, beside it."""

    @property
    def moves(self) -> bool:
        """Whether the outcome or the point differs between budgets, by the equivalence rule."""
        return _differ(self.points)

    @property
    def moves_by_paper(self) -> bool:
        """Whether it does by the paper's rule."""
        return _differ(self.paper)

    @property
    def identified(self) -> bool:
        """Whether the equivalence rule identifies anything at all."""
        return any(_base(point) != "not_identified" for point in self.points)

    def told(self) -> str:
        """The points in words, from the smallest budget to the largest."""
        return _series(self.points)

    def told_by_paper(self) -> str:
        """The points by the paper's rule."""
        return _series(self.paper)


def _differ(points: Iterable[SaturationPoint]) -> bool:
    identified = {(_base(point), point.cells) for point in points if _base(point) != "not_identified"}
    return len(identified) > 1


def _series(points: Iterable[SaturationPoint]) -> str:
    return "; ".join(f"{point.steps:,} steps: {_told(point)}" for point in points if point.steps is not None)


def _base(point: SaturationPoint) -> str:
    """Outcome as such: at the largest budget ``budget_dependent`` says that it changed, not what it is."""
    return "saturated" if point.fraction is not None else point.outcome


def _told(point: SaturationPoint) -> str:
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
    points: Iterable[SaturationPoint], *, study: str, metric_id: str = "metric:macro_f1", sampling: str = "random"
) -> list[BudgetArm]:
    """Arms of one study over the mean of the held-out studies, one per model that was trained at several budgets."""
    groups: dict[str, list[SaturationPoint]] = {}
    for point in points:
        same = (point.study, point.metric_id, point.sampling, point.dataset_id) == (study, metric_id, sampling, POOLED)
        if same and point.steps:
            groups.setdefault(point.model_id, []).append(point)
    arms = []
    for model_id, found in sorted(groups.items()):
        by_steps = sorted(found, key=lambda point: point.steps or 0)
        arms.append(
            BudgetArm(
                study=study,
                model_id=model_id,
                metric_id=metric_id,
                points=tuple(point for point in by_steps if point.rule == RULE),
                paper=tuple(point for point in by_steps if point.rule == PAPER_RULE),
            )
        )
    return [arm for arm in arms if arm.points]


def headline(arms: Iterable[BudgetArm]) -> str:
    """One sentence or two: for how many models the saturation point moves with the budget, by either rule."""
    found = list(arms)
    if not found:
        return "No shipped study has an arm over training budgets."
    ours = _moving([arm for arm in found if arm.moves], len(found), "by the equivalence rule")
    if not any(arm.identified for arm in found):
        ours = "By the equivalence rule the shipped study identifies no saturation point at any training budget."
    moving = [arm for arm in found if arm.moves], [arm for arm in found if arm.moves_by_paper]
    if moving[0] == moving[1] and any(arm.identified for arm in found):
        return _moving(moving[0], len(found), "by the equivalence rule and by the rule of the paper")
    return f"{ours} {_moving(moving[1], len(found), 'by the rule of the paper')}"


def _moving(arms: list[BudgetArm], of: int, rule: str) -> str:
    if not arms:
        return f"The saturation point does not move with the training budget, {rule}."
    names = ", ".join(arm.model_id.partition(":")[2].removeprefix("ours_") for arm in arms)
    return f"The saturation point moves with the training budget for {len(arms)} of {of} models ({names}), {rule}."
