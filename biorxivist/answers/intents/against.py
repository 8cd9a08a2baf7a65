"""Which of two models is better, on a set or task or at all: printed scores and claims of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, missing, name_of, speaks_of, summary
from biorxivist.answers.intents.facts import members_of
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.intents.scores import Row, best_rows, score_sentence
from biorxivist.answers.question import Question
from graph.records import Claim

__all__ = ["against"]

CUE = (
    r"better|worse|beat\w*|outperform\w*|vs|versus|against|compar\w*|than|surpass\w*|ahead|behind|superior|inferior|"
    r"win|wins|lose|loses|difference|or|exceed\w*|as good|match\w*|competitive|stack up|differ\w*|which|prefer\w*"
)
REVERSED = r"worse|inferior|lose|loses|behind|outperformed by|beaten by|surpassed by"
UNDERSTOOD = (
    rf"{COMMON}|{CUE}|good|well|best|stack|outperformed|beaten|by|more accurate|accurate\w*|terms|METRIC|even|really|"
    r"zeroshot|embeddings?|representations?|batch(?:es)?|finetun\w*|fewshot|labels|tuned|trained|pretrained|use|between|relative|equal\w*|same"
)
Side = Literal["first", "second", "equal", "not_first", "not_second"]
MOST = 5
TOO_WIDE = {"model:prior_methods", "model:scfm"}
"""Groups of which a claim says nothing about a member."""


def _fits(question: Question) -> bool:
    if len(question.of("model")) < 2 or question.of("paper"):
        return False
    return question.has(CUE) and not question.has(
        r"parameters|cells|saturat\w*|scal\w+|params?|parameter|disagree\w*|reproduc\w*|corpus"
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    first, second = question.of("model")[:2]
    graph.run("comparisons_of_model", model=first, limit=2000)
    sided = [
        (claim, side)
        for claim in graph.index.standing_claims()
        if (side := _side(claim, first, second, graph)) is not None
    ]
    groups = [pair for pair in _about_groups(first, second, graph) if _is_on(pair[0], question, graph)]
    narrow = [(claim, side) for claim, side in sided if _is_on(claim, question, graph)]
    rows = {each: _rows(each, question, graph) for each in (first, second)}
    shared = _shared(rows[first], rows[second])
    if not narrow and not shared:
        return _of_groups(question, groups, graph) if groups else _nothing(question, sided, graph)
    return _both_sides(question, first, second, narrow, shared, graph)


def _of_groups(question: Question, groups: Sequence[tuple[Claim, Side]], graph: Graph) -> Response:
    """Claims about groups that one of the two belongs to: no more than that."""
    first, second = (name_of(each, graph.vocabulary) for each in question.of("model")[:2])
    line = f"No source compares {first} with {second} by name. Claims about groups that they belong to:"
    claims = [claim for claim, _ in groups]
    sentences = [
        summary(line, [claim.id for claim in claims[:8]], graph, papers=[claim.paper_id for claim in claims[:8]])
    ]
    return Response([*sentences, *claim_sentences(claims, graph, limit=MOST)], partial="They are not compared by name.")


def _both_sides(
    question: Question,
    first: str,
    second: str,
    sided: Sequence[tuple[Claim, Side]],
    shared: Sequence[tuple[Row, Row]],
    graph: Graph,
) -> Response:
    names = name_of(first, graph.vocabulary), name_of(second, graph.vocabulary)
    ahead = [claim for claim, side in sided if side in ("first", "not_second")]
    behind = [claim for claim, side in sided if side in ("second", "not_first")]
    equal = [claim for claim, side in sided if side == "equal"]
    line = _line(question, names, sided, shared, graph)
    sources = [row["result"] for pair in shared[:2] for row in pair] + [claim.id for claim, _ in sided[:8]]
    papers = [claim.paper_id for claim, _ in sided] or [row["paper"] for pair in shared for row in pair if row["paper"]]
    sentences: list[Sentence] = [summary(line, sources, graph, papers=papers[:6])]
    for pair in shared[:2]:
        sentences += [score_sentence(row, graph) for row in pair]
    sentences += claim_sentences(ahead, graph, part="for", limit=MOST)
    sentences += claim_sentences(behind, graph, part="against", limit=MOST)
    sentences += claim_sentences(equal, graph, limit=MOST)
    sentences += missing([claim for claim, _ in sided], graph)
    return Response(sentences)


def _line(
    question: Question,
    names: tuple[str, str],
    sided: Sequence[tuple[Claim, Side]],
    shared: Sequence[tuple[Row, Row]],
    graph: Graph,
) -> str:
    """Yes, no or both sides, in numbers."""
    counts = {
        side: sum(each == side for _, each in sided) for side in ("first", "second", "equal", "not_first", "not_second")
    }
    phrases = {
        "first": f"put {names[0]} ahead", "second": f"put {names[1]} ahead", "equal": "call them equal",
        "not_first": f"do not see {names[0]} ahead", "not_second": f"do not see {names[1]} ahead",
    }  # fmt: skip
    counted = [f"claims that {phrases[side]}: {count}" for side, count in counts.items() if count]
    won = [_won(pair, graph) for pair in shared]
    signs = {"first": 1, "second": -1, "not_first": -1, "not_second": 1, "equal": 0}
    votes = [signs[side] for _, side in sided] + won
    where = f" on {names_of_sets(question, graph)}" if question.of("dataset") else ""
    scores = ""
    if shared:
        first, other = shared[0]
        metric = name_of(first["metric"], graph.vocabulary)
        scores = (
            f"the printed {metric} on {name_of(first['dataset'], graph.vocabulary)} is {first['score']:.3f} for "
            f"{name_of(first['model'], graph.vocabulary)} and {other['score']:.3f} for "
            f"{name_of(other['model'], graph.vocabulary)}"
        )
    body = "; ".join([*([scores] if scores else []), *counted])
    if votes and all(vote > 0 for vote in votes):
        verdict = f"{names[0]} is ahead of {names[1]}{where}"
        reply = "No" if question.has(REVERSED) else "Yes"
    elif votes and all(vote < 0 for vote in votes):
        verdict = f"{names[0]} is not ahead of {names[1]}{where}"
        reply = "Yes" if question.has(REVERSED) else "No"
    else:
        verdict, reply = f"The sources disagree about {names[0]} and {names[1]}{where}", ""
    is_yes_no = question.has(r"^(?:is|are|does|do|did|was|were|can|has|have)\b")
    lead = f"{reply}: {verdict}" if reply and is_yes_no else verdict
    return f"{lead} ({body})."


def names_of_sets(question: Question, graph: Graph) -> str:
    """The sets that a question names, in words."""
    return " or ".join(name_of(each, graph.vocabulary) for each in question.of("dataset"))


def _won(pair: tuple[Row, Row], graph: Graph) -> int:
    from graph.records import Metric

    metric = graph.vocabulary.get(pair[0]["metric"])
    sign = -1 if isinstance(metric, Metric) and not metric.higher_is_better else 1
    difference: float = sign * (pair[0]["score"] - pair[1]["score"])
    return (difference > 0) - (difference < 0)


def _side(claim: Claim, first: str, second: str, graph: Graph) -> Side | None:
    """Which of the two a comparison puts ahead."""
    if claim.kind != "comparison" or claim.direction not in (">", "<", "~"):
        return None
    vocabulary = graph.vocabulary
    if speaks_of(claim, [first], vocabulary, role="subject") and speaks_of(
        claim, [second], vocabulary, role="comparator"
    ):
        forward = True
    elif speaks_of(claim, [second], vocabulary, role="subject") and speaks_of(
        claim, [first], vocabulary, role="comparator"
    ):
        forward = False
    else:
        return None
    if claim.direction == "~":
        return "equal" if claim.polarity == "asserted" else None
    subject_ahead = claim.direction == ">"
    if claim.polarity == "negated":
        # "does not beat" says that it is not better; "is no worse" that the other is not better
        return (
            ("not_first" if forward else "not_second") if subject_ahead else ("not_second" if forward else "not_first")
        )
    return "first" if subject_ahead == forward else "second"


def _about_groups(first: str, second: str, graph: Graph) -> list[tuple[Claim, Side]]:
    """Claims about a group that one of the two belongs to, against the other itself."""
    sided: list[tuple[Claim, Side]] = []
    lines = [set(graph.vocabulary.lineage(each)[1:]) - TOO_WIDE for each in (first, second)]
    for claim in graph.index.standing_claims():
        if claim.kind != "comparison":
            continue
        for line, other in ((lines[0], {second}), (lines[1], {first})):
            sides = [set(claim.subject_ids), set(claim.comparator_ids)]
            if any(line & a and other & b for a, b in (sides, sides[::-1])):
                group_first = line is lines[0]
                stand_in = next(iter((line & (sides[0] | sides[1])) - other), None)
                if stand_in is None:
                    continue
                side = _side(claim, stand_in, second, graph) if group_first else _side(claim, first, stand_in, graph)
                if side is not None and all(claim.id != each.id for each, _ in sided):
                    sided.append((claim, side))
    return sided


def _is_on(claim: Claim, question: Question, graph: Graph) -> bool:
    wanted_sets, tasks, metrics = question.of("dataset"), question.of("task"), question.of("metric")
    if wanted_sets and not speaks_of(claim, wanted_sets, graph.vocabulary):
        return False
    if tasks and not (claim.task_id and set(tasks) & set(graph.vocabulary.lineage(claim.task_id))):
        return False
    if any(claim.regime not in (None, regime) for regime in question.regimes):
        return False
    return (
        not metrics
        or claim.metric_id is None
        or any(graph.vocabulary.same_family(claim.metric_id, each) for each in metrics)
    )


def _rows(model_id: str, question: Question, graph: Graph) -> list[Row]:
    rows = [row for each in members_of(model_id, graph) for row in graph.run("scores_of_model", model=each, limit=2000)]
    sets, tasks, metrics = question.of("dataset"), question.of("task"), question.of("metric")
    return [
        row for row in best_rows(rows, graph)
        if (not sets or row["dataset"] in sets) and (not metrics or row["metric"] in metrics)
        and (not tasks or set(tasks) & set(graph.vocabulary.lineage(row["task"])))
        and row["source"] == "published" and (not question.has("zeroshot") or row["regime"] == "zero_shot")
    ]  # fmt: skip


def _shared(first: Iterable[Row], second: Iterable[Row]) -> list[tuple[Row, Row]]:
    """Scores of both on the same set by the same metric in the same paper and evaluation."""

    def key(row: Row) -> tuple[object, ...]:
        return row["dataset"], row["metric"], row["paper"], row["evaluation"]

    others: dict[tuple[object, ...], Row] = {}
    for row in second:
        others.setdefault(key(row), row)
    pairs: dict[tuple[object, ...], tuple[Row, Row]] = {}
    for row in first:
        if key(row) in others:
            pairs.setdefault(key(row), (row, others[key(row)]))
    return list(pairs.values())


def _nothing(question: Question, sided: Sequence[tuple[Claim, Side]], graph: Graph) -> Refused | None:
    vocabulary = graph.vocabulary
    first, second = question.of("model")[:2]
    names = f"{name_of(first, vocabulary)} with {name_of(second, vocabulary)}"
    narrowed = [*question.of("dataset"), *question.of("task"), *question.of("metric")]
    where = f" on {' or '.join(name_of(each, vocabulary) for each in narrowed)}" if narrowed else ""
    if sided:
        elsewhere = dict.fromkeys(
            name_of(each, vocabulary) for claim, _ in sided for each in (claim.dataset_id or claim.task_id,) if each
        )
        near = [f"on {name}: {_first_on(name, sided, graph)}" for name in list(elsewhere)[:4]]
        return Refused(f"Nothing in the graph compares {names}{where}.", near)
    compared = [
        claim.statement
        for each in (first, second)
        for claim in graph.index.standing_claims()
        if claim.kind == "comparison" and speaks_of(claim, [each], vocabulary)
    ]
    return Refused(f"Nothing in the graph compares {names}{where}.", compared[:4])


def _first_on(name: str, sided: Sequence[tuple[Claim, Side]], graph: Graph) -> str:
    return next(
        f"{claim.statement} ({graph.index.who(claim)})"
        for claim, _ in sided
        if name_of(claim.dataset_id or claim.task_id or "", graph.vocabulary) == name
    )


against = Intent("against", "which of two models is better, at all or on a set or task", UNDERSTOOD, _fits, _respond)
