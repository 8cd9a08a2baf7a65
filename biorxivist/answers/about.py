"""Claims that speak of all that a question names, where no rule reads what it asks of them.

They answer it in part at most, and the answer says so: a reader sees what the graph holds on the subject, and is told
that nothing was concluded from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, speaks_of
from biorxivist.answers.intents.intent import Response
from biorxivist.answers.question import Question
from biorxivist.answers.retrieve import beside_names, stem
from biorxivist.answers.statements import LOOSE
from biorxivist.answers.words import claim_words
from graph.records import Claim

__all__ = ["claims_on_the_subject"]

MOST = 6
LEAST = 2
"""Names and words of a question below which a match says nothing."""
REGIMES = {"zeroshot": "zero_shot", "finetun": "fine_tuned", "fewsho": "few_shot"}
"""Stem of a word -> the regime that it asks for."""
ORDINARY = (
    r"affect|influe|impact|depend|chang|differ|relat|happen|remain|persis|keep|embedd|repres|why|work|not|win|lose"
)
"""Stems of words that most claims leave out."""
PARTIAL = "These claims speak of what the question names; whether they answer it is for you to judge."


def claims_on_the_subject(question: Question, graph: Graph) -> Response | None:
    """Claims on everything that a question names, by any of its words; none if it names too little."""
    ids = [name.ids for name in question.names]
    words = [word for word in beside_names(question) if word not in LOOSE and not re.fullmatch(ORDINARY, word)]
    if len(ids) + len(words) < LEAST or not ids:
        return None
    compared = sum(name.kind == "model" for name in question.names) > 1
    claims = [
        claim
        for claim in graph.index.by_interest()
        if (claim.kind == "comparison" or not compared)
        and all(claim.paper_id in each or speaks_of(claim, each, graph.vocabulary) for each in ids)
        and _holds(claim, words, graph)
    ]
    if not claims:
        return None
    sentences: Sequence[Sentence] = list(claim_sentences(claims, graph, limit=MOST))
    return Response(sentences, partial=PARTIAL)


def _holds(claim: Claim, words: Sequence[str], graph: Graph) -> bool:
    """Whether a claim holds each of the words, a regime by its field."""
    text = {stem(word) for word in claim_words(claim, graph)}
    for word in words:
        regime = next((regime for start, regime in REGIMES.items() if word.startswith(start)), None)
        if (claim.regime != regime) if regime else (word not in text):
            return False
    return True
