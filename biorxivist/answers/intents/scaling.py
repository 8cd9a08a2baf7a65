"""Whether more cells or parameters help, where gains end, and how much of a corpus is enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, missing, name_of, names_in_words, speaks_of, summary
from biorxivist.answers.intents.facts import members_of
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.records import Claim

__all__ = ["scaling"]

CUE = (
    r"scal(?:e|es|ed|ing)(?: laws?)?|saturat\w*|plateau\w*|level(?:s|l?ed|l?ing)? off|more (?:\w+ ){0,2}(?:data|"
    r"cells|parameters)|"
    r"(?:bigger|larger|big|large|growing) (?:pretraining |training )?(?:model|models|corpus|corpora|atlas|atlases|"
    r"datasets?|data|versions?)|"
    r"(?:fraction|share|percentage|part|proportion) of (?:the |its )?(?:\w+ )?(?:corpus|data|cells|atlas)|"
    r"how (?:many|much) (?:\w+ ){0,2}(?:cells|data) (?:\w+ ){0,3}(?:need\w*|enough|suffic\w*|required?)|"
    r"(?:need|needs|needed|require\w*) (?:\w+ ){0,3}(?:cells|data)|enough (?:cells|data)|(?:cells|data) (?:are |is "
    r")?(?:enough|needed)|"
    r"(?:size|number|amount) of (?:the |its )?(?:\w+ )?(?:corpus|data|cells|parameters|dataset) (?:matter|help|"
    r"improve)\w*|"
    r"(?:corpus|dataset|data|model) size (?:matter|help|improve|affect)\w*|diminishing returns|data[- ]hungry|"
    r"(?:bigger|larger|more) (?:is|are|always|really|means?) (?:\w+ )?better|(?:is|are) (?:bigger|larger|more) better|"
    r"(?:keep|keeps|continue\w*) (?:on )?(?:improv|gain|get)\w*|"
    r"(?:grow\w*|enlarg\w*|scal\w*) (?:up )?(?:the )?(?:\w+ )?(?:corpus|corpora|data|dataset|model|models)"
)
PARAMETERS = (
    r"parameters?|params|models?,? not (?:the )?(?:data|corpus)|(?:bigger|larger|big|large) (?:models?|versions?)|"
    r"model size|capacity|size of the model"
)
UNDERSTOOD = (
    rf"{COMMON}|{CUE}|params|according|see|laws?|level\w*|off|bigger|larger|large|big|models?|fraction|share|percentage|proportion|part|"
    r"corp(?:us|ora)|atlas\w*|datasets?|parameters?|need\w*|enough|suffic\w*|requir\w*|size|amount|matter\w*|help\w*|"
    r"improv\w*|gain\w*|benefit\w*|better|profit\w*|increas\w*|grow\w*|rais\w*|add\w*|additional|extra|train\w*|pretrain\w*|"
    r"keep\w*|continu\w*|on|bring\w*|affect\w*|effect|point|at|early|useful|worth|pay\w*|truly|further|hundreds|tens|"
    r"hold\w*|exist\w*|apply|applies|follow\w*|obey\w*|not|no|stop\w*|versions|it|still|millions?|capacity|diminishing|returns|when|stop\w*|learn\w*|reach\w*|quickly|soon|always|necessarily|trend\w*|"
    r"evaluation|versions?|sizes|smaller|small|biology|biological|make|makes|growing|clear|generali[sz]e|first|corpora|before|pointless|useless|flatten\w*|transformers?|steps?|only|also|tasks?"
)
POSITIVE = {("+", "asserted"), ("no_plateau", "asserted"), ("plateau", "negated")}
NEGATIVE = {
    ("0", "asserted"), ("plateau", "asserted"), ("-", "asserted"), ("+", "negated"), ("no_plateau", "negated"),
}  # fmt: skip
LEVELS = (
    r"saturat\w*|plateau\w*|level(?:s|l?ed|l?ing)? off|diminishing returns|"
    r"(?:stop|cease)\w* (?:to )?(?:improv|gain|help|benefit|profit|learn|scal)\w*"
)
"""Words by which a question asks whether gains end, not whether there are any."""
DENIED = r"not|never|no|nothing|without|fail\w*"
ASKS_WHETHER = r"^(?:is|are|was|were|do|does|did|has|have|can|could|will|would|should)\b"
FIELD = "model:scfm"
MOST = 5


def _fits(question: Question) -> bool:
    if re.match(r"what (?:is|are|does)\b", question.masked) and not question.of("model"):
        return False
    return (
        question.has(CUE)
        and (not question.of("paper") or bool(question.of("model")))
        and not question.has(r"disagree\w*|reproduc\w*|contradict\w*")
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    models = question.of("model") or (FIELD,)
    by_parameters = question.has(PARAMETERS) and not question.has(r"cells|more data")
    unit = "parameters" if by_parameters else "cells"
    by_id: dict[str, Claim] = {}
    for model in models:
        for member in members_of(model, graph):
            graph.run("scaling_of_model", model=member, axis=unit, limit=1000)
            by_id.update(
                {
                    claim.id: claim
                    for claim in graph.index.standing_claims()
                    if _scales(claim, unit) and member in claim.subject_ids
                }
            )
        if model == FIELD:
            by_id.update({claim.id: claim for claim in graph.index.standing_claims() if _scales(claim, unit)})
    claims = [claim for claim in graph.claims(by_id) if _is_on(claim, question, graph)]
    general = [
        claim
        for claim in graph.index.standing_claims()
        if _scales(claim, unit)
        and claim.id not in by_id
        and FIELD in claim.subject_ids
        and _is_on(claim, question, graph)
    ]
    points = [point for model in models for point in _points(model, question, graph)]
    if not claims and not points:
        return _nothing(question, models, unit, general, graph)
    order = {claim.id: place for place, claim in enumerate(graph.index.by_interest())}
    claims.sort(key=lambda claim: (len(claim.subject_ids), order[claim.id]))
    rising = [claim for claim in claims if (claim.direction, claim.polarity) in POSITIVE or _gains(claim, models)]
    level = [claim for claim in claims if (claim.direction, claim.polarity) in NEGATIVE and claim not in rising]
    others = [claim for claim in claims if claim not in rising and claim not in level]
    sentences: list[Sentence] = []
    asks_point = question.has(
        r"saturat\w*|fraction|share|percentage|proportion|enough|need\w*|suffic\w*|require\w*|point"
    )
    asks_of_end = question.has(LEVELS) is not question.has(DENIED)
    line = _line(models, unit, rising, level, graph, opening=_opening(question, rising, level, asks_of_end=asks_of_end))
    if points and not by_parameters and asks_point:
        line = f"{_points_in_words(points, graph)} {line}"
    sources = [claim.id for claim in (*rising[:4], *level[:4])] or [claim.id for claim in others[:4]] or list(models)
    papers = [claim.paper_id for claim in (*rising, *level)]
    sentences.append(summary(line, sources, graph, papers=papers[:8]))
    agreeing, opposing = (level, rising) if asks_of_end else (rising, level)
    sentences += claim_sentences(agreeing, graph, part="for", limit=MOST)
    sentences += claim_sentences(opposing, graph, part="against", limit=MOST)
    sentences += claim_sentences(others, graph, part="related", limit=2)
    if not rising or not level:
        sentences += claim_sentences(general, graph, part="related", limit=2)
    sentences += missing([*rising, *level], graph)
    return Response(sentences)


def _scales(claim: Claim, unit: str) -> bool:
    if claim.kind == "saturation":
        return unit == "cells"
    return claim.kind == "scaling" and claim.unit == unit


def _gains(claim: Claim, models: Sequence[str]) -> bool:
    """Whether a comparison of gains puts one of these models ahead."""
    return claim.direction == ">" and claim.polarity == "asserted" and bool(set(models) & set(claim.subject_ids))


def _is_on(claim: Claim, question: Question, graph: Graph) -> bool:
    vocabulary = graph.vocabulary
    tasks, sets = question.of("task"), question.of("dataset")
    if question.of("paper") and claim.paper_id not in question.of("paper"):
        return False
    if tasks and not (claim.task_id and any(vocabulary.same_family(claim.task_id, each) for each in tasks)):
        return False
    if any(claim.regime not in (None, regime) for regime in question.regimes):
        return False
    corpora = [each for each in sets if vocabulary.lineage(each)]
    return not corpora or speaks_of(claim, corpora, vocabulary)


def _opening(question: Question, rising: Sequence[Claim], level: Sequence[Claim], *, asks_of_end: bool) -> str:
    """Yes or no to what the question asks, which is whether there are gains or whether they end; else neither word."""
    if not question.has(ASKS_WHETHER) or bool(rising) == bool(level):
        return "By"
    return "Yes, by" if bool(level) is asks_of_end else "No, by"


def _line(
    models: Sequence[str], unit: str, rising: Sequence[Claim], level: Sequence[Claim], graph: Graph, *, opening: str
) -> str:
    names = "single-cell foundation models" if models == (FIELD,) else names_in_words(models, graph.vocabulary)
    what = "more cells" if unit == "cells" else "more parameters"
    yes = f"{_count(rising)} gains from {what}"
    no = f"{_count(level)} that gains level off, do not appear or are not consistent"
    if rising and level:
        return f"Papers disagree about {names}: {yes}, and {no}."
    if rising:
        return f"{opening} all that the graph holds about {names}: {yes}; none says the opposite."
    if level:
        return f"{opening} all that the graph holds about {names}: {no}; none says that it gains from {what}."
    return f"The graph holds no claim with a direction about {names}."


def _count(claims: Sequence[Claim]) -> str:
    papers = len({claim.paper_id for claim in claims})
    return (
        "1 claim reports"
        if len(claims) == 1
        else f"{len(claims)} claims of {papers} paper{'s' if papers > 1 else ''} report"
    )


def _points(model: str, question: Question, graph: Graph) -> list[dict[str, Any]]:
    rows = []
    for member in members_of(model, graph):
        for row in graph.run("saturation_points_of_model", model=member, limit=500):
            if row["fraction"] is None or row["outcome"] not in (None, "saturated"):
                continue
            if question.of("task") and not set(question.of("task")) & set(graph.vocabulary.lineage(row["task"])):
                continue
            rows.append(row)
    return rows


def _points_in_words(points: Sequence[dict[str, Any]], graph: Graph) -> str:
    fractions = sorted(row["fraction"] for row in points)
    model = name_of(graph.vocabulary.family(points[0]["model"]), graph.vocabulary)
    low, middle, high = fractions[0], fractions[len(fractions) // 2], fractions[-1]
    return (
        f"By {len(fractions)} printed saturation points {model} saturates at {low:.0%} to {high:.0%} of the corpus "
        f"(median {middle:.0%})."
    )


def _nothing(question: Question, models: Sequence[str], unit: str, general: Sequence[Claim], graph: Graph) -> Refused:
    narrowed = (*question.of("task"), *question.of("dataset"))
    where = f" on {names_in_words(narrowed, graph.vocabulary)}" if narrowed else ""
    names = names_in_words(models, graph.vocabulary)
    near = [f"{claim.statement} ({graph.index.who(claim)})" for claim in general[:3]]
    return Refused(f"No claim and no saturation point in the graph says how {names} scales with {unit}{where}.", near)


scaling = Intent(
    "scaling", "whether a model gains from more cells or parameters, saturates, or needs how many cells", UNDERSTOOD,
    _fits, _respond,
)  # fmt: skip
