"""Which models have a fact in common or the most of something, and how much the graph holds."""

from __future__ import annotations

import re
from collections.abc import Callable

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, cite_address, summary
from biorxivist.answers.intents.facts import in_words, is_retrained
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Told
from biorxivist.answers.intents.yes_no import BUILT, LEARNED, OBJECTIVES, SPECIES
from biorxivist.answers.question import Question
from graph.records import Claim, Model

__all__ = ["listing"]

MOST_OF = r"most|largest|biggest|highest|greatest|fewest|smallest|least|lowest"
LEAST_OF = r"fewest|smallest|least|lowest"
HELD = r"papers?|claims?|models?|datasets?|sets|verdicts?|corpora|studies|articles?"
UNDERSTOOD = (
    rf"{COMMON}|{MOST_OF}|{HELD}|(?:pre)?train\w*|parameters?|params|cells?|genes?|data|corpus|graph|here|database|included?|"
    rf"{'|'.join((*SPECIES, *OBJECTIVES, *BUILT, *LEARNED))}|species|objective|architecture|model|name|names|exist|"
    rf"available|"
    r"saw|seen|see|cover\w*|biggest|largest|contain\w*|hold\w*|stored?|learn\w*|ones|large"
)
SHOWN = 10
FIELDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("objective", OBJECTIVES), ("species", SPECIES), ("architecture", BUILT), ("supervision", LEARNED),
)  # fmt: skip


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
    if not question.has(r"(?:which|what|list|show|name|are there|any)\b.*"):
        return False
    by_size = question.has(MOST_OF) and question.has("parameters?|params|cells|data|corpus|model|models|genes")
    return by_size or (question.has("models?|ones|MODEL") and bool(_filters(question)))


def _filters(question: Question) -> list[tuple[str, str]]:
    words = re.findall(r"[a-z-]+", question.masked)
    filters = [(field, table[word]) for field, table in FIELDS for word in words if word in table]
    filters += [
        ("objective", each.removeprefix("model:").removesuffix("_models"))
        for each in question.of("model") if each.endswith("_models")
    ]  # fmt: skip
    return list(dict.fromkeys(filters))


def _tell(question: Question, graph: Graph) -> Told | Refused | None:
    if question.masked.startswith("how many"):
        return _held(question, graph)
    graph.run("models", limit=1000)
    models = [
        entry for entry in graph.vocabulary
        if isinstance(entry, Model) and entry.role in ("foundation", "method") and not is_retrained(entry.id, graph)
    ]  # fmt: skip
    filters = _filters(question)
    for field, value in filters:
        models = [entry for entry in models if _has(entry, field, value)]
    if question.has(MOST_OF):
        return _by_size(question, models, graph)
    if not models:
        return Refused("No source in the graph says so about any model.")
    what = ", ".join(value for _, value in filters)
    names = ", ".join(entry.name for entry in models)
    sentences = [summary(f"{len(models)} models ({what}): {names}.", [entry.id for entry in models], graph)]
    sentences += [_stated(entry, filters[0][0], what, graph) for entry in models[:SHOWN]]
    return Told(sentences)


def _has(entry: Model, field: str, value: str) -> bool:
    stated = getattr(entry, field)
    return value in stated if isinstance(stated, tuple) else stated is not None and value in str(stated)


def _stated(entry: Model, field: str, what: str, graph: Graph) -> Sentence:
    papers, citation = cite_address(entry, field, graph)
    return Sentence(
        text=f"{entry.name}: {field.replace('_', ' ')} {what}.", kind="fact", sources=(entry.id,), papers=papers,
        citation=citation,
    )  # fmt: skip


def _by_size(question: Question, models: list[Model], graph: Graph) -> Told | Refused:
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
    return Told([summary(text, [entry.id for entry in sized[:SHOWN]], graph), *sentences])


def _held(question: Question, graph: Graph) -> Told | Refused | None:
    index = graph.index
    what = re.match(r"how many (\w+)", question.masked)
    word = what[1] if what else ""
    if word in {"claims", "verdicts"}:
        claims: list[Claim] = list(index.claims.values())
        count, sources = (
            (len(claims), [each.id for each in claims[:8]])
            if word == "claims"
            else (len(index.evidence), list(index.evidence)[:8])
        )
    elif word in {"models", "datasets"}:
        ids = [entry.id for entry in index.vocabulary if entry.id.startswith(f"{word[:-1]}:")]
        count, sources = len(ids), ids[:8]
    else:
        word = "papers"
        count, sources = len(index.papers), list(index.papers)[:8]
    if not sources:
        return Refused(f"The graph holds no {word}.")
    return Told([summary(f"The graph holds {count:,} {word}.", sources, graph)])


listing = Intent(
    "listing", "models that have a fact in common or the most of something; how much the graph "
               "holds", UNDERSTOOD, _fits,
    _tell,
)  # fmt: skip
