"""Numbers as they are written in running text: value, printed interval, and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Number", "find_numbers"]

Bound = Literal["exact", "about", "at_least", "at_most"]
SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mio": 1e6, "billion": 1e9, "b": 1e9, "trillion": 1e12}
WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}  # fmt: skip
SHARES = {"half": 0.5, "a half": 0.5, "a third": 1 / 3, "a quarter": 0.25, "one quarter": 0.25, "a tenth": 0.1,
          "one tenth": 0.1, "a fifth": 0.2, "one third": 1 / 3, "one half": 0.5}  # fmt: skip
NUMBER = re.compile(
    r"(?<![\w.^/-])(?P<sign>[-−–~≈∼])?(?P<digits>\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\s?[-–]\s?(?P<upper>\d+(?:\.\d+)?)(?![\w.]*[A-Za-z]))?"
    r"(?:\s?[x×]\s?10\s?(?:\^|\*\*)?\s?(?P<power>[-−]?\d{1,2}))?"
    r"(?:\s?[±]\s?(?P<spread>\d*\.?\d+))?"
    r"(?P<scale>[ -]?(?:thousand|million|billion|trillion|mio)\b|(?<=\d)[ -]?[KkMB](?![\w/])|\s?(?=%))?"
    r"(?P<unit>\s?%|[ -]per ?cent\b|\s?percentage points?\b|\s(?:percent(?:age)? )?points?\b|-fold\b|\s?[×x](?!\w)| times\b)?",
)
POWER_ONLY = re.compile(r"(?<![\w.])10\^(?P<power>\d{1,2})(?!\w)")
WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(WORDS)})\b(?:[ -](?P<scale>thousand|million|billion))?", re.IGNORECASE)
SHARE = re.compile(rf"\b(?:{'|'.join(sorted(SHARES, key=len, reverse=True))})\b(?! (?:of )?(?:million|billion|dozen))", re.I)
AT_LEAST = re.compile(r"(?:more than|over|at least|exceeding|upwards of|greater than|above|>|≥)\s*(?:a |the )?$", re.I)
AT_MOST = re.compile(r"(?:up to|at most|less than|fewer than|under|below|no more than|as (?:few|little) as|<|≤)\s*(?:a |the )?$", re.I)
ABOUT = re.compile(r"(?:about|approximately|around|roughly|nearly|almost|some|ca\.?|circa|~|≈|∼)\s*(?:a |the )?$", re.I)


@dataclass(frozen=True)
class Number:
    """A number in a text; ``low`` and ``high`` are the ends of its rounding or printed interval."""

    value: float
    low: float
    high: float
    start: int
    end: int
    text: str
    unit: Literal["", "percent", "points", "fold"] = ""
    bound: Bound = "exact"
    ranged: bool = False
    """Whether two ends are printed ("0.62-0.80"): ``low`` and ``high`` are these, and ``value`` is no number of its own."""
    scaled: bool = False
    """Whether it is written with million, thousand, k ... or as a power of ten."""

    @property
    def fraction(self) -> float:
        """The value as a fraction where it is a percentage or points; itself otherwise."""
        return self.value / 100 if self.unit in {"percent", "points"} else self.value


def find_numbers(text: str) -> list[Number]:
    """Find the numbers of a sentence, in order; ranges give two."""
    found = [*_digits(text), *_powers(text), *_words(text), *_shares(text)]
    found.sort(key=lambda number: (number.start, -number.end))
    distinct: list[Number] = []
    for number in found:
        if not distinct or number.start >= distinct[-1].end:
            distinct.append(number)
    return distinct


def _bound(before: str) -> Bound:
    if AT_LEAST.search(before):
        return "at_least"
    if AT_MOST.search(before):
        return "at_most"
    return "about" if ABOUT.search(before) else "exact"


def _digits(text: str) -> Iterator[Number]:
    for match in NUMBER.finditer(text):
        digits = re.sub(r"[,  ]", "", match["digits"])
        negative = match["sign"] in {"-", "−"} and not re.search(r"\d\s?$", text[: match.start()])
        scale = (match["scale"] or "").strip(" -").lower()
        factor = SCALES.get(scale, 1.0)
        if match["power"]:
            factor *= 10.0 ** int(match["power"].replace("−", "-"))
        value = float(digits) * factor * (-1 if negative else 1)
        half = 0.5 * 10.0 ** -len(digits.partition(".")[2]) * factor
        exact = "." not in digits and factor == 1
        half = float(match["spread"]) * factor if match["spread"] else 0.0 if exact else half
        unit = (match["unit"] or "").strip(" -").lower()
        kind: Literal["", "percent", "points", "fold"] = ""
        if unit in {"%", "percent", "per cent"}:
            kind = "percent"
        elif "point" in unit:
            kind = "points"
        elif unit in {"fold", "×", "x", "times"}:
            kind = "fold"
        bound = "about" if match["sign"] in {"~", "≈", "∼"} else _bound(text[max(match.start() - 20, 0) : match.start()])
        if text[match.end() : match.end() + 1] == "+":
            bound = "at_least"
        low, high = value - half, value + half
        if match["upper"]:
            low, high = value, float(match["upper"]) * factor
            if high <= low:
                continue
        yield Number(
            value, low, high, match.start(), match.end(), match.group(), kind, bound, bool(match["upper"]), factor != 1
        )


def _powers(text: str) -> Iterator[Number]:
    for match in POWER_ONLY.finditer(text):
        value = 10.0 ** int(match["power"])
        yield Number(value, value, value, match.start(), match.end(), match.group(), scaled=True)


def _words(text: str) -> Iterator[Number]:
    for match in WORD_NUMBER.finditer(text):
        if match.group().lower() == "one":  # a pronoun; "one million" is a number
            continue
        word = re.split(r"[ -]", match.group().lower())[0]
        value = WORDS[word] * SCALES.get((match["scale"] or "").lower(), 1.0)
        bound = _bound(text[max(match.start() - 20, 0) : match.start()])
        yield Number(value, value, value, match.start(), match.end(), match.group(), "", bound, scaled=bool(match["scale"]))


def _shares(text: str) -> Iterator[Number]:
    for match in SHARE.finditer(text):
        value = SHARES[match.group().lower()] * 100
        yield Number(value, value, value, match.start(), match.end(), match.group(), "percent")
