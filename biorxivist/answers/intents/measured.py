"""By which metrics and on which sets a task is scored, counted over claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from biorxivist.answers.evidence import Graph, claim_sentences, name_of, names_in_words, speaks_of, summary
from biorxivist.answers.intents.intent import COMMON, Intent, Response
from biorxivist.answers.question import Question
from graph.records import Claim

__all__ = ["measured"]

METRICS = (
    r"(?:what|which|list|common|usual|typical) (?:\w+ ){0,2}(?:metrics?|measures?|scores?)|metrics? (?:\w+ ){0,3}used"
)
SETS = (
    r"(?:what|which|list|common|usual|typical) (?:\w+ ){0,2}(?:data|datasets?|sets|benchmarks?)|datasets? (?:\w+ "
    r"){0,3}used"
)
UNDERSTOOD = (
    rf"{COMMON}|metrics?|measures?|scores?|used?|uses|using|most|common\w*|usual|typical|evaluat\w*|assess\w*|judge\w*|"
    r"measur\w*|test\w*|datasets?|benchmarks?|models?|people|often|popular|frequent\w*"
)
GENERIC = {"metric:performance", "metric:count", "metric:share"}
MOST, SHOWN = 10, 3


def _fits(question: Question) -> bool:
    about_task = bool(question.of("task")) or question.of("model") == ("model:perturbation_models",)
    return about_task and not question.of("paper") and (question.has(METRICS) or question.has(SETS))


def _respond(question: Question, graph: Graph) -> Response | None:
    names = question.of("task") or ("task:perturbation_prediction",)
    field = "metric_id" if question.has(METRICS) else "dataset_id"
    claims = [
        claim
        for claim in graph.index.by_interest()
        if speaks_of(claim, names, graph.vocabulary) and getattr(claim, field) not in {None, *GENERIC}
    ]
    what, where = ("metric", "by") if field == "metric_id" else ("set", "on")
    if not claims:
        return None
    about = names_in_words(names, graph.vocabulary)
    papers = _papers_by_entry(claims, field)
    ranked = sorted(papers, key=lambda each: (-papers[each], each))
    listed = ", ".join(f"{name_of(each, graph.vocabulary)} ({papers[each]})" for each in ranked[:MOST])
    line = f"Claims on {about} are made {where} these {what}s (papers with such a claim): {listed}."
    first = [next(claim for claim in claims if getattr(claim, field) == each) for each in ranked[:SHOWN]]
    works = dict.fromkeys(claim.paper_id for claim in claims)
    line_of_counts = summary(line, [*ranked[:MOST], *(claim.id for claim in first)], graph, papers=list(works)[:8])
    return Response([line_of_counts, *claim_sentences(first, graph)])


def _papers_by_entry(claims: Iterable[Claim], field: str) -> Counter[str]:
    """Entry -> papers with a claim that names it."""
    pairs = {(getattr(claim, field), claim.paper_id) for claim in claims}
    return Counter(entry for entry, _ in pairs)


measured = Intent("measured", "by which metrics or on which sets a task is scored", UNDERSTOOD, _fits, _respond)
