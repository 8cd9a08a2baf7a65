"""A proposed score or size: its number as the sentence prints it, and whether the sentence may mean it so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from biorxivist.claims.extract.clauses import split_clauses
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.llm.readings import ReadSentence, folded
from biorxivist.claims.extract.numbers import Number, find_numbers
from biorxivist.claims.extract.score import BY, NO_SCORE, OF_WHAT

__all__ = ["as_printed", "doubt_of_number"]

SUPPOSED = re.compile(r"\b(?:would|could|will|might|may|should)\b", re.IGNORECASE)
COUNTED_WITHIN = 40
"""Characters after a number within which its unit must stand."""


def as_printed(draft: Draft, printed: str | None, sentence: ReadSentence) -> tuple[Draft, Number] | None:
    """The draft with the number that was printed, its interval and bound, and where it stands; none if it does not."""
    wanted = find_numbers(printed or "")
    if len(wanted) != 1:
        return None
    for number in find_numbers(sentence.text):
        if (
            number.value == wanted[0].value
            and number.scaled == wanted[0].scaled
            and wanted[0].unit in {"", number.unit}
        ):
            made = _score(draft, number) if draft.kind == "score" else _size(draft, number)
            return None if made is None else (made, number)
    return None


def _score(draft: Draft, number: Number) -> Draft | None:
    share = 100 if number.unit == "percent" else 1
    if number.unit not in {"", "percent"} or not 0 < number.value <= share or (share == 1 and "." not in number.text):
        return None
    return replace(
        draft, value=None if number.ranged else round(number.value / share, 9), low=round(number.low / share, 9),
        high=round(number.high / share, 9), bound=number.bound,
    )  # fmt: skip


def _size(draft: Draft, number: Number) -> Draft | None:
    if number.unit or number.value <= 0:
        return None
    return replace(
        draft,
        value=None if number.bound == "at_most" else number.value,
        low=number.value if number.bound == "at_least" else None,
        high=number.value if number.bound == "at_most" else None,
        bound=number.bound,
    )


def doubt_of_number(draft: Draft, number: Number, sentence: ReadSentence, *, confirmed: bool) -> tuple[Any, str] | None:
    """Why the sentence may not mean the number so; none if it does, or the rules read it alike."""
    if draft.polarity == "negated":
        return "direction", "A number that is denied is no finding."
    if confirmed:
        return None
    owners = {
        reading.subject
        for reading in sentence.readings
        if reading.subject and reading.kind == draft.kind and (reading.value, reading.high) == (draft.value, draft.high)
    }
    if owners and folded(draft.subject) not in {folded(owner) for owner in owners}:
        return "name", f"The words give {number.text.strip()} to {', '.join(sorted(owners))}, not to {draft.subject}."
    for kind, name in (("model", draft.subject), ("metric", draft.metric if draft.kind == "score" else None)):
        named = {folded(m.text) for m in sentence.mentions if m.kind == kind and not m.pronoun}
        if len(named) > 1 and name:
            return "name", f"The sentence names several {kind}s, and no rule reads {number.text.strip()} as of {name}."
    clause = next((c for c in split_clauses(sentence.text) if c.start <= number.start < c.end), None)
    if clause is None or clause.mode != "finding" or SUPPOSED.search(clause.text):
        return "direction", "The clause of the number reports no finding."
    before, after = sentence.text[: number.start], sentence.text[number.end :]
    if draft.kind == "score":
        if draft.metric is None:
            return "name", "The score is of no metric."
        if BY.search(before) or NO_SCORE.search(before[-12:]) or OF_WHAT.match(after):
            return "number", f"{number.text.strip()} is a margin, a share or a test statistic, no score."
    elif draft.unit is None or draft.unit.rstrip("s") not in after[:COUNTED_WITHIN].casefold():
        return "name", f"{number.text.strip()} counts no {draft.unit} in the sentence."
    return None
