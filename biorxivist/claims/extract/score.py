"""Clauses that print a score: a number of a metric, and the model that reached it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from biorxivist.claims.extract.align import align
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.lexicon import alternatives, phrases
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number
from biorxivist.claims.extract.scope import scope_of, subject_fields

__all__ = ["read_scores"]

# "scGPT reached about 0.81"
REACHED = re.compile(
    r"\b(?:reach|achiev|attain|scor|obtain)\w*\s*(?:an? |the |about |approximately |up to |over |~ ?)*$", re.IGNORECASE
)
# What stands between a metric and its number: "accuracy was", "a macro F1 score of", "accuracy (", "accuracy rose to"
OF_METRIC = re.compile(
    r"\s*(?:(?:scores?|values?|coefficients?|\(\w+\))\s*)?"
    + phrases(
        "=",
        ":",
        r"\(",
        r"\b(?:of|was|is|were|are|at|to|from)\b",
        r"\b(?:reach|achiev|attain|rose|rise|fell|fall|drop|increas|improv|decreas)\w*\b",
        r"\b(?:of|for|on|by) ",
    )
    + r"[^;\d]{0,60}$",
    re.IGNORECASE,
)
# What stands between two scores of one metric: "0.81 for PCA and 0.79 for scGPT"
LISTED = re.compile(
    r"\s*"
    + phrases(",", r"\band\b", r"\b(?:to|for|with|on|against|versus|vs)\b", r"\bclose to\b", r"\(", r"\)")
    + r"[^;\d]{0,60}$",
    re.IGNORECASE,
)
# Metrics that a number hardly belongs to: "robustness", "speed"
QUALITY = alternatives(
    "performance",
    "robustness",
    "generali[sz]ation",
    "interpretability",
    "efficiency",
    "scalability",
    "speed",
    "runtime",
    "inference (?:time|speed)",
    "throughput",
    "memory(?: usage)?",
)
TEST = re.compile(r"\s?[,(]?\s?\d+[,;)\]]|,\d")
"""What makes of "F1" a test statistic: its degrees of freedom, "F1,12 = 4.2"."""
# "p < 0.05", "n = 3", "α = 0.1"
NO_SCORE = re.compile(r"(?:\bp|\bq|\bn|[αβγ]|\br|\bsd)\s?[-*]?\s?(?:value )?[=<>≤≥≈]\s?$", re.IGNORECASE)
NO_SCORE_WITHIN = 12
"""Characters before a number in which its "p <" stands."""
# Words behind a number that make no score of it: "5% of the labels", "0.3 higher", "95% confidence", "0.2 ms"
OF_WHAT = re.compile(
    r"\s*"
    + phrases(
        "of (?:the )?(?!cases)",
        # differences
        "less ",
        "more ",
        "fewer ",
        "faster",
        "improvement",
        "increase",
        "reduction",
        "gain",
        "higher",
        "lower",
        "better",
        # what it counts
        "labels",
        "cells",
        "confidence",
        "limits",
        "credible",
        # units
        r"m?s\b",
        r"mm\b",
        r"ms\b",
        r"Hz\b",
    ),
    re.IGNORECASE,
)
# "by 0.05", "within 5%", "every 10%"
BY = re.compile(r"\b(?:by|within|every|each|additional) (?:\w+ ){0,3}$", re.IGNORECASE)
# "(0.81, the authors report)"
REPORTED = re.compile(r"\bthe authors report|reported by\b")
REPORTED_WITHIN = 40
"""Characters behind a number in which it is given to others."""
BESIDE = 4
"""Characters behind a number in which its metric begins: "0.81 accuracy"."""


def read_scores(content: Content) -> Iterator[Draft]:
    """Yield a draft for each number that is a score, with its metric and the model it stands beside.

    A score is a value from 0 to 1 or a percentage that hangs on a metric ("accuracy of 0.81", "0.81 accuracy"), goes on
    a list of such values, or, where no metric is named, follows a verb of reaching. Margins ("by 5 points"), p-values,
    test statistics and shares of data are none.
    """
    scored = _scores(content)
    models = [model for model in content.models if model.named]
    aligned = align(content.text, models, [number for number, _ in scored]) or []
    model_of = {number.start: model for model, number in aligned}
    for number, metric in scored:
        yield _draft(content, number, metric, model_of.get(number.start))


def _draft(content: Content, number: Number, metric: Mention | None, model: Mention | None) -> Draft:
    share = 100 if number.unit == "percent" else 1
    cited = REPORTED.search(content.since(number.end)[:REPORTED_WITHIN])
    setting = replace(scope_of(content.mentions).first, metric=metric)
    return Draft(
        kind="score",
        **subject_fields(model),
        value=None if number.ranged else round(number.value / share, 9),
        low=round(number.low / share, 9),
        high=round(number.high / share, 9),
        bound=number.bound,
        attribution="cited" if cited else "own",
        **setting.fields(),
    )


def _scores(content: Content) -> list[tuple[Number, Mention | None]]:
    """Numbers of a clause that are scores, each with its metric, or with none where the clause names none."""
    named = [m for m in content.mentions if m.kind == "metric" and not QUALITY.fullmatch(m.text)]
    metrics = [m for m in named if not TEST.match(content.since(m.end))]
    found: list[tuple[Number, Mention | None]] = []
    for number in content.numbers:
        before = content.until(number.start)
        if not _may_be_score(content, number):
            continue
        if metric := _metric_of(content, number, metrics):
            found.append((number, metric))
        elif found and LISTED.fullmatch(before[found[-1][0].end - content.clause.start :]):
            found.append((number, found[-1][1]))
        elif not named and REACHED.search(before):
            found.append((number, None))
    return found


def _metric_of(content: Content, number: Number, metrics: Sequence[Mention]) -> Mention | None:
    """The metric that stands right behind a number, or that leads up to it."""
    following = next((m for m in metrics if 0 <= m.start - number.end < BESIDE), None)
    leading = next((m for m in reversed(metrics) if m.end <= number.start), None)
    if following or leading is None:
        return following
    between = content.since(leading.end)[: number.start - leading.end]
    return leading if OF_METRIC.fullmatch(between) else None


def _may_be_score(content: Content, number: Number) -> bool:
    """Whether a number has the size and the surroundings of a score."""
    before = content.until(number.start)
    if OF_WHAT.match(content.since(number.end)) or NO_SCORE.search(before[-NO_SCORE_WITHIN:]) or BY.search(before):
        return False
    if number.text.strip("-−~ ")[0] not in ".0123456789":
        return False  # "a tenth" is a share of something
    if number.unit == "percent":
        return 0 < number.value <= 100
    return not number.unit and not number.scaled and 0 < number.value <= 1 and "." in number.text
