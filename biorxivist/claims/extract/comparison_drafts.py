"""A comparison -> its drafts: each pair of sides in each task, on each set, by each metric that the clause names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

from biorxivist.claims.extract.attached import hold_in
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.exceptions import find_exceptions
from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number
from biorxivist.claims.extract.plainly import is_said_plainly
from biorxivist.claims.extract.scope import Scope, Setting, scope_of
from biorxivist.claims.extract.sides import Sides
from graph.records import Direction

__all__ = ["Comparison", "draft_comparison"]

# "A beats B on PBMC but not on pancreas": what follows is said of the opposite.
BUT_NOT = re.compile(r",? but (?:not|never) (?=(?:on|in|for|at|with|by)\b)", re.IGNORECASE)
# "outperformed scVI by about 5 points"
BY = re.compile(
    r"\bby (?:an average of |about |over |more than |at least |around |~ ?|nearly )?(?:up to )?$", re.IGNORECASE
)
# "accuracy by 2.8%"
BY_SHARE = re.compile(
    r"\bby (?:up to |about |over |at least |nearly )?\+?\d(?:[\d.]| \.)* ?\\?(?:%|(?:percentage )?points)"
)
SEVERAL = 2
"""Gains that make a list."""
IN_WHAT = re.compile(r"\s*(?:in|on|for|at|of)\b")
"""Behind a share, what it is of: "by 12% in macro F1"."""
# "The gain (0.01) is smaller than the spread between seeds."
WITHIN_NOISE = alternatives(
    r"\b(?:smaller than|within|below|less than|not exceed\w*) (?:the )?(?:\w+ )?"
    r"(?:spread|noise|error|variation|variance|variability|standard deviation|confidence)",
    r"\bnot (?:statistically )?significant\b",
    r"\bno significant\b",
)
ASIDE = re.compile(
    r"\b(?:with|at|while|in) (?:[\w-]+ )?(?:reduced|lower|less|fewer|faster|a fraction of the) (?:[\w-]+ )?"
    r"(?:runtime|memory(?: usage)?|speed|inference (?:time|speed)|throughput|efficiency)$",
    re.IGNORECASE,
)
MAKES_ANOTHER = re.compile(
    r"\b(?:early|direction(?:al)?|mean average|edge|pairwise|steering|top-\w+|velocity|boundary|cross-modal|"
    r"conditional|[a-z]+-(?:ratio|level|wise|wide|specific)) $",
    re.IGNORECASE,
)
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


@dataclass(frozen=True)
class Comparison:
    """A comparison as a clause words it, with its sides in the order of the direction."""

    sides: Sides
    direction: Direction
    negated: bool
    start: int
    """Where its verb begins in the sentence."""
    end: int
    """Where its verb ends in the sentence."""


def draft_comparison(comparison: Comparison, content: Content) -> Iterator[Draft]:
    """Yield the drafts of a comparison; the mentions of the content are those that it speaks of."""
    hedged = comparison.direction != "~" and WITHIN_NOISE.search(content.text) is not None
    exceptions = find_exceptions(content)
    hanging = hold_in(content, start=comparison.start, end=comparison.end)
    circumstances = (m for m in hanging if not exceptions.hold(m) and not _is_aside(content, m))
    content = replace(content, mentions=tuple(_in_full(content, mention) for mention in circumstances))
    plain = not exceptions.words and is_said_plainly(content, comparison.sides, (comparison.start, comparison.end))
    for scope, denied in _scopes(content, negated=comparison.negated):
        for (left, right), setting in product(_pairs(comparison, content), scope.settings()):
            if left.text.casefold() == right.text.casefold():
                continue
            yield Draft(
                kind="comparison",
                subject=None if left.pronoun else left.text,
                subject_id=left.id,
                comparator=right.text,
                comparator_id=right.id,
                direction=comparison.direction,
                polarity="negated" if denied else "asserted",
                hedging="strong" if hedged else "none",
                value=_margin(comparison, content, setting),
                exceptions=exceptions.words,
                plain=plain,
                **setting.fields(),
            )


def _pairs(comparison: Comparison, content: Content) -> list[tuple[Mention, Mention]]:
    """Who is compared with whom; one by one where a clause says "respectively", and nobody where that cannot be."""
    left, right = comparison.sides.left, comparison.sides.right
    if RESPECTIVELY.search(content.text) and len(left) > 1 and len(right) > 1:
        return list(zip(left, right, strict=True)) if len(left) == len(right) and not content.numbers else []
    return list(product(left, right))


def _is_aside(content: Content, mention: Mention) -> bool:
    """Whether a cost is named beside what is compared: "competitive accuracy with reduced runtime"."""
    return mention.kind == "metric" and ASIDE.search(content.until(mention.end)) is not None


def _in_full(content: Content, mention: Mention) -> Mention:
    """A metric with the word before it that makes another one of it: "early precision"."""
    word = MAKES_ANOTHER.search(content.until(mention.start)) if mention.kind == "metric" else None
    if word is None:
        return mention
    start = content.clause.start + word.start()
    return Mention("metric", f"{word.group()}{mention.text}", start, mention.end)


def _scopes(content: Content, *, negated: bool) -> Iterator[tuple[Scope, bool]]:
    """What is compared in, and whether the comparison is denied there."""
    if items := _items(content):
        yield from ((scope_of(mentions), negated) for mentions in items)
        return
    but_not = BUT_NOT.search(content.text)
    cut = content.clause.start + but_not.start() if but_not else content.clause.end
    yield scope_of(mention for mention in content.mentions if mention.start < cut), negated
    opposite = scope_of(mention for mention in content.mentions if mention.start >= cut)
    if opposite != Scope():
        yield opposite, not negated


def _items(content: Content) -> list[list[Mention]]:
    """The mentions of each item of a list of gains: "increasing accuracy by 3%, F1 in A by 5% and B by 7%"."""
    shares = list(BY_SHARE.finditer(content.text))
    if len(shares) < SEVERAL or any(IN_WHAT.match(content.text, match.end()) for match in shares):
        return []
    ends = [content.clause.start + match.end() for match in shares]
    bounds = [content.clause.start, *ends]
    items = [[m for m in content.mentions if start <= m.start < end] for start, end in pairwise(bounds)]
    return [item for item in items if any(m.kind in {"task", "metric", "dataset"} for m in item)]


def _margin(comparison: Comparison, content: Content, setting: Setting) -> float | None:
    """By how much: "by 5 points", "(0.01)" beside a spread; of several, the one beside the metric ("by 5% in ARI")."""
    behind = [number for number in content.numbers if number.start >= comparison.start]
    shares = [number for number in behind if number.unit in {"percent", "points"}]
    if _items(content):
        named = [m.end for m in (setting.metric, setting.task) if m is not None]
        margin = next((n for n in shares if n.start >= max(named, default=content.clause.end)), None)
        return margin.fraction if margin and _is_difference(margin) else None
    if setting.metric and len(shares) > 1:
        beside = (n for n in shares if 0 <= setting.metric.start - n.end <= len(" points in "))
        margin = next(beside, None)
        return margin.fraction if margin and _is_difference(margin) else None
    if RESPECTIVELY.search(content.text) and len(comparison.sides.right) > 1:
        return None  # "surpassing B and C by 7% and 10%, respectively"
    margin = next((number for number in behind if BY.search(content.until(number.start))), None)
    if margin is None and WITHIN_NOISE.search(content.text):
        margin = next((number for number in behind if content.until(number.start).endswith("(")), None)
    return margin.fraction if margin and _is_difference(margin) else None


def _is_difference(number: Number) -> bool:
    return number.bound == "exact" and (number.unit in {"points", "percent"} or number.value < 1)
