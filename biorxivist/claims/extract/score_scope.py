"""Which tasks and sets a score has to itself, where a clause prints several numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number

__all__ = ["circumstances_of"]

# "89% for data preprocessing"
OWN_CIRCUMSTANCE = re.compile(r"\s*%?\s+(?P<where>for|on|in|at) (?=[A-Za-z])")


def circumstances_of(content: Content, number: Number, mentions: Sequence[Mention]) -> list[Mention]:
    """The tasks and sets that a number has to itself, where a clause has several: "0.77 for A and 0.86 for B".

    Where the first of them stands before the first number, each number has those before it.
    """
    if (told_of := OWN_CIRCUMSTANCE.match(content.since(number.end))) and len(content.numbers) > 1:
        # "of 89% for A and an F1 of 60% for B", where A has no name here: B is of the other number
        if told_of["where"] == "on":  # "0.61 on A and 0.53 on external data": what stands before is of another number
            mentions = [m for m in mentions if m.kind != "dataset" or m.start >= number.end]
        following = min((n.start for n in content.numbers if n.start > number.end), default=content.clause.end)
        own = number.end + told_of.end()
        if own < following:
            mentions = [m for m in mentions if m.kind not in {"task", "dataset"} or m.start < following]
    places = [content.clause.start, *(n.start for n in content.numbers), content.clause.end]
    at = places.index(number.start) if number.start in places[1:-1] else 0
    circumstances = [m for m in mentions if m.kind not in {"task", "dataset"}]
    for kind in ("task", "dataset"):
        named = [m for m in mentions if m.kind == kind]
        if at and len({m.id or m.text.casefold() for m in named}) > 1 and len(content.numbers) > 1:
            leads = named[0].start < places[1]
            low, high = (places[at - 1], places[at]) if leads else (places[at], places[at + 1])
            named = [m for m in named if low <= m.start < high]
            named = named if len({m.id or m.text.casefold() for m in named}) == 1 else []
        circumstances += named
    return circumstances
