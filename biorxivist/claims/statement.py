"""What a sentence speaks of: known names, a direction, what varies. Small explicit rules, no guess.

The direction is that of `graph.records.Claim`: ``>`` better, ``<`` worse, ``~`` equal, ``+`` rises, ``-`` falls,
``0`` no effect, plateau, no_plateau. A sentence that no rule reads has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from graph.records import Claim, ClaimKind, Direction
from graph.vocabulary import Vocabulary

__all__ = ["Wording", "content_words", "read", "unknown_names"]

NOT = r"(?:not|n't|never|no|fails? to|failed to|cannot|hardly|without)\b(?:\W+\w+){0,2}?\W+"
RULES: tuple[tuple[str, Direction], ...] = (
    (r"(?:no|not|never|without|n't)\b(?:\W+\w+){0,3}?\W+(?:plateau|saturat|level(?:s|led)? off)", "no_plateau"),
    (r"(?:keeps?|continues?) (?:to )?(?:ris|improv|scal|increas|gain|benefit|getting better)", "no_plateau"),
    (r"plateau|saturat|levels? off|levell?ed off|diminishing returns", "plateau"),
    (r"outperformed by|beaten by|worse than|under-?perform|inferior to|lower\b.{0,40}\bthan|fall short of", "<"),
    (r"no better than|(?:as good|as well) as|on par|comparable to|similar to|equal to|match(?:es)?\b", "~"),
    (r"outperform|better than|\bbeats?\b|superior to|surpass|exceed|higher\b.{0,40}\bthan", ">"),
    (NOT + r"(?:help|improv|increas|benefit|matter|chang|gain|affect|effect|difference|advantage)", "0"),
    (r"unaffected|makes no difference|irrelevant", "0"),
    (r"decreas|harm|hurt|degrad|reduc|drop|declin|worsen|lowers?\b", "-"),
    (r"improv|increas|\brises?\b|rising|help|benefit|gain|boost|scales? with|grows? with", "+"),
)
COMPARING = (">", "<", "~")
DATA = re.compile(
    r"\b(?:more|larger|bigger|fewer|less|size|scal\w*|data|cells|corpus|corpora|pre-?training|dataset size)\b", re.I
)
SIZE = re.compile(r"\b(?:parameters?|(?:model|larger|bigger) (?:size|models?)|bigger models?)\b", re.I)
PERCENT = re.compile(r"\b(\d{1,2}(?:\.\d+)?)\s?(?:%|per ?cent\b)")
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
    direction: Direction | None = None
    """The direction that it states, if a rule reads one."""
    polarity: Literal["asserted", "negated"] = "asserted"
    """``negated`` if the sentence denies that direction."""
    kind: ClaimKind | None = None
    """The kind of claim that it would be."""
    unit: str | None = None
    """What varies, for a scaling statement: cells or parameters."""
    fraction: float | None = None
    """The share that it names, 0-1."""
    subjects: tuple[str, ...] = ()
    """Models before the verb of a comparison; all of them otherwise."""
    comparators: tuple[str, ...] = ()
    """Models after the verb of a comparison."""

    def of(self, *kinds: str) -> tuple[str, ...]:
        """Ids of these kinds (model, dataset, task, metric) that the sentence names."""
        return tuple(name for name in self.mentions if name.partition(":")[0] in kinds)

    def claim(self) -> Claim | None:
        """The sentence as a claim of nobody, to compare with claims; None if no rule reads its direction."""
        if self.kind is None or self.direction is None:
            return None
        tasks = [task for task in self.of("task") if task != "task:pretraining"]
        datasets, metrics = self.of("dataset"), self.of("metric")
        return Claim(
            paper_id="key:statement",
            version_id="key:statementv1",
            statement=self.text,
            kind=self.kind,
            subject_ids=self.subjects,
            comparator_ids=self.comparators,
            task_id=tasks[0] if tasks else None,
            dataset_id=datasets[0] if datasets else None,
            metric_id=metrics[0] if metrics else None,
            direction=self.direction,
            polarity=self.polarity,
            fraction=self.fraction,
            unit=self.unit,
            source_url="statement",
            location="statement",
        )


def read(text: str, vocabulary: Vocabulary) -> Wording:
    """Read a sentence by the rules of this module."""
    mentions = _one_meaning(text, vocabulary.mentions(text))
    direction, polarity, verb = _direction(text)
    models = sorted((text.find(words), name) for name, words in mentions.items() if name.startswith("model:"))
    before = tuple(name for place, name in models if verb is None or place < verb)
    after = tuple(name for place, name in models if verb is not None and place >= verb)
    comparing = direction in COMPARING and bool(before) and bool(after)
    percent = PERCENT.search(text)
    size, data = bool(SIZE.search(text)), bool(DATA.search(text))
    kind: ClaimKind | None = None
    if comparing:
        kind = "comparison"
    elif direction == "plateau" and percent:
        kind = "saturation"
    elif direction is not None and (size or data):
        kind = "scaling"
    elif direction is not None:
        kind = "effect"
    return Wording(
        text=text,
        mentions=mentions,
        direction=direction,
        polarity=polarity,
        kind=kind,
        unit=("parameters" if size else "cells") if kind == "scaling" else None,
        fraction=float(percent[1]) / 100 if percent and kind == "saturation" else None,
        subjects=before if comparing else (*before, *after),
        comparators=after if comparing else (),
    )


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


def _direction(text: str) -> tuple[Direction | None, Literal["asserted", "negated"], int | None]:
    for pattern, direction in RULES:
        match = re.search(pattern, text, re.IGNORECASE)
        if match is None:
            continue
        denied = direction in COMPARING and re.search(NOT + "$", text[: match.start()], re.IGNORECASE)
        return direction, "negated" if denied else "asserted", match.start()
    return None, "asserted", None


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
