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
    "(?:single-)?cell profiles",
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
    (r"(?:human |different |distinct )?(?:tissues|tissue types)", "tissues"),
    (r"(?:human |different |distinct )?organs", "organs"),
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
    r"\bfrom (?:\d[\d.,]*(?: (?:million|billion|thousand)|[MBK])? (?:\w+ )?to )(?:about |over )?$", re.IGNORECASE
)
FROM = re.compile(r"\bfrom (?:about |over )?$", re.IGNORECASE)
TO = re.compile(r"[^.;,\d]{0,30}\bto (?:about |over )?\d", re.IGNORECASE)
# "and Geneformer on 29.9 million.", "scGPT on 33 million cells and Geneformer on 30 million, respectively"
ONLY_NUMBER = re.compile(r"^\s*(?:,|and|respectively|\)|\.|$|on\b|for\b)")
# "UCE on 36 million cells", "scGPT (33 million cells)", "an atlas, SCimilarity, that spans 23 million cells"
OWNS = re.compile(
    r"[\s,(:]*(?:\b(?:on|with|from|over|about|more than|and|that|which|an?|the|is|was|has|of|"
    r"(?:spann?|cover|compris|contain|includ|consist|compil|collect|curat|integrat|search|read|learn|us)(?:e?s|ed|ing)?|"
    r"saw|seen|built|corpus|atlas|large-scale|models?)\b[\s,(:]*)*",
    re.IGNORECASE,
)
OF_MODELS = frozenset({"parameters", "tokens"})
"""Units of which models have a number, whatever is done with them."""
WITH_CORPUS = frozenset({"cells", "datasets", "studies", "species", "donors", "tissues", "organs", "cell types"})
"""Units of what a corpus has, so that a model may be trained on them."""
FEW = frozenset({"datasets", "studies", "methods", "models", "tasks", "species", "tissues", "organs"})
"""Units of which nobody has millions."""
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
# "we selected the top 4,000 highly variable genes": how data are prepared
SELECTED = re.compile(r"\bvariable genes|\bHVGs?\b|\b(?:select|filter|retain|kept|keep|top[ -])\w*", re.IGNORECASE)
NO_OWNER = whole_words("baselines?", "variable genes?", "HVGs?")
# "We applied scVI to 40,000 cells": the size of what a model was applied to is none of its own.
APPLIED = whole_words(
    "appl(?:y|ied|ies|ying)", "benchmark(?:ed|ing)?(?! (?:of|compris))", "evaluat(?:e|es|ed|ing)", "test(?:s|ed|ing)?",
    "validat(?:e|es|ed|ing)", "extend(?:s|ed|ing)?", "assess(?:es|ed|ing)?", "provided", "requires?", "using",
    "us(?:ed|es) as", "reference", "experiments",
)  # fmt: skip
TRAINED = re.compile(r"\b(?:pre-?)?train(?:ed|s)?\b(?! (?:set|data|split))", re.IGNORECASE)
# "2.6 million cells from the CELLxGENE census": what they were taken from is larger
TAKEN_FROM = re.compile(r"\b(?:from|of|drawn|sampled|subset)\b", re.IGNORECASE)
ROUNDED = ("exact", "about")
OWNER_WITHIN = 60
"""Characters behind a number in which its only owner begins: "30 million cells were used for Geneformer"."""


def read_sizes(content: Content) -> Iterator[Draft]:
    """Yield a draft for each size; one without a unit has that of the size before it ("and UCE on 36 million")."""
    sizes = list(_sizes(content))
    owners = _owners(content, sizes)
    for number, unit in sizes:
        if number.start not in owners:
            continue
        yield Draft(
            kind="scale_fact",
            **subject_fields(owners[number.start]),
            value=None if number.bound == "at_most" else number.value,
            # "30 million" may be 29.9, and "about 30 million" all the more; a bound is open on its other side
            low=number.value if number.bound == "at_least" else number.low if number.bound in ROUNDED else None,
            high=number.value if number.bound == "at_most" else number.high if number.bound in ROUNDED else None,
            bound=number.bound,
            unit=unit,
        )


def _sizes(content: Content) -> Iterator[tuple[Number, str]]:
    last: str | None = None
    for number in content.numbers:
        unit = None if number.unit else _unit_of(content, number, last)
        if unit is None or not _is_size(content, number, unit) or _is_varied(content, number):
            continue
        last = unit
        yield number, unit


def _is_varied(content: Content, number: Number) -> bool:
    """Whether a number is an end of a range that something was varied over."""
    before = content.until(number.start)
    return bool(FROM_TO.search(before) or (FROM.search(before) and TO.match(content.since(number.end))))


def _owners(content: Content, sizes: list[tuple[Number, str]]) -> dict[int, Mention | None]:
    """Start of a number -> whose size it is; numbers that nobody could give to one of several are left out."""
    counted = len([number for number in content.numbers if number.scaled])
    if not RESPECTIVELY.search(content.text) or max(len(sizes), counted) < 2:
        return {number.start: _owner(content, number, unit) for number, unit in sizes}
    named = [mention for mention in _named(content) if mention.end <= sizes[-1][0].start]
    if len(named) != len(sizes) or counted > len(sizes):
        return {}
    return {number.start: mention for (number, _), mention in zip(sizes, named, strict=True)}


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
    if not number.text.strip()[0].isdigit() or (number.scaled and unit in FEW):
        return False  # "the PARSE 10M PBMC data set" counts no sets
    if unit == "genes":
        return number.value >= HUGE and not SELECTED.search(content.text)
    return number.value >= SEVERAL and COUNTED.search(content.text) is not None


def _owner(content: Content, number: Number, unit: str) -> Mention | None:
    """Whose size it is.

    The last model or data set named before the number, else the only one behind it, else whom the clauses before speak
    of.
    """
    if unit not in OF_MODELS and _is_applied(content.until(number.start)):
        return None
    named = [mention for mention in _named(content) if mention.kind == "model" or unit not in OF_MODELS]
    before = [mention for mention in named if mention.end <= number.start]
    if before:
        owner = before[-1]
        return owner if unit in OF_MODELS or _has_size(content, owner, number, unit) else None
    after = [mention for mention in named if mention.start >= number.end]
    if len(after) == 1 and after[0].start - number.end < OWNER_WITHIN:
        between = content.since(number.end)[: after[0].start - number.end]
        if not TAKEN_FROM.search(between):
            return after[0]
    before = [mention for mention in content.subject if _may_own(mention)]
    return before[0] if before and (unit in OF_MODELS or TRAINED.search(content.text)) else None


def _is_applied(before: str) -> bool:
    """Whether the words before a size say what a model was tried on, and not what it was trained on."""
    last = max((match.end() for match in APPLIED.finditer(before)), default=None)
    return last is not None and TRAINED.search(before, last) is None


def _named(content: Content) -> list[Mention]:
    """The models and data sets that a clause names one by one; selected genes and "baseline data" are neither."""
    return [mention for mention in content.mentions if mention.kind in {"model", "dataset"} and _may_own(mention)]


def _may_own(mention: Mention) -> bool:
    return mention.named and not mention.group and not NO_OWNER.search(mention.text)


def _has_size(content: Content, owner: Mention, number: Number, unit: str) -> bool:
    """Whether cells or sets may be those of what is named before: of a set, or of what a model was trained on."""
    between = content.since(owner.end)[: number.start - owner.end]
    trained = unit in WITH_CORPUS and TRAINED.search(content.text) is not None
    return owner.kind == "dataset" or trained or OWNS.fullmatch(between) is not None
