"""What a clause counts: cells, parameters, data sets, each number with its unit.

To add a thing that is counted, put a line into ``UNITS``: the words that may stand between the number and the thing,
the thing, and the name of the unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import phrases, whole_words
from biorxivist.claims.extract.numbers import Number

__all__ = ["ALWAYS", "find_sizes"]

# "cell types", "cell atlas": what is counted is no cells
NOT_CELLS = (
    "[- ](?:types?|lines?|states?|atlas|graphs?|images?|pairs?|embeddings?|barcodes?|nucle(?:us|i)|crops?|instances?|"
    "masks?|interactions?|clusters?|populations?|neighbou?rhoods?|labels?|doublets?)"
)
# "single-cell tumor samples"
OF_CELLS = (
    r"[- ](?:[\w-]+ )?(?:samples?|experiments?|biops(?:y|ies)|specimens?|librar(?:y|ies)|assays?|data ?sets?|studies)"
)
CELLS = phrases(
    rf"cell(?:s|(?!s|{OF_CELLS}\b))(?!{NOT_CELLS})",
    "transcriptomes?",
    "nuclei",
    r"(?:\w+ )?(?:transcriptomic |transcriptome )?(?<!change )(?<!resolved )(?<!spatial )profiles",
    "(?:gene )?expression profiles",
    "(?:single-)?cell profiles",
)
DIFFERENT = "(?:different |distinct )?"
UNITS: tuple[tuple[str, str], ...] = (
    # "33 million spatially resolved human cells"
    (rf"(?:(?:spatially resolved|(?!(?:of|bulk)\b)[\w-]+) ){{0,4}}?(?!bulk\b)(?:single[ -])?{CELLS}", "cells"),
    # "112 million trainable parameters", "a 112-million-parameter model"
    (r"(?:trainable |model |total |learnable )*(?:parameters?|params?)|-?parameter", "parameters"),
    (r"(?:text |training |gene )*tokens", "tokens"),
    # "5 million image patches", "2.3 million spots", "12,000 slides"
    (r"(?:(?!of\b)[\w-]+ ){0,3}?patches", "patches"),
    (r"(?:(?!of\b)[\w-]+ ){0,2}?spots", "spots"),
    (r"(?:(?!of\b)[\w-]+ ){0,3}?slides", "slides"),
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
COMPILED = tuple((re.compile(rf"\+?[- ]?\s?(?:{words})(?![\w-])", re.IGNORECASE), unit) for words, unit in UNITS)
ALWAYS = frozenset({"cells", "parameters", "tokens"})
"""Units of which every large number is a size, whatever the clause says of it."""
# What makes a size of a small number: "a benchmark comprising 12 methods", "trained on 40 studies"; what something was
# tried on ("evaluated on 12 data sets") is the size of nothing
COUNTED = whole_words(
    r"compris\w*",
    r"compil\w*",
    r"assembl\w*",
    r"aggregat\w*",
    r"integrat(?:es|ed|ing)",
    r"contain\w*",
    r"span\w*",
    r"cover\w*",
    r"collect\w*",
    r"curat\w*",
    r"includ\w*",
    r"train\w*",
    r"pre-?train\w*",
    r"consist(?!en)\w*",
)
PIECES = frozenset({"patches", "spots", "slides"})
"""Units of which a model has a size only where it is trained on them."""
TRAINS_ON = re.compile(
    r"\b(?:pre-?)?train\w* (?:from scratch |\w+ly )?(?:on|with|using)\b|\bcorpus of\b", re.IGNORECASE
)
HUGE = 1_000
"""Fewer cells than this are a detail of a method, not a size that somebody would ask for."""
SEVERAL = 5
"""Fewer sets or methods than this are a detail too."""
# "70 million, 160 million, and 400 million parameters", "10, 50 and 100 million parameters"
LISTED = re.compile(
    r"^(?:(?:,| and|, and| or) (?:\d+(?:\.\d+)?(?: (?:million|billion|thousand))?|\d[\d.,]*[MBK])(?![\w.]))+",
    re.IGNORECASE,
)
# "a 7B LLM", "the 316M variant"
SIZED = re.compile(
    r"[ -](?:LLMs?|(?:[\w-]+ )?(?:language )?models?|transformers?|encoders?|backbones?|variants?|versions?)\b",
    re.IGNORECASE,
)
INTRODUCES = re.compile(
    r"(?:[,:(]|\bis|\bas|\bare|\bpresent|\bintroduce) (?:an?|the|our) (?:[\w-]+,? ){0,3}$", re.IGNORECASE
)
# "57 million dissociated and 53 million spatially resolved cells"
COORDINATED = re.compile(
    r" (?!\w*(?:FLOP|MAC)s?\b)[\w-]+,? and (?:\d[\d.,]* (?:million|billion|thousand)|\d[\d.,]*[MBK])(?= )",
    re.IGNORECASE,
)
# "from 1 million to 30 million cells": a range that something was varied over is no size of anything
FROM_TO = re.compile(
    r"\b(?:from|spanning|ranging|between) "
    r"(?:\d[\d.,]*(?: (?:million|billion|thousand)|[MBK])? (?:\w+ )?to )(?:about |over )?$",
    re.IGNORECASE,
)
# "three- to seven-billion-parameter backbones"
WORDS_TO = re.compile(r"[a-z\d]- (?:to|or) $")
# "4 to 5 million cells"
NUMBER_TO = re.compile(r"\d (?:to|or) (?:about |over )?$")
# "retaining conditions with at least 1,000 cells": what was left out
FILTER = re.compile(
    r"\b(?:conditions?|clusters?|samples?|types?|groups?|genes?|donors?|slides?|patients?|tissues?|perturbations?|lines?)"
    r"[^.;,]{0,25}\b(?:with|having|of) (?:at least|more than|fewer than|less than|over) $",
    re.IGNORECASE,
)
FROM = re.compile(r"\bfrom (?:about |over )?$", re.IGNORECASE)
TO = re.compile(r"[^.;,\d]{0,30}\bto (?:about |over )?\d", re.IGNORECASE)
BEYOND = re.compile(
    r"\b(?:beyond|exceeding|until|towards?|per|every|each|first|additional|another|between) "
    r"(?:the |an? )?(?:about |some )?$",
    re.IGNORECASE,
)
"""What makes of a size a place on an axis: "no gain beyond 1 million cells"."""
# "gains saturate at 1 million cells"
LEVELS_OFF_AT = re.compile(r"\b(?:saturat|plateau)\w*\b[^.;]*$", re.IGNORECASE)
BETWEEN = re.compile(r"\bbetween [^.;,]{0,30} and (?:about |over )?$", re.IGNORECASE)
# "and Geneformer on 29.9 million.", "scGPT on 33 million cells and Geneformer on 30 million, respectively"
ONLY_NUMBER = re.compile(r"^\s*(?:,|and|respectively|\)|\.|$|on\b|for\b|in the (?:train|test|validation))")
# "7,844 cells in the training set and 13,468 in the test set": exact numbers need no million to be sizes
IN_SPLIT = re.compile(r"^\s*in the (?:train|test|validation)")
# "the cell counts are 9,748 and", "the number of trainable parameters from 51,342,358 to"
COUNT_BEFORE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bcell counts? (?:is|are|was|were|of) (?:[\d,]+ in the \w+ set and )?$", re.IGNORECASE), "cells"),
    (re.compile(r"\bparameters (?:from|of|is|was) $", re.IGNORECASE), "parameters"),
)
FEW = frozenset({"datasets", "studies", "methods", "models", "tasks", "species", "tissues", "organs"})
"""Units of which nobody has millions."""
# "33 tissues and cell lines": together
AND_OTHERS = re.compile(
    r" (?:[\w-]+ )?(?:tissues|organs|species|donors|studies|data ?sets|cell types) and (?!\d)[\w-]+ ?[\w-]*s\b",
    re.IGNORECASE,
)
# "we selected the top 4,000 highly variable genes": how data are prepared
SELECTED = re.compile(r"\bvariable genes|\bHVGs?\b|\b(?:select|filter|retain|kept|keep|top[ -])\w*", re.IGNORECASE)


def find_sizes(content: Content) -> Iterator[tuple[Number, str]]:
    """Yield each number that is a size, with its unit; one without a unit has that of the size before it."""
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
    if "," in number.text and not number.scaled and COUNT_BEFORE[1][0].search(before):
        return False  # "reducing the parameters from 51,342,358 to": the exact size of what was reduced
    return bool(
        BEYOND.search(before)
        or LEVELS_OFF_AT.search(before)
        or BETWEEN.search(before)
        or FROM_TO.search(before)
        or WORDS_TO.search(before)
        or NUMBER_TO.search(before)
        or FILTER.search(before)
        or (FROM.search(before) and TO.match(content.since(number.end)))
    )


def _unit_of(content: Content, number: Number, last: str | None) -> str | None:
    """What a number counts: the thing behind it, or behind the list that it begins, or that of the number before it."""
    rest = content.since(number.end)
    unit = _unit(rest)
    if unit is None:
        before = content.until(number.start)
        unit = next((counted for pattern, counted in COUNT_BEFORE if pattern.search(before)), None)
    if unit is None and IN_SPLIT.match(rest):
        return last
    if unit is None and number.scaled and SIZED.match(rest) and INTRODUCES.search(content.until(number.start)):
        return "parameters"
    if unit is None and number.scaled:
        if also := COORDINATED.match(rest):
            unit = _unit(rest[also.end() :])
        if unit is None and LISTED.match(rest):
            unit = _unit(LISTED.sub("", rest, count=1))
        if unit is None and ONLY_NUMBER.match(rest):
            unit = last
    return unit


def _unit(rest: str) -> str | None:
    """The unit whose words follow a number most closely."""
    units = [(match.end(), unit) for pattern, unit in COMPILED if (match := pattern.match(rest))]
    return min(units, default=(0, None))[1]


def _is_size(content: Content, number: Number, unit: str) -> bool:
    if unit in ALWAYS:
        return number.value >= HUGE
    if AND_OTHERS.match(content.since(number.end)):
        return False
    if not number.text.strip()[0].isdigit() or (number.scaled and unit in FEW):
        return False  # "the PARSE 10M PBMC data set" counts no sets
    counted = COUNTED.search(content.until(number.start)) is not None
    if unit in PIECES:
        return number.value >= HUGE and TRAINS_ON.search(content.until(number.start)) is not None
    if unit == "genes":
        return number.value >= HUGE and counted and not SELECTED.search(content.text)
    return number.value >= SEVERAL and counted
