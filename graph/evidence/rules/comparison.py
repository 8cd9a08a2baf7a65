"""Comparison claims: "A scores higher than B", "lower", or "about the same".

Experiment: paired by study, seed and split, under equal tuning; the 95 % interval of the difference lies above
+delta, below -delta or inside (equivalence test), else the comparison is undecided.

Re-analysis: printed scores of both sides on one set in one setting, each the mean of as many runs as are printed
anywhere in the paper. A difference without an interval is not a result. It is Welch's, from the printed interval and
number of runs of each score; for an accuracy without a printed interval from its test cells and a spread over runs that
is printed for the same setting, else assumed (`Numbers.spread`), and the reasons say which; else there is none.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from graph.evidence.assay import Assay, Budget, Scores, difference
from graph.evidence.contrast import Contrast, conclude, contrast
from graph.evidence.gates import budget_gate, common_gates, scale, spread_gates, tuning_gate
from graph.evidence.interval import Interval, of_difference, of_printed, of_proportion
from graph.evidence.named import NeededTest
from graph.evidence.numbers import Numbers, best_measured
from graph.evidence.outcome import Outcome
from graph.evidence.verdict import distinct
from graph.records import Claim, Result
from graph.vocabulary.protocol import ACCURACY, DELTA, MICRO_F1, RANDOM

EXPERIMENT = "comparison@3"
REANALYSIS = "comparison_reanalysis@3"
BINOMIAL = frozenset({ACCURACY, MICRO_F1})
"""Metrics that are a fraction of test cells, so that their error is binomial."""


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Outcome | None:
    """Judge a comparison of models by a study; None if it has no stand-ins for both sides."""
    ours = assay.stand_ins(claim.subject_ids, numbers)
    theirs = assay.stand_ins(claim.comparator_ids, numbers)
    if not ours or not theirs or set(ours) & set(theirs):
        return None
    outcome = Outcome(basis="experiment", rule=EXPERIMENT)
    scale(outcome, claim, assay, numbers)
    common_gates(outcome, assay, [*ours, *theirs])
    tuning_gate(outcome, assay, [*ours, *theirs])
    whole = assay.corpus_cells()
    contrasts: list[Contrast] = []
    for a in ours:
        for b in theirs:
            outcome.needed_tests.append(NeededTest("comparison", a, b))
            sides = Arm(assay, a, whole), Arm(assay, b, whole)
            compared, per_study = compare_arms(outcome, claim, *sides, about=f"{a} minus {b}", who=f"{a} - {b}")
            contrasts.append(compared)
            outcome.details.setdefault("difference_per_study", {})[f"{a} - {b}"] = per_study
    conclude(outcome, contrasts)
    outcome.inputs = assay.ids([*ours, *theirs])
    return outcome


@dataclass(frozen=True)
class Arm:
    """Scores of a model at one size of the corpus, in one way of sampling."""

    assay: Assay
    model_id: str
    cells: int
    sampling: str = RANDOM

    def budgets(self) -> list[Budget]:
        """Budgets that a verdict rests on, the one that decides last."""
        return self.assay.budgets(self.model_id)

    def scores(self, budget: Budget) -> Scores:
        """Scores at a budget, or at the last one of a model that takes no steps or was not stopped there."""
        known = self.budgets()
        return self.assay.scores(self.model_id, self.cells, budget if budget in known else known[-1], self.sampling)


def compare_arms(
    outcome: Outcome, claim: Claim, ours: Arm, theirs: Arm, *, about: str, who: str
) -> tuple[Contrast, dict[str, float]]:
    """Compare two arms at every budget of the first, and gate what follows on all budgets and studies agreeing.

    Parameters
    ----------
    about
        The difference in words, which the reasons give with the number of cells.
    who
        Name of it in the gates.

    Returns
    -------
    The contrast at the budget that decides, and the mean difference in each study.
    """
    about = f"{about} at {ours.cells:,} cells"
    conclusions: dict[Budget, Contrast] = {}
    per_study: dict[str, float] = {}
    for budget in ours.budgets():
        interval, per_study = difference(ours.scores(budget), theirs.scores(budget))
        conclusions[budget] = contrast(claim, interval, about=about)
    last = list(conclusions.values())[-1]
    budget_gate(outcome, conclusions, who=who)
    spread_gates(outcome, last, per_study, who=who)
    outcome.reasons.append(difference_text(about, last.interval))
    return last, per_study


def difference_text(what: str, interval: Interval | None) -> str:
    """Sentence with the difference and its interval."""
    if interval is None:
        return f"{what}: no interval can be given"
    # an end that is near zero has as many decimals as show on which side of it it lies
    low, high = distinct(interval.low, 0.0), distinct(interval.high, 0.0)
    return f"{what}: {interval.mean:+.3f} (95 % interval {low} to {high})"


# Re-analysis of printed scores --------------------------------------------------------------------------------

Setting = tuple[str, str, float | None, str | None, float | None]
"""(set, metric, fraction of the labelled training set, ablation, fraction of the pre-training corpus)."""


def reanalysis(claim: Claim, numbers: Numbers) -> Outcome | None:
    """Judge a comparison by printed scores; None if not both sides are printed in one setting."""
    pairs = [
        (setting, a, b)
        for setting, sides in _settings(claim, numbers).items()
        for a in sides["subject"]
        for b in sides["comparator"]
        if a.model_id != b.model_id
    ]
    if not pairs:
        return None
    outcome = Outcome(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    judge_pairs(claim, outcome, [(f"{setting[1]} on {setting[0]}", a, b) for setting, a, b in pairs], numbers)
    return outcome


def judge_pairs(claim: Claim, outcome: Outcome, pairs: list[tuple[str, Result, Result]], numbers: Numbers) -> None:
    """Fill a outcome from printed pairs (where, subject's score, other's score)."""
    contrasts: list[Contrast] = []
    missing: list[str] = []
    for where, a, b in pairs:
        interval = printed_difference(a, b, numbers)
        if interval is None:
            missing.append(where)
            outcome.reasons.append(
                f"{where}: {a.value:.3f} against {b.value:.3f}, difference {a.value - b.value:+.3f}; "
                "no spread is printed, so it is not a result"
            )
            continue
        margin = numbers.margin(a.metric_id, b.value)
        contrasts.append(contrast(claim, interval, margin=margin, about=f"{_difference(a, b)} ({where})"))
        outcome.reasons.append(
            difference_text(f"{where}, {a.model_id} minus {b.model_id}", interval) + _basis(a, b, numbers)
        )
    measured = len(pairs) - len(missing)
    outcome.gate(
        "interval",
        passed=not missing,
        value=f"{measured} of {len(pairs)} pairs",
        need="an interval for every difference that the claim rests on",
        missed=f"a spread is printed for {measured} of {len(pairs)} differences, and each needs an interval",
    )
    if contrasts:
        conclude(outcome, contrasts)
    outcome.details |= {"delta": DELTA, "pairs": len(pairs)}
    outcome.inputs = tuple(result.id for _, a, b in pairs for result in (a, b))


def _difference(a: Result, b: Result) -> str:
    """The difference of two printed scores in words: of two models, or of one with and without a change."""
    if a.model_id == b.model_id and a.ablation != b.ablation:
        return f"{a.model_id} ({a.ablation or 'unchanged'}) minus {b.model_id} ({b.ablation or 'unchanged'})"
    return f"{a.model_id} minus {b.model_id}"


def printed_difference(a: Result, b: Result, numbers: Numbers) -> Interval | None:
    """Interval of the difference of two printed scores, taken as independent; None if one has no interval."""
    first, second = printed(a, numbers), printed(b, numbers)
    return None if first is None or second is None else of_difference(first, second)


def printed(result: Result, numbers: Numbers) -> Interval | None:
    """Interval of a printed score: the printed one, else that of its test cells and of its runs."""
    if result.low is not None and result.high is not None:
        return of_printed(result.value, result.low, result.high, result.n)
    if result.metric_id in BINOMIAL and result.test_cells:
        spread = numbers.spread(result)[0] / math.sqrt(result.n or 1)
        return of_proportion(result.value, result.test_cells, spread=spread, runs=result.n or 1)
    return None


def _basis(a: Result, b: Result, numbers: Numbers) -> str:
    """What the interval of each of two scores rests on."""
    return "".join(f"; {result.model_id}: {_basis_of(result, numbers)}" for result in (a, b))


def _basis_of(result: Result, numbers: Numbers) -> str:
    if result.low is not None:
        return f"printed interval of {result.n} runs" if result.n else "printed interval"
    runs = f"{result.n} runs" if result.n and result.n > 1 else "a single run"
    spread, is_printed = numbers.spread(result)
    whence = "as printed elsewhere for this setting" if is_printed else "assumed, for none is printed"
    return f"{runs} over {result.test_cells or 0:,} test cells, with a spread over runs of {spread:.3f} ({whence})"


def _settings(claim: Claim, numbers: Numbers) -> dict[Setting, dict[str, list[Result]]]:
    """Printed scores of both sides, per setting of the claim's scope."""
    settings: dict[Setting, dict[str, list[Result]]] = defaultdict(lambda: {"subject": [], "comparator": []})
    any_regime = claim.model_copy(update={"regime": None})
    scoped = [
        result
        for result in numbers.published
        if not result.digitized
        and numbers.same_scope(any_regime, result)
        and numbers.same_labels(claim, result)
        and result.ablation == claim.ablation
        and claim.dataset_id in (None, result.dataset_id)
    ]
    for result in best_measured(numbers.by_metric(claim, scoped)):
        setting = (result.dataset_id, result.metric_id, result.train_fraction, result.ablation, result.fraction)
        if numbers.is_about(claim.subject_ids, result.model_id):
            settings[setting]["subject"].append(result)
        if numbers.is_about(claim.comparator_ids, result.model_id):
            settings[setting]["comparator"].append(result)
    return dict(sorted(settings.items(), key=lambda item: tuple(map(str, item[0]))))
