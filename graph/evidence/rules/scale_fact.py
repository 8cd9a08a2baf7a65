"""Facts about scale: "M was trained on 33 million cells", "M has 100 million parameters".

A printed count is checked against the same count from another source: a result by metric:count, a claim of another
paper in its own right, or a fact of the vocabulary that was read elsewhere. It is never held against itself: not
against another version of the same paper, a page that the claim was read on, or a paper that only cites it. A fact of
the vocabulary counts for the address that it was read at, which need not be that of the entry's other facts.

Counts have no spread over seeds; what they have is rounding: a number stands for anything within half a unit of its
last printed digit. Two counts that agree, and that rounding cannot hold farther apart than the margin for measures that
are no fractions (5 %), bear the claim out. Two that differ refute it, if they differ even where a number was cut off
and not rounded, that is, may lie a whole unit off.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from graph.evidence.interval import Interval
from graph.evidence.numbers import Numbers
from graph.evidence.outcome import RELATIVE, Answer, Outcome
from graph.records import Claim, Dataset, Model, Result
from graph.vocabulary.protocol import COUNT, PRETRAINING

REANALYSIS = "scale_fact@2"
ORDER: tuple[Answer, ...] = ("opposes", "supports", "open")
"""One count that cannot be the same decides; a coarse one beside a precise one does not."""
Range = tuple[float, float]


@dataclass(frozen=True)
class Count:
    """A printed count, with the range that its rounding leaves."""

    value: float
    low: float
    high: float
    where: str
    result_id: str | None = None


def reanalysis(claim: Claim, numbers: Numbers) -> Outcome | None:
    """Judge a printed count by the same count elsewhere; None if no other source prints it."""
    stated = _stated(claim)
    others = list(_elsewhere(claim, numbers)) if stated else []
    if stated is None or not others:
        return None
    outcome = Outcome(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    outcome.gate("numbers", passed=True, value=f"{len(others)} printed elsewhere", need="the same count elsewhere")
    answers = [_answer(stated, other) for other in others]
    outcome.answer = min(answers, key=ORDER.index)
    decisive = others[answers.index(outcome.answer)]
    outcome.effect = _difference(claim, stated, decisive)
    outcome.gate(
        "precision",
        passed=outcome.answer != "open",
        value=", ".join(_percent(_width(stated, other)) for other in others),
        need=f"counts printed so precisely that they cannot differ by {RELATIVE:.0%}",
        missed=f"rounding leaves a difference of {_percent(_width(stated, decisive))}, and a count has to be printed "
        f"so precisely that it cannot differ by {RELATIVE:.0%}",
    )
    outcome.decisive = _decisive(claim, stated, decisive, outcome.answer)
    for other, answer in zip(others, answers, strict=True):
        meaning = {"supports": "the same", "opposes": "another number"}.get(answer, "too coarsely rounded to tell")
        outcome.reasons.append(
            f"printed {_text(stated)} {claim.unit}; {other.where} has {_text((other.low, other.high))}: {meaning}"
        )
    outcome.details |= {
        "counts": {other.where: other.value for other in others}, "margin": RELATIVE,
        "allowed": [None if math.isinf(limit) else limit for limit in stated],
    }  # fmt: skip
    outcome.inputs = tuple(other.result_id for other in others if other.result_id)
    return outcome


def _decisive(claim: Claim, stated: Range, other: Count, answer: Answer) -> str:
    """Which count decides, and how far apart rounding lets the two be."""
    counts = f"{_text(stated)} {claim.unit} are claimed and {_text((other.low, other.high))} printed by {other.where}"
    if answer == "opposes":
        return f"{counts}, which no rounding makes the same"
    if _within(stated, other):
        return f"{counts}, which lies in the claimed range"
    return f"{counts}; rounding lets the two differ by {_percent(_width(stated, other))}, and {RELATIVE:.0%} is allowed"


def _stated(claim: Claim) -> Range | None:
    """Range that the claim's rounding leaves, open above for "more than"; None if it names no count."""
    if claim.metric_id != COUNT or not claim.unit or (claim.value is None and claim.low is None):
        return None
    if claim.value is not None and claim.bound == "about":
        low, high = rounded(claim.value)
        return min(low, claim.value * (1 - RELATIVE)), max(high, claim.value * (1 + RELATIVE))
    if claim.value is not None and claim.low is None and claim.high is None:
        return claim.value, claim.value
    if claim.low is None or claim.high is None:
        return claim.low if claim.low is not None else 0.0, claim.high if claim.high is not None else math.inf
    return claim.low, claim.high


def rounded(value: float) -> Range:
    """Range of a count whose trailing zeros may be rounding: 33,000,000 is anything from 32.5 to 33.5 million."""
    # in decimal digits, as printed: trailing zeros of a count are taken for rounding
    digits = Decimal(str(value)).normalize()
    exponent = int(digits.as_tuple().exponent)
    half = float(Decimal(5).scaleb(exponent - 1)) if exponent > 0 else 0.0
    return value - half, value + half


