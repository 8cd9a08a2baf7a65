"""Scores: of a model on a set, and the best of a set or task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, missing, name_of, names_in_words, speaks_of, summary
from biorxivist.answers.intents.facts import is_retrained, members_of
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.records import Claim, Metric

__all__ = ["best", "best_rows", "score", "score_sentence", "whole_rows"]

SCORE = (
    r"accurate\w*|scores?|scored|perform\w*|well|good|reach\w*|achiev\w*|get|gets|obtain\w*|attain\w*|result\w*|METRIC|metrics?|"
    r"how .* do|does MODEL do|do"
)
BEST = (
    r"best|top|leading|leads?|strongest|winner|wins|highest|should i use|recommend\w*|suited|suitable|"
    r"excels?|outperforms? all|good (?:at|for)|works? (?:best|well) (?:for|on|at)"
)
UNDERSTOOD = (
    rf"{COMMON}|{SCORE}|{BEST}|accurate|accurately|score|value|printed|choose|pick|suited|use|need|if|want|mean|"
    rf"dataset|good|works?|inferring|something|tool|tools"
)
MOST = 6
Row = dict[str, Any]


def _fits_score(question: Question) -> bool:
    if not question.of("model") or len(question.mentions("model")) > 1 or question.of("paper"):
        return False
    if question.has(
        r"better|worse|beat\w*|outperform\w*|than|versus|vs|scal\w+|saturat\w+|reproduc\w*|zeroshot|finetun\w*"
    ):
        return False
    return bool(question.of("dataset") and (question.has(SCORE) or question.of("task"))) or bool(question.of("metric"))


def _respond_score(question: Question, graph: Graph) -> Response | Refused | None:
    model, sets, metrics = question.of("model")[0], question.of("dataset"), question.of("metric")
    rows = [row for member in members_of(model, graph) for row in _rows(member, graph)]
    whole = [row for row in rows if not sets or _is_on(row["dataset"], sets, graph)]
    chosen = [row for row in whole if _fits_task(row, question, graph)]
    if metrics and any(row["metric"] in metrics for row in chosen):
        chosen = [row for row in chosen if row["metric"] in metrics]
    elif metrics:
        chosen = []
    claims = [
        claim
        for claim in graph.index.standing_claims()
        if claim.kind == "score" and claim.ablation is None
        and speaks_of(claim, [model], graph.vocabulary, role="subject")
        and (not sets or speaks_of(claim, sets, graph.vocabulary))
        and (not metrics or claim.metric_id in metrics)
        and (not question.of("task") or speaks_of(claim, question.of("task"), graph.vocabulary))
    ]  # fmt: skip
    if not chosen and not claims:
        return _no_score(question, rows, whole, graph)
    best_of = best_rows(chosen, graph)
    sentences = [score_sentence(row, graph) for row in best_of[:MOST]]
    sentences += claim_sentences(claims, graph, limit=MOST)
    first, *rest = sentences
    if len(best_of) > MOST:
        text = (
            f"{len(best_of) - MOST} more scores; `biorxivist graph query scores_of_model -p model={model}` lists them."
        )
        rest.append(summary(text, [best_of[MOST]["result"]], graph))
    return Response([first.model_copy(update={"part": "bottom_line"}), *rest])


def _rows(model_id: str, graph: Graph) -> list[Row]:
    return graph.run("scores_of_model", model=model_id, limit=2000)


def whole_rows(rows: Iterable[Row]) -> list[Row]:
    """Rows of whole models on whole training sets: no ablation, no share of the labels or of the corpus."""
    whole = list(rows)
    plain = [row for row in whole if row["ablation"] is None and row["regime"] != "from_scratch"]
    plain = [row for row in plain if row["train_fraction"] in (None, 1.0)] or plain
    return [row for row in plain if row["fraction"] in (None, 1.0)] or plain


def best_rows(rows: Iterable[Row], graph: Graph) -> list[Row]:
    """Of each model, set, metric and paper the best whole score; released models before those retrained."""
    best: dict[tuple[Any, ...], Row] = {}
    for row in whole_rows(rows):
        key = (row["model"], row["dataset"], row["metric"], row["regime"], row["source"])
        sign = 1 if _higher(row["metric"], graph) else -1
        if key not in best or sign * row["score"] > sign * best[key]["score"]:
            best[key] = row
    return sorted(
        best.values(), key=lambda row: (is_retrained(row["model"], graph), row["dataset"], row["metric"], -row["score"])
    )


def _higher(metric_id: str, graph: Graph) -> bool:
    metric = graph.vocabulary.get(metric_id)
    return not isinstance(metric, Metric) or metric.higher_is_better


def score_sentence(row: Row, graph: Graph) -> Sentence:
    """A printed score, with its interval, conditions and place."""
    vocabulary = graph.vocabulary
    text = f"{name_of(row['model'], vocabulary)} scores {row['score']:.3f} {name_of(row['metric'], vocabulary)}"
    if row["low"] is not None and row["high"] is not None:
        text += f" ({row['low']:.3f} to {row['high']:.3f})"
    text += f" on {name_of(row['dataset'], vocabulary)}"
    conditions = [name_of(row["task"], vocabulary).lower()]
    if row["regime"]:
        conditions.append(str(row["regime"]).replace("_", "-"))
    if row["train_fraction"] not in (None, 1.0):
        conditions.append(f"{row['train_fraction']:.0%} of the labels")
    if row["ablation"]:
        conditions.append(row["ablation"])
    where = f"; {row['location']}" if row["location"] else ""
    papers = (row["paper"],) if row["paper"] else ()
    return Sentence(
        text=f"{text}, {', '.join(conditions)}.",
        kind="result",
        sources=(row["result"],),
        results=(row["result"],),
        papers=papers,
        citation="; ".join(map(graph.index.cite, papers)) + where,
    )


def _is_on(dataset_id: str, sets: Iterable[str], graph: Graph) -> bool:
    return bool(set(sets) & set(graph.vocabulary.lineage(dataset_id)[:1])) or dataset_id in set(sets)


def _fits_task(row: Row, question: Question, graph: Graph) -> bool:
    tasks = set(question.of("task"))
    return not tasks or bool(tasks & set(graph.vocabulary.lineage(row["task"])))


def _no_score(question: Question, rows: Sequence[Row], whole: Sequence[Row], graph: Graph) -> Refused:
    vocabulary = graph.vocabulary
    model = names_in_words(question.of("model"), vocabulary)
    what = names_in_words(question.of("metric"), vocabulary, last="or") or "score"
    where = f" on {names_in_words(question.of('dataset'), vocabulary, last='or')}" if question.of("dataset") else ""
    near: list[str] = []
    if whole:
        near = sorted(
            {f"{name_of(row['metric'], vocabulary)} on {name_of(row['dataset'], vocabulary)}" for row in whole}
        )
    elif rows:
        near = sorted({f"{model} on {name_of(row['dataset'], vocabulary)}" for row in rows})
    elif question.of("dataset"):
        scored = graph.run("results_for_dataset", dataset=question.of("dataset")[0], limit=2000)
        near = sorted(
            {f"{name_of(row['model'], vocabulary)} on {name_of(row['dataset'], vocabulary)}" for row in scored}
        )
    return Refused(f"The graph holds no {what} of {model}{where}.", near[:8])


def _fits_best(question: Question) -> bool:
    if question.of("model") or question.of("paper"):
        return False
    return question.has(BEST) and bool(question.of("task") or question.of("dataset"))


def _respond_best(question: Question, graph: Graph) -> Response | Refused | None:
    tasks, sets = question.of("task"), question.of("dataset")
    sentences: list[Sentence] = []
    rows: list[Row] = []
    for each in sets:
        rows += [row for row in graph.run("best_on_set", dataset=each, limit=2000) if _fits_task(row, question, graph)]
    if metrics := question.of("metric"):
        rows = [row for row in rows if row["metric"] in metrics]
    claims = _winning(question, graph)
    if not rows and not claims:
        names = names_in_words((*tasks, *sets), graph.vocabulary)
        return Refused(f"No score and no claim in the graph says what is best for {names}.", _tested(graph))
    if rows:
        leaders = _leaders(rows, graph)
        of_leaders = [score_sentence(row, graph) for row in leaders[:MOST]]
        line = "By printed scores: " + "; ".join(
            f"{name_of(row['model'], graph.vocabulary)} leads on {name_of(row['dataset'], graph.vocabulary)} "
            f"({row['score']:.3f} {name_of(row['metric'], graph.vocabulary)})"
            for row in leaders[:3]
        )
        sentences += [summary(f"{line}.", [row["result"] for row in leaders[:3]], graph), *of_leaders]
    if claims:
        if not rows:
            sentences.append(_nobody_ranks(question, claims, graph))
        sentences += claim_sentences(claims, graph, limit=8)
        sentences += missing(claims, graph)
    return Response(sentences)


def _leaders(rows: Iterable[Row], graph: Graph) -> list[Row]:
    best_of: dict[tuple[str, str], Row] = {}
    for row in whole_rows(rows):
        key = (row["dataset"], row["metric"])
        sign = 1 if _higher(row["metric"], graph) else -1
        if key not in best_of or sign * row["score"] > sign * best_of[key]["score"]:
            best_of[key] = row
    return list(best_of.values())


def _winning(question: Question, graph: Graph) -> list[Claim]:
    """Claims that put somebody ahead on the task or set, and those that say nobody is."""
    winners = []
    wanted = (*question.of("task"), *question.of("dataset"))
    for task in question.of("task"):
        graph.run("claims_on_task", task=task, limit=1000)
    for claim in graph.index.standing_claims():
        if claim.kind != "comparison" or not speaks_of(claim, wanted, graph.vocabulary):
            continue
        winners.append(claim)
    order = {claim.id: place for place, claim in enumerate(graph.index.by_interest())}
    return sorted(winners, key=lambda claim: (_is_weak(claim), order[claim.id]))


def _is_weak(claim: Claim) -> bool:
    return claim.polarity == "negated" or claim.attribution == "cited" or claim.evidence_type != "author"


def _nobody_ranks(question: Question, claims: Sequence[Claim], graph: Graph) -> Sentence:
    ahead: dict[str, list[str]] = {}
    for claim in claims:
        if claim.direction == ">" and claim.polarity == "asserted":
            for name in claim.subject_ids:
                ahead.setdefault(name, []).append(claim.id)
        elif claim.direction == "<" and claim.polarity == "asserted":
            for name in claim.comparator_ids:
                ahead.setdefault(name, []).append(claim.id)
    by_count = sorted(ahead, key=lambda each: -len({graph.index.claims[claim].paper_id for claim in ahead[each]}))
    what = names_in_words((*question.of("task"), *question.of("dataset")), graph.vocabulary).lower()
    named = ", ".join(
        f"{name_of(each, graph.vocabulary)} ({len(ahead[each])} claim{'s' if len(ahead[each]) > 1 else ''})"
        for each in by_count[:6]
    )
    papers = dict.fromkeys(claim.paper_id for claim in claims)
    line = f"No single model is best for {what}: {len(papers)} papers put several ahead: {named}."
    return summary(line, [claim.id for claim in claims[:8]], graph, papers=list(papers)[:8])


def _tested(graph: Graph) -> list[str]:
    tasks: dict[str, int] = {}
    for claim in graph.index.standing_claims():
        if claim.task_id and claim.kind == "comparison":
            tasks[claim.task_id] = tasks.get(claim.task_id, 0) + 1
    return [name_of(each, graph.vocabulary) for each in sorted(tasks, key=lambda each: -tasks[each])[:6]]


score = Intent("score", "the score of a model, on a set or by a metric", UNDERSTOOD, _fits_score, _respond_score)
best = Intent("best", "which model is best for a task or on a set", UNDERSTOOD, _fits_best, _respond_best)
