"""The words of a heading or a row's name -> the model, metric, set, task or regime that they name, and nothing besides.

A label is understood whole or not at all: "scGPT (zero-shot)" is, "scGPT without pre-training" is not, because its
numbers are no scores of scGPT as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Literal

from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.unlisted import NAMELIKE, NOT_MODELS
from graph.vocabulary import Vocabulary

__all__ = ["Label", "Named", "Role", "is_bounded", "read_label", "read_role"]

Role = Literal["model", "dataset", "metric", "task"]
ROLES: tuple[tuple[Role, str], ...] = (
    ("model", r"(?:models?|methods?|approach(?:es)?|algorithms?|baselines?|tools?|embeddings?)"),
    ("dataset", r"(?:data ?sets?|data|benchmarks?|(?:test|evaluation) sets?|cohorts?|tissues?|stud(?:y|ies))"),
    ("metric", r"(?:metrics?|measures?|scores?)"),
    ("task", r"(?:downstream )?tasks?"),
)
PERCENT = re.compile(r"\(?\[?(?:in )?(?:%|per ?cent)\]?\)?", re.IGNORECASE)
DECORATION = re.compile(
    r"\[\d+(?:[,–-] ?\d+)*\]|\([A-Z][\w'’-]+ et al\.?,? \d{4}[a-z]?\)|[*†‡§¶#↑↓⬆⬇]|\((?:higher|lower) is better\)",
    re.IGNORECASE,
)
NEUTRAL = re.compile(r"scores?|values?|results?|means?|performance|classification (?:score|performance)", re.IGNORECASE)
"""Words that add nothing to a heading; "performance" is a family of metrics and no metric."""
FILLERS = re.compile(
    r"\b(?:on|in|for|of|the|by|and|models?|methods?|data ?sets?|data|scores?|ours|our|tasks?|test|setting)\b"
    r"|[\s,;:()\[\]/|–-]",
    re.IGNORECASE,
)
BOUNDED = re.compile(
    r"(?:(?:macro|micro|weighted|mean|median|balanced|overall|average)[ -])*"
    r"(?:F1(?:[ -]scores?)?|accurac(?:y|ies)|precision|recall|AUROCs?|AUPRCs?|AUCs?|AvgBIO|AvgBatch|ARI|NMI|ASW|kBET|"
    r"R2|R\^2|(?:Pearson|Spearman)(?: correlation)?(?: coefficient)?|correlation|silhouette(?: score)?)",
    re.IGNORECASE,
)
"""Metrics whose values are fractions; of others no score is read, because 0.3 of them may be good or bad."""
SHARE = re.compile(
    r"(?P<share>\d+(?:\.\d+)?) ?%(?: (?:of )?(?:the )?"
    r"(?:labels?|labell?ed(?: data| cells)?|annotations?|training (?:data|set|labels)|data))?",
    re.IGNORECASE,
)
FAMILIES = ("metric:performance", "metric:classification_score")
"""Entries that stand for many metrics, all of them fractions."""
LONGEST = 60


@dataclass(frozen=True)
class Named:
    """A name as it is printed, and its id in the vocabulary where it has one."""

    text: str
    id: str | None = None


@dataclass(frozen=True)
class Label:
    """What a label names."""

    model: Named | None = None
    metric: Named | None = None
    dataset: Named | None = None
    task: Named | None = None
    regime: Named | None = None
    share: Named | None = None
    """A share in per cent of something that the label may not say."""
    percent: bool = False
    """Whether it says that the numbers are per cent."""

    def kinds(self) -> frozenset[str]:
        """Names of the fields that it fills."""
        return frozenset(field.name for field in fields(self) if getattr(self, field.name))


def read_role(title: str) -> Role | None:
    """What a column names, by its title."""
    words = DECORATION.sub("", title).strip(" :")
    return next((role for role, names in ROLES if re.fullmatch(f"{names}(?: names?)?", words, re.IGNORECASE)), None)


def read_label(text: str, vocabulary: Vocabulary, role: Role | None = None) -> Label | None:
    """What a label names; None if any word of it is not understood.

    Parameters
    ----------
    role
        What the labels of its column name, where the title says it. A set or a task may then have any name, and an
        unknown name that looks like one is an unknown model.
    """
    bare, percents = PERCENT.subn("", text) if not SHARE.search(text) else (text, 0)
    words = " ".join(DECORATION.sub(" ", bare).split())
    if len(words) > LONGEST:
        return None
    if not words or NEUTRAL.fullmatch(words):
        return Label(percent=bool(percents))
    named = _whole(words, vocabulary, role) or _parts(words, vocabulary)
    if named is None and role in {"dataset", "task"} and any(map(str.isalpha, words)):
        named = {str(role): Named(words)}
    if named is None and role == "model" and NAMELIKE.fullmatch(words) and words not in NOT_MODELS:
        named = {"model": Named(words)}
    return Label(**named, percent=bool(percents)) if named else None


def _whole(words: str, vocabulary: Vocabulary, role: Role | None) -> dict[str, Named] | None:
    """The one entry of this name; a name of several kinds (scTab is a model and a corpus) needs a role."""
    kinds = (role,) if role else ("model", "dataset", "metric", "task")
    entries = {kind: entry_id for kind in kinds if (entry_id := vocabulary.find(kind, words))}
    if len(entries) != 1:
        return None
    ((kind, entry_id),) = entries.items()
    if kind == "model" and getattr(vocabulary.get(entry_id), "role", "") == "group":
        return None
    if kind == "metric" and not is_bounded(words, entry_id, vocabulary):
        return None
    return {kind: Named(words, entry_id)}


def _parts(words: str, vocabulary: Vocabulary) -> dict[str, Named] | None:
    """Names that together make up the label, each kind once."""
    if match := SHARE.fullmatch(words):
        return {"share": Named(match["share"])}
    if BOUNDED.fullmatch(words):
        return {"metric": Named(words, vocabulary.find("metric", words))}
    named: dict[str, Named] = {}
    rest = words
    for mention in find_mentions(words, vocabulary):
        known = mention.id is not None or mention.kind == "regime"
        if mention.kind == "metric":
            known = is_bounded(mention.text, mention.id, vocabulary)
        if not known or mention.group or mention.pronoun or mention.kind in named:
            return None
        named[mention.kind] = Named(mention.text, mention.id)
        rest = rest[: mention.start] + " " * (mention.end - mention.start) + rest[mention.end :]
    return named if named and not FILLERS.sub("", rest) else None


def is_bounded(words: str, entry_id: str | None, vocabulary: Vocabulary) -> bool:
    """Whether values of a metric are fractions: by its entry, else by its name."""
    if entry_id is None:
        return bool(BOUNDED.fullmatch(words))
    return entry_id not in FAMILIES and FAMILIES[0] in vocabulary.lineage(entry_id)
