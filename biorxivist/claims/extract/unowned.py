"""Sizes of nothing that has a name: those of a corpus or a model are stated, those of an experiment are not."""

from __future__ import annotations

import re

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.counted import ALWAYS
from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.numbers import Number

__all__ = ["is_of_experiment", "is_stated_alone"]

# "Current models are trained on up to 100 million cells": of many, none of them named
OF_MANY = re.compile(r"s$")
# "Models with more than 100 million parameters are costly"; but "we train models with 100 million parameters"
MANY = re.compile(
    r"\b(?:models|networks|transformers|architectures|LLMs|ones) "
    r"(?:with|of|having|exceeding|containing|beyond|above|over|below|under)"
    r"(?: [\w-]+){0,3} $",
    re.IGNORECASE,
)
OURS = re.compile(
    r"\bwe (?:\w+ )?(?:train|pre-?train|release|develop|introduce)\w*|\b(?:our|family|suite|series)\b", re.IGNORECASE
)
GATHERED = re.compile(
    r"\b(?:compris|contain|consist(?!en)|compil|collect|curat|assembl|aggregat|(?:pre-?)?train)\w*", re.IGNORECASE
)
"""What makes a size of a small number: "a corpus compiled from 24 tissues"; not "benchmarks spanning 19 tissues"."""
# "a corpus of 48 million cells", "representing 1.2 million cells"; not "in a data set of 500,000 cells, A was accurate"
CORPUS = alternatives(
    GATHERED.pattern,
    r"\b(?:span|cover|represent|encompass|harmoni[sz]|integrat|total|gather|construct|leverag|unif|learn)\w*",
    r"\b(?:built|build)\b",
    r"\b(?:corpus|corpora|resource|census|compendium|atlas(?:es)?|collection|repository|catalog(?:ue)?)\b",
    r"\b(?:present|introduc|releas|provid|generat|creat|scal)\w*\b[^.;]*\b(?:data ?sets?|data|collection|benchmark)\b",
)
# "With 43 million cells, ours is the largest corpus", "30 million cells were collected"
CORPUS_BEHIND = alternatives(
    r"\b(?:corpus|resource|census|compendium|atlas|collection)\b",
    # "Using 14 million cells of the lung, we built a model"
    r", we (?:\w+ )?(?:buil[td]|(?:pre-?)?train|develop|construct)",
    r"^[^,;.]{0,60}\b(?:were|was|are) (?:\w+ly )?(?:collect|compil|curat|assembl|aggregat|gather|"
    r"us\w+ (?:for|to) (?:pre-?)?train)",
)
# "validated on 250,000 cells", "labelling 764,741 cells", "a typical experiment profiles 10,000 cells"
EXPERIMENT = alternatives(
    r"\b(?:appl(?:y|ied|ying)|profil(?:e|ed|ing)\b|analy[sz]\w*|sequenc\w*|validat\w*|evaluat\w*|test(?:ed|ing)\b|label\w*|"
    r"annotat(?:e|es|ed|ing)\b|classif\w*|identif\w*|predict\w*|fine-?tun\w*|subsampl\w*|down-?sampl\w*|cluster\w*|"
    r"compar(?:ed|ing)|typical\w*|cohort|quer(?:y|ied)|cultur\w*)\b",
)
# "atlas reconstruction of over 11 million cells within 5 hours", "scales to a million cells": what a tool can do
CAN_DO = re.compile(
    r"\b(?:scal(?!\w* (?:up )?(?:the |our )?(?:pre-?)?(?:training )?(?:data|corpus))|process|load|read|handl|"
    r"reconstruct|simulat)\w*[^.;,]*$",
    re.IGNORECASE,
)
# "Most atlases contain fewer than 1 million cells"
ANY_ONE = re.compile(
    r"\s*(?:most|typical|many|each|every|current|existing|an? (?:typical|average)|the human (?:body|brain))\b",
    re.IGNORECASE,
)
# "The Human Cell Atlas aims to map all 37 trillion cells of the body"
AIMED_AT = re.compile(
    r"\b(?:aim|seek|plan|hope|intend|strive|attempt)(?:s|ed|ing)? to\b[^,;.]*$|\b(?:goal|ambition) of\b[^,;.]*$",
    re.IGNORECASE,
)
# "the AALL cohort comprising 1,309 patients": whom something was tried on
COHORT = re.compile(r"\bcohorts?\b", re.IGNORECASE)
# "We applied A to integrate 105,476 cells"
APPLIED_TO = re.compile(r"\bappl(?:y|ied|ying) (?:[\w-]+ ){1,4}to\b[^.;]*$", re.IGNORECASE)
FEWER = re.compile(r"\b(?:fewer than|less than|under|below|no more than) $", re.IGNORECASE)
LEFT = re.compile(
    r" (?:[\w-]+ )?(?:cells|nuclei) (?:\w+ )?(?:remain|were retained|pass|left|surviv|after (?:quality|filter|QC))",
    re.IGNORECASE,
)
OF_SAMPLES = frozenset(
    {
        "cells",
        "spots",
        "patches",
        "slides",
        "donors",
        "species",
        "tissues",
        "organs",
        "cell types",
        "cell lines",
        "datasets",
    }
)
OF_A_STUDY = frozenset({"methods", "models", "tasks"})
"""What a study has so many of: no size that somebody would ask for, unless something with a name has it."""
# "a batch size of 1,024 cells"
BATCH = re.compile(
    r"\b(?:batch(?:es)?|mini-?batch(?:es)?|windows?|chunks?|bags?|batch size|sets? size) of $", re.IGNORECASE
)
# "10,000 labelled cells": what something was fine-tuned or tried with
LABELLED = re.compile(r"\s*labell?ed\b", re.IGNORECASE)
# "a gain of 12 points, averaged over 21 data sets"
AVERAGED = re.compile(r"\baverag\w+ (?:over|across) (?:all |the |its )?$", re.IGNORECASE)
# "20 million more cells", "0.4 million parameters are updated", "inputs of up to 20,000 gene tokens"
DIFFERENCE = re.compile(r"\s*(?:more|fewer|additional|extra|less)\b", re.IGNORECASE)
UPDATED = re.compile(
    r"[^,;.]{0,30}\b(?:is|are|was|were) (?:\w+ly )?(?:updated|tuned|fine-?tuned|frozen|added|held out|withheld)\b",
    re.IGNORECASE,
)
# "LoRA adds 0.6 million parameters to A", "fine-tuned with 8 million trainable parameters"
ADDED = re.compile(
    r"\b(?:add|sav|remov|prun|discard|freez)(?:s|es|e|ed|ing)? (?:only |just |about |another |~ ?|\$?\\sim\$? ?)*$",
    re.IGNORECASE,
)
TUNED = re.compile(r"\b(?:fine-?tun\w*|LoRA|adapters?|PEFT|prompt)\b", re.IGNORECASE)
TRAINABLE = re.compile(r"\s*(?:trainable|tunable|learnable|additional|extra)\b", re.IGNORECASE)
# "integrated 3.7 million cells in 41 minutes"
TIMED = re.compile(
    r"[^,;.]{0,40}\b(?:in|within|under) (?:about |less than |under |only |just |around )*[~∼]? ?"
    r"[\d.]+ ?(?:s|min|h|seconds?|minutes?|hours?|days?)\b",
    re.IGNORECASE,
)
# "a 10-million-parameter baseline", "its 800-million-parameter teacher"
OF_OTHER = re.compile(
    r"[- ]?parameter (?:student|teacher|baseline|counterpart|competitor|alternative)s?\b", re.IGNORECASE
)
# "A at 3 billion and ESM-Q at 600 million parameters": of a name that is not known
NAMED_OTHER = re.compile(
    r"\b(?:and|but|while|whereas) (?:an? |the )?(?:[A-Z]|sc[A-Z])[\w.-]*(?: \w+)? (?:at|with|has|had|of|\()"
    r"(?: \w+){0,2} ?$"
)
CONTEXT = re.compile(r"\b(?:inputs?|contexts?|sequences?|windows?|lengths?)\b[^.;,]*$", re.IGNORECASE)
# "No foundation model has been trained on more than 200 million cells"
NONE = re.compile(r"\s*(?:so far, |to date, )?(?:no|none|few|hardly any)\b(?! less| fewer)", re.IGNORECASE)
CORPUS_SIZED = 1_000_000
"""From so many labelled cells on they are a corpus and no detail of an experiment."""


