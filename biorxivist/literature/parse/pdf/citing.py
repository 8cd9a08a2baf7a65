"""The reference list of a PDF as records, and where the text cites it: by number, or by name and year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from biorxivist.literature.parse.citations import Resolver
from biorxivist.literature.parse.identifiers import find_identifiers, tidy, year_in
from biorxivist.literature.parse.ids import reference_id
from biorxivist.literature.parse.references import ReferenceList
from biorxivist.literature.parse.text import plain
from graph.records import Reference

_LABEL = re.compile(r"\[(\d{1,4})\]\s*|\(?(\d{1,4})[.)]?\s+(?=\D)")
_YEAR = re.compile(r"(?<![\d/.])(1[89]\d\d|20\d\d)([a-z]?)(?![\d/])")
_AFTER_YEAR = re.compile(r"\((?:1[89]\d\d|20\d\d)[a-z]?\)[.,:]?\s+(.{10,300}?[^A-Z][.?!])\s+[A-Z0-9]")
_LIST = r"\d{1,4}(?:\s*[,;–—-]\s*\d{1,4})*"
_BRACKETS = re.compile(rf"\[{_LIST}\]")
_PARENTHESES = re.compile(rf"\({_LIST}\)")
_NAME_YEAR = re.compile(
    r"([A-Z][\w'’-]+)(?:,? et al\.?|,? (?:and|&) [A-Z][\w'’-]+)?,?\s*\(?((?:19|20)\d\d[a-z]?)(?![\d])"
)
_NUMBER = re.compile(r"\d+")
FEWEST = 5
"""Numbers in parentheses that a paper has for its equations and lists."""
Cited = tuple[int, int, etree._Element]


@dataclass(frozen=True, slots=True)
class EntryList:
    """The entries, and what finds the places that cite them."""

    listed: ReferenceList
    numbers: frozenset[int]
    """Numbers that the entries are printed with; empty if they have none."""
    pattern: re.Pattern[str]
    """How this paper writes a number that cites: in square brackets or in parentheses."""

    def places(self, text: str, marks: Sequence[Sequence[int]]) -> list[Cited]:
        """Start, end and link of every place in a text that cites an entry.

        Parameters
        ----------
        text
            Text of a passage.
        marks
            Start and end of raised numbers.
        """
        if self.numbers:
            spans = [match.span() for match in self.pattern.finditer(text)] + [(mark[0], mark[1]) for mark in marks]
            meant = [(a, b) for a, b in sorted(spans) if self._knows(text[a:b])]
            return [(a, b, etree.Element("xref")) for a, b in meant]
        places: list[Cited] = []
        for match in _NAME_YEAR.finditer(text):
            name = f"{match[1].lower()}_{match[2]}"
            if name in self.listed.resolver:
                link = etree.Element("xref")
                link.set("rid", name)
                places.append((*match.span(), link))
        return places

    def _knows(self, printed: str) -> bool:
        return all(int(number) in self.numbers for number in _NUMBER.findall(printed))


def _style(texts: Iterable[str]) -> re.Pattern[str]:
    """Numbers in parentheses cite only in a paper that has more of them than of square brackets, and not just a few."""
    brackets = parentheses = 0
    for text in texts:
        brackets += len(_BRACKETS.findall(text))
        parentheses += len(_PARENTHESES.findall(text))
    return _PARENTHESES if parentheses > max(brackets, FEWEST) else _BRACKETS


def read_entries(texts: Sequence[str], paper_id: str, *, body: Iterable[str] = ()) -> EntryList:
    """Records of a reference list.

    Parameters
    ----------
    texts
        Every entry as printed, with its number if it has one.
    paper_id
        The citing work.
    body
        Texts that cite.
    """
    labels = [_LABEL.match(text) for text in texts]
    is_numbered = sum(label is not None for label in labels) > 0.5 * len(texts)
    references: list[Reference] = []
    identifiers: dict[str, tuple[tuple[str, str], ...]] = {}
    numbers: dict[int, str] = {}
    names: dict[str, str] = {}
    for position, (printed, label) in enumerate(zip(texts, labels, strict=True), start=1):
        number = int(label[1] or label[2]) if label is not None and is_numbered else None
        text = plain(printed[label.end() :] if label is not None and is_numbered else printed)
        key = str(number) if number is not None and str(number) not in identifiers else f"#{position}"
        pairs = find_identifiers([], text)
        year = _YEAR.search(text)
        title = _AFTER_YEAR.search(text)
        references.append(
            Reference(
                id=reference_id(paper_id, key, text),
                paper_id=paper_id,
                key=key,
                text=text,
                doi=next((value for scheme, value in pairs if scheme == "doi"), None),
                title=tidy(title[1]) if title else None,
                year=year_in(text),
            )
        )
        identifiers[key] = pairs
        if number is not None:
            numbers.setdefault(number, key)
        elif year and (surname := re.match(r"[\w'’-]+", text)):
            names.setdefault(f"{surname[0].lower()}_{year[1]}{year[2]}", key)
    listed = ReferenceList(tuple(references), identifiers, Resolver(names, numbers))
    return EntryList(listed, frozenset(numbers), _style(body))
