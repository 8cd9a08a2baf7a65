"""Dates of an article: the day of each kind, the year where no day is printed, and what is no date."""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from biorxivist.literature.parse.text import all_text, plain

__all__ = ["OF_VERSION", "OF_WORK", "days_of", "odd_dates", "year_of"]

OF_VERSION = ("epub-version", "epub", "pub", "posted", "preprint", "epreprint", "epub-ppub", "ppub", "collection")
"""Kinds of the days on which a version appeared, the best first."""
OF_WORK = ("epub", "pub", "posted", "preprint", "epreprint", "epub-version", "epub-ppub", "ppub", "collection")
"""The same of the first version."""
OF_A_PREPRINT = ("posted", "preprint", "epreprint", "epub-version")
NO_PUBLICATION = re.compile(
    r"receiv|accept|rev-|revis|submi|nihms|release|retract|withdr|correct|updat|embargo|expir|decision|review|cover",
    re.IGNORECASE,
)
"""Kinds of days on which something else happened."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SPELT = re.compile(r"(?:(\d{1,2})\s+([^\W\d]{3,9})\.?|([^\W\d]{3,9})\.?\s+(\d{1,2})),?\s+(\d{4})")
YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?=\D|\d{4}(?!\d)|$)")


def days_of(meta: etree._Element, *, is_preprint: bool) -> dict[str, date]:
    """Kind of a date -> the first date of that kind.

    The day on which a preprint was posted is none of its journal article, whose history names it.
    """
    days: dict[str, date] = {}
    for element in meta.iter("pub-date", "date"):
        kind = _kind(element)
        if (day := _whole_date(element)) is None or (not is_preprint and kind in OF_A_PREPRINT):
            continue
        days.setdefault(kind, day)
        days.setdefault(element.get("date-type") or kind, day)
    return days


def _kind(element: etree._Element) -> str:
    """Kind of a date as most publishers call it."""
    kind = element.get("pub-type") or element.get("date-type") or "pub"
    if element.tag != "pub-date" or kind in OF_VERSION or NO_PUBLICATION.search(kind):
        return kind
    words = f"{kind} {element.get('publication-format') or ''}".lower()
    if "online" in words or "electronic" in words or "epub" in words or "ahead" in words:
        return "epub"
    return "ppub" if "print" in words and "preprint" not in words else "pub"


def year_of(meta: etree._Element) -> int | None:
    """The first year of publication; of another day only where no publication is dated at all."""
    years: dict[bool, list[int]] = {True: [], False: []}
    for element in meta.iter("pub-date"):
        if year := _year_in(element):
            years[NO_PUBLICATION.search(_kind(element)) is None].append(year)
    return min(years[True] or years[False], default=None)


def odd_dates(meta: etree._Element) -> list[str]:
    """What stands for a date and is none, as printed."""
    odd = []
    for element in meta.iter("pub-date", "date"):
        if _whole_date(element) is not None:
            continue
        printed = element.get("iso-8601-date") or "-".join(
            text for part in ("year", "month", "day") if (text := plain(_text_in(element, part)))
        )
        spelt = SPELT.search(_text_in(element, "string-date"))
        printed = printed or (plain(spelt[0]) if spelt else "")
        if printed and (spelt or printed.count("-") == 2 or _year_in(element) is None):
            odd.append(printed)
    return odd


def _text_in(element: etree._Element, tag: str) -> str:
    """Text of a part of a date, also within a ``string-date``."""
    part = next(element.iter(tag), None)
    if part is None:
        return ""
    return all_text(part) if len(part) else part.text or ""


def _number(element: etree._Element, tag: str) -> int | None:
    text = plain(_text_in(element, tag))
    return int(text) if re.fullmatch(r"\d{1,4}", text) else None


def _year_in(element: etree._Element) -> int | None:
    """Year of a date, however little else it says."""
    if (year := _number(element, "year")) is not None:
        return year
    match = YEAR.search(element.get("iso-8601-date") or _text_in(element, "string-date"))
    return int(match[1]) if match else None


def _month(spelt: str) -> int | None:
    begin = spelt.strip().lower()[:3]
    return MONTHS.index(begin) + 1 if begin in MONTHS else None


def _whole_date(element: etree._Element) -> date | None:
    """A date with year, month and day; a year alone is no day."""
    if match := re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", element.get("iso-8601-date") or ""):
        parts = tuple(int(group) for group in match.groups())
    else:
        month = _number(element, "month")
        if month is None:
            month = _month(_text_in(element, "month"))
        year, day = _number(element, "year"), _number(element, "day")
        if year is None and (spelt := SPELT.search(_text_in(element, "string-date"))):
            day, month, year = int(spelt[1] or spelt[4]), _month(spelt[2] or spelt[3]), int(spelt[5])
        if year is None or month is None or day is None:
            return None
        parts = (year, month, day)
    try:
        return date(*parts)
    except ValueError:
        return None
