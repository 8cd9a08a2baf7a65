"""Facts of models and sets: corpus, size, species, licence; from the vocabulary and from claims of size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph, cite_address, claim_sentences, name_of, names_in_words
from biorxivist.answers.intents.intent import COMMON, Intent, Refused, Response
from biorxivist.answers.question import Question
from graph.records import Claim, Dataset, Model

__all__ = ["FACTS", "facts", "in_words", "is_retrained", "known_facts", "members_of", "size_claims"]

TRAIN = r"(?:pre-?)?train\w*|learn\w*|saw|seen|fed|built|build|made"
SPELLED = {
    "self_supervised": "self-supervised", "weakly_supervised": "weakly supervised", "none": "not trained",
    "linear_reconstruction": "linear reconstruction", "metric_learning": "metric learning",
    "masked_contrastive": "masked and contrastive",
}  # fmt: skip
MOST_CLAIMS = 3


@dataclass(frozen=True)
class Fact:
    """A field, the words that ask for it and the phrase that tells it."""

    field: str
    cue: str
    """Pattern in the masked question."""
    phrase: str
    """``{}`` is the value."""
    unit: str = ""
    """Unit of the claims that state it, too."""


FACTS: tuple[Fact, ...] = (
    Fact("genes_per_cell", r"genes (?:per|of (?:a|one|each)|in (?:a|one|each)) cell|genes .*\b(?:at most|at once|read)"
         r"|context (?:length|size|window)|input length|sequence length|genes_per_cell", "reads at most {} genes of "
                                                                                         "a cell"),
    Fact("vocabulary_genes", r"(?:how many|number of|which) genes|gene vocabulary|vocabulary(?: size)?|genes",
         "knows {} genes"),
    Fact("frozen_parameters", r"frozen (?:parameters|weights)", "has {} frozen parameters", "frozen parameters"),
    Fact("parameters", r"parameters?|params|how (?:big|large|small)|model size|size of MODEL|MODEL size|weights does",
         "has {} trainable parameters", "parameters"),
    Fact("licence_weights", r"licence.*weights|weights.*licence|(?:open|free|commercial\w*)\b.*weights",
         "has its weights under {}"),
    Fact("licence_code", r"licence[sd]?|commercial\w*|open[- ]source", "has its code under {}"),
    Fact("licence_weights", r"licence[sd]?|commercial\w*", "has its weights under {}"),
    Fact("weights_url", r"download\w*|checkpoints?|where .*weights|weights .*(?:where|available|found|get)|url|link",
         "has its weights at {}"),
    Fact("species", r"species|organisms?|human|mouse|mice|animals?", "is trained on cells of {}"),
    Fact("objective", r"objectives?|pretraining task|loss function|trained (?:with|to|by)|goal",
         "is trained with a {} objective"),
    Fact("architecture", r"architectures?|network|backbone|neural", "is built as: {}"),
    Fact("supervision", r"supervis\w*|self-supervised|labels", "is {}"),
    Fact("input", r"inputs?|tokeni[sz]\w*|represent\w* (?:a )?cells?|encod\w*|tokens?", "is given a cell as: {}"),
    Fact("corpus_id", r"corp(?:us|ora)|(?:what|which) (?:\w+ )?(?:data(?:set)?s?|cells|atlas)|(?:data|cells|dataset|"
                      r"atlas) .*"
         r"(?:pre)?train\w*|(?:pre)?train\w* (?:data|set|cells|dataset|material|atlas)|what (?:was|is|were) MODEL "
         r"(?:pre)?trained (?:on|with)|(?:pre)?trained on what", "was pre-trained on {}"),
    Fact("corpus_cells", r"(?:how many|number of|amount of|count of) (?:\w+ )?cells|cells?\b.*\bhow many|corpus size|"
         r"size of (?:the |its )?(?:\w+ )?(?:corpus|dataset|data|training)|how (?:big|large) (?:is|was) (?:the "
         r")?(?:\w+ )?corpus|"
         r"how (?:big|large) .*(?:corpus|dataset)|how much (?:\w+ )?data|(?:pre)?training cells|MODEL (?:corpus|"
         r"dataset) size",
         "was pre-trained on {} cells", "cells"),
    Fact("year", r"what year|which year|^when|when (?:was|were|did)", "was first made public in {}"),
)  # fmt: skip
SET_FACTS: tuple[Fact, ...] = (
    Fact("genes", r"genes", "has {} genes"),
    Fact("species", r"species|organisms?|human|mouse|mice", "holds cells of {}"),
    Fact("tissue", r"tissues?|organs?|system", "comes from: {}"),
    Fact("license", r"licence[sd]?|commercial\w*", "is under {}"),
    Fact("parent_id", r"part of|belong\w*|collection|source", "is part of {}"),
    Fact("part_of", r"part of|inside|contained|included", "is contained in {}"),
    Fact("cells", r"cells?|how (?:big|large|small)|size|many", "holds {} cells", "cells"),
)  # fmt: skip
UNDERSTOOD = (
    rf"{COMMON}|{TRAIN}|corp(?:us|ora)|datasets?|atlas|amount|count|parameters?|params|big|large|small|size|sizes|genes?|"
    r"cover\w*|support\w*|span\w*|same|both|different|share\w*|open|vocabulary|context|length|window|input|inputs|sequence|most|once|read|reads|licen[cs]e[sd]?|commercial\w*|open-source|"
    r"weights?|frozen|trainable|download\w*|checkpoints?|url|link|species|organisms?|human|mouse|mice|animals?|"
    r"objectives?|loss|function|goal|architectures?|network|backbone|neural|supervis\w*|self-supervised|labels|tokeni\w*|"
    r"tokens?|represent\w*|encod\w*|expression|values?|ranks?|ranked|bins?|binned|year|appear\w*|tissues?|organs?|system|part|belong\w*|collection|source|inside|"
    r"contained|included|contain\w*|hold\w*|train\w*|free\w*|terms|code|comprise\w*|consist\w*|total|material|version|"
    r"released?|public|first|transformer|at|type|fit|fits|fed|given|see|include\w*|there"
)
SCORED = r"TASK|METRIC|better|worse|best|beat\w*|outperform\w*|saturat\w*|scal(?:e|es|ing)|help\w*|enough|need\w*"


def members_of(model_id: str, graph: Graph) -> tuple[str, ...]:
    """A model and its versions and sizes, those that were released before those that a study retrained."""
    vocabulary = graph.vocabulary
    variants = vocabulary.variants(model_id)
    return (model_id, *sorted(variants, key=lambda each: is_retrained(each, graph)))


def is_retrained(model_id: str, graph: Graph) -> bool:
    """Whether a study trained this size anew: nothing was released under its name."""
    model = graph.vocabulary.get(model_id)
    return (
        isinstance(model, Model)
        and model.variant_of is not None
        and not (model.weights_url or model.year or model.licence_weights)
    )


def value_in_words(field: str, value: object, graph: Graph) -> str:
    """The value of a fact for people."""
    if isinstance(value, tuple):
        return names_in_words(value, graph.vocabulary)
    if isinstance(value, bool) or not isinstance(value, int):
        word = SPELLED.get(str(value), str(value))
        if field == "corpus_id" and isinstance(corpus := graph.vocabulary.get(str(value)), Dataset) and corpus.cells:
            return f"{corpus.name} ({corpus.cells:,} cells)"
        return graph.vocabulary.with_names(word)
    return str(value) if field == "year" else in_words(value)


def in_words(value: int) -> str:
    """A count for people: with thousands, and in millions where it has more digits than anybody reads."""
    for size, word in ((1_000_000_000, "billion"), (1_000_000, "million")):
        if value >= size:
            return f"{value:,} ({value / size:.3g} {word})"
    return f"{value:,}"


def fact_sentences(entry_id: str, wanted: Sequence[Fact], graph: Graph) -> Iterator[Sentence]:
    """What is known of an entry and, where versions of a model differ, of each of those that were released."""
    for fact in wanted:
        stated: dict[str, list[str]] = {}
        for member in members_of(entry_id, graph) if entry_id.startswith("model:") else (entry_id,):
            entry = graph.vocabulary.get(member)
            if (value := getattr(entry, fact.field, None)) not in (None, (), ""):
                stated.setdefault(value_in_words(fact.field, value, graph), []).append(member)
        for value, members in sorted(stated.items(), key=lambda item: is_retrained(item[1][0], graph)):
            # what holds of the family holds of its versions
            listed = members[:1] if members[0] == entry_id else members
            if is_retrained(members[0], graph) and len(stated) > 1 and fact.field in {"species", "objective"}:
                continue
            entry = graph.vocabulary.get(listed[0])
            assert isinstance(entry, Model | Dataset)  # noqa: S101 - only they have these fields
            papers, citation = cite_address(entry, fact.field, graph)
            phrase = fact.phrase.format(value)
            plural = phrase.replace("is ", "are ", 1) if len(listed) > 1 and phrase.startswith("is ") else phrase
            for singular, many in (("was ", "were "), ("has ", "have "), ("reads ", "read "), ("knows ", "know ")):
                if len(listed) > 1 and plural.startswith(singular):
                    plural = many + plural.removeprefix(singular)
            yield Sentence(
                text=f"{names_in_words(listed, graph.vocabulary)} {plural}.",
                kind="fact",
                sources=tuple(listed),
                papers=papers,
                citation=citation,
            )


def size_claims(entry_id: str, unit: str, graph: Graph) -> list[Claim]:
    """Claims that state a size of an entry, those of its own paper first; corpora state the cells of their models."""
    vocabulary = graph.vocabulary
    names = {entry_id}
    sizes = [
        claim
        for claim in graph.index.standing_claims()
        if claim.kind == "scale_fact"
        and claim.unit == unit
        and set(claim.subject_ids) <= {*names, *vocabulary.variants(entry_id)}
        and claim.subject_ids
        and (entry_id.startswith("dataset:") or claim.task_id == "task:pretraining")
    ]
    return sorted(sizes, key=lambda claim: (claim.attribution == "cited", claim.evidence_type != "author", claim.id))


def _wanted(question: Question, kind: str) -> list[Fact]:
    table = FACTS if kind == "model" else SET_FACTS
    wanted = [fact for fact in table if question.has(fact.cue)]
    fields = {fact.field for fact in wanted}
    if "genes_per_cell" in fields:
        wanted = [fact for fact in wanted if fact.field not in {"vocabulary_genes", "corpus_cells"}]
    if fields & {"corpus_id", "corpus_cells"}:
        about_corpus = {"corpus_id", "corpus_cells", "species"}
        if not question.has(r"parameters?|params"):
            wanted = [fact for fact in wanted if fact.field != "parameters"]
        if not question.has("species|organisms?|human|mouse|mice"):
            about_corpus.discard("species")
        others = [fact for fact in wanted if fact.field not in about_corpus and fact.field in {"objective"}]
        wanted = [fact for fact in wanted if fact not in others]
        if "corpus_id" in fields and "corpus_cells" not in fields and question.has(r"cells|how many|how much"):
            wanted.append(next(fact for fact in FACTS if fact.field == "corpus_cells"))
    if "species" in fields and question.has("species|organisms?"):
        wanted = [fact for fact in wanted if fact.field not in {"corpus_id", "corpus_cells"}]
    if question.has("weights") and question.has("licence[sd]?"):
        wanted = [fact for fact in wanted if fact.field == "licence_weights"]
    if "frozen_parameters" in fields:
        wanted = [fact for fact in wanted if fact.field != "parameters"]
    seen: dict[str, Fact] = {}
    for fact in wanted:
        seen.setdefault(fact.field, fact)
    order = ["corpus_cells", "corpus_id"] if question.has("how many|number of|size|how much|how (?:big|large)") else []
    return sorted(seen.values(), key=lambda fact: order.index(fact.field) if fact.field in order else len(order))


def _fits(question: Question) -> bool:
    if question.has(SCORED) or question.of("paper"):
        return False
    kinds = [kind for kind in ("model", "dataset") if question.of(kind)]
    return (
        len(kinds) == 1
        and bool(_wanted(question, kinds[0]))
        and (
            not _is_yes_no(question)
            or question.has(r"open[- ]source|commercial\w*|licence[sd]?|same|both|weights|checkpoints?")
        )
    )


def _is_yes_no(question: Question) -> bool:
    return re.match(r"(?:is|was|were|are|does|do|did|has|have|can)\b(?! you\b)", question.masked) is not None and not (
        question.has("how many|which|what")
    )


def _respond(question: Question, graph: Graph) -> Response | Refused | None:
    kind = "model" if question.of("model") else "dataset"
    wanted = _wanted(question, kind)
    sentences: list[Sentence] = []
    for entry_id in question.of(kind):
        graph.run("facts_of_model" if kind == "model" else "facts_of_set", **{kind: entry_id})
        sentences += fact_sentences(entry_id, wanted, graph)
        for fact in wanted:
            if fact.unit:
                claims = size_claims(entry_id, fact.unit, graph)
                sentences += claim_sentences(claims[:MOST_CLAIMS], graph)
    if not sentences:
        what = " or ".join(dict.fromkeys(_in_words(fact.field) for fact in wanted))
        names = names_in_words(question.of(kind), graph.vocabulary)
        return Refused(f"No source in the graph states the {what} of {names}.", known_facts(question.of(kind), graph))
    first, *rest = sentences
    return Response([first.model_copy(update={"part": "bottom_line"}), *rest])


def _in_words(field: str) -> str:
    """A field of a record as running text has it: the licence of the weights."""
    name = field.removesuffix("_id").replace("_", " ")
    return re.sub(r"^licence (weights|code)$", r"licence of the \1", name)


def known_facts(ids: Iterable[str], graph: Graph) -> list[str]:
    """A line per entry with the first of its facts: what a refusal names instead."""
    from biorxivist.claims.facts import facts_of, in_words, word

    known = []
    for entry_id in ids:
        entry = graph.vocabulary.get(entry_id)
        if entry is not None:
            facts = [
                f"{word(fact.name)} {in_words(fact, graph.vocabulary)}"
                for fact in facts_of(entry)
                if fact.name not in {"role", "parent_id", "variant_of", "definition", "higher_is_better", "weights_url"}
            ][:4]
            known.append(f"{name_of(entry_id, graph.vocabulary)}: {', '.join(facts)}" if facts else entry.name)
    return known


facts = Intent(
    "facts",
    "facts of models or sets: corpus, cells, parameters, genes, species, objective, architecture, input, licence, year",
    UNDERSTOOD,
    _fits,
    _respond,
)
