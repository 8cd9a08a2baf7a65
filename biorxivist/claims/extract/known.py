"""Names that are known: those of the vocabulary, and the abbreviations that a paper introduces itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from biorxivist.claims.extract.mention import Kind, Mention
from graph.vocabulary import Vocabulary

__all__ = ["find_introduced", "find_known"]

KINDS: tuple[Kind, ...] = ("model", "dataset", "task", "metric")
WORD = re.compile(r"(?<![\w-])\w+")
"""Where a name may begin."""
AS_WRITTEN = 3
"""Letters up to which a name is found only with its capitals: UCE, and not "uce". A model in capitals alone always is:
STEM is not "stem"."""
# "across seven perturbation dimensions": what is counted, and no task
NO_TASK = re.compile(r" (?:dimension|type|screen|condition|experiment|axis|axes|dose|level|strength)(?:e?s)?\b")
GENERIC = re.compile(r" data(?: ?sets?)?$", re.IGNORECASE)


Candidates = tuple[tuple[Kind, tuple[str, ...]], ...]
WORDS_KEPT = 50_000


@dataclass(frozen=True)
class Names:
    """The names of a vocabulary, by the word that they begin with."""

    by_word: Mapping[str, Candidates]
    """First word in small letters -> for each kind, the names that begin with it."""
    others: Candidates
    """Names that do not begin with a word."""
    ids: Mapping[tuple[Kind, str], str]
    """Kind and name in small letters -> vocabulary id."""
    seen: dict[str, Candidates] = field(default_factory=dict, compare=False)
    """Words that were looked for before: most of a text are."""

    def beginning_with(self, word: str) -> Candidates:
        """For each kind, the names that begin with a word, or with the word that it is the plural of: "scFMs"."""
        known = self.seen.get(word)
        if known is None:
            first = word.casefold()
            known = self.by_word.get(first, ())
            if first.endswith("s"):
                known += self.by_word.get(first[:-1], ())
            if len(self.seen) < WORDS_KEPT:
                self.seen[word] = known
        return known


def find_known(text: str, vocabulary: Vocabulary) -> Iterator[Mention]:
    """Yield the names of the vocabulary in a text; of a kind, the longest at a place, and none that overlap."""
    names = _names(vocabulary)
    spans = [(kind, match) for kind, spelled in names.others for match in _pattern(spelled, kind).finditer(text)]
    ends: dict[Kind, int] = {}
    for word in WORD.finditer(text):
        candidates = names.beginning_with(word.group())
        if not candidates:
            continue
        matches: dict[Kind, re.Match[str]] = {}
        for kind, spelled in candidates:
            match = _pattern(spelled, kind).match(text, word.start()) if word.start() >= ends.get(kind, 0) else None
            if match and (kind not in matches or len(match["name"]) > len(matches[kind]["name"])):
                matches[kind] = match
        spans += matches.items()
        ends.update((kind, match.end()) for kind, match in matches.items())
    for kind, match in spans:
        if kind == "task" and NO_TASK.match(text, match.end()):
            continue
        name = match["name"]
        entry_id = names.ids.get((kind, name.casefold()))
        if kind == "dataset":
            name = GENERIC.sub("", name)  # "the pancreas data" are called pancreas
        is_group = entry_id is not None and getattr(vocabulary.get(entry_id), "role", "") == "group"
        yield Mention(kind, name, match.start("name"), match.start("name") + len(name), entry_id, group=is_group)


def find_introduced(text: str, introduced: Mapping[str, str]) -> Iterator[Mention]:
    """Yield the abbreviations of a paper in a text (short form -> long form), under their long form."""
    for short, long in introduced.items():
        if short not in text:
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text):
            yield Mention("model", long, match.start(), match.end(), group=True)


@lru_cache(maxsize=8)
def _names(vocabulary: Vocabulary) -> Names:
    by_word: dict[str, list[tuple[Kind, tuple[str, ...]]]] = {}
    others: list[tuple[Kind, tuple[str, ...]]] = []
    ids: dict[tuple[Kind, str], str] = {}
    for kind in KINDS:
        spelled: dict[str, dict[str, None]] = {}
        for entry in vocabulary:
            if type(entry).__name__.lower() == kind:
                for name in (entry.name, *entry.aliases):
                    first = WORD.match(name)
                    spelled.setdefault(first.group().casefold() if first else "", {})[name] = None
                    ids.setdefault((kind, name.casefold()), entry.id)
        for word, names in spelled.items():
            if word:
                by_word.setdefault(word, []).append((kind, tuple(names)))
            else:
                others.append((kind, tuple(names)))
    return Names({word: tuple(of_kinds) for word, of_kinds in by_word.items()}, tuple(others), ids)


@lru_cache(maxsize=4096)  # compiled when a text first holds such a word: few of a vocabulary ever are
def _pattern(names: tuple[str, ...], kind: Kind) -> re.Pattern[str]:
    """All names, the longest first; a plural s belongs to a name, a hyphen or letter does not (scGPT-v2 is another)."""
    spelled = [
        re.escape(name)
        if len(name) <= AS_WRITTEN or (kind == "model" and name.isupper())
        else f"(?i:{re.escape(name)})"
        for name in sorted(names, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w-])(?P<name>{'|'.join(spelled)})(?:s\b)?(?!\w|-\w|\.\d|\+)")
