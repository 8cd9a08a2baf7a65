"""What a statement or question speaks of: known names, and what it claims, read as the claims of papers are.

The direction is that of `graph.records.Claim`: ``>`` better, ``<`` worse, ``~`` equal, ``+`` rises, ``-`` falls,
``0`` no effect, plateau, no_plateau. What is asked, hoped or recommended claims nothing, so that a statement is never
answered as if it had said the opposite.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.groups import resolve_model
from biorxivist.claims.extract.read import read_sentence
from graph.records import Claim, ClaimKind, Direction
from graph.vocabulary import Vocabulary
from graph.vocabulary.protocol import PRETRAINING

__all__ = ["Wording", "as_statement", "content_words", "read", "unknown_names"]

ASKING = re.compile(r"^\s*(?:does|do|did|is|are|was|were|can|could|will|would|has|have|should)\s+", re.IGNORECASE)
AXIS = {"cells": "cells", "training cells": "cells", "data": "cells", "parameters": "parameters"}
"""What was varied -> unit of a scaling claim."""
FROM_SCRATCH = re.compile(r"\b(?:trained )?from scratch\b", re.IGNORECASE)
NUMBERS = ("value", "low", "high")
TOKEN = re.compile(r"[A-Za-z][\w+-]*")
NAMELIKE = re.compile(r"^(?=.*[A-Z0-9])(?:.+[A-Z].*|.*[A-Za-z]+-?\d.*|[A-Z]{2,}\w*)$")
SHORT_ACRONYM = 4
"""Acronyms shorter than this are too many to know: RNA, PCA, T cell."""
COMMON_ACRONYMS = """
    rna dna mrna rna-seq scrna scrna-seq snrna-seq ai ml llm llms gpu cpu fm fms scfm scfms f1 knn auc k-nn doi api csv
    json usa uk eu covid covid-19 sars-cov-2 hiv
"""
STOP_WORDS = """
    a an and are as at be been best better by can claim claims did do does for from had has have how i if in into is it
    its many more most much my no not of on or our paper papers say says single-cell single cell models model should
    show so than that the their them there these they this those to us using was we were what when where which who why
    will with would you your
