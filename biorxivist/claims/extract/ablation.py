"""What was taken away from a model: "without gene2vec", "removing the attention module".

To add a part of models or of their training, put a line into ``COMPONENT``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.claims.extract.lexicon import alternatives, phrases

__all__ = ["find_ablations"]

TAKEN_AWAY = phrases(
    "removing", "removal of", "remov(?:e|ed)", "skipping", "omitting", "omission of", "ablating", "ablation of",
    "dropping", "leaving out", "excluding", "disabling", "without", "replacing", "freezing",
)  # fmt: skip
# Words that what is taken away does not reach over: "removing gene2vec lowered accuracy".
NO_PART = phrases(
    "and", "or", "from", "to", "in", "on", "by", "with", "still", "also",
    "is", "was", "are", "were", "has", "had", "can", "may", "did", "does",
    r"exhibit\w*", r"show\w*", r"perform\w*", r"achiev\w*", r"remain\w*", r"scor\w*", r"fall\w*", "fell", "led",
    "leads",
    "caused",
    r"lower(?:s|ed)", r"reduc\w*", r"decreas\w*", r"hurts?", r"harm\w*", r"degrad\w*", r"improv\w*", r"help\w*",
    "changed", "resulted", r"\w{3,}ly",
)  # fmt: skip
# "Without gene2vec, the accuracy of scBERT decreased."
ABLATION = re.compile(
    rf"(?<!variant )(?<!version )(?<!model )\b{TAKEN_AWAY}\s+(?:the |any |all |our |[\w-]+['’]s )?"
    rf"(?P<part>(?!{NO_PART}\b)[\w/-]+(?: (?!{NO_PART}\b|(?-i:[a-z]*[A-Z]\w*[A-Z]))[\w/-]+){{0,3}})",
    re.IGNORECASE,
)
# Where an ablation may begin: at the beginning, or "scBERT fell when removing gene2vec".
OPENING = re.compile(r"(?:,|\bthat|\bwhen|\bafter|\bby|\bof)\s*$")
# What parts of models and of their training are called: "the attention module", "gene2vec", "the MLM objective".
COMPONENT = alternatives(
    # training
    "pre-?train",
    "fine-?tun",
    "objective",
    "loss",
    "mask",
    "contrastive",
    "supervision",
    r"labels?\b",
    "regulari[sz]",
    "augmentation",
    # architecture
    "embedding",
    "module",
    "component",
    "attention",
    "encoder",
    "decoder",
    "layer",
    "head",
    "token",
    "positional",
    "weights",
    "backbone",
    "prompt",
    # knowledge and data
    "gene2vec",
    "normali[sz]ation",
    "graph",
    "prior",
    "batch",
    # a name with capitals inside: "ScaleBN"
    r"(?-i:[a-z]*[A-Z]\w*[A-Z0-9]\w*)",
)
# Beginnings of what is no part of a model, though it may hold the name of one: "without further fine-tuning".
NO_COMPONENT = alternatives(
    "further", "additional", "task", "any", "fine-?tun", "training", "train", "loss", "sacrific", "compromis", "need",
    "requir", "explicit", "prior", "access", "using", "relying",
)  # fmt: skip

PRETRAINING = re.compile("pre-?training(?: step| stage)?", re.IGNORECASE)


def find_ablations(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield each part that a clause says was taken away, with the words that say so."""
    for match in ABLATION.finditer(text):
        part = match["part"].strip()
        if _is_subject(text, match) and COMPONENT.search(part) and not NO_COMPONENT.match(part):
            yield "pre-training" if PRETRAINING.fullmatch(part) else part, match


def _is_subject(text: str, match: re.Match[str]) -> bool:
    """Whether taking something away is what the clause speaks of."""
    before = text[: match.start()]
    return not before.strip() or bool(OPENING.search(before)) or match.group().lower().startswith("without")
