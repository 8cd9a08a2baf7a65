"""Where a model comes out ahead, where it does not, and what beats it."""

from __future__ import annotations

from typing import Literal

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, missing, name_of, names_in_words, speaks_of, summary
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from biorxivist.claims.present import counted
from graph.records import Claim

__all__ = ["ranks"]

AHEAD = (
    r"beats?|beaten|beat|outperform\w*|surpass\w*|exceed\w*|(?:does|do|is|are|doing|did) (?:\w+ )?better(?: than)?|"
    r"better than|ahead of|superior to|wins?(?: against| over)?|won"
)
BEHIND = (
    r"lose\w*|lost|fail\w*|struggl\w*|fall\w* (?:short|behind)|underperform\w*|worse|weak\w*|bad|poor\w*|behind|"
    r"limit\w*"
)
STRONG = r"best|come\w* (?:out )?(?:on )?top|on top|excel\w*|shine\w*|strong\w*|good|leads?|strengths?|ahead|well"
WHERE = (
    r"where|when|in what|in which|on what|on which|what (?:is|are)|which tasks?|what tasks?|at what|what for|for what"
)
ANYTHING = r"what|which|who|everything|anything|something|list|any|models?|methods?|baselines?|show"
UNDERSTOOD = (
    rf"{COMMON}|{AHEAD}|{BEHIND}|{STRONG}|{WHERE}|{ANYTHING}|everything|anything|something|than|by|out|top|come\w*|"
    r"zeroshot|finetun\w*|fewshot|by|tasks?|setting\w*|regime|benchmarks?|against|over|situations?|conditions?|actually|"
    r"baselines?|methods?|deep|neural"
)
MOST = 8
Side = Literal["ahead", "behind"]


def _side(question: Question) -> Side | None:
    """Whether claims that put the model ahead or behind are asked for; none if neither is."""
    if question.has(rf"MODEL (?:\w+ )?(?:{BEHIND})|(?:{WHERE}).* MODEL .*(?:{BEHIND})|(?:{BEHIND})\w* of MODEL"):
        return "behind"
    if question.has(rf"(?:{AHEAD}) (?:than )?(?:an? |the )?MODEL") and question.has(ANYTHING):
        return "behind"
    if question.has(r"MODEL .*(?:beaten|outperformed|surpassed) by") and question.has(ANYTHING):
        return "behind"
    if question.has(rf"(?:{ANYTHING}) .*(?:does|do|did|can) MODEL (?:\w+ )?(?:{AHEAD})"):
        return "ahead"
    if question.has(WHERE) and question.has(rf"MODEL (?:\w+ )*?(?:{AHEAD}|{STRONG})|(?:{STRONG}) (?:\w+ )*?MODEL"):
        return "ahead"
    return None


def _fits(question: Question) -> bool:
    return len(question.of("model")) == 1 and not question.of("paper") and _side(question) is not None


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    model, side = question.of("model")[0], _side(question)
    graph.run("comparisons_of_model", model=model, limit=2000)
    where = (*question.of("task"), *question.of("dataset"))
    regime = next(iter(question.regimes), None)
    compared = [
        claim
        for claim in graph.index.by_interest()
        if claim.kind == "comparison"
        and claim.direction in {">", "<"}
        and claim.polarity == "asserted"
        and speaks_of(claim, [model], graph.vocabulary)
        and (not where or speaks_of(claim, where, graph.vocabulary))
        and (regime is None or claim.regime in {regime, None})
    ]
    claims = [claim for claim in compared if _stands(claim, model, graph) == side]
    name = name_of(model, graph.vocabulary)
    on = f" on {names_in_words(where, graph.vocabulary)}" if where else ""
    without = f" ({regime.replace('_', '-')} or not said)" if regime else ""
    if not claims:
        near = [f"{claim.statement} ({graph.index.who(claim)})" for claim in compared[:4]]
        return Refused(f"No comparison in the graph puts {name} {side}{on}{without}.", near)
    papers = list(dict.fromkeys(claim.paper_id for claim in claims))
    others = dict.fromkeys(each for claim in claims for each in _others(claim, model, graph))
    whom = f"{' of' if side == 'ahead' else ''} {names_in_words(list(others)[:8], graph.vocabulary)}" if others else ""
    count = f"{counted(len(claims), 'claim')} of {counted(len(papers), 'paper')} put{_s(claims)}"
    line = f"{count} {name} {side}{whom}{on}{without}."
    if others_than := [claim for claim in compared if claim not in claims]:
        line += f" {counted(len(others_than), 'other comparison')} put{_s(others_than)} it {_other(side)}."
    sentences: list[Sentence] = [summary(line, [claim.id for claim in claims[:8]], graph, papers=papers[:8])]
    sentences += claim_sentences(claims, graph, limit=MOST)
    sentences += missing(claims, graph)
    return Response(sentences)


def _stands(claim: Claim, model: str, graph: Graph) -> Side:
    """Whether a comparison puts the model ahead of the others or behind them."""
    is_subject = speaks_of(claim, [model], graph.vocabulary, role="subject")
    return "ahead" if is_subject == (claim.direction == ">") else "behind"


def _s(claims: list[Claim]) -> str:
    return "s" if len(claims) == 1 else ""


def _other(side: Side | None) -> Side:
    return "behind" if side == "ahead" else "ahead"


def _others(claim: Claim, model: str, graph: Graph) -> tuple[str, ...]:
    is_subject = speaks_of(claim, [model], graph.vocabulary, role="subject")
    return claim.comparator_ids if is_subject else claim.subject_ids


ranks = Intent("ranks", "where a model comes out ahead, where it fails, and what beats it", UNDERSTOOD, _fits, _respond)