"""
COMMON = frozenset(COMMON_ACRONYMS.split())
STOP = frozenset(STOP_WORDS.split())


@dataclass(frozen=True)
class Wording:
    """What a sentence speaks of."""

    text: str
    """The sentence."""
    mentions: dict[str, str]
    """Vocabulary id -> the words that name it."""
    drafts: tuple[Draft, ...] = ()
    """What it claims, in the order of its words."""
    claims: tuple[Claim, ...] = ()
    """The same as claims of nobody, to compare with claims."""

    @property
    def terms(self) -> str:
        """The sentence in the words of claims: what is trained from scratch goes without pre-training."""
        return FROM_SCRATCH.sub("without pre-training", self.text)

    @property
    def first(self) -> Claim | None:
        """The first of its claims that has a direction."""
        return next((claim for claim in self.claims if claim.direction is not None), None)

    @property
    def direction(self) -> Direction | None:
        """The direction that it states, if a rule reads one."""
        return self.first.direction if self.first else None

    @property
    def polarity(self) -> Literal["asserted", "negated"]:
        """``negated`` if it denies that direction."""
        return self.first.polarity if self.first else "asserted"

    @property
    def kind(self) -> ClaimKind | None:
        """The kind of its first claim."""
        return self.claims[0].kind if self.claims else None

    def of(self, *kinds: str) -> tuple[str, ...]:
        """Ids of these kinds (model, dataset, task, metric) that the sentence names."""
        return tuple(name for name in self.mentions if name.partition(":")[0] in kinds)


def read(text: str, vocabulary: Vocabulary) -> Wording:
    """Read a sentence as the sentences of papers are read (`biorxivist.claims.extract`)."""
    mentions = _one_meaning(text, vocabulary.mentions(text))
    drafts = tuple(read_sentence(text, vocabulary))
    claims = tuple(claim for draft in drafts if (claim := _claim(text, draft, mentions, vocabulary)) is not None)
    return Wording(text, mentions, drafts, claims)


def as_statement(question: str) -> str:
    """A yes-no question as the statement that it asks about: "Does A beat B?" -> "A beat B"."""
    return ASKING.sub("", question.strip().rstrip("?").strip())


def _claim(text: str, draft: Draft, mentions: dict[str, str], vocabulary: Vocabulary) -> Claim | None:
    subject = draft.subject_id or (resolve_model(draft.subject, vocabulary) if draft.subject else None)
    comparator = draft.comparator_id or (resolve_model(draft.comparator, vocabulary) if draft.comparator else None)
    if (draft.subject and subject is None) or (draft.comparator and comparator is None):
        return None  # a name that nobody knows: what is said of it cannot be held against anything
    ids = dict(draft.ids)
    if ids.get("task") == PRETRAINING:  # "pre-training data" names what was varied, and no task that is scored
        del ids["task"]
    named = {kind: ids.get(kind) or _only(mentions, kind) for kind in ("task", "dataset", "metric")}
    kind: ClaimKind = "scaling" if draft.kind == "saturation" and draft.fraction is None else draft.kind
    if kind == "scale_fact":
        named["metric"] = "metric:count"
    return Claim(
        paper_id="key:statement",
        version_id="key:statementv1",
        statement=text,
        kind=kind,
        subject_ids=(subject,) if subject else (),
        comparator_ids=(comparator,) if comparator else (),
        task_id=named["task"],
        dataset_id=named["dataset"],
        metric_id=named["metric"],
        direction=draft.direction,
        polarity=draft.polarity,
        regime=draft.regime,
        fraction=draft.fraction,
        ablation=draft.ablation,
        factor=draft.factor,
        unit=AXIS.get(draft.factor or "cells", draft.factor) if kind == "scaling" else draft.unit,
        value=draft.value,
        low=draft.low,
        high=draft.high,
        source_url="statement",
        location="statement",
    )


def _only(mentions: dict[str, str], kind: str) -> str | None:
    """The first entry of a kind that the sentence names, for what the claim itself leaves open."""
    names = [name for name in mentions if name.startswith(f"{kind}:") and name != PRETRAINING]
    return names[0] if names else None


def _one_meaning(text: str, mentions: dict[str, str]) -> dict[str, str]:
    """Where a corpus and a model share a name (scTab), ``of``, ``on``, ``from``, ``in`` before it mean the corpus."""
    words = [words for name, words in mentions.items() if name.startswith("dataset:")]
    corpora = {name for name in words if re.search(rf"\b(?:of|on|from|in) (?:the )?{re.escape(name)}", text)}
    return {
        name: words
        for name, words in mentions.items()
        if not (name.startswith("model:") and words in corpora)
        and not (name.startswith("dataset:") and words not in corpora and words in _models(mentions))
    }


def _models(mentions: dict[str, str]) -> set[str]:
    return {words for name, words in mentions.items() if name.startswith("model:")}


def unknown_names(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Words that look like the name of a model, set or metric (scFoo, GPT-9) and are in no entry of the vocabulary."""
    known = {word.casefold() for words in vocabulary.mentions(text).values() for word in TOKEN.findall(words)}
    words = dict.fromkeys(TOKEN.findall(text))
    return tuple(
        word
        for word in words
        if NAMELIKE.match(word)
        and not (word.isupper() and len(word) < SHORT_ACRONYM)
        and word.casefold() not in COMMON | known
    )


def content_words(text: str) -> tuple[str, ...]:
    """Words that carry meaning, lower case, cut to a stem of at most seven letters."""
    words = (word.casefold() for word in re.findall(r"[A-Za-z][\w-]+", text))
    return tuple(dict.fromkeys(word[:7] for word in words if word not in STOP))
