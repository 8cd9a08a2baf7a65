"""Many claims tested on one source of numbers: how many of the verdicts may be chance findings.

Every verdict keeps to 5 % by itself. Of twenty claims that are tested on one study one would then be decided wrongly
just because many were tried. So the p-values of all tests on one study, or on the printed numbers of one paper, are
adjusted by Benjamini and Hochberg (1995): of the verdicts that are decided, at most 5 % are expected to be wrong.
docs/verdicts.md has the reason for this and not a stricter procedure, by simulation.

Two claims that rest on the same contrast of the same numbers are one test, however many papers make them.

The family of an experiment is what its study named before it ran: each p-value is multiplied by the number of contrasts
that were named (Bonferroni), so that no claim that somebody adds to the graph later can turn the conclusion on another.
The family of printed numbers is whatever is asked of them, and grows: a verdict that one more test without an effect
would leave open says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.evidence.contrast import ALPHA
from graph.evidence.outcome import Outcome
from graph.evidence.verdict import BLOCKING

OPEN_FAMILY, FIXED_FAMILY = "Benjamini-Hochberg", "Bonferroni"

Test = tuple[str, tuple[str, ...], float]
"""(rule, inputs, p-value): what makes two outcomes one test."""


def benjamini_hochberg(values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given (Benjamini and Hochberg 1995, step up)."""
    count = len(values)
    adjusted = [1.0] * count
    # from the largest p-value down, so that none is adjusted above a larger one: the step-up of the procedure
    lowest = 1.0
    for rank, place in reversed(list(enumerate(sorted(range(count), key=values.__getitem__), 1))):
        lowest = min(lowest, values[place] * (count / rank))
        adjusted[place] = lowest
    return adjusted


def adjust(outcomes: Iterable[Outcome]) -> None:
    """Adjust the p-values within each family, and gate the answers that do not stand among so many.

    The result does not depend on the order of the outcomes. An outcome that was no test (a gate without which a claim
    is not tested fails, or nothing random enters) is in no family.
    """
    families: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.p is not None and not set(outcome.failed) & BLOCKING:
            families.setdefault(outcome.family, []).append(outcome)
    for members in families.values():
        tests = sorted({_test(outcome) for outcome in members})
        values = [p for _, _, p in tests]
        adjusted = dict(zip(tests, benjamini_hochberg(values), strict=True))
        one_more = dict(zip(tests, benjamini_hochberg([*values, 1.0])[:-1], strict=True))
        for outcome in members:
            if outcome.named_tests:
                _apply(outcome, min(1.0, (outcome.p or 0.0) * outcome.named_tests), outcome.named_tests)
            else:
                test = _test(outcome)
                _apply(outcome, adjusted[test], len(tests), one_more=one_more[test])


def _apply(outcome: Outcome, adjusted: float, tests: int, *, one_more: float | None = None) -> None:
    """Gate an outcome by its adjusted p-value; ``one_more`` is that with one more test without an effect beside it."""
    outcome.details["adjusted"] = {
        "method": FIXED_FAMILY if one_more is None else OPEN_FAMILY, "family": outcome.family, "tests": tests,
        "p": _short(outcome.p or 0.0), "p_adjusted": _short(adjusted),
    }  # fmt: skip
    if one_more is not None:
        outcome.details["adjusted"]["p_adjusted_with_one_more_test"] = _short(one_more)
        if outcome.answer != "open" and adjusted <= ALPHA < one_more and outcome.decisive:
            outcome.decisive += (
                f" (it would not survive one more test without an effect on {outcome.family}: the adjusted p-value "
                f"{adjusted:.3g} would be {one_more:.3g}, above {ALPHA:g})"
            )
    if outcome.answer != "open":
        outcome.gate(
            "multiplicity",
            passed=adjusted <= ALPHA,
            value=_short(adjusted),
            missed=f"the p-value adjusted for {tests} tests on {outcome.family} is {adjusted:.3g}, above {ALPHA:g}",
            need=f"an adjusted p-value of at most {ALPHA:g} among the {tests} tests on {outcome.family}",
        )


def _test(outcome: Outcome) -> Test:
    return outcome.rule, tuple(sorted(set(outcome.inputs))), _short(outcome.p or 0.0)


def _short(p: float) -> float:
    """Six significant digits: the same text on every machine."""
    return float(f"{p:.6g}")