def _elsewhere(claim: Claim, numbers: Numbers) -> Iterator[Count]:
    for result in (*numbers.published, *numbers.users):
        if result.paper_id != claim.paper_id and _same_count(claim, result):
            limits = (result.low, result.high) if result.low is not None and result.high is not None else None
            yield Count(result.value, *(limits or rounded(result.value)), result.location or result.source, result.id)
    for other in numbers.claims_on_the_same(claim):
        if other.paper_id != claim.paper_id and other.attribution == "own" and _same_corpus(claim, other):
            limits = _stated(other)
            if limits and other.value is not None:
                yield Count(other.value, *limits, other.paper_id)
    for entry, name, value in _facts(claim, numbers):
        address = entry.sources.get(name, entry.source_url)
        if address and not _is_own(claim, address, numbers):
            yield Count(float(value), *rounded(value), f"the vocabulary's {entry.id} ({address})")


def _same_count(claim: Claim, result: Result) -> bool:
    """A result by metric:count; its evaluation names what is counted, as the claim's unit does."""
    return (
        result.metric_id == COUNT
        and result.evaluation == claim.unit
        and result.ablation == claim.ablation
        and (result.model_id in claim.subject_ids or result.dataset_id in (*claim.subject_ids, claim.corpus_id))
    )


def _same_corpus(claim: Claim, other: Claim) -> bool:
    return None in (claim.corpus_id, other.corpus_id) or claim.corpus_id == other.corpus_id


def _facts(claim: Claim, numbers: Numbers) -> Iterator[tuple[Model | Dataset, str, int]]:
    """The vocabulary's own count of what a claim about one subject counts, with the name of the fact."""
    names = [name for name in (claim.corpus_id, *claim.subject_ids) if name]
    sets = [entry for name in names if isinstance(entry := numbers.vocabulary.get(name), Dataset)]
    models = [entry for name in names if isinstance(entry := numbers.vocabulary.get(name), Model)]
    if len(claim.subject_ids) != 1 or claim.ablation or claim.task_id != PRETRAINING:
        return
    for dataset in sets[:1]:
        if claim.unit == "cells" and dataset.cells:
            yield dataset, "cells", dataset.cells
        elif claim.unit == "genes" and dataset.genes:
            yield dataset, "genes", dataset.genes
    for model in models:
        about_it = claim.corpus_id in (None, model.corpus_id)
        if claim.unit == "cells" and about_it and model.corpus_cells:
            yield model, "corpus_cells", model.corpus_cells
        elif claim.unit == "parameters" and about_it and model.parameters:
            yield model, "parameters", model.parameters


def _is_own(claim: Claim, address: str, numbers: Numbers) -> bool:
    """Whether an address is that of the claim's own paper, or of the page or repository that it was read in."""
    read_at = claim.source_url or ""
    return (
        claim.paper_id.partition(":")[2] in address
        or address == read_at
        or _inside(address, read_at)
        or _inside(read_at, address)
        or claim.paper_id in numbers.papers_at(address)
    )


def _inside(address: str, other: str) -> bool:
    """Whether an address lies below another one, as a file does in its repository."""
    return bool(other) and address.startswith(f"{other.rstrip('/')}/")


def _answer(stated: Range, other: Count) -> Answer:
    # a count that was cut off instead of rounded lies up to a whole unit away: half a unit more on either side
    slack = (other.high - other.low) / 2 + (0.0 if math.isinf(stated[1]) else (stated[1] - stated[0]) / 2)
    if other.low - slack > stated[1] or other.high + slack < stated[0]:
        return "opposes"
    agree = other.low <= stated[1] and other.high >= stated[0]
    return "supports" if agree and (_width(stated, other) <= RELATIVE or _within(stated, other)) else "open"


def _within(stated: Range, other: Count) -> bool:
    """Whether an open range ("more than 33 million") holds all that the other count may be, give or take rounding."""
    return math.isinf(stated[1]) and other.value >= stated[0]


def _width(stated: Range, other: Count) -> float:
    """Largest difference that rounding leaves between the two counts, as a fraction of the other one."""
    if math.isinf(stated[1]) or math.isinf(other.high):
        return math.inf
    return max(stated[1] - other.low, other.high - stated[0]) / max(abs(other.value), 1.0)


def _percent(fraction: float) -> str:
    return "no limit" if math.isinf(fraction) else f"{fraction:.1%}"


def _difference(claim: Claim, stated: Range, other: Count) -> Interval | None:
    """The other count minus the claimed one, with the limits and the smallest difference that rounding leaves."""
    if claim.value is None or math.isinf(stated[1]) or math.isinf(other.high):
        return None
    low, high = other.low - stated[1], other.high - stated[0]
    return Interval(mean=other.value - claim.value, error=0.0, low=low, high=high, n=1, mde=(high - low) / 2, df=0)


def _text(limits: Range) -> str:
    low, high = limits
    if math.isinf(high):
        return f"at least {low:,.0f}"
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
