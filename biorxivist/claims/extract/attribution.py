"""Whose finding a sentence reports: the paper's own, or that of a work that it cites, and then which one.

The archive holds passages and the reference list, not the links between them, so a citation is read where it is
printed: ``[8]``, ``(8, 9)``, a number that was raised, ``Cui et al. (2024)``. A marker right behind a name ("scGPT [8]
outperforms scVI [9]") says where that thing comes from and not who found what; one at the end of a sentence does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.names import Mention
from graph.records import Reference

__all__ = ["CitedPlace", "ReferenceList", "attribute"]

NUMBERS = r"\s?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\s?"
STYLES = {
    "square": re.compile(rf"\[(?P<numbers>{NUMBERS})\]"),
    "round": re.compile(rf"\((?P<numbers>{NUMBERS})\)"),
    # A raised number loses its height in plain text; the space before the full stop is what remains of it.
    "raised": re.compile(rf"(?<=[a-z)])(?P<numbers> {NUMBERS})(?=(?<= )[.,;])"),
}
SHARE_IN_LIST = 0.75
"""Of the numbers in a style, how many must be entries of the list for it to be the style of the paper."""
NAME = r"(?:(?:van|von|de|der|den|la|le|di|da|dos|ten) ){0,3}[A-Z][\w'’-]+"
AUTHOR_YEAR = re.compile(
    rf"(?P<name>{NAME})(?: et al\.?| (?:and|&) (?:{NAME}|colleagues|co-?workers))?,?\s?[\[(]?"
    r"(?P<year>(?:19|20)\d\d)[a-z]?\b"
)
AUTHOR = re.compile(rf"(?P<name>{NAME})")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
LABEL = re.compile(r"^\s*(?:\[?\d{1,3}[\].)]?\s+)?")
INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,4}")
OWN = re.compile(r"\b(?:we|our|ours|us|here|(?:in )?this (?:study|work|paper|benchmark))\b", re.IGNORECASE)
OWN_DISPLAY = re.compile(r"\b(?:Fig(?:ure|s)?\b|Tables?\b|Supplementary|Extended Data|Appendix)", re.IGNORECASE)
CLOSING = re.compile(r"[a-z] ?\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]\s*\.?$")
"""A citation at the end of a sentence, where the file brought no list of references."""
BEHIND_WORDS = 12
"""Characters behind "Cui et al." in which its own marker stands."""
RANGE = 60
"""Entries that a range may name."""


@dataclass(frozen=True)
class CitedPlace:
    """A place in a text that cites entries of the reference list."""

    start: int
    end: int
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class ReferenceList:
    """The reference list of a paper, as its text cites it."""

    by_number: dict[int, Reference] = field(default_factory=dict)
    by_author: dict[str, list[Reference]] = field(default_factory=dict)
    """Last name of the first author, in small letters -> entries."""
    style: str | None = None
    """How numbers are printed; none if they are not."""

    @classmethod
    def of(cls, references: Iterable[Reference], texts: Sequence[str]) -> ReferenceList:
        """The list, with the way in which these texts cite it."""
        entries = list(references)
        by_author: dict[str, list[Reference]] = defaultdict(list)
        for entry in entries:
            if name := first_author(entry.text):
                by_author[_fold(name)].append(entry)
        by_number = _numbered(entries)
        return cls(by_number, dict(by_author), _style(by_number, texts))

    def places(self, text: str) -> list[CitedPlace]:
        """Where a text cites which entries, in order."""
        citations = [*self._numbers(text), *self._names(text)]
        return sorted(citations, key=lambda place: place.start)

    def of_author(self, words: str, year: int | None = None) -> tuple[Reference, ...]:
        """Entries whose first author is named in these words, of that year if one is given."""
        name = AUTHOR.match(words)
        entries = self.by_author.get(_fold(name["name"]), []) if name else []
        return tuple(entry for entry in entries if year is None or _year(entry) == year)

    def _numbers(self, text: str) -> Iterator[CitedPlace]:
        for match in STYLES[self.style].finditer(text) if self.style else ():
            meant = [self.by_number.get(n) for n in _expand(match["numbers"])]
            if all(meant):  # an interval, [0, 1], cites nothing
                yield CitedPlace(match.start(), match.end(), tuple(filter(None, meant)))

    def _names(self, text: str) -> Iterator[CitedPlace]:
        for match in AUTHOR_YEAR.finditer(text):
            meant = self.of_author(match["name"], int(match["year"]))
            if len(meant) == 1:  # "2024a" and "2024b" of one author cannot be told apart by the list's text
                yield CitedPlace(match.start(), match.end(), meant)


def attribute(draft: Draft, sentence: str, mentions: Sequence[Mention], references: ReferenceList) -> Draft:
    """The draft with whose finding it is, as far as the sentence and its citations say so.

    A sentence that ends in a citation, and speaks neither of its own authors nor of their figures, reports the cited
    work. ``attributed_id`` is that work's id where the reference list knows it; ``attributed_to`` keeps its name.
    """
    places = [place for place in references.places(sentence) if not _names_a_thing(place, sentence, mentions)]
    if draft.attribution == "own":
        closing = [place for place in places if not sentence[place.end :].strip(" ).]")]
        unlisted = not references.by_number and CLOSING.search(sentence) is not None
        if not (closing or unlisted) or OWN.search(sentence) or OWN_DISPLAY.search(sentence):
            return draft
        places = closing
        draft = replace(draft, attribution="cited")
    words = re.split(r"\s?[\[(]", draft.attributed_to or "")[0].strip() or None
    works = _works(words, sentence, places, references)
    (work,) = works if len(works) == 1 else (None,)
    cited_id = work.cited_id if work and not (work.cited_id or "ref:").startswith("ref:") else None
    return replace(draft, attributed_to=words or (_short(work) if work else None), attributed_id=cited_id)


def first_author(entry: str) -> str | None:
    """Last name of the first author of an entry as it is printed: "Cui H, ...", "H. Cui, ...", "Haotian Cui, ..."."""
    lead = re.split(r",|;| and | & | et al|\(", LABEL.sub("", entry[:200], count=1), maxsplit=1)[0]
    words = lead.split()
    last = next((at for at, word in enumerate(words) if at and INITIALS.fullmatch(word)), len(words))
    names = [word for word in words[:last] if not INITIALS.fullmatch(word)]
    if not names:  # the initials stand first
        names = [word for word in words if not INITIALS.fullmatch(word)]
    if not names or len(names) > 5:
        return None  # a group, or a title without authors
    return names[-1].strip(".")


def _works(
    words: str | None, sentence: str, places: Sequence[CitedPlace], references: ReferenceList
) -> tuple[Reference, ...]:
    """The works that a sentence reports: by the marker of the authors that it names, by their name, by its markers."""
    if words is not None:
        start = sentence.find(words)
        end = start + len(words)
        own = [place for place in places if place.start < end + BEHIND_WORDS and place.end > start]
        return own[0].references if own else references.of_author(words)
    return tuple({entry.id: entry for place in places for entry in place.references}.values())


def _names_a_thing(place: CitedPlace, sentence: str, mentions: Sequence[Mention]) -> bool:
    """Whether a marker stands right behind a model or a set: it says where that comes from."""
    before = len(sentence[: place.start].rstrip(" (["))
    return any(m.end == before and not m.pronoun and m.kind in {"model", "dataset"} for m in mentions)


def _numbered(entries: Sequence[Reference]) -> dict[int, Reference]:
    """Number -> entry, where every label is a number behind one and the same word: ``8``, ``c8``, ``ref8``."""
    labels = [re.fullmatch(r"\[?(?P<word>[A-Za-z._-]*?)(?P<number>\d{1,4})[\].]?", entry.key) for entry in entries]
    if not all(labels) or len({label["word"] for label in labels if label}) > 1:
        return {}
    numbered = {int(label["number"]): entry for label, entry in zip(labels, entries, strict=True) if label}
    return numbered if len(numbered) == len(entries) else {}


def _style(by_number: dict[int, Reference], texts: Sequence[str]) -> str | None:
    """The style in which most entries are cited; numbers of equations and lists name few of them."""
    styles: dict[str, int] = {}
    for style, pattern in STYLES.items():
        cited = [n for text in texts for match in pattern.finditer(text) for n in _expand(match["numbers"])]
        named = [n for n in cited if n in by_number]
        if named and len(named) >= SHARE_IN_LIST * len(cited):
            styles[style] = len(set(named))
    return max(styles, key=styles.__getitem__) if styles else None


def _expand(numbers: str) -> Iterator[int]:
    for part in re.split(r"[,;]", numbers):
        match [int(end) for end in re.findall(r"\d+", part)]:
            case [low]:
                yield low
            case [low, high, *_]:
                yield from range(low, min(high, low + RANGE) + 1)


def _year(entry: Reference) -> int | None:
    printed = YEAR.findall(entry.text)
    return entry.year or (int(printed[-1]) if printed else None)


def _short(entry: Reference) -> str | None:
    """An entry as a text would name it; None if it names no author."""
    name, year = first_author(entry.text), _year(entry)
    return f"{name} et al. {year}" if name and year else name


def _fold(name: str) -> str:
    return name.rsplit(maxsplit=1)[-1].replace("’", "'").casefold()
