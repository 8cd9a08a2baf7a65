"""A yes-no question as the statement that it asks about: claims of both sides, and what they come to."""

from __future__ import annotations

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, missing, summary
from biorxivist.answers.intents.intent import Response
from biorxivist.answers.question import Question
from biorxivist.answers.retrieve import stem, telling_words
from biorxivist.answers.words import claim_words
from biorxivist.claims.check import Finding, check_statement
from biorxivist.claims.statement import as_statement

__all__ = ["LOOSE", "claims_for_and_against"]

MOST = 5
COVERED = 0.7
"""Share of a question's words that the claims for and against have to hold together: they answer another one else."""
LOOSE_WORDS = """
    better worse improve help outperform beat increase decrease reduce best good effect affect than does
"""
LOOSE = frozenset(map(stem, LOOSE_WORDS.split()))
"""Stems of words of direction, which the rules read and do not compare letter by letter."""


def claims_for_and_against(question: Question, graph: Graph) -> Response | None:
    """Claims that a rule can compare with the question; none if there is none, or they are about something else."""
    statement = as_statement(question.text)
    if statement == question.text.strip().rstrip("?").strip():
        return None
    checked = check_statement(statement, graph.index, search=graph.store.search, limit=60)
    judged = [each for each in checked.findings if each.stand not in (None, "related")]
    judged = [each for each in judged if _covers(question, each, graph)]
    if not judged:
        return None
    agree = [each.claim for each in judged if each.stand == "agrees"]
    oppose = [each.claim for each in judged if each.stand == "contradicts"]
    scoped = [each.claim for each in judged if each.stand == "differs_in_scope"]
    line = _line(len(agree), len(oppose), len(scoped))
    shown = [each.claim for each in judged][: 2 * MOST]
    sentences: list[Sentence] = [
        summary(line, [claim.id for claim in shown], graph, papers=[claim.paper_id for claim in shown][:8])
    ]
    sentences += claim_sentences(agree, graph, part="for", limit=MOST)
    sentences += claim_sentences([*oppose, *scoped], graph, part="against", limit=MOST)
    sentences += missing(shown, graph)
    return Response(sentences)


def _line(agree: int, oppose: int, scoped: int) -> str:
    parts = [
        f"{count} {'claim says' if count == 1 else 'claims say'} {what}"
        for count, what in ((agree, "so"), (oppose, "the opposite"), (scoped, "the opposite under other conditions"))
        if count
    ]
    lead = (
        "The papers disagree"
        if agree and (oppose or scoped)
        else "Yes, papers claim"
        if agree
        else ("No, papers claim" if oppose else "Not under other conditions")
    )
    return f"{lead}: {', '.join(parts)}."


def _covers(question: Question, finding: Finding, graph: Graph) -> bool:
    """Whether a claim holds the words of the question, its names by any alias."""
    text = {stem(word) for word in claim_words(finding.claim, graph)}
    words = [word for word in telling_words(question) if word not in LOOSE]
    numbers = {word for word in words if word.isdigit()}
    return numbers <= text and sum(word in text for word in words) >= COVERED * len(words)
