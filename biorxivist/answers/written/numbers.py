"""Numbers of a sentence that a model wrote: each stands in its sources, also rounded, and beside the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from biorxivist.answers.retrieve import stem
from biorxivist.answers.written.words import SMALL, is_named_in

__all__ = ["moved_number", "new_number", "without_numbers"]

NUMBER = re.compile(
    r"(?<![\w.])((?<![\w.)])[-−])?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:[eE]([-+−]?\d+))?"
    r"(?:\s*(?:[x×]\s*10\s*\^?\s*([-−]?\d+)))?\s*(thousand|million|billion|[kKMB](?!\w)|%|per ?cent\b)?"
)
SCALES = {"thousand": 3, "k": 3, "million": 6, "m": 6, "billion": 9, "b": 9, "%": -2, "percent": -2, "per cent": -2}
WORDED: dict[str, Decimal | int] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "twenty": 20, "hundred": 100, "half": Decimal("0.5"), "quarter": Decimal("0.25"), "twice": 2,
    "thrice": 3,
}  # fmt: skip
NAMED = re.compile(r"\b[A-Za-z][A-Za-z-]*\d(?:[\w.-]*\w)?")
"""Digits that belong to a name: V2-104M, x1, Apache-2.0."""
WORD = re.compile(r"[A-Za-z]+|\d[\d.,]*")
NEAR = 2
ROUNDED = Decimal("0.1")
"""Share by which rounding may change a number."""


@dataclass(frozen=True)
class Number:
    """A number where it stands."""

    value: Decimal
    places: int
    """Power of ten of its last digit."""
    beside: tuple[str, str]
    """The words, or numbers, directly before and after it."""
    near: frozenset[str]
    """Stems of the two words of meaning before it, and of the two after it."""


def new_number(text: str, sources: str) -> str:
    """A number of the sentence that no source has, also not rounded; empty if there is none."""
    known = [number.value for number in _numbers(sources)]
    # a worded number may be that of the source in digits, but digits are never a word of the source: "a quarter" is a
    # word of a source that also says 95 %
    if new := _worded(text) - _worded(sources) - set(known):
        return f"{min(new)}"
    for number in _numbers(text):
        if not any(_same(number, each) for each in known):
            return f"{number.value.normalize():f}"
    named = (match.group() for match in NAMED.finditer(text))
    return next((word for word in named if not is_named_in(word, sources)), "")


def moved_number(text: str, sources: Iterable[str], repeated: str) -> str:
    """A number that stands beside other words than in every source; empty if there is none.

    Parameters
    ----------
    repeated
        The source that the sentence repeats, empty if it repeats none: there the order of the numbers counts, too.
    """
    numbers = list(_numbers(text))
    source_numbers = [number for source in sources for number in _numbers(source)]
    strict = bool(repeated) and not _is_in_order(numbers, list(_numbers(repeated)))
    for number in numbers:
        places = [each for each in source_numbers if _same(number, each.value)]
        if number.near and not any(number.near & each.near for each in places):
            return f"{number.value.normalize():f}"
        if strict and not any(set(enumerate(number.beside)) & set(enumerate(each.beside)) for each in places):
            return f"{number.value.normalize():f}"
    return ""


def without_numbers(text: str) -> str:
    """The text without numbers and their units; names keep their digits."""
    return NUMBER.sub(" ", text)


def _same(number: Number, other: Decimal) -> bool:
    """Whether a number is another one, a percentage for a share, or rounded by at most a tenth."""
    share, percentage = sorted((number.value, other))
    if number.value == other or (percentage == 100 * share and 0 < share <= 1):
        return True
    unit = Decimal(1).scaleb(number.places)
    close = abs(number.value - other) <= abs(other) * ROUNDED
    return close and (other / unit).to_integral_value() * unit == number.value


def _is_in_order(numbers: Sequence[Number], source: Sequence[Number]) -> bool:
    rest = iter(source)
    return all(any(_same(number, each.value) for each in rest) for number in numbers)


def _numbers(text: str) -> Iterator[Number]:
    """Numbers with the decimal places that they are given to, in units; digits of names are none."""
    plain = NAMED.sub(
        lambda match: " " * len(match.group()), re.sub(r"(?<=\d)[\s\u2009\u202f](?=\d{3}(?!\d))", ",", text)
    )
    words = [(match.start(), match.group().lower()) for match in WORD.finditer(plain)]
    for match in NUMBER.finditer(plain):
        digits = match[2].replace(",", "")
        places = -len(digits.partition(".")[2])
        powers = sum(int((match[group] or "0").replace("−", "-")) for group in (3, 4))
        shift = SCALES.get((match[5] or "").lower().strip(), 0) + powers
        value = Decimal(digits).scaleb(shift)
        before = [word for at, word in words if at < match.start()]
        after = [word for at, word in words if at >= match.end()]
        telling = [[word for word in side if word not in SMALL] for side in (before, after)]
        near = (*telling[0][-NEAR:], *telling[1][:NEAR])
        yield Number(
            -value if match[1] else value, places + shift, (before[-1] if before else "", after[0] if after else ""),
            frozenset(stem(word) for word in near if not word[0].isdigit()),
        )  # fmt: skip


def _worded(text: str) -> set[Decimal]:
    return {Decimal(WORDED[word]) for word in re.findall(r"[a-z]+", text.lower()) if word in WORDED}
