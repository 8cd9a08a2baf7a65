"""Whether a fact is so: species, sizes, corpus, objective of a model, cells of a set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, claim_sentences, names_in_words, summary
from biorxivist.answers.intents.facts import FACTS, Fact, fact_sentences, is_retrained, members_of, size_claims
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.records import Dataset

__all__ = ["yes_no"]

ASKING = r"^(?:is|was|were|are|does|do|did|has|have|can)\b"
NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s*(thousand|million|billion|k|m|mn|b|bn)?\b", re.IGNORECASE)
SIZES = {
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "m": 10**6,
    "mn": 10**6,
    "billion": 10**9,
    "b": 10**9,
    "bn": 10**9,
}
SPECIES = {
    "human": "human", "humans": "human", "mouse": "mouse", "mice": "mouse", "murine": "mouse", "zebrafish": "zebrafish",
    "pig": "pig", "pigs": "pig", "chicken": "chicken", "macaque": "rhesus macaque", "fly": "fruit fly",
    "worm": "C. elegans",
    "yeast": "yeast", "rat": "rat", "rats": "rat", "plant": "plant", "plants": "plant", "monkey": "rhesus macaque",
}  # fmt: skip
OBJECTIVES = {
    "masked": "masked",
    "contrastive": "contrastive",
    "generative": "generative",
    "autoregressive": "generative",
    "reconstruction": "reconstruction",
}
BUILT = {
    "transformer": "transformer",
    "transformers": "transformer",
    "vae": "VAE",
    "mlp": "MLP",
    "linear": "linear",
    "autoencoder": "VAE",
}
LEARNED = {"supervised": "supervised", "self-supervised": "self_supervised", "unsupervised": "self_supervised"}
UNDERSTOOD = (
    rf"{COMMON}|(?:pre)?train\w*|learn\w*|cells?|parameters?|params|corpus|data|million|billion|thousand|m|k|bn|b|mn|\d[\d.,]*|"
    rf"{'|'.join((*SPECIES, *OBJECTIVES, *BUILT, *LEARNED))}|species|cover\w*|objective|architecture|network|model|"
    rf"include\w*|"
    r"contain\w*|hold\w*|about|around|roughly|approximately|more|than|over|least|support\w*|made|based|built|as|see|saw|cross|"
    r"corpora|tissue|size|used?|only|genes?"
)


def _fits(question: Question) -> bool:
    if not question.has(ASKING) or len(question.mentions("model")) > 1 or question.has("TASK|METRIC|PAPER|only"):
        return False
    if question.has("better|worse|more than one|help\\w*|saturat\\w*|scal\\w+|how many|which|what"):
        return False
    if question.of("model"):
        return bool(_tests(question)) or (
            bool(question.of("dataset")) and question.has(r"(?:pre)?train\w*|learn\w*|based|built|us\w+")
        )
    return bool(question.of("dataset")) and bool(_number(question)) and question.has("cells")


def _tests(question: Question) -> list[tuple[str, object]]:
    """Field and the value that the question supposes."""
    words = re.findall(r"[a-z-]+", question.masked)
    tests: list[tuple[str, object]] = []
    number = _number(question)
    if number is not None and question.has("parameters?|params"):
        tests.append(("parameters", number))
    elif number is not None and question.has("cells"):
        tests.append(("corpus_cells", number))
    tables: tuple[tuple[str, dict[str, str]], ...] = (
        ("species", SPECIES), ("objective", OBJECTIVES), ("architecture", BUILT), ("supervision", LEARNED),
    )  # fmt: skip
    for field, table in tables:
        tests += [(field, table[word]) for word in words if word in table][:1]
    return tests


def _number(question: Question) -> Decimal | None:
    text = question.text
    for name in sorted(question.names, key=lambda each: -each.start):
        text = text[: name.start] + text[name.end :]
    match = NUMBER.search(text)
    if match is None:
        return None
    return Decimal(match[1].replace(",", "")) * SIZES.get((match[2] or "").lower(), 1)


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    if not question.of("model"):
        return _size_of_set(question, graph)
    model = question.of("model")[0]
    graph.run("facts_of_model", model=model)
    if question.of("dataset"):
        return _trained_on(question, model, graph)
    (field, supposed), *others = _tests(question)
    if others and field in {"parameters", "corpus_cells"}:
        return None
    fact = next(each for each in FACTS if each.field == field)
    values = dict(_values(model, field, graph))
    if not values:
        return Refused(
            f"No source in the graph states the {field.replace('_', ' ')} of "
            f"{names_in_words([model], graph.vocabulary)}."
        )
    so = {member for member, value in values.items() if _is_so(value, supposed)}
    claims = size_claims(model, fact.unit, graph) if fact.unit else []
    so_claims = [claim for claim in claims if claim.value is not None and _is_so(int(claim.value), supposed)]
    reply = _reply(model, fact, values, so, claimed=bool(so_claims), graph=graph)
    return Response([reply, *fact_sentences(model, [fact], graph), *claim_sentences(claims[:3], graph)])


def _values(model: str, field: str, graph: Graph) -> Iterator[tuple[str, object]]:
    for member in members_of(model, graph):
        value = getattr(graph.vocabulary.get(member), field, None)
        if value not in (None, (), "") and (member == model or not is_retrained(member, graph)):
            yield member, value


def _is_so(value: object, supposed: object) -> bool:
    """Whether a value is the supposed one: a number to as many digits as were given."""
    if isinstance(value, tuple):
        return supposed in value
    if isinstance(supposed, Decimal) and isinstance(value, int):
        digits = max(len(supposed.normalize().as_tuple().digits), 2)
        return Decimal(f"{Decimal(value):.{digits - 1}e}") == Decimal(f"{supposed:.{digits - 1}e}")
    if supposed == "masked":
        return value in {"masked", "masked_contrastive"}
    if supposed == "contrastive":
        return value in {"contrastive", "masked_contrastive"}
    return value == supposed


def _reply(model: str, fact: Fact, values: dict[str, object], so: set[str], *, claimed: bool, graph: Graph) -> Sentence:
    """Yes, no or in part, with what the sources state."""
    names = names_in_words([model], graph.vocabulary)
    stated = "; ".join(
        each.text.rstrip(".") for each in fact_sentences(model, [fact], graph) if set(each.sources) & set(values)
    )
    if so == set(values) or model in so:
        text = f"Yes: {stated}."
    elif so:
        text = f"In part, for {names_in_words(sorted(so), graph.vocabulary)}: {stated}."
    elif claimed:
        text = f"A claim about {names} says so, and the facts in the graph give other numbers: {stated}."
    else:
        text = f"No, by the sources that the graph holds: {stated}."
    return summary(text, list(values), graph)


def _trained_on(question: Question, model: str, graph: Graph) -> Response | Refused | None:
    wanted = set(question.of("dataset"))
    values = dict(_values(model, "corpus_id", graph))
    if not values:
        return Refused(f"No source in the graph states the corpus of {names_in_words([model], graph.vocabulary)}.")
    vocabulary = graph.vocabulary
    so = set()
    for member, corpus in values.items():
        inside = {each.id for each in vocabulary if isinstance(each, Dataset) and str(corpus) in each.part_of}
        if wanted & {*vocabulary.lineage(str(corpus)), *inside}:
            so.add(member)
    if not so:
        # whether a set stands in a corpus is known only where a source says so
        text = (
            f"No source in the graph says that {names_in_words([model], vocabulary)} was trained on "
            f"{names_in_words(wanted, vocabulary)}."
        )
        fact = next(each for each in FACTS if each.field == "corpus_id")
        return Response([summary(text, list(values), graph), *fact_sentences(model, [fact], graph)])
    fact = next(each for each in FACTS if each.field == "corpus_id")
    return Response(
        [_reply(model, fact, values, so, claimed=False, graph=graph), *fact_sentences(model, [fact], graph)]
    )


def _size_of_set(question: Question, graph: Graph) -> Response | Refused | None:
    entry = graph.vocabulary.get(question.of("dataset")[0])
    supposed = _number(question)
    if not isinstance(entry, Dataset) or not entry.cells or supposed is None:
        return None
    graph.run("facts_of_set", dataset=entry.id)
    yes = _is_so(entry.cells, supposed) or (entry.used_cells is not None and _is_so(entry.used_cells, supposed))
    text = f"{'Yes' if yes else 'No'}: {entry.name} holds {entry.cells:,} cells"
    text += f", of which {entry.used_cells:,} were used." if entry.used_cells else "."
    return Response(
        [summary(text, [entry.id], graph), *claim_sentences(size_claims(entry.id, "cells", graph)[:3], graph)]
    )


yes_no = Intent(
    "yes_no", "whether a fact of a model or set is so: a size, species, objective, corpus", UNDERSTOOD, _fits, _respond
)
