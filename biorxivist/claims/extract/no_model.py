"""Numbers of a metric that are the scores of nothing that has a name here: of chance, of people, of an unknown name."""

from __future__ import annotations

import re

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.numbers import Number

__all__ = ["is_of_control", "is_of_no_model"]

# "Random guessing yields an accuracy of 0.05", "the correlation between replicates was 0.98": of no model
OF_NO_MODEL = re.compile(
    r"\b(?:random (?:guess|assign|predict|classif|label|choice)\w*|guessing|permut\w+|shuffl\w+|replicates?|"
    r"(?:inter-)?annotators?|inter-rater|saturation|viability|purity|confluency)\b",
    re.IGNORECASE,
)
WHO_REACHES = re.compile(
    r"(?:^|, |\b(?:and|while|whereas|but) )(?P<who>(?:[A-Z]\w+ )?[\w-]+) (?:\w+ly )?(?:attain|reach|achiev|"
    r"obtain|yield|scor|get)\w* "
    r"(?:about |only |just |over |up to |an? )*$",
    re.IGNORECASE,
)
NO_NAMES = frozenset(
    (
        "it",
        "which",
        "this",
        "they",
        "we",
        "and",
        "that",
        "model",
        "performance",
        "ours",
        "method",
        "implementation",
        "re-implementation",
        "framework",
    )
)

# "When labels were permuted, A had 0.12": a control
CONTROL = re.compile(
    r"\b(?:permut|shuffl|scrambl|randomi[sz])(?:ed|ing|ation)\b|\bnull model\b|\b(?:negative|label) controls?\b|"
    r"\b(?:upper|lower) bound\b|"
    r"\bceiling\b",
    re.IGNORECASE,
)
# "The correlation between accuracy and size was 0.85", "until A reached 0.9"; but "between predicted and measured"
BETWEEN = re.compile(
    r"\bcorrelations? between (?:the )?(?!(?:\w+ )?(?:predict|measur|observ|true|imput|infer|real|estimat|"
    r"simulat|ground|"
    r"actual|reconstruct|generat|spatial))|\buntil\b",
    re.IGNORECASE,
)


def is_of_control(content: Content, number: Number) -> bool:
    """Whether a number is that of a control or of no score at all, whatever model the clause names."""
    before = content.until(number.start)
    return CONTROL.search(before) is not None or BETWEEN.search(before) is not None


def is_of_no_model(content: Content, number: Number) -> bool:
    """Whether a number that no model goes with is that of chance, of a control, or of a name that nobody knows."""
    return OF_NO_MODEL.search(content.until(number.start)) is not None or _is_of_unknown(content, number)


def _is_of_unknown(content: Content, number: Number) -> bool:
    """Whether a name that nobody knows stands before the verb of reaching: "whereas biolord attains 0.64"."""
    who = WHO_REACHES.search(content.until(number.start))
    if who is None or who["who"].split()[-1].lower() in NO_NAMES:
        return False
    start = content.clause.start + who.start("who")
    return not any(mention.start <= start < mention.end and mention.kind == "model" for mention in content.mentions)
