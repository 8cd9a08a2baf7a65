"""The passages of one version of a paper -> the sections that are worth asking about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from biorxivist.claims.extract.names import find_mentions
from graph.records import Passage
from graph.vocabulary import Vocabulary

__all__ = ["Part", "split_sections"]

READ = frozenset({"abstract", "paragraph", "caption"})
NO_FINDINGS = re.compile(
    r"^(?:references?|acknowledge?ments?|funding|authors?['’]?s?\b.*|"
    r"(?:data|code|software)(?: and \w+)? availability.*|"
    r"(?:competing|conflicts? of) interests?.*|ethics.*|footnotes|supporting information|abbreviations)\b",
    re.IGNORECASE,
)
LONGEST = 24_000
"""Characters of a part; a longer section is asked about in parts, between passages. Fits a context of 16,000 tokens."""


@dataclass(frozen=True)
class Part:
    """Passages that are sent in one call: a section, or a part of one that is very long."""

    paper_id: str
    version_id: str
    section: str
    number: int
    """1, unless the section is too long for one call."""
    passages: tuple[Passage, ...]

    @property
    def name(self) -> str:
        """Heading for people."""
        heading = self.section or "(no heading)"
        return heading if self.number == 1 else f"{heading} (part {self.number})"


def split_sections(passages: Iterable[Passage], vocabulary: Vocabulary) -> Iterator[Part]:
    """Yield the parts of one version; sections that report no findings or name no model are left out.

    A passage that is too long for a call by itself is left out too: no paragraph is that long.
    """
    sections: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.kind in READ and 0 < len(passage.text) <= LONGEST and not NO_FINDINGS.match(passage.section):
            sections.setdefault(passage.section, []).append(passage)
    for section, texts in sections.items():
        for number, chosen in enumerate(_packed(texts), start=1):
            if any(m.kind == "model" and not m.pronoun for p in chosen for m in find_mentions(p.text, vocabulary)):
                yield Part(chosen[0].paper_id, chosen[0].version_id, section, number, tuple(chosen))


def _packed(passages: list[Passage]) -> Iterator[list[Passage]]:
    chosen: list[Passage] = []
    for passage in passages:
        if chosen and sum(len(entry.text) for entry in chosen) + len(passage.text) > LONGEST:
            yield chosen
            chosen = []
        chosen.append(passage)
    if chosen:
        yield chosen
