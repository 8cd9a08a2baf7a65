"""Clauses that print a score: a number of a metric, and the model that reached it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from biorxivist.claims.extract.align import align
from biorxivist.claims.extract.clauses import Clause
from biorxivist.claims.extract.comparison import ids_of, scope_of
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.names import Mention
from biorxivist.claims.extract.numbers import Number

__all__ = ["read_scores"]

REACHING = re.compile(
    r"\b(?:achiev|reach|attain|obtain|scor|yield|report|record|deliver|hit|get|had|has|have|was|were|is|are|of|at|with|to|from|=|:|rose|fell|dropped|increas|improv)\w*\s*(?:an? |the |about |approximately |up to |mean |average |overall |\w+ )*$",
    re.IGNORECASE,
)
NO_SCORE = re.compile(r"\bp\s*(?:[=<>≤]|-?value)|\bq\s*[=<]|\bR(?:2|²|\^2)\b|[αβγ]\s*[=≈]|\bseeds?\b|\bsd\b|\bn\s*=", re.I)
NEAR = 60
"""A metric further away than this, in characters, is that of another number."""
FROM_TO = re.compile(r"\bfrom\s+$")


def read_scores(clause: Clause, mentions: Sequence[Mention], numbers: Sequence[Number]) -> Iterator[Draft]:
    """Yield a draft for each number that is a score, with its metric and the model it stands beside.

    Only values from 0 to 1 and percentages count, beside a metric or a verb of reaching; margins ("by 5 points"),
    p-values and shares of data are no scores.
    """
    metrics = [m for m in mentions if m.kind == "metric" and m.id != "metric:performance"]
    models = [m for m in mentions if m.kind == "model" and not m.pronoun]
    scores = [n for n in numbers if _is_score(clause, n, metrics)]
    if not scores:
        return
    scope = scope_of(mentions)
    aligned = align(clause.text, models, scores)
    for model, number in [(None, number) for number in scores] if aligned is None else aligned:
        metric = _metric_of(number, metrics)
        if metric is None and not re.search(r"\b(?:reach|achiev|attain|scor|report)\w*", clause.text, re.I):
            continue
        yield Draft(
            kind="score",
            subject=model.text if model else None,
            subject_id=model.id if model else None,
            metric=metric.text if metric else None,
            value=None if number.ranged else number.fraction,
            low=number.low / 100 if number.unit == "percent" else number.low,
            high=number.high / 100 if number.unit == "percent" else number.high,
            bound=number.bound,
            dataset=scope.datasets[0] and scope.datasets[0].text,
            task=scope.tasks[0] and scope.tasks[0].text,
            regime=scope.regime,
            attribution="cited" if re.search(r"\bthe authors report|reported by\b", clause.text[number.end - clause.start :][:40]) else "own",
            ids=ids_of(metric=metric),
        )


def _is_score(clause: Clause, number: Number, metrics: Sequence[Mention]) -> bool:
    text, start, end = clause.text, number.start - clause.start, number.end - clause.start
    if number.unit == "percent" and number.text.strip()[0].isdigit():
        if not 0 < number.value <= 100 or not metrics:
            return False
        if re.match(r"\s*(?:of (?:the )?|less |more |fewer |faster|improvement|increase|reduction|gain|higher|lower|better|labels|cells)", text[end:]):
            return False
    elif not number.text.strip("-−~ ")[0].isdigit() and number.text[0] != ".":
        return False  # "a tenth" is a share of something
    elif number.unit or number.scaled or not (0 < number.value <= 1 and "." in number.text):
        return False
    before = text[max(start - 40, 0) : start]
    if re.search(r"\bby (?:\w+ ){0,3}$", before) or NO_SCORE.search(before[-14:]):
        return False
    return bool(REACHING.search(before)) or bool(re.search(r"[,(]\s*(?:and )?$|\band $", before)) or any(
        number.end <= m.start < number.end + 4 for m in metrics
    )


def _metric_of(number: Number, metrics: Sequence[Mention]) -> Mention | None:
    near = [m for m in metrics if abs(m.start - number.start) < NEAR * 3]
    return min(near, key=lambda m: (m.start > number.start + NEAR, abs(m.start - number.start)), default=None)
