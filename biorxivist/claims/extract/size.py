"""Clauses that say how large something is: cells of a corpus, parameters of a model, sets of a benchmark.

To add a thing that is counted, put a line into ``UNITS``: the words that may stand between the number and the thing,
the thing, and the name of the unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.lexicon import phrases, whole_words
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number
from biorxivist.claims.extract.scope import subject_fields

__all__ = ["read_sizes"]

CELLS = phrases(
    "cells?",
    "transcriptomes?",
    "nuclei",
    r"(?:\w+ )?transcriptomic profiles",
    "(?:gene )?expression profiles",
    "cell profiles",
    "profiles",
)
DIFFERENT = "(?:different |distinct )?"
UNITS: tuple[tuple[str, str], ...] = (
    # "33 million spatially resolved human cells"
    (rf"(?:(?:spatially resolved|[\w-]+) ){{0,4}}?(?:single[ -])?{CELLS}", "cells"),
    # "112 million trainable parameters", "a 112-million-parameter model"
    (r"(?:trainable |model |total |learnable )*(?:parameters?|params?)|-?parameter", "parameters"),
    (r"(?:text |training |gene )*tokens", "tokens"),
    # "2,000 highly variable genes"
    (r"(?:protein-coding |human |highly variable |variable |distinct |unique )*genes", "genes"),
    # "across 12 public data sets"
    (r"(?:\w+ ){0,2}?data ?sets?", "datasets"),
    (r"(?:\w+ )?studies", "studies"),
    # "a comparison of 15 computational methods"
    (r"(?:\w+ )?methods", "methods"),
    (r"(?:\w+ )?models", "models"),
    (r"(?:\w+ )?tasks", "tasks"),
    # "covering 5 species", "from 24 donors"
    (r"(?:different |diverse )?(?:species|organisms)", "species"),
    (r"(?:human |different |distinct )?(?:donors|individuals|patients|subjects)", "donors"),
    (r"(?:human |different |distinct )?(?:tissues|tissue types|organs)", "tissues"),
    (rf"{DIFFERENT}cell types", "cell types"),
    (r"(?:cancer )?cell lines", "cell lines"),
    # "1,100 genetic perturbations"
    (r"(?:small-molecule |drug |genetic |different |unique )*perturbations", "perturbations"),
)
COMPILED = tuple((re.compile(rf"[- ]?\s?(?:{words})(?![\w-])", re.IGNORECASE), unit) for words, unit in UNITS)
ALWAYS = frozenset({"cells", "parameters", "tokens"})
"""Units of which every large number is a size, whatever the clause says of it."""
# What makes a size of a small number: "a benchmark of 12 methods"
COUNTED = whole_words(
    r"benchmark\w*",
    r"evaluat\w*",
    r"compar\w*",
    r"assess\w*",
    r"across\w*",
    r"compris\w*",
    r"contain\w*",
    r"span\w*",
    r"cover\w*",
    r"collect\w*",
    r"curat\w*",
    r"includ\w*",
    r"train\w*",
    r"pre-?train\w*",
    r"consist\w*",
)
HUGE = 1_000
"""Fewer cells than this are a detail of a method, not a size that somebody would ask for."""
SEVERAL = 5
"""Fewer sets or methods than this are a detail too."""
# "70 million, 160 million, and 400 million parameters"
LISTED = re.compile(
    r"^(?:(?:,| and|, and| or) (?:\d[\d.,]* (?:million|billion|thousand)|\d[\d.,]*[MBK]))+", re.IGNORECASE
)
# "from 1 million to 30 million cells": a range that something was varied over is no size of anything
FROM_TO = re.compile(
    r"\bfrom (?:\d[\d.,]*(?: (?:million|billion|thousand))? (?:\w+ )?to )?(?:about |over )?$", re.IGNORECASE
)
# "and Geneformer on 29.9 million.", "scGPT on 33 million cells and Geneformer on 30 million, respectively"
ONLY_NUMBER = re.compile(r"^\s*(?:,|and|respectively|\)|\.|$|on\b|for\b)")
OWNER_WITHIN = 60
"""Characters behind a number in which its only owner begins: "30 million cells were used for Geneformer"."""


def read_sizes(content: Content) -> Iterator[Draft]:
    """Yield a draft for each size; one without a unit has that of the size before it ("and UCE on 36 million")."""
    last: str | None = None
    for number in content.numbers:
        unit = None if number.unit else _unit_of(content, number, last)
        if unit is None or not _is_size(content, number, unit) or FROM_TO.search(content.until(number.start)):
            continue
        last = unit
        yield Draft(
            kind="scale_fact",
            **subject_fields(_owner(content, number)),
            value=None if number.bound == "at_most" else number.value,
            # "30 million" may be 29.9; a bound is open on its other side, and "about" has no interval
            low=number.value if number.bound == "at_least" else number.low if number.bound == "exact" else None,
            high=number.value if number.bound == "at_most" else number.high if number.bound == "exact" else None,
            bound=number.bound,
            unit=unit,
        )


def _unit_of(content: Content, number: Number, last: str | None) -> str | None:
    """What a number counts: the thing behind it, or behind the list that it begins, or that of the number before it."""
    rest = content.since(number.end)
    unit = _unit(rest)
    if unit is None and number.scaled:
        if LISTED.match(rest):
            unit = _unit(LISTED.sub("", rest, count=1))
        if unit is None and ONLY_NUMBER.match(rest):
            unit = last
    return unit


def _unit(rest: str) -> str | None:
    """The unit whose words follow a number most closely."""
    found = [(match.end(), unit) for pattern, unit in COMPILED if (match := pattern.match(rest))]
    return min(found, default=(0, None))[1]


def _is_size(content: Content, number: Number, unit: str) -> bool:
    if unit in ALWAYS:
        return number.value >= HUGE
    if not number.text.strip()[0].isdigit():
        return False
    if unit == "genes":
        return number.value >= HUGE
    return number.value >= SEVERAL and COUNTED.search(content.text) is not None


def _owner(content: Content, number: Number) -> Mention | None:
    """Whose size it is.

    The last model or data set named before the number, else the only one behind it, else whom the clauses before speak
    of.
    """
    named = [m for m in content.mentions if m.kind in {"model", "dataset"} and m.named and not m.group]
    before = [mention for mention in named if mention.end <= number.start]
    if before:
        return before[-1]
    after = [mention for mention in named if mention.start >= number.end]
    if len(after) == 1 and after[0].start - number.end < OWNER_WITHIN:
        return after[0]
    return next(iter(content.subject), None)
