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

REACHED = re.compile(r"\b(?:reach|achiev|attain|scor|obtain)\w*\s*(?:an? |the |about |approximately |up to |over |~ ?)*$", re.I)
OF_METRIC = re.compile(
    r"\s*(?:scores?|values?|coefficients?|\(\w+\))?\s*(?:=|:|\(|\bof\b|\bwas\b|\bis\b|\bwere\b|\bare\b|\bat\b|\bto\b|\bfrom\b|"
    r"\b(?:reach|achiev|attain|rose|rise|fell|fall|drop|increas|improv|decreas)\w*\b|\b(?:of|for|on|by) )[^;\d]{0,60}$",
    re.IGNORECASE,
)
LISTED = re.compile(r"\s*(?:,|\band\b|\bto\b|\bfor\b|\bwith\b|\bon\b|\(|\)|\bagainst\b|\bversus\b|\bvs\b|\bclose to\b)[^;\d]{0,60}$", re.I)
QUALITY = re.compile(
    r"performance|robustness|generali[sz]ation|interpretability|efficiency|scalability|speed|runtime|inference (?:time|speed)|"
    r"throughput|memory(?: usage)?",
    re.IGNORECASE,
)
TEST = re.compile(r"\s?[,(]?\s?\d+[,;)\]]|,\d")
"""What makes of "F1" a test statistic: its degrees of freedom."""
NO_SCORE = re.compile(r"(?:\bp|\bq|\bn|[αβγ]|\br|\bsd)\s?[-*]?\s?(?:value )?[=<>≤≥≈]\s?$", re.I)
OF_WHAT = re.compile(r"\s*(?:of (?:the )?(?!cases)|less |more |fewer |faster|improvement|increase|reduction|gain|higher|lower|better|labels|cells|confidence|limits|credible|m?s\b|mm\b|ms\b|Hz\b)", re.I)
BY = re.compile(r"\b(?:by|within|every|each|additional) (?:\w+ ){0,3}$", re.I)


def read_scores(clause: Clause, mentions: Sequence[Mention], numbers: Sequence[Number]) -> Iterator[Draft]:
    """Yield a draft for each number that is a score, with its metric and the model it stands beside.

    A score is a value from 0 to 1 or a percentage that hangs on a metric ("accuracy of 0.81", "0.81 accuracy"), goes on
    a list of such values, or, where no metric is named, follows a verb of reaching. Margins ("by 5 points"), p-values,
    test statistics and shares of data are none.
    """
    scored = _scores(clause, numbers, mentions)
    models = [m for m in mentions if m.kind == "model" and not m.pronoun and not m.guessed]
    aligned = align(clause.text, models, [number for number, _ in scored])
    model_of = {} if aligned is None else {number.start: model for model, number in aligned}
    scope = scope_of(mentions)
    for number, metric in scored:
        model = model_of.get(number.start)
        share = 100 if number.unit == "percent" else 1
        after = clause.text[number.end - clause.start :][:40]
        yield Draft(
            kind="score",
            subject=model.text if model else None,
            subject_id=model.id if model else None,
            metric=metric.text if metric else None,
            value=None if number.ranged else round(number.value / share, 9),
            low=round(number.low / share, 9),
            high=round(number.high / share, 9),
            bound=number.bound,
            dataset=scope.datasets[0] and scope.datasets[0].text,
            task=scope.tasks[0] and scope.tasks[0].text,
            regime=scope.regime,
            attribution="cited" if re.search(r"\bthe authors report|reported by\b", after) else "own",
            ids=ids_of(metric=metric, dataset=scope.datasets[0], task=scope.tasks[0]),
        )


def _scores(
    clause: Clause, numbers: Sequence[Number], mentions: Sequence[Mention]
) -> list[tuple[Number, Mention | None]]:
    """Numbers of a clause that are scores, each with its metric, or with none where the clause names none."""
    text = clause.text
    named = [m for m in mentions if m.kind == "metric" and not QUALITY.fullmatch(m.text)]
    metrics = [m for m in named if not TEST.match(text, m.end - clause.start)]
    found: list[tuple[Number, Mention | None]] = []
    for number in numbers:
        start, end = number.start - clause.start, number.end - clause.start
        before = text[:start]
        if not _may_be_score(number) or OF_WHAT.match(text[end:]) or NO_SCORE.search(before[-12:]) or BY.search(before):
            continue
        following = next((m for m in metrics if 0 <= m.start - number.end < 4), None)
        leading = next((m for m in reversed(metrics) if m.end <= number.start), None)
        if following:
            found.append((number, following))
        elif leading and OF_METRIC.fullmatch(text[leading.end - clause.start : start]):
            found.append((number, leading))
        elif found and LISTED.fullmatch(text[found[-1][0].end - clause.start : start]):
            found.append((number, found[-1][1]))
        elif not named and REACHED.search(before):
            found.append((number, None))
    return found


def _may_be_score(number: Number) -> bool:
    if number.text.strip("-−~ ")[0] not in ".0123456789":
        return False  # "a tenth" is a share of something
    if number.unit == "percent":
        return 0 < number.value <= 100
    return not number.unit and not number.scaled and 0 < number.value <= 1 and "." in number.text
