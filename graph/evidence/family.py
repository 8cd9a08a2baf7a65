"""Many claims tested on one source of numbers: how many of the verdicts may be chance findings.

Every verdict keeps to 5 % by itself. Of twenty claims that are tested on one study one would then be decided wrongly
just because many were tried. So the p-values of all tests on one study, or on the printed numbers of one paper, are
adjusted by Benjamini and Hochberg (1995): of the verdicts that are decided, at most 5 % are expected to be wrong.
docs/verdicts.md has the reason for this and not a stricter procedure, by simulation.

Two claims that rest on the same contrast of the same numbers are one test, however many papers make them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.evidence.contrast import ALPHA
from graph.evidence.finding import BLOCKING, Finding

METHOD = "Benjamini-Hochberg"

Test = tuple[str, tuple[str, ...], float]
"""(rule, inputs, p-value): what makes two findings one test."""


def benjamini_hochberg(values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given (Benjamini and Hochberg 1995, step up)."""
    count = len(values)
    adjusted = [1.0] * count
    lowest = 1.0
    for rank, place in reversed(list(enumerate(sorted(range(count), key=values.__getitem__), 1))):
        lowest = min(lowest, values[place] * (count / rank))
        adjusted[place] = lowest
    return adjusted


def adjust(findings: Iterable[Finding]) -> None:
    """Adjust the p-values within each family, and gate the answers that do not stand among so many.

    The outcome does not depend on the order of the findings. A finding that was no test (a gate without which a claim
    is not tested fails, or nothing random enters) is in no family.
    """
    families: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.p is not None and not set(finding.failed) & BLOCKING:
            families.setdefault(finding.family, []).append(finding)
    for members in families.values():
        tests = sorted({_test(finding) for finding in members})
        adjusted = dict(zip(tests, benjamini_hochberg([p for _, _, p in tests]), strict=True))
        for finding in members:
            _apply(finding, adjusted[_test(finding)], len(tests))


def _apply(finding: Finding, adjusted: float, tests: int) -> None:
    finding.details["adjusted"] = {
        "method": METHOD, "family": finding.family, "tests": tests, "p": _short(finding.p or 0.0),
        "p_adjusted": _short(adjusted),
    }  # fmt: skip
    if finding.answer != "open":
        finding.gate(
            "multiplicity",
            passed=adjusted <= ALPHA,
            value=_short(adjusted),
            need=f"an adjusted p-value of at most {ALPHA:g} among the {tests} tests on {finding.family}",
        )


def _test(finding: Finding) -> Test:
    return finding.rule, tuple(sorted(set(finding.inputs))), _short(finding.p or 0.0)


def _short(p: float) -> float:
    """Six significant digits: the same text on every machine."""
    return float(f"{p:.6g}")
