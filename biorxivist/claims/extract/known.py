"""Names that are known: those of the vocabulary, and the abbreviations that a paper introduces itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from biorxivist.claims.extract.mention import Kind, Mention
from graph.vocabulary import Vocabulary

__all__ = ["find_introduced", "find_known"]

KINDS: tuple[Kind, ...] = ("model", "dataset", "task", "metric")
WORD = re.compile(r"(?<![\w-])\w+")
"""Where a name may begin."""
AS_WRITTEN = 3
"""Letters up to which a name is found only with its capitals: UCE, and not "uce"."""


@dataclass(frozen=True)
class Names:
    """All names of a kind, and whose they are."""

    kind: Kind
    by_word: Mapping[str, re.Pattern[str]]
    """First word in small letters -> the names that begin with it."""
    others: re.Pattern[str] | None
    """Names that do not begin with a word."""
    ids: Mapping[str, str]
    """Name in small letters -> vocabulary id."""

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the names in a text, in order and without overlaps; at a place, the longest."""
        found = [] if self.others is None else list(self.others.finditer(text))
        end = 0
        for word in WORD.finditer(text):
            if word.start() < end:
                continue
            first = word.group().casefold()
            patterns = [self.by_word.get(first), self.by_word.get(first[:-1]) if first.endswith("s") else None]
            matches = [match for pattern in patterns if pattern and (match := pattern.match(text, word.start()))]
            if matches:
                longest = max(matches, key=lambda match: len(match["name"]))
                found.append(longest)
                end = longest.end()
        yield from sorted(found, key=lambda match: match.start())


def find_known(text: str, vocabulary: Vocabulary) -> Iterator[Mention]:
    """Yield the names of the vocabulary in a text, kind by kind."""
    for names in _names(vocabulary):
        for match in names.find(text):
            name = match["name"]
            entry_id = names.ids.get(name.casefold())
            is_group = entry_id is not None and getattr(vocabulary.get(entry_id), "role", "") == "group"
            yield Mention(names.kind, name, match.start("name"), match.end("name"), entry_id, group=is_group)


def find_introduced(text: str, introduced: Mapping[str, str]) -> Iterator[Mention]:
    """Yield the abbreviations of a paper in a text (short form -> long form), under their long form."""
    for short, long in introduced.items():
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text):
            yield Mention("model", long, match.start(), match.end(), group=True)


@lru_cache(maxsize=8)
def _names(vocabulary: Vocabulary) -> tuple[Names, ...]:
    found = []
    for kind in KINDS:
        ids: dict[str, str] = {}
        for entry in vocabulary:
            if type(entry).__name__.lower() == kind:
                for name in (entry.name, *entry.aliases):
                    ids.setdefault(name, entry.id)
        if ids:
            found.append(_names_of(kind, ids))
    return tuple(found)


def _names_of(kind: Kind, ids: Mapping[str, str]) -> Names:
    by_word: dict[str, list[str]] = {}
    for name in ids:
        first = WORD.match(name)
        by_word.setdefault(first.group().casefold() if first else "", []).append(name)
    others = by_word.pop("", [])
    return Names(
        kind,
        {word: _pattern(names) for word, names in by_word.items()},
        _pattern(others) if others else None,
        {name.casefold(): ids[name] for name in ids},
    )


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """All names, the longest first; a plural s belongs to a name, a hyphen or letter does not (scGPT-v2 is another)."""
    spelled = [
        re.escape(name) if len(name) <= AS_WRITTEN else f"(?i:{re.escape(name)})"
        for name in sorted(names, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w-])(?P<name>{'|'.join(spelled)})(?:s\b)?(?!\w|-\w|\.\d)")
