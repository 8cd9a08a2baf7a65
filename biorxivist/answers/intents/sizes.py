"""Which of several models or corpora is larger."""

from __future__ import annotations

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, cite_address, name_of, names_in_words, summary
from biorxivist.answers.intents.facts import is_retrained, members_of
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.records import Dataset, Model

__all__ = ["sizes"]

LARGER = r"bigger|larger|more|most|biggest|largest|greater|exceeds?"
SMALLER = r"smaller|fewer|less|least|smallest|fewest"
SAME = r"same|equal|equally"
COUNTED = r"cells|data|corp(?:us|ora)|(?:pre)?train\w*"
UNDERSTOOD = (
    rf"{COMMON}|{LARGER}|{SMALLER}|{SAME}|{COUNTED}|parameters?|params|size|sizes|big|large|datasets?|model|trainable|as|"
    r"difference|contain\w*|hold\w*"
)


def _fits(question: Question) -> bool:
    kinds = [kind for kind in ("model", "dataset") if len(question.of(kind)) >= 2]
    compared = question.has(f"{LARGER}|{SMALLER}|{SAME}|size|sizes|compare")
    by_size = question.has(
        "bigger|larger|biggest|largest|smaller|smallest|parameters?|params|size|sizes|(?:more|fewer|less|most|fewest) "
        r"(?:\w+ )?(?:cells|data|parameters)|(?:pre)?trained on more|as (?:big|large) as"
    )
    return len(kinds) == 1 and compared and by_size and not question.has("better|worse|TASK|METRIC|PAPER|scor\\w+")


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    kind = "model" if len(question.of("model")) >= 2 else "dataset"
    ids = question.of(kind)
    by_cells = kind == "dataset" or (question.has(COUNTED) and not question.has(r"parameters?|params"))
    field, unit = (
        ("corpus_cells" if kind == "model" else "cells", "cells") if by_cells else ("parameters", "parameters")
    )
    for each in ids:
        graph.run("facts_of_model" if kind == "model" else "facts_of_set", **{kind: each})
    ranges = {each: _range(each, field, graph) for each in ids}
    unknown = [each for each in ids if not ranges[each]]
    sentences = [sentence for each in ids for sentence in _size_sentences(each, field, unit, graph)]
    if unknown or len(ids) < 2:
        names = names_in_words(unknown, graph.vocabulary)
        return Refused(f"No source in the graph states the {unit} of {names}.", [each.text for each in sentences])
    order = sorted(ids, key=lambda each: -max(ranges[each].values()))
    largest, second = order[0], order[1]
    apart = min(ranges[largest].values()) > max(ranges[second].values())
    measure = {each: _words(ranges[each], unit) for each in ids}
    if max(ranges[largest].values()) == max(ranges[second].values()) and not apart:
        line = (
            f"{name_of(largest, graph.vocabulary)} and {name_of(second, graph.vocabulary)} are equal: "
            f"{measure[largest]}"
        )
    elif apart:
        line = f"{name_of(largest, graph.vocabulary)} is larger: {measure[largest]} against "
        line += " and ".join(f"{measure[each]} of {name_of(each, graph.vocabulary)}" for each in order[1:])
    else:
        line = "It depends on the version: " + "; ".join(
            f"{name_of(each, graph.vocabulary)} {measure[each]}" for each in order
        )
    line = _yes_no(question, ids, ranges, apart=apart) + line
    return Response([summary(f"{line}.", [source for each in sentences for source in each.sources], graph), *sentences])


def _yes_no(question: Question, ids: tuple[str, ...], ranges: dict[str, dict[str, int]], *, apart: bool) -> str:
    """Yes or no, where two are compared in the order of the words."""
    if (
        len(ids) != 2
        or not apart
        or not question.masked.startswith(("is ", "are ", "was ", "were ", "does ", "did ", "has "))
    ):
        return ""
    first, second = (max(ranges[each].values()) for each in ids)
    if question.has(SMALLER):
        return "Yes. " if first < second else "No. "
    return ("Yes. " if first > second else "No. ") if question.has(LARGER) else ""


def _range(entry_id: str, field: str, graph: Graph) -> dict[str, int]:
    members = members_of(entry_id, graph) if entry_id.startswith("model:") else (entry_id,)
    values = {each: getattr(graph.vocabulary.get(each), field, None) for each in members}
    return {each: value for each, value in values.items() if value is not None and not is_retrained(each, graph)}


def _words(values: dict[str, int], unit: str) -> str:
    low, high = min(values.values()), max(values.values())
    return f"{low:,} {unit}" if low == high else f"{low:,} to {high:,} {unit}"


def _size_sentences(entry_id: str, field: str, unit: str, graph: Graph) -> list[Sentence]:
    sentences = []
    for member, value in _range(entry_id, field, graph).items():
        entry = graph.vocabulary.get(member)
        assert isinstance(entry, Model | Dataset)  # noqa: S101 - only they have these fields
        papers, citation = cite_address(entry, field, graph)
        verb = "was pre-trained on" if field == "corpus_cells" else "holds" if field == "cells" else "has"
        sentences.append(
            Sentence(
                text=f"{entry.name} {verb} {value:,} {unit}.",
                kind="fact",
                sources=(member,),
                papers=papers,
                citation=citation,
            )
        )
    return sentences


sizes = Intent(
    "sizes", "which of several models or corpora is larger, in parameters or cells", UNDERSTOOD, _fits, _respond
)
