"""Clauses that compare models: who is better, worse or as good as whom, on what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from biorxivist.claims.extract.comparison_drafts import Comparison, draft_comparison
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.lexicon import alternatives, phrases
from biorxivist.claims.extract.mention import Mention, coordinate
from biorxivist.claims.extract.predicates import ADVERBS, Predicate, find_predicates, is_intended
from biorxivist.claims.extract.sides import Sides, find_sides

__all__ = ["read_comparisons"]

# What negates a verb that it stands before: "did not outperform", "neither A nor B beats", "no model surpasses".
NEGATION = alternatives(
    r"\b"
    + phrases(
        "not",
        "n't",
        "never",
        "none",
        "neither",
        "nor",
        "cannot",
        "fail(?:s|ed|ing)? to",
        "unable to",
        "struggl(?:e|es|ed) to",
        "yet to",
        "rarely",
        "seldom",
        "hardly",
        # "without surpassing any baseline"; "Without fine-tuning, A beats B" denies nothing
        r"without (?:\w+ly )?(?:outperform|beat|surpass|exceed|match)\w*",
        r"no (?:model|method|single|foundation|deep|\w+ (?:model|method|approach))",
    )
    + r"\b",
    r"n[’']t\b",
)
# What negates from inside a wording: "is not behind", "no better than".
INNER_NEGATION = alternatives(r"\b(?:no|not|never|hardly|rarely)\b", r"n[’']t\b")
NEGATION_WITHIN = 25
"""Characters before the subject in which a negation bears on the verb: "neither", "none of the"."""
# Several subjects that are equal among themselves: "UCE and scGPT performed similarly."
ALIKE = re.compile(
    r"\b(?:perform(?:s|ed)?|are|were|is|was|achiev\w+|show\w*|remain\w*|score[sd]?|did) "
    + ADVERBS
    + phrases(
        "similar(?:ly)?",
        "comparabl[ye]",
        "equally well",
        "equivalent(?:ly)?",
        "on par",
        "closely matched",
        "indistinguishable",
        "alike",
    )
    + r"\b(?! (?:to|with|as)\b)(?: performance| results| scores)?",
    re.IGNORECASE,
)
BOTH = re.compile(r"\b(?:two|both)\b", re.IGNORECASE)


def read_comparisons(content: Content) -> Iterator[Draft]:
    """Yield a draft for each pair of sides and each task, set and metric that the clause names."""
    alike = _alike(content)
    if alike is not None:
        yield from draft_comparison(alike, replace(content, numbers=()))
    subject = content.subject
    objects: tuple[Mention, ...] = ()
    predicates = find_predicates(content.clause)
    for predicate in predicates:
        sides = find_sides(content, predicate, subject)
        if sides is None:
            continue
        if objects and sides.left[0] in objects:
            sides = Sides(subject, sides.right)  # "A beats B and matches C": the subject of both verbs is A
        subject, objects = sides.left, sides.right
        comparison = Comparison(
            sides.turned() if predicate.passive else sides,
            predicate.direction,
            negated=_is_negated(content, predicate, sides),
            end=predicate.end,
        )
        # a verb has what is named beside it, and what is named before the first verb
        first = predicates[0].start
        own = (m for m in content.mentions if m.start < first or predicate.start <= m.start < predicate.until)
        yield from draft_comparison(comparison, replace(content, mentions=tuple(own)))


def _is_negated(content: Content, predicate: Predicate, sides: Sides) -> bool:
    start = content.clause.start
    subjects = [mention.start for mention in sides.left if start <= mention.start < predicate.start]
    begin = max(min(subjects, default=start) - start - NEGATION_WITHIN, 0)
    before = content.until(predicate.start)[begin:]
    return bool(NEGATION.search(before) or INNER_NEGATION.search(predicate.words))


def _alike(content: Content) -> Comparison | None:
    """Compare the first of several subjects with each of the others: "A and B performed similarly"."""
    match = ALIKE.search(content.text)
    if match is None or is_intended(content.clause, match):
        return None
    start = content.clause.start
    before = [model for model in content.models if model.end <= start + match.start() and not model.guessed]
    groups = coordinate(content.text, before, offset=start)
    group = groups[-1] if groups else []
    if len(group) == 1 and group[0].pronoun and BOTH.search(group[0].text) and len(content.named_before) == 2:
        group = list(content.named_before)  # "the two methods" of the clause before
    named = tuple(mention for mention in group if not mention.pronoun)
    if len(named) < 2:
        return None
    negated = NEGATION.search(content.text[: match.end()]) is not None
    return Comparison(Sides(named[:1], named[1:]), "~", negated=negated, end=start + match.end())
