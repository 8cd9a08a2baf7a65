"""Which models have a fact in common or the most of something, and how much the graph holds."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, cite_address, summary
from biorxivist.answers.intents.facts import in_words, is_retrained, value_in_words
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.intents.yes_no import BUILT, LEARNED, OBJECTIVES, SIZES, SPECIES
from biorxivist.answers.question import Question
from graph.records import Model

__all__ = ["listing"]

MOST_OF = r"most|largest|biggest|highest|greatest|fewest|smallest|least|lowest"
LEAST_OF = r"fewest|smallest|least|lowest"
HELD = r"papers?|claims?|models?|datasets?|sets|verdicts?|corpora|studies|articles?"
OVER, UNDER = (
    r"more than|over|above|at least|larger than|bigger than",
    r"under|less than|fewer than|below|up to|smaller than",
)
UNDERSTOOD = (
    rf"{COMMON}|{MOST_OF}|{HELD}|(?:pre)?train\w*|parameters?|params|cells?|genes?|data|corpus|graph|here|database|included?|"
    rf"{'|'.join((*SPECIES, *OBJECTIVES, *BUILT, *LEARNED))}|species|objective|architecture|model|name|names|exist|"
    rf"available|"
    r"saw|seen|see|cover\w*|biggest|largest|contain\w*|hold\w*|stored?|learn\w*|ones|large|objectives?|language|"
    r"network|based|built|not|neither|well|by|licen[cs]ed?|permissive\w*|non-?commercial|commercial\w*|open|open-source|weights|source|come|code|mit|apache|bsd|gpl|"
    rf"{OVER}|{UNDER}|\d[\d,.]*|million|billion|besides|apart|architectures?|there|single-cell|use|with|rather|instead|opposed"
)
NOT = r"not|never|other than|except|without|besides|apart from"
SHOWN = 10
LICENCES: tuple[tuple[str, str, str, str], ...] = (
    (r"non-?commercial", "licence_weights", "non-commercial weights", r"(?i)NC\b|non-?commercial"),
    (r"permissive\w*|commercial\w*", "licence_weights", "weights under a permissive licence", r"^(?:MIT|Apache|BSD)"),
    (r"open[ -](?:source|weights?)|weights", "licence_weights", "weights under a licence that a source states", r"."),
)
"""Words that ask for a licence, the field that states it, the same in words, and the licences that are meant."""
CONTRAST = re.compile(r"\b(?:rather than|instead of|as opposed to) (?:\w+[ -])?[\w-]+")
BOUND = re.compile(
    rf"\b(?P<which>{OVER}|{UNDER}) (?P<number>\d[\d,.]*) ?(?P<size>thousand|million|billion|k|m|mn|bn|b)? "
    rf"(?P<unit>parameters?|params|cells)"
)
FIELDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("objective", OBJECTIVES), ("species", SPECIES), ("architecture", BUILT), ("supervision", LEARNED),
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """What models have in common: a field, what is asked of it in words, and whether a stated value has it."""

    field: str
    what: str
    holds: Callable[[Any], bool]


def _fits(question: Question) -> bool:
    if question.names and not all(
        (each.ids[0].startswith("model:") and each.ids[0].endswith("_models")) or each.ids == ("model:scfm",)
        for each in question.names
    ):
        return False
    if re.match(r"how many (?:papers|claims|models|datasets|verdicts|studies|articles)\b", question.masked):
        return question.has("graph|database|here|hold\\w*|contain\\w*|there|know|have|in total") and not _filters(
            question
        )
    if not question.has(rf"(?:which|what|list|show|name|are there|any)\b.*|^models?\b.*|^(?:the )?(?:{MOST_OF})"):
        return False
    by_size = question.has(MOST_OF) and question.has("parameters?|params|cells|data|corpus|model|models|genes")
    return by_size or (question.has("models?|ones|MODEL|architectures") and bool(_filters(question)))


def _filters(question: Question) -> list[Filter]:
    """What the models that are asked for have in common."""
    words = re.findall(r"[a-z-]+", CONTRAST.sub("", question.masked))
    filters = [
        Filter(field, value, _has(value)) for field, table in FIELDS for word in words if (value := table.get(word))
    ]
    filters += [
        Filter("objective", value, _has(value))
        for each in question.of("model") if each.endswith("_models")
        and (value := each.removeprefix("model:").removesuffix("_models"))
    ]  # fmt: skip
    for cue, field, what, pattern in LICENCES:
        if question.has(cue):
            filters.append(Filter(field, what, partial(_matches, pattern)))
            break
    if bound := BOUND.search(question.masked):
        field = "corpus_cells" if bound["unit"].startswith("cell") else "parameters"
        least = re.match(rf"(?:{OVER})", bound["which"]) is not None
        number = float(bound["number"].replace(",", "")) * SIZES.get(bound["size"] or "", 1)
        what = f"{'more' if least else 'fewer'} than {in_words(int(number))} {field.split('_')[-1]}"
        filters.append(Filter(field, what, partial(operator.lt if least else operator.gt, number)))
    return list({(each.field, each.what): each for each in filters}.values())


def _matches(pattern: str, stated: object) -> bool:
    return re.search(pattern, str(stated)) is not None


def _has(value: str) -> Callable[[Any], bool]:
    """Whether a model's field holds a value."""
    return lambda stated: value in stated if isinstance(stated, tuple) else value in str(stated)


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    if question.masked.startswith("how many"):
        return _held(question, graph)
    graph.run("models", limit=1000)
    models = [
        entry for entry in graph.vocabulary
        if isinstance(entry, Model) and entry.role in ("foundation", "method") and not is_retrained(entry.id, graph)
    ]  # fmt: skip
    filters, without = _filters(question), question.has(NOT)
    for each in filters:
        # what no source states is neither so nor not so
        models = [m for m in models if (stated := getattr(m, each.field)) and each.holds(stated) is not without]
    if question.has(MOST_OF):
        return _by_size(question, models, graph)
    if not models:
        return Refused("No source in the graph says so of a model.")
    what = ("not " if without else "") + ", ".join(each.what for each in filters)
    names = ", ".join(entry.name for entry in models)
    sentences = [summary(f"{len(models)} models ({what}): {names}.", [entry.id for entry in models], graph)]
    sentences += [_stated(entry, filters[0].field, graph) for entry in models[:SHOWN]]
    return Response(sentences)


