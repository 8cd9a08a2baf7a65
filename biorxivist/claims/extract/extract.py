"""A paper -> its claims, and what was read and rejected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.focus import Focus, inherit, introduced_abbreviations
from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.extract.sentences import split_sentences
from biorxivist.claims.extract.verify import Rejected, verify
from graph.records import Claim, Passage
from graph.vocabulary import Vocabulary

__all__ = ["RULES", "Extraction", "extract_claims"]

RULES = "rules@1"
"""Name and version of the rules; claims of another version are replaced by those of this one."""
READ = frozenset({"title", "abstract", "paragraph", "caption"})
OTHERS_SPEAK = re.compile(r"\b(?:introduction|background|related work|literature|reference)", re.IGNORECASE)
"""Sections that mostly say what others found."""
OWN_WORDS = re.compile(r"\b(?:we|our|here|this (?:study|work|paper))\b", re.IGNORECASE)


@dataclass(frozen=True)
class Extraction:
    """Outcome of reading a paper."""

    claims: tuple[Claim, ...]
    """Verified claims, in the order of the text, each once."""
    rejected: tuple[Rejected, ...]
    """Drafts that made no claim, with the reason."""
    sentences: int
    """Sentences that were read."""

    @property
    def unknown_names(self) -> tuple[str, ...]:
        """Models that drafts name and the vocabulary does not know, most frequent first."""
        names = [
            name
            for entry in self.rejected
            if entry.outcome == "unknown_name"
            for name in (entry.draft.subject, entry.draft.comparator)
            if name and name in entry.reason
        ]
        return tuple(sorted(set(names), key=lambda name: (-names.count(name), name)))


def extract_claims(passages: Iterable[Passage], vocabulary: Vocabulary) -> Extraction:
    """Read the claims of one version of a paper.

    Parameters
    ----------
    passages
        Its passages, in the order of the text; tables, references and facts among them are passed over.

    Returns
    -------
    Claims that hold every check of :func:`biorxivist.claims.extract.verify.verify`, and the rejected drafts.
    """
    texts = [passage for passage in passages if passage.kind in READ]
    own = introduced_abbreviations([passage.text for passage in texts])
    focus, section = Focus(), None
    claims: dict[str, Claim] = {}
    rejected: list[Rejected] = []
    sentences = 0
    for passage in texts:
        if passage.section != section:
            section = passage.section
            focus.enter(section.rpartition(" > ")[2], vocabulary)
        for sentence in split_sentences(passage.text):
            sentences += 1
            readings = read_sentence(sentence.text, vocabulary, own=own)
            for draft in readings:
                for filled, inherited in _filled(draft, focus, passage, sentence.text):
                    made = verify(
                        filled, sentence.text, passage, vocabulary,
                        extractor=RULES, inherited=inherited, readings=readings,
                    )  # fmt: skip
                    if isinstance(made, Claim):
                        claims.setdefault(made.id, made)
                    else:
                        rejected.append(made)
            focus.leave(sentence.text, find_mentions(sentence.text, vocabulary, own))
        focus.models = ()  # "it" does not reach over a paragraph
    return Extraction(tuple(claims.values()), tuple(rejected), sentences)


def _filled(draft: Draft, focus: Focus, passage: Passage, sentence: str) -> list[tuple[Draft, tuple[str, ...]]]:
    """The draft with what its surroundings add, and which fields these are."""
    if OTHERS_SPEAK.search(passage.section) and draft.attribution == "own" and not OWN_WORDS.search(sentence):
        # in an introduction, what nobody is said to have found was mostly found by others
        draft = replace(draft, attribution="cited", confidence=draft.confidence * 0.7)
    drafts, inherited = inherit(draft, focus)
    return [(entry, inherited) for entry in drafts]
