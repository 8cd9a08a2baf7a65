"""Contrasts: the measured differences that a verdict rests on, and how several of them make one answer.

A claim names a region of effects: "A beats B" more than +delta, "as good as" within +-delta, and a denial everything
else. A contrast supports the claim if the effect lies in its region and speaks against it if the effect lies outside,
each with a p-value for the opposite.

An effect is large by a two-sided t test against the margin. It is absent by two one-sided tests (TOST, Schuirmann
1987), each at the 5 % level, which is the same as a 90 % interval within the margin: a large p-value of the first test
would show only that the sample is small.

A statement about several models holds if it holds of each: the largest p-value counts, and nothing has to be
corrected (an intersection-union test, Berger 1982). It falls with one counter-example, which any of the contrasts
might give by chance: that p-value is multiplied by the number of contrasts (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph.evidence.interval import Interval
from graph.evidence.outcome import Answer, Outcome
from graph.evidence.verdict import distinct
from graph.records import Claim
from graph.vocabulary.protocol import DELTA, LEVEL

LARGER, SMALLER, SAME = frozenset({">", "+"}), frozenset({"<", "-"}), frozenset({"~", "0"})
COUNTER: tuple[Answer, ...] = ("opposes", "rising", "null")
ALPHA = round(1 - LEVEL, 6)

Region = Literal["above", "below", "inside", "not_above", "not_below"]
"""Where an effect can lie: beyond the margin, within it, or anywhere but beyond one of its ends."""


@dataclass(frozen=True)
class Contrast:
    """One measured difference, what it says of the claim, and how likely it would say so if it were not so."""

    answer: Answer
    interval: Interval | None
    p: float = 1.0
    text: str = ""
    """Which number met which threshold; for an open contrast, which threshold it spans."""


def contrast(claim: Claim, interval: Interval | None, *, margin: float = DELTA, about: str = "") -> Contrast:
    """What an interval says of a claim with a direction.

    Parameters
    ----------
    claim
        Its direction and polarity name the region of effects.
    interval
        The difference with its interval; None leaves the contrast open.
    margin
        Smallest difference that counts.
    about
        What the difference is of, for the text.
    """
    direction = claim.direction or ""
    if direction not in LARGER | SMALLER | SAME:
        return Contrast("open", interval, text="the claim states no direction that a difference could have")
    if interval is None or not interval.bounded:
        return Contrast("open", interval, text=f"{about or 'the difference'} has no interval")
    p = _p_values(interval, margin)
    beyond: Region = "above" if p["above"] <= p["below"] else "below"
    regions: dict[Answer, Region]
    if direction in SAME:
        regions = {"supports": "inside", "opposes": beyond}
        if claim.polarity == "negated":
            regions = {"supports": beyond, "null": "inside"}
    else:
        claimed, opposite, not_claimed = _sides(direction)
        regions = {"supports": claimed, "null": "inside", "opposes": opposite}
        if claim.polarity == "negated":
            regions = {"supports": not_claimed, "opposes": claimed}
    # of two regions that overlap ("within the margin" and "not above it") the better supported one answers
    answer = min(regions, key=lambda answer: p[regions[answer]])
    least = min(p[regions[answer]], 1.0)
    if least < ALPHA:
        return Contrast(answer, interval, least, _where(interval, regions[answer], margin, about))
    return Contrast("open", interval, text=_spanned(interval, margin, about))


def _sides(direction: str) -> tuple[Region, Region, Region]:
    """Regions of the claimed direction, of the opposite one, and of all that denies the claimed one."""
    return ("above", "below", "not_above") if direction in LARGER else ("below", "above", "not_below")


def _p_values(interval: Interval, margin: float) -> dict[Region, float]:
    """P-value of each region against the effect lying elsewhere."""
    return {
        "above": 2 * interval.p_above(margin),
        "below": 2 * interval.p_below(-margin),
        "inside": max(interval.p_below(margin), interval.p_above(-margin)),
        "not_above": interval.p_below(margin),
        "not_below": interval.p_above(-margin),
    }


def _where(interval: Interval, region: Region, margin: float, about: str) -> str:
    """The limits by which the test of a region decides, against the margin."""
    low, high = interval.lower_one_sided(), interval.upper_one_sided()
    match region:
        case "above":
            return f"{_spread(interval, margin, about)} lies above {margin:+.3f}"
        case "below":
            return f"{_spread(interval, margin, about)} lies below {-margin:+.3f}"
        case "inside":
            limits = f"{distinct(low, margin)} to {distinct(high, margin)}"
            return f"{_named('90 % interval', about, limits)} lies between {-margin:+.3f} and {margin:+.3f}"
        case "not_above":
            return f"{_named('one-sided 95 % limit', about, distinct(high, margin))} lies below {margin:+.3f}"
        case "not_below":
            return f"{_named('one-sided 95 % limit', about, distinct(low, margin))} lies above {-margin:+.3f}"


def _spanned(interval: Interval, margin: float, about: str) -> str:
    """An undecided difference: the ends of the margin that its interval spans."""
    ends = [f"{end:+.3f}" for end in (-margin, margin) if interval.low <= end <= interval.high]
    what = "the smallest differences that count" if len(ends) > 1 else "the smallest difference that counts"
    return f"{_spread(interval, margin, about)} spans {' and '.join(ends) or f'{margin:+.3f}'}, {what}"


def _spread(interval: Interval, margin: float, about: str) -> str:
    limits = f"{distinct(interval.low, margin)} to {distinct(interval.high, margin)}"
    return _named("95 % interval", about, limits)


def _named(kind: str, about: str, limits: str) -> str:
    return f"the {kind} of {about}, {limits}," if about else f"the {kind} {limits}"


def conclude(outcome: Outcome, contrasts: Sequence[Contrast]) -> None:
    """Put the answer of all contrasts into an outcome, with the effect, p-value and text that decide it."""
    outcome.answer, outcome.p, decisive = together(contrasts)
    outcome.effect = decisive.interval if decisive else None
    outcome.decisive = _decisive(outcome.answer, decisive, len(contrasts)) if decisive else ""
    if len(contrasts) > 1:
        outcome.details["contrasts"] = len(contrasts)


def _decisive(answer: Answer, decisive: Contrast, count: int) -> str:
    if count == 1:
        return decisive.text
    corrected = f"p {decisive.p:.2g} times {count} contrasts is {decisive.p * count:.2g}"
    if answer in COUNTER:
        return f"{decisive.text} ({corrected}, below {ALPHA:g})"
    if answer == "open" and decisive.answer in COUNTER:
        return f"{decisive.text}, but {corrected}, not below {ALPHA:g}"
    if answer == "open" and decisive.answer == "open":
        return f"{decisive.text}, in one of {count} contrasts"
    return f"{decisive.text}, in the weakest of {count} contrasts"


def together(contrasts: Sequence[Contrast]) -> tuple[Answer, float, Contrast | None]:
    """Answer of several contrasts, its p-value, and the contrast that decides it."""
    for answer in COUNTER:
        against = min(
            (candidate for candidate in contrasts if candidate.answer == answer),
            key=lambda candidate: candidate.p,
            default=None,
        )
        if against is not None and (p := against.p * len(contrasts)) < ALPHA:
            return answer, p, against
    weakest = max(
        contrasts, key=lambda candidate: (candidate.answer != "supports", candidate.p, _width(candidate)), default=None
    )
    if weakest is None or weakest.answer != "supports":
        return "open", 1.0, weakest
    return "supports", weakest.p, weakest


def _width(measured: Contrast) -> float:
    return measured.interval.half_width if measured.interval else 0.0
