"""Clauses that say where performance stops rising, or that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from biorxivist.claims.extract.align import align
from biorxivist.claims.extract.change import NEGATED, is_aside
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.factors import find_factors
from biorxivist.claims.extract.lexicon import alternatives, holds_any, phrases, whole_words
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number
from biorxivist.claims.extract.scope import Setting, scope_of, subject_fields

__all__ = ["read_saturations"]

PLATEAU = alternatives(
    # "Accuracy plateaued at 1% of the corpus."
    r"\bplateau(?:s|ed|ing)?\b(?<!no plateau)",
    # "Accuracy saturated."; but "on saturated cohorts", "they saturate the context window"
    # nor "saturated perturbations"
    r"(?<![\w-])(?<!\bon )(?<!\bin )(?<!\bof )(?<!\bthe )"
    r"saturat(?:es?|ing(?! (?:performance|values?|levels?)\b)|ed(?! [a-z]+s\b(?<!\bas)))\b"
    r"(?! (?:the |a |our )?(?:[\w-]+ ){0,2}(?:windows?|memory|caches?|capacity|budgets?|regimes?|reactions?))",
    # "scVI reached its saturation point at 1%."
    r"\b(?:reach\w*|show\w*|hit\w*) (?:\w+ ){0,3}saturation(?: points?)?\b",
    r"\breach(?:es|ed)? (?:a|their|its|the) (?:plateau|ceiling|saturation)\b",
    # "Accuracy stopped improving."
    r"\bstop(?:s|ped)? (?:improving|getting better|rising|gaining|increasing)\b",
    # "Accuracy levelled off."
    r"\blevel(?:s|led|ed|ling)? off\b",
    r"\bdiminishing returns\b",
    # "Gains diminish beyond a million cells."
    r"\b(?:gains?|improvements?|benefits?|returns)\b[^.;,]{0,60}?\b(?:diminish(?:es|ed)?|taper(?:s|ed)?|vanish(?:es|ed)?)\b",
)
NO_PLATEAU = alternatives(
    # "without signs of a plateau", "did not saturate"
    r"\b(?:no|without|not|never|n't|yet to)\b(?:\W+\w+){0,4}?\W+"
    + phrases(r"plateau\w*", r"saturat\w+", "level(?:s|l?ed)? off", r"diminish\w*", "signs? of"),
    # "Accuracy keeps rising with more cells."
    r"\b(?:keeps?|kept|continu(?:es|ed|e) to) (?:improv|ris|increas|gain|scal|benefit)\w*",
)
PARTS = (
    "plateau",
    "saturat",
    "ceiling",
    "stop",
    "level",
    "diminish",
    "taper",
    "vanish",
    "sign",
    "keep",
    "kept",
    "continu",
)
"""Parts of words of which one of these has one."""
# "continues to improve up to the full corpus"
UP_TO_ALL = re.compile(r"\bup to the (?:full|whole|entire|largest) (?:corpus|data ?set|size|model)\b", re.IGNORECASE)
# "Many models do not gain beyond the saturation point": it takes for granted that there is one, and does not report it.
BEYOND = re.compile(r"\bbeyond (?:a |the |this |its )?(?:\w+ )?(?:saturation point|plateau)", re.IGNORECASE)
PERFORMANCE = whole_words(
    "performances?",
    "gains?",
    "improvements?",
    "benefits?",
    "scores?",
    "scaling",
    "returns",
    "curves?",
    "corpus",
    "data",
)
LANGUAGE = re.compile(r"language model|\bLLM", re.IGNORECASE)
FOR = re.compile(r"\b(?:for|in|of|with|by) (?:large )?$", re.IGNORECASE)
GOES_ON = re.compile(
    r"\s*(?:it|its|they|their|which|and|but|then|whose|this model|the model|without|with|\w+ing)\b", re.IGNORECASE
)
"""How a clause begins that goes on from a model that was named before."""
# "at 10% of the labels": a share of something else than the corpus
OF_LABELS = whole_words("labels?", "labell?ed", r"annotat\w+", "training set", "training data")
OF_LABELS_WITHIN = 25
"""Characters behind a share in which the text says what it is a share of."""


def read_saturations(content: Content) -> Iterator[Draft]:
    """Yield where performance stops rising (or that it does not), one draft a model; shares are aligned with models."""
    if not holds_any(content.text, PARTS):
        return
    goes_on, stops = NO_PLATEAU.search(content.text), PLATEAU.search(content.text)
    if not (goes_on or stops) or not _is_of_performance(content):
        return
    if BEYOND.search(content.text) and NEGATED.search(content.text):
        return
    named = (model for model in content.models if model.named)
    models = tuple(m for m in named if not (_is_foil(content, m) or is_aside(content, m))) or (
        content.subject if GOES_ON.match(content.text) else ()
    )
    if goes_on:
        if stops or find_factors(content.text) or UP_TO_ALL.search(content.text):
            yield _endless(content, next(iter(models), None))
    elif stops:
        yield from _plateaus(content, models)


def _is_of_performance(content: Content) -> bool:
    """Whether something is measured, varied or counted in the clause, so that it is performance that levels off."""
    return (
        bool(content.numbers)
        or bool(PERFORMANCE.search(content.text))
        or any(mention.kind in {"metric", "task"} for mention in content.mentions)
        or bool(find_factors(content.text))
        or any(mention.named for mention in content.models)
    )


def _is_foil(content: Content, model: Mention) -> bool:
    """Whether a model is one of another field that the sentence compares with: "as for large language models"."""
    return LANGUAGE.search(model.text) is not None and FOR.search(content.until(model.start)) is not None


def _endless(content: Content, model: Mention | None) -> Draft:
    first = scope_of(content.mentions).first
    setting = Setting(task=first.task, metric=first.metric)
    return Draft(kind="saturation", **subject_fields(model), direction="no_plateau", **setting.fields())


def _plateaus(content: Content, models: tuple[Mention, ...]) -> Iterator[Draft]:
    shares = [
        number
        for number in content.numbers
        if number.unit == "percent" and not OF_LABELS.search(content.since(number.end)[:OF_LABELS_WITHIN])
    ]
    aligned = align(content.text, models, shares)
    if aligned is None:
        return  # which share belongs to which model cannot be said
    pairs: Sequence[tuple[Mention | None, Number | None]] = aligned or [(model, None) for model in models or (None,)]
    for model, share in pairs:
        yield Draft(
            kind="saturation",
            **subject_fields(model),
            direction="plateau",
            fraction=share.value / 100 if share else None,
            bound=share.bound if share else None,
            **scope_of(content.mentions).first.fields(),
        )
