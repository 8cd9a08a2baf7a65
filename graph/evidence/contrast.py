"""Contrasts: the measured differences that a verdict rests on, and how several of them make one answer.

A claim names a region of effects: "A beats B" more than +delta, "as good as" within +-delta, and a denial everything
else. A contrast supports the claim if the effect lies in its region and speaks against it if the effect lies outside,
each with a p-value for the opposite. Effects are told to be large by two-sided, to be absent by two one-sided tests
at the 5 % level, as in the study design.

A statement about several models holds if it holds of each: the largest p-value counts, and nothing has to be
corrected. It falls with one counter-example, which any of the contrasts might give by chance: that p-value is
multiplied by the number of contrasts (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.evidence.finding import DELTA, Answer, Finding
from graph.evidence.interval import LEVEL, Interval
from graph.records import Claim

LARGER, SMALLER, SAME = frozenset({">", "+"}), frozenset({"<", "-"}), frozenset({"~", "0"})
COUNTER: tuple[Answer, ...] = ("opposes", "rising", "null")
ALPHA = round(1 - LEVEL, 6)


@dataclass(frozen=True)
class Contrast:
    """One measured difference, what it says of the claim, and how likely it would say so if it were not so."""

    answer: Answer
    interval: Interval | None
    p: float = 1.0


def contrast(claim: Claim, interval: Interval | None, *, margin: float = DELTA) -> Contrast:
    """What an interval says of a claim with a direction.

    Parameters
    ----------
    claim
        Its direction and polarity name the region of effects.
    interval
        The difference with its interval; None leaves the contrast open.
    margin
        Smallest difference that counts.
    """
    direction = claim.direction or ""
    if interval is None or direction not in LARGER | SMALLER | SAME:
        return Contrast("open", interval)
    above, below = 2 * interval.p_above(margin), 2 * interval.p_below(-margin)
    inside = max(interval.p_below(margin), interval.p_above(-margin))
    not_above, not_below = interval.p_below(margin), interval.p_above(-margin)
    regions: dict[Answer, float]
    if claim.polarity == "negated":
        if direction in SAME:
            regions = {"supports": min(above, below), "null": inside}
        elif direction in LARGER:
            regions = {"supports": not_above, "opposes": above}
        else:
            regions = {"supports": not_below, "opposes": below}
    elif direction in SAME:
        regions = {"supports": inside, "opposes": min(above, below)}
    else:
        wanted, other = (above, below) if direction in LARGER else (below, above)
        regions = {"supports": wanted, "null": inside, "opposes": other}
    answer = min(regions, key=lambda answer: regions[answer])
    p = min(regions[answer], 1.0)
    return Contrast(answer if p < ALPHA else "open", interval, p)


def conclude(finding: Finding, contrasts: Sequence[Contrast]) -> None:
    """Put the answer that the contrasts give together into a finding, with the effect and p-value that decide it."""
    finding.answer, finding.p, decisive = together(contrasts)
    finding.effect = decisive.interval if decisive else None
    if len(contrasts) > 1:
        finding.details["contrasts"] = len(contrasts)


def together(contrasts: Sequence[Contrast]) -> tuple[Answer, float, Contrast | None]:
    """Answer of several contrasts, its p-value, and the contrast that decides it."""
    for answer in COUNTER:
        against = min((one for one in contrasts if one.answer == answer), key=lambda one: one.p, default=None)
        if against is not None and (p := against.p * len(contrasts)) < ALPHA:
            return answer, p, against
    weakest = max(contrasts, key=lambda one: (one.answer != "supports", one.p, _width(one)), default=None)
    if weakest is None or weakest.answer != "supports":
        return "open", 1.0, weakest
    return "supports", weakest.p, weakest


def _width(one: Contrast) -> float:
    return one.interval.half_width if one.interval else 0.0
