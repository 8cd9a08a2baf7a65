"""Clauses that say how large something is: cells of a corpus, parameters of a model, sets of a benchmark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from biorxivist.claims.extract.clauses import Clause
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.names import Mention
from biorxivist.claims.extract.numbers import Number

__all__ = ["read_sizes"]

UNITS: tuple[tuple[str, str], ...] = (
    (r"(?:(?:unlabell?ed|unique|human|mouse|single|individual|annotated|labell?ed|diverse|healthy|normal|primary|perturbed|dissociated|spatially resolved|non-cancerous|cancer|immune|curated|high-quality|observational|[\w-]+) ){0,4}?(?:single[ -])?(?:cells?|transcriptomes?|nuclei|(?:\w+ )?transcriptomic profiles|(?:gene )?expression profiles|cell profiles|profiles)", "cells"),
    (r"(?:trainable |model |total |learnable )*(?:parameters?|params?)|-?parameter", "parameters"),
    (r"(?:text |training |gene )*tokens", "tokens"),
    (r"(?:protein-coding |human |highly variable |variable |distinct |unique )*genes", "genes"),
    (r"(?:\w+ ){0,2}?(?:data ?sets?|data sets)", "datasets"),
    (r"(?:\w+ )?studies", "studies"),
    (r"(?:different |computational |\w+ )?(?:methods)", "methods"),
    (r"(?:different |foundation |\w+ )?(?:models)", "models"),
    (r"(?:downstream |different |distinct |diverse |evaluation |\w+ )?(?:tasks)", "tasks"),
    (r"(?:different |diverse )?(?:species|organisms)", "species"),
    (r"(?:human |different |distinct )?(?:donors|individuals|patients|subjects)", "donors"),
    (r"(?:human |different |distinct )?(?:tissues|tissue types|organs)", "tissues"),
    (r"(?:different |distinct )?(?:cell types)", "cell types"),
    (r"(?:cancer )?(?:cell lines)", "cell lines"),
    (r"(?:small-molecule |drug |genetic |different |unique )*(?:perturbations)", "perturbations"),
)
COMPILED = tuple((re.compile(rf"[- ]?\s?(?:{words})(?![\w-])", re.IGNORECASE), unit) for words, unit in UNITS)
ALWAYS = frozenset({"cells", "parameters", "tokens"})
BENCHMARK = re.compile(r"\b(?:benchmark|evaluat|compar|assess|across|compris|contain|span|cover|collect|curat|includ|train|pre-?train|consist)\w*", re.I)
PRETRAINED = re.compile(r"\b(?:pre-?train(?:ed|ing)?|trained|training|corpus|atlas|trains?)\b", re.I)
HUGE = 1_000
"""Fewer cells than this are a detail of a method, not a size that somebody would ask for."""
LISTED = re.compile(r"^(?:(?:,| and|, and| or) (?:\d[\d.,]* (?:million|billion|thousand)|\d[\d.,]*[MBK]))+", re.IGNORECASE)
FROM_TO = re.compile(r"\bfrom (?:\d[\d.,]*(?: (?:million|billion|thousand))? (?:\w+ )?to )?(?:about |over )?$", re.I)
"""A range that something was varied over is no size of anything."""
ONLY_NUMBER = re.compile(r"^\s*(?:,|and|respectively|\)|\.|$|on\b|for\b)")


def read_sizes(
    clause: Clause, mentions: Sequence[Mention], numbers: Sequence[Number], subject: Sequence[Mention] = ()
) -> Iterator[Draft]:
    """Yield a draft for each size; one without a unit has that of the size before it ("and Geneformer on 29.9 million")."""
    last: str | None = None
    for number in numbers:
        if number.unit:
            continue
        rest = clause.text[number.end - clause.start :]
        unit = _unit(rest)
        if unit is None and number.scaled and LISTED.match(rest):
            unit = _unit(LISTED.sub("", rest, count=1))  # "70 million, 160 million, and 400 million parameters"
        if unit is None and last and number.scaled and ONLY_NUMBER.match(rest):
            unit = last
        if unit is None or not _is_size(clause, number, unit) or FROM_TO.search(clause.text[: number.start - clause.start]):
            continue
        last = unit
        owner = _owner(clause, number, mentions, unit) or next(iter(subject), None)
        bound = number.bound
        yield Draft(
            kind="scale_fact",
            subject=owner and owner.text,
            subject_id=owner and owner.id,
            value=None if bound == "at_most" else number.value,
            low=number.value if bound == "at_least" else None,
            high=number.value if bound == "at_most" else None,
            bound=bound,
            unit=unit,
        )


def _unit(rest: str) -> str | None:
    """The unit whose words follow a number most closely."""
    found = [(match.end(), name) for pattern, name in COMPILED if (match := pattern.match(rest))]
    return min(found, default=(0, None))[1]


def _is_size(clause: Clause, number: Number, unit: str) -> bool:
    if unit in ALWAYS:
        return number.value >= HUGE
    if not number.text.strip()[0].isdigit():
        return False
    if unit == "genes":
        return number.value >= HUGE
    return number.value >= 5 and bool(BENCHMARK.search(clause.text))


def _owner(clause: Clause, number: Number, mentions: Sequence[Mention], unit: str) -> Mention | None:
    """Whose size it is: the last model or data set named before the number, else the only one in the clause."""
    named = [m for m in mentions if m.kind in {"model", "dataset"} and not m.pronoun and not m.guessed and not m.group]
    before = [m for m in named if m.end <= number.start]
    if before:
        return before[-1]
    after = [m for m in named if m.start >= number.end]
    return after[0] if len(after) == 1 and after[0].start - number.end < 60 else None
