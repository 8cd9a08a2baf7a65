"""Numbers as they are written in running text: value, printed interval, and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from biorxivist.claims.extract.lexicon import holds_any, phrases

__all__ = ["Number", "find_numbers"]

Bound = Literal["exact", "about", "at_least", "at_most"]
Unit = Literal["", "percent", "points", "fold"]


def _before_number(*words: str) -> re.Pattern[str]:
    """The words that bound a number right behind them; "more than the 30 million cells of A" bounds no size of A."""
    return re.compile(rf"{phrases(*words)}\s*(?:a )?$", re.IGNORECASE)


SCALES = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "mio": 1e6,
    "billion": 1e9,
    "b": 1e9,
    "trillion": 1e12,
}
WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}  # fmt: skip
SHARES = {
    "half": 0.5, "a half": 0.5, "one half": 0.5,
    "a third": 1 / 3, "one third": 1 / 3,
    "a quarter": 0.25, "one quarter": 0.25,
    "a fifth": 0.2,
    "a tenth": 0.1, "one tenth": 0.1,
}  # fmt: skip
NUMBER = re.compile(
    r"(?<![\w.^/-])(?P<sign>[-−–~≈∼])?"
    # 68,450 or 68 450 or 0.81 or .81
    r"(?P<digits>\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d )\.\d+)"
    # 0.62-0.80, 35.0%-55.2%
    r"(?:\s?\\?%?\s?[-–]\s?(?P<upper>\d+(?:\.\d+)?)(?![\w.]*[A-Za-z]))?"
    # 3.4 × 10^8
    r"(?:\s?[x×]\s?10\s?(?:\^|\*\*)?\s?(?P<power>[-−]?\d{1,2}))?"
    # 0.766±0.013
    r"(?:\s?[±]\s?(?P<spread>\d*\.?\d+))?"
    # 33 million, 1.12M
    r"(?P<scale>[ -]?(?:thousand|million|billion|trillion|mio)\b|(?<=\d)[ -]?[KkMB](?![\w/])|\s?(?=\\?%))?"
    # 95.8%, 5 points, 3-fold
    r"(?P<unit>\s?\\?%|[ -]per ?cent\b|\s?percentage points?\b|\s(?:percent(?:age)? )?points?\b|-fold\b|\s?[×x](?!\w)|"
    r" times\b)?",
)
POWER_ONLY = re.compile(r"(?<![\w.])10\^(?P<power>\d{1,2})(?!\w)")
WORD_NUMBER = re.compile(rf"\b(?P<word>{'|'.join(WORDS)})\b(?:[ -](?P<scale>thousand|million|billion))?", re.IGNORECASE)
A_MILLION = re.compile(r"\ban? (?P<scale>million|billion|trillion)(?=[- ]parameter)", re.IGNORECASE)
SHARE = re.compile(
    rf"\b(?:{'|'.join(sorted(SHARES, key=len, reverse=True))})\b(?! (?:of )?(?:million|billion|dozen))", re.IGNORECASE
)
# Lists of which the last number has the scale of all
SCALE_WORD = re.compile(r"(?:thousand|million|billion|trillion)$", re.IGNORECASE)
PLAIN = re.compile(r"\d{1,3}(?:\.\d+)?")
LIST = re.compile(r", |,? (?:and|or) ")
AND = re.compile(r",? (?:and|or) ")
BOUNDED: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    # "more than 100 million cells"
    (
        "at_least",
        _before_number("more than", "over", "at least", "exceeding", "upwards of", "greater than", "above", ">", "≥"),
    ),
    # "up to 112 million parameters"
    (
        "at_most",
        _before_number(
            "up to",
            "at most",
            "less than",
            "fewer than",
            "under",
            "below",
            "no more than",
            "as (?:few|little) as",
            "<",
            "≤",
        ),
    ),
    # "about 22 million cells"
    (
        "about",
        _before_number(
            "about", "approximately", "around", "roughly", "nearly", "almost", "some", r"ca\.?", "circa", "~", "≈", "∼"
        ),
    ),
)
BOUND_WITHIN = 20
"""Characters before a number in which it is bounded."""
UNITS: dict[str, Unit] = {
    "%": "percent", "percent": "percent", "per cent": "percent",
    "fold": "fold", "×": "fold", "x": "fold", "times": "fold",
}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number in a text; ``low`` and ``high`` are the ends of its rounding or printed interval."""

    value: float
    low: float
    high: float
    start: int
    end: int
    text: str
    unit: Unit = ""
    bound: Bound = "exact"
    ranged: bool = False
    """Whether two ends are printed ("0.62-0.80"): these are ``low`` and ``high``, and ``value`` is none of its own."""
    scaled: bool = False
    """Whether it is written with million, thousand, k ... or as a power of ten."""
    listed: bool = False
    """Whether it is one of several that share a scale, as in "10, 50 and 100 million"."""

    @property
    def fraction(self) -> float:
        """The value as a fraction where it is a percentage or points; itself otherwise."""
        return self.value / 100 if self.unit in {"percent", "points"} else self.value


