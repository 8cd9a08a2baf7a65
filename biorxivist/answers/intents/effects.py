"""Whether pre-training helps: claims on its effect, for a model or task where one is named."""

from __future__ import annotations

import re

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import (
    Graph,
    claim_sentences,
    is_about_group_of,
    missing,
    names_in_words,
    speaks_of,
    summary,
)
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.records import Claim

__all__ = ["effects"]

HELPS = (
    r"help\w*|useful|matter\w*|need\w*|necessary|benefit\w*|improv\w*|worth|important|better|contribut\w*|required?|"
    r"effect\w*|add\w*|bring\w*|pay\w*|gain\w*|hurt\w*|value|without|differ\w*|versus|vs|against|point"
)
UNDERSTOOD = (
    rf"{COMMON}|pretrain\w*|large-scale|{HELPS}|at|all|really|self-supervised|unsupervised|downstream|anything|off|or|"
    r"erase\w*|remove\w*|disappear\w*|vanish\w*|close\w*|gap|after|finetun\w*|weights|same|still"
)
SPOKEN = re.compile(r"pre-?training|pre-trained|pretraining", re.IGNORECASE)
LEFT_OUT = re.compile(r"(?:no|without)\b", re.IGNORECASE)
"""How an ablation begins that takes something away; any other says what was added."""
MOST = 5


def _fits(question: Question) -> bool:
    return (
        question.has(r"pretrain\w*")
        and question.has(HELPS)
        and len(question.of("model")) < 2
        and not question.of("paper")
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    models, tasks = question.of("model"), question.of("task")
    for model in models:
        graph.run("claims_about_model", model=model, limit=1000)
    claims = [
        claim
        for claim in graph.index.by_interest()
        if claim.kind == "effect"
        and (claim.factor == "pretraining" or SPOKEN.search(f"{claim.ablation or ''} {claim.statement}"))
        and (
            not models
            or speaks_of(claim, models, graph.vocabulary, role="subject")
            or is_about_group_of(claim, models, graph.vocabulary)
        )
        and (not tasks or speaks_of(claim, tasks, graph.vocabulary))
        and (not question.of("dataset") or speaks_of(claim, question.of("dataset"), graph.vocabulary))
    ]
    if not claims:
        return None
    gains = [claim for claim in claims if _helps(claim)]
    others = [claim for claim in claims if claim not in gains]
    about = names_in_words((*models, *tasks), graph.vocabulary)
    whose = f" for {about}" if about else ""
    counts = (
        f"{len(gains)} of {len(claims)} claims on its effect say that it helps, {len(others)} that it does "
        f"little or harm"
    )
    lead = (
        "Papers disagree about pre-training"
        if gains and others
        else ("Pre-training helps, papers claim" if gains else "Pre-training does not help, papers claim")
    )
    line = f"{lead}{whose}: {counts}."
    sentences: list[Sentence] = [
        summary(line, [claim.id for claim in claims[:8]], graph, papers=[claim.paper_id for claim in claims[:8]])
    ]
    sentences += claim_sentences(gains, graph, part="for", limit=MOST)
    sentences += claim_sentences(others, graph, part="against", limit=MOST)
    sentences += missing(claims[: 2 * MOST], graph)
    return Response(sentences)


def _helps(claim: Claim) -> bool:
    """Whether pre-training gains: it does where leaving it out loses."""
    direction = claim.direction if claim.polarity == "asserted" else None
    left_out = bool(claim.ablation and LEFT_OUT.match(claim.ablation) and SPOKEN.search(claim.ablation))
    return direction == ("-" if left_out else "+")


effects = Intent("effects", "whether pre-training helps, a model or a task", UNDERSTOOD, _fits, _respond)
