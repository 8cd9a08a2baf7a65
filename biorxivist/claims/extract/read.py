"""A sentence -> drafts. Pure, and without any memory of other sentences but the models named before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from biorxivist.claims.extract.change import read_changes, read_saturations
from biorxivist.claims.extract.clauses import Clause, split_clauses
from biorxivist.claims.extract.comparison import read_comparisons
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.names import Mention, find_mentions
from biorxivist.claims.extract.numbers import Number, find_numbers
from biorxivist.claims.extract.score import read_scores
from biorxivist.claims.extract.size import read_sizes
from graph.vocabulary import Vocabulary

__all__ = ["read_sentence"]

MAX_DRAFTS = 60
"""A sentence that seems to claim more than this is a list or a table in running text, and is not understood."""
DID_NOT = re.compile(r"^\s*(?:it|they|this|he|she|these|the model)\s+(?:did|does|do|was|were|could|has|have)(?:n[’']t| not)\b\s*\.?\s*$", re.I)
DID = re.compile(r"^\s*(?:it|they|this)\s+(?:did|does|do)\s*\.?\s*$", re.I)


def read_sentence(
    text: str, vocabulary: Vocabulary, *, own: Mapping[str, str] | None = None
) -> list[Draft]:
    """Read what a sentence claims.

    Parameters
    ----------
    own
        Abbreviations that the paper introduces itself.
    """
    mentions = find_mentions(text, vocabulary, own)
    numbers = find_numbers(text)
    clauses = split_clauses(text)
    drafts: list[Draft] = []
    subject: Sequence[Mention] = ()
    pending: list[Draft] = []
    before: Clause | None = None
    for clause in clauses:
        inside = [m for m in mentions if clause.start <= m.start < clause.end]
        counted = [n for n in numbers if clause.start <= n.start < clause.end]
        if pending and DID_NOT.match(clause.text):
            drafts += [replace(draft, polarity="negated", hedging="none") for draft in pending]
        elif pending and DID.match(clause.text):
            drafts += [replace(draft, hedging="none") for draft in pending]
        if clause.text.startswith("which "):
            subject = subject[::-1]  # "A beats B, which beats C": the clause goes on from what was named last
        read = list(_read_clause(clause, inside, counted, subject, before))
        if clause.mode == "finding":
            drafts += [_as_meant(draft, clause) for draft in read]
        else:
            # sizes and printed scores are facts in whatever clause they stand, except in a supposition
            drafts += [
                _as_meant(draft, clause) for draft in read
                if draft.kind == "scale_fact" and clause.mode in {"purpose", "advice", "question", "hypothesis"}
                and not re.search(r"\b(?:would|could|will)\b", clause.text)
            ]  # fmt: skip
        pending = [draft for draft in read if draft.kind == "comparison"] if clause.mode == "hypothesis" else []
        named = [m for m in inside if m.kind == "model" and not m.pronoun]
        if named:
            subject = tuple({m.text.casefold(): m for m in named}.values())
        before = clause
    distinct = list(dict.fromkeys(drafts))
    return distinct if len(distinct) <= MAX_DRAFTS else []


def _read_clause(
    clause: Clause, mentions: Sequence[Mention], numbers: Sequence[Number], subject: Sequence[Mention],
    before: Clause | None,
) -> Iterator[Draft]:
    comparisons = list(read_comparisons(clause, mentions, numbers, subject))
    yield from comparisons
    saturations = list(read_saturations(clause, mentions, numbers, subject[:1]))
    yield from saturations
    if not comparisons and not saturations:
        yield from read_changes(clause, mentions, numbers, subject[:1], before)
    yield from read_scores(clause, mentions, numbers)
    yield from read_sizes(clause, mentions, numbers, subject[:1])


def _as_meant(draft: Draft, clause: Clause) -> Draft:
    """The draft with the clause's hedge and speaker."""
    hedging = max(clause.hedging, draft.hedging, key=("none", "weak", "strong").index)
    if draft.kind == "scale_fact":
        hedging = "none"
    cited = clause.cited or draft.attribution == "cited"
    return replace(
        draft, hedging=hedging, attribution="cited" if cited else "own", attributed_to=clause.cited_whom
    )