def find_numbers(text: str) -> list[Number]:
    """Find the numbers of a sentence, in order; ranges give two."""
    numbers = [*_digits(text), *_powers(text), *_single(text), *_words(text), *_shares(text)]
    numbers.sort(key=lambda number: (number.start, -number.end))
    distinct: list[Number] = []
    for number in numbers:
        if not distinct or number.start >= distinct[-1].end:
            distinct.append(number)
    return _with_shared_scales(distinct, text)


def _with_shared_scales(numbers: list[Number], text: str) -> list[Number]:
    """The numbers, those of a list with the scale that only its last one has: "10, 50 and 100 million"."""
    scaled = list(numbers)
    for place in range(len(numbers) - 1, 0, -1):
        last = scaled[place]
        words = SCALE_WORD.search(last.text)
        if words is None or not AND.fullmatch(text[numbers[place - 1].end : last.start]):
            continue
        factor, first = SCALES[words.group().lower()], place
        while (
            first
            and _may_share(numbers[first - 1])
            and LIST.fullmatch(text[numbers[first - 1].end : numbers[first].start])
        ):
            first -= 1
        if first < place:
            scaled[first:place] = [_times(number, factor) for number in numbers[first:place]]
            scaled[place] = replace(last, listed=True)
    return scaled


def _may_share(number: Number) -> bool:
    return PLAIN.fullmatch(number.text) is not None and not (number.ranged or number.scaled or number.unit)


def _times(number: Number, factor: float) -> Number:
    half = 0.0 if "." not in number.text else 0.5 * 10.0 ** -len(number.text.partition(".")[2]) * factor
    value = round(number.value * factor, 3)
    return replace(number, value=value, low=value - half, high=value + half, scaled=True, listed=True)


def _digits(text: str) -> Iterator[Number]:
    for match in NUMBER.finditer(text):
        factor = _factor(match)
        value = _signed(text, match) * factor
        if factor > 1:
            value = round(value, 3)  # 4.1 million is 4,100,000, and not a billionth less
        half = _half_width(match, factor)
        low, high = value - half, value + half
        if match["upper"]:
            low, high = value, float(match["upper"]) * factor
            if high <= low:
                continue
        yield Number(
            value,
            low,
            high,
            match.start(),
            match.end(),
            match.group(),
            unit=_unit((match["unit"] or "").strip(" -").lower()),
            bound=_bound_of_digits(text, match),
            ranged=bool(match["upper"]),
            scaled=factor != 1,
        )


def _factor(match: re.Match[str]) -> float:
    """What the printed digits are multiplied by: million, k, × 10^8."""
    factor = SCALES.get((match["scale"] or "").strip(" -").lower(), 1.0)
    return factor * 10.0 ** int((match["power"] or "0").replace("−", "-"))


def _signed(text: str, match: re.Match[str]) -> float:
    """The printed digits as a number; a dash behind another number is no minus."""
    negative = match["sign"] in {"-", "−"} and not re.search(r"\d\s?$", text[: match.start()])
    return float(re.sub(r"[, ]", "", match["digits"])) * (-1 if negative else 1)


def _half_width(match: re.Match[str], factor: float) -> float:
    """Half of the interval that a number stands for: its ±, or the rounding of its last digit; an integer is exact."""
    if match["spread"]:
        return float(match["spread"]) * factor
    _, point, decimals = match["digits"].partition(".")
    return 0.0 if not point and factor == 1 else 0.5 * 10.0 ** -len(decimals) * factor


def _unit(words: str) -> Unit:
    return UNITS.get(words.removeprefix("\\"), "points" if "point" in words else "")


def _bound_of_digits(text: str, match: re.Match[str]) -> Bound:
    if text[match.end() : match.end() + 1] == "+":
        return "at_least"  # 502M+
    return "about" if match["sign"] in {"~", "≈", "∼"} else _bound(text, match.start())


def _bound(text: str, start: int) -> Bound:
    """How the words before a number bound it."""
    before = text[max(start - BOUND_WITHIN, 0) : start]
    return next((bound for bound, pattern in BOUNDED if pattern.search(before)), "exact")


def _powers(text: str) -> Iterator[Number]:
    for match in POWER_ONLY.finditer(text):
        value = 10.0 ** int(match["power"])
        yield Number(value, value, value, match.start(), match.end(), match.group(), scaled=True)


def _single(text: str) -> Iterator[Number]:
    """Yield the one of "a billion-parameter model"."""
    for match in A_MILLION.finditer(text):
        value = SCALES[match["scale"].lower()]
        yield Number(value, value, value, match.start(), match.end(), match.group(), scaled=True)


def _words(text: str) -> Iterator[Number]:
    for match in WORD_NUMBER.finditer(text) if holds_any(text, WORDS) else ():
        if match.group().lower() == "one":  # a pronoun; "one million" is a number
            continue
        scale = (match["scale"] or "").lower()
        value = WORDS[match["word"].lower()] * SCALES.get(scale, 1.0)
        bound = _bound(text, match.start())
        yield Number(value, value, value, match.start(), match.end(), match.group(), bound=bound, scaled=bool(scale))


def _shares(text: str) -> Iterator[Number]:
    for match in SHARE.finditer(text):
        value = SHARES[match.group().lower()] * 100
        yield Number(value, value, value, match.start(), match.end(), match.group(), unit="percent")