def _stated(entry: Model, field: str, graph: Graph) -> Sentence:
    papers, citation = cite_address(entry, field, graph)
    value = value_in_words(field, getattr(entry, field), graph)
    return Sentence(
        text=f"{entry.name}: {field.replace('_', ' ')} {value}.", kind="fact", sources=(entry.id,), papers=papers,
        citation=citation,
    )  # fmt: skip


def _by_size(question: Question, models: list[Model], graph: Graph) -> Response | Refused:
    by_cells = question.has("cells|data|corpus") and not question.has("parameters?|params")
    field, unit = (
        ("corpus_cells", "cells")
        if by_cells
        else ("genes_per_cell", "genes of a cell")
        if question.has("genes")
        else ("parameters", "parameters")
    )
    sized = [entry for entry in models if getattr(entry, field)]
    if not sized:
        return Refused(f"No source in the graph states {unit} of such a model.")
    size: Callable[[Model], int] = lambda entry: int(getattr(entry, field))  # noqa: E731 - one key, two orders
    sized.sort(key=lambda entry: (size(entry) if question.has(LEAST_OF) else -size(entry), entry.id))
    first = sized[0]
    least = "fewest" if question.has(LEAST_OF) else "most"
    text = f"{first.name} has the {least} {unit} of the models whose number a source states: {in_words(size(first))}."
    sentences = []
    for entry in sized[:SHOWN]:
        papers, citation = cite_address(entry, field, graph)
        sentences.append(
            Sentence(
                text=f"{entry.name}: {in_words(size(entry))} {unit}.", kind="fact", sources=(entry.id,), papers=papers,
                citation=citation,
            )
        )  # fmt: skip
    return Response([summary(text, [entry.id for entry in sized[:SHOWN]], graph), *sentences])


def _held(question: Question, graph: Graph) -> Response | Refused | None:
    index = graph.index
    vocabulary = {
        kind: [entry.id for entry in index.vocabulary if entry.id.startswith(f"{kind[:-1]}:")]
        for kind in ("models", "datasets")
    }
    held = {"claims": list(index.claims), "verdicts": list(index.evidence), **vocabulary, "papers": list(index.papers)}
    kinds = [kind for kind in held if question.has(kind)] or ["papers"]
    counts = [f"{len(held[kind]):,} {kind}" for kind in kinds]
    sources = [each for kind in kinds for each in held[kind][:8]]
    if not sources:
        return Refused(f"The graph holds no {kinds[0]}.")
    return Response(
        [summary(f"The graph holds {', '.join(counts[:-1])}{' and ' * (len(counts) > 1)}{counts[-1]}.", sources, graph)]
    )


listing = Intent(
    "listing", "models that have a fact in common or the most of something; how much the graph "
               "holds", UNDERSTOOD, _fits,
    _respond,
)  # fmt: skip
