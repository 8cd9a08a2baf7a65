"""Text to sentences, with exact offsets: ``text[s.start:s.end] == s.text``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from biorxivist.claims.extract.lexicon import listed

__all__ = ["Sentence", "as_typed", "split_sentences"]

MAX_SENTENCE = 2_000
"""A longer sentence is a list, a table in running text, or an attack; it is not read."""
ABBREVIATIONS = frozenset(listed("abbreviations"))
END = re.compile(r"[.!?](?:[\"”’')\]]*)(?=\s)|\n{2,}")
LAST_WORD = re.compile(r"([A-Za-z][A-Za-z.]*)$")
CITATION_MARKS = re.compile(r"\s*\[\d+(?:[,–-]\s*\d+)*\]")


HYPHENS = str.maketrans("\u2010\u2011", "--")


def as_typed(text: str) -> str:
    """The text with the hyphens of a keyboard for those of a typesetter ("zero\u2011shot"); nothing moves its place."""
    return text.translate(HYPHENS)


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it stands in its text, in code points."""

    text: str
    start: int
    end: int


def split_sentences(text: str) -> Iterator[Sentence]:
    """Split a paragraph into sentences.

    A full stop ends a sentence unless it belongs to an abbreviation (et al., Fig., vs., i.e.), an initial or a number,
    or the next word goes on in lower case; names of this field that begin in lower case (scGPT, scVI) do begin one.
    """
    start = 0
    for match in END.finditer(text):
        if not _ends(text, match.start(), match.end()):
            continue
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[Sentence]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end <= start + MAX_SENTENCE:
        yield Sentence(text[start:end], start, end)


def _ends(text: str, at: int, after: int) -> bool:
    if text[at] == "\n":
        return True
    following = text[after : after + 60].lstrip()
    following = CITATION_MARKS.sub("", following, count=1).lstrip()
    if text[at] == ".":
        word = LAST_WORD.search(text, max(at - 12, 0), at)
        if word and (word[1].lower() in ABBREVIATIONS or re.fullmatch(r"[A-Z]", word[1])):
            return bool(word[1].lower() in {"etc", "al"} and re.match(r"[A-Z][a-z]", following) and word[1] == "etc")
    # lower case goes on, unless the word holds a capital or a digit: scGPT, scVI, mRNA
    first = re.match(r"[^\s]+", following)
    return not (first and first[0][0].islower() and first[0].islower() and not any(c.isdigit() for c in first[0]))
