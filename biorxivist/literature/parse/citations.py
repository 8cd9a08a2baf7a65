"""In-text citations: which entries of the reference list a place in the text means, ranges included."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from lxml import etree

from biorxivist.literature.document import Citation

_HYPHEN = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\uff0d"
_DASH = f"{_HYPHEN}~\u223c\uff5e"
_DASHES = frozenset(_HYPHEN)
_BETWEEN = re.compile(rf"\s*[\])]?\s*(?:[{_DASH}]|to|through)\s*[\[(]?\s*")
_OPEN_END = re.compile(rf"\]?[{_HYPHEN}]\[?(\d{{1,4}})(?!\w|\.\d)|\s*[{_HYPHEN}]\s*(\d{{1,4}})(?=\s*[\]),;])")
"""The plain end of a range; behind a space it is one only within brackets: a dash there may begin another thought."""
_LIST = re.compile(rf"[\[(\s]*\d{{1,6}}(?:\s*(?:[,;]|[{_DASH}]|and|&)\s*\d{{1,6}})*[\])\s.]*")
_PAIR = re.compile(rf"(\d{{1,6}})(?:\s*[{_DASH}]\s*(\d{{1,6}}))?")
_NUMBER = re.compile(r"\d{1,6}")
# Papers are untrusted: a range is expanded only as far as a reference list can go.
MAX_RANGE = 500
"""Entries that one citation range may cover; the widest seen in papers are below 100."""
MAX_EXPANDED = 100_000
"""Entries that all citation ranges of a paper may cover together."""


class Resolver:
    """The reference list as the text cites it: by the id of an entry, or by its number.

    Parameters
    ----------
    keys
        Id in the file -> `Reference.key`, in the order of the list.
    numbers
        Number in the list -> `Reference.key`.
    """

    def __init__(self, keys: dict[str, str], numbers: dict[int, str]) -> None:
        self._keys = keys
        self._folded = {name.casefold(): key for name, key in keys.items()}
        self._numbers = sorted(numbers)
        self._by_number = numbers
        self._number_of = {key: number for number, key in numbers.items()}
        self._expanded = 0

    def __contains__(self, rid: str) -> bool:
        return rid in self._keys

    def resolve(
        self,
        passage_id: str,
        text: str,
        cited: Sequence[tuple[int, int, etree._Element]],
        remark: Callable[[str, str], None],
    ) -> list[Citation]:
        """Citations of one passage.

        Parameters
        ----------
        passage_id, text
            The passage.
        cited
            Start, end and element of every link to the reference list, in reading order.
        remark
            Takes what could not be resolved or was too wide.
        """
        citations: list[Citation] = []
        last: int | None = None
        for place, (start, end, link) in enumerate(cited):
            printed = text[start:end]
            keys = self._meant(link, printed, remark)
            first, own = last, self._number(keys[:1], printed)
            # "3" then a dash then "7", each a link of its own: the second carries the entries between them.
            if first is not None and own is not None and _BETWEEN.fullmatch(text, citations[-1].end, start):
                keys = list(dict.fromkeys((*self._between(first, own, remark)[1:], *keys)))
            last, stop = own if len(keys) == 1 else self._number(keys[-1:], printed), end
            # A dash and a number that is no link ("3–7", only 3 linked): the citation takes in the plain end.
            if last is not None and text[end : end + 3].lstrip("] ")[:1] in _DASHES:
                following = cited[place + 1][0] if place + 1 < len(cited) else len(text)
                if match := _OPEN_END.match(text, end, following):
                    wide = self._between(last, _whole(last, match[1] or match[2]), remark, is_open=True)
                    if len(wide) > 1:
                        keys = list(dict.fromkeys((*keys, *wide)))
                        stop, last = match.end(), None
            citations.append(Citation(passage_id, start, stop, text[start:stop], tuple(keys)))
        return citations

    def _meant(self, link: etree._Element, printed: str, remark: Callable[[str, str], None]) -> list[str]:
        """Entries that one link means: those it names, and those that its numbers print."""
        rid = link.get("rid") or ""
        if (key := self._keys.get(rid)) is not None and (printed.isdigit() or printed[:1].isalpha()):
            return [key]  # as nearly always: one entry, by its number or by a name
        keys = self._linked(rid)
        if not keys:
            keys = self._printed(printed, remark)
        elif _LIST.fullmatch(printed) and len(_NUMBER.findall(printed)) > 1:
            keys = list(dict.fromkeys((*keys, *self._printed(printed, remark))))
        if not keys:
            remark(f"citation that matches no entry of the reference list: {printed[:80]!r}", "")
        return keys

    def _linked(self, rids: str) -> list[str]:
        keys: dict[str, None] = {}
        for rid in rids.split():
            key = self._keys.get(rid) or self._folded.get(rid.casefold())
            if key is not None:
                keys[key] = None
        return list(keys)

    def _printed(self, printed: str, remark: Callable[[str, str], None]) -> list[str]:
        """Entries by the numbers that are printed: ``3``, ``[3,5]``, ``3–7``."""
        if not _LIST.fullmatch(printed):
            return []
        keys: dict[str, None] = {}
        for low, high in _PAIR.findall(printed):
            if high:
                keys.update(dict.fromkeys(self._between(int(low), _whole(int(low), high), remark)))
            elif key := self._by_number.get(int(low)):
                keys[key] = None
        return list(keys)

    def _number(self, keys: Sequence[str], printed: str) -> int | None:
        """Number of the one entry given, if the text prints that number: author and year begin no range."""
        number = self._number_of.get(keys[0]) if keys else None
        if number is None or (own := str(number)) not in printed:
            return None
        return number if own == printed or own in _NUMBER.findall(printed) else None

    def _between(self, low: int, high: int, remark: Callable[[str, str], None], *, is_open: bool = False) -> list[str]:
        """Keys of the entries ``low`` to ``high``; only the ends that exist if that is no range of this list.

        ``is_open`` if nothing says that the end is an entry but the dash before it: then a smaller number is none.
        """
        if is_open and low >= high:
            return []
        ends = [self._by_number[n] for n in (low, high) if n in self._by_number]
        if low >= high or len(ends) < 2:
            if high - low > MAX_RANGE:
                remark(f"citation range that the reference list does not hold, not expanded: {low} to {high}", "")
            return ends
        first, last = bisect_left(self._numbers, low), bisect_right(self._numbers, high)
        if last - first > MAX_RANGE or self._expanded + last - first > MAX_EXPANDED:
            remark(f"citation range that is too wide, not expanded: {low} to {high}", "")
            return ends
        self._expanded += last - first
        return [self._by_number[n] for n in self._numbers[first:last]]


def _whole(low: int, high: str) -> int:
    """End of a range whose first digits may be left out: ``121–5`` ends with 125."""
    begin = str(low)
    if len(high) < len(begin) and int(high) < low:
        return int(begin[: -len(high)] + high)
    return int(high)
