"""Which number belongs to which name: "A 0.81, B 0.77", "0.81 for A, 0.77 for B", "A and B x and y, respectively"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number

__all__ = ["align"]

# "0.61 for B", "0.61 (B)": the name is that of the number before it
RIGHT_BEHIND = re.compile(r"\s?%?\s?(?:\((?:for |by |with )?|(?:for|by|with|from|in) (?:the |an? )?)", re.IGNORECASE)
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


def align(
    text: str, models: Sequence[Mention], numbers: Sequence[Number], *, offset: int = 0
) -> list[tuple[Mention | None, Number]] | None:
    """Pair names and numbers by the order in which they stand; None where the order does not say it.

    Lists of different length under "respectively" are refused, and so are several numbers among several names that
    neither precede nor follow them one by one.

    Parameters
    ----------
    offset
        Where ``text`` begins in the sentence that the places of names and numbers are counted in.
    """
    if not numbers:
        return []
    if not models:
        return [(None, number) for number in numbers]
    if len(models) == 1:
        return [(models[0], number) for number in numbers]
    if RESPECTIVELY.search(text):
        return list(zip(models, numbers, strict=True)) if len(models) == len(numbers) else None
    before: list[list[Mention]] = []
    after: list[list[Mention]] = []
    for place, number in enumerate(numbers):
        last = numbers[place - 1].end if place else -1
        following = numbers[place + 1].start if place + 1 < len(numbers) else 10**9
        before.append([m for m in models if last <= m.start < number.start])
        after.append([m for m in models if number.end <= m.start < following])
    if all(before):
        return [(model, number) for group, number in zip(before, numbers, strict=True) for model in group]
    if not before[0] and all(after):
        return [(model, number) for group, number in zip(after, numbers, strict=True) for model in group]
    # "A reaches 0.89, compared with 0.82 for B": each number has a name on one side only, and no name is shared
    sides = [side or other for side, other in zip(before, after, strict=True) if not (side and other)]
    taken = [model for group in sides for model in group]
    if len(sides) == len(numbers) and all(sides) and len(set(taken)) == len(taken):
        return [(model, number) for group, number in zip(sides, numbers, strict=True) for model in group]
    return _by_neighbour(text, models, numbers, offset)


def _by_neighbour(
    text: str, models: Sequence[Mention], numbers: Sequence[Number], offset: int
) -> list[tuple[Mention | None, Number]] | None:
    """Pair each number with the name right behind it ("0.61 for B"), the first one else with the last name before."""
    pairs: list[tuple[Mention | None, Number]] = []
    for place, number in enumerate(numbers):
        behind = (m for m in models if m.start >= number.end)
        owner = next((m for m in behind if RIGHT_BEHIND.fullmatch(text[number.end - offset : m.start - offset])), None)
        if owner is None and place == 0:
            owner = next((m for m in reversed(models) if m.end <= number.start), None)
        if owner is None:
            return None
        pairs.append((owner, number))
    return pairs if len({model for model, _ in pairs}) == len(pairs) else None