def is_of_experiment(content: Content, number: Number, unit: str) -> bool:
    """Whether a size is a detail of how something was trained or tried, whoever it stands beside."""
    before, behind = content.until(number.start), content.since(number.end)
    if unit == "parameters" and (ADDED.search(before) or (TUNED.search(before) and TRAINABLE.match(behind))):
        return True
    if BATCH.search(before) or AVERAGED.search(before) or NONE.match(content.text):
        return True
    if any(pattern.match(behind) for pattern in (DIFFERENCE, UPDATED, TIMED)):
        return True
    detail = LABELLED.match(behind) or (CONTEXT.search(before) if unit == "tokens" else None)
    return detail is not None and number.value < CORPUS_SIZED


def is_stated_alone(content: Content, number: Number, unit: str) -> bool:
    """Whether a size that no name goes with is that of a corpus or a model, and not of an experiment or of many."""
    before = content.until(number.start)
    if unit in OF_A_STUDY:
        return False
    if _is_of_many(content, number.start) or (FEWER.search(before) and unit in OF_SAMPLES):
        return False
    if OF_OTHER.match(content.since(number.end)) or NAMED_OTHER.search(before):
        return False
    if unit not in OF_SAMPLES:
        many = MANY.search(before)
        return not (many and not OURS.search(before)) and (unit in ALWAYS or GATHERED.search(before) is not None)
    if unit == "donors" and COHORT.search(before):
        return False
    if (
        AIMED_AT.search(before)
        or ANY_ONE.match(content.text)
        or CAN_DO.search(before)
        or APPLIED_TO.search(before)
        or LEFT.match(content.since(number.end))
    ):
        return False
    tried = _last(EXPERIMENT, before)
    if _last(CORPUS if unit in ALWAYS else GATHERED, before) > tried:
        return True
    return not tried and unit in ALWAYS and CORPUS_BEHIND.search(content.since(number.end)) is not None


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=0)


def _is_of_many(content: Content, place: int) -> bool:
    """Whether the clause speaks of a group of models before a size, and of no model that has a name."""
    spoken_of = [model for model in content.models if model.end <= place]
    return bool(spoken_of) and spoken_of[0].group and OF_MANY.search(spoken_of[0].text) is not None
