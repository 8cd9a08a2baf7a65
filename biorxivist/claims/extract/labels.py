"""The words of a heading or a row's name -> the model, metric, set, task or regime that they name, and nothing besides.

A label is understood whole or not at all: "scGPT (zero-shot)" is, "scGPT without pre-training" is not, because its
numbers are no scores of scGPT as such.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal

from biorxivist.claims.extract.lexicon import listed, plain
from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.unlisted import NAMELIKE, NOT_MODELS
from graph.records import Dataset, Passage
from graph.vocabulary import Vocabulary, fold

__all__ = ["Average", "Label", "Named", "Role", "averaged", "is_bounded", "named_sets", "read_label", "read_role"]

Role = Literal["model", "dataset", "metric", "task"]
Average = Literal["macro", "micro", "weighted"]
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
    r"(?:(?:macro|micro|weighted|mean|median|balanced|overall|average)[ _-])*"
    r"(?:F1(?:[ _-]scores?)?|accurac(?:y|ies)|precision|recall|AUROCs?|AUPRCs?|AUCs?|AvgBIO|AvgBatch|ARI|NMI|ASW|kBET|"
    r"R2|R\^2|(?:Pearson|Spearman)(?: correlation)?(?: coefficient)?|correlation|silhouette(?: score)?)",
    re.IGNORECASE,
)
"""Metrics whose values are fractions; of others no score is read, because 0.3 of them may be good or bad."""
SHARE = re.compile(
    r"(?P<share>\d+(?:\.\d+)?) ?%(?: (?:of )?(?:the )?"
    r"(?:labels?|labell?ed(?: data| cells)?|annotations?|training (?:data|set|labels)|data))?",
    re.IGNORECASE,
)
FROM_WHERE = plain((*listed("dataset", "from_where"), "renal", "simulated"))
ORIGIN = re.compile(rf"{FROM_WHERE}s?(?:[ _-]+{FROM_WHERE}s?)*", re.IGNORECASE)
"""Words that say only where cells were taken from: of which set, nobody knows."""
OF_ANY_SET = re.compile(rf"\b(?:{FROM_WHERE}s?|data|(?:data ?)?sets?|cells?|the|atlas)\b|[\W_]", re.IGNORECASE)
"""What the names of many sets hold: a name of nothing else marks none of them."""
AVERAGE = re.compile(r"(?P<average>macro|micro|weighted)(?:[ _-](?:avg\.?|averag(?:e|ed|ing)))?", re.IGNORECASE)
PLAIN = re.compile(r"(?:F1(?:[ _-]scores?)?|precision|recall)", re.IGNORECASE)
"""Metrics that are averaged over classes in one way or another."""
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
    average: Average | None = None
    """How metrics are averaged over classes, where a label says nothing else."""
    percent: bool = False
    """Whether it says that the numbers are per cent."""

    def kinds(self) -> frozenset[str]:
        """Names of the fields that it fills."""
        return frozenset(field.name for field in fields(self) if getattr(self, field.name))


def read_role(title: str) -> Role | None:
    """What a column names, by its title."""
    words = DECORATION.sub("", title).replace("_", " ").strip(" :")
    return next((role for role, names in ROLES if re.fullmatch(f"{names}(?: names?)?", words, re.IGNORECASE)), None)


def named_sets(passages: Iterable[Passage], vocabulary: Vocabulary) -> frozenset[str]:
    """Sets that a paper calls by a name that is theirs alone, among those that go by the name of a tissue, too."""
    names = {
        name: entry.id
        for entry in vocabulary
        if isinstance(entry, Dataset) and ORIGIN.fullmatch(entry.id.partition(":")[2])
        for name in (entry.name, *entry.aliases)
        if OF_ANY_SET.sub("", name)
    }
    if not names:
        return frozenset()
    spelled = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:{spelled})(?![\w-])", re.IGNORECASE)
    ids = {name.casefold(): entry_id for name, entry_id in names.items()}
    return frozenset(
        ids[found.casefold()]
        for passage in passages
        if passage.kind != "fact"
        for found in pattern.findall(passage.text)
    )


def averaged(metric: Named, average: Average, vocabulary: Vocabulary) -> Named | None:
    """A metric of a label with the average that is said elsewhere: F1 -> macro F1; None where the two differ."""
    if PLAIN.fullmatch(metric.text):
        name = f"{average} {metric.text}"
        bare = re.sub(r"[ _-]scores?$", "", name, flags=re.IGNORECASE)
        return Named(name, vocabulary.find("metric", bare))
    other = re.match(r"macro|micro|weighted", metric.text, re.IGNORECASE)
    return metric if other is None or other.group().lower() == average else None


def read_label(
    text: str, vocabulary: Vocabulary, role: Role | None = None, *, sets: Collection[str] = ()
) -> Label | None:
    """What a label names; None if any word of it is not understood.

    Parameters
    ----------
    role
        What the labels of its column name, where the title says it. A set or a task may then have any name, and an
        unknown name that looks like one is an unknown model.
    sets
        Sets that the paper calls by a name of their own; a mere tissue may then stand for one of them.
    """
    bare, percents = PERCENT.subn("", text) if not SHARE.search(text) else (text, 0)
    words = " ".join(DECORATION.sub(" ", bare).split())
    if len(words) > LONGEST:
        return None
    if not words or NEUTRAL.fullmatch(words):
        return Label(percent=bool(percents))
    if role is None and (average := AVERAGE.fullmatch(words)):
        return Label(average=_average(average["average"]), percent=bool(percents))
    named = _whole(words, vocabulary, role, sets) or _parts(words, vocabulary)
    if named is None and role in {"dataset", "task"} and any(map(str.isalpha, words)):
        named = {str(role): Named(words)}
    if named is None and role == "model" and NAMELIKE.fullmatch(words) and words not in NOT_MODELS:
        named = {"model": Named(words)}
    if named is None:
        return None
    said: dict[str, Any] = {**named, "percent": bool(percents)}
    return Label(**said)


def _average(word: str) -> Average:
    averages: dict[str, Average] = {"macro": "macro", "micro": "micro", "weighted": "weighted"}
    return averages[word.lower()]


def _whole(words: str, vocabulary: Vocabulary, role: Role | None, sets: Collection[str]) -> dict[str, Named] | None:
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
    if kind == "dataset" and entry_id not in sets and _is_mere_origin(words, entry_id, vocabulary):
        return {kind: Named(words)}
    return {kind: Named(words, entry_id)}


def _is_mere_origin(words: str, entry_id: str, vocabulary: Vocabulary) -> bool:
    """Whether "Liver" is no name of a set that somebody gave it, but only what its cells are of."""
    entry = vocabulary.get(entry_id)
    given = (entry.name, *entry.aliases) if isinstance(entry, Dataset) else ()
    return ORIGIN.fullmatch(words) is not None and fold(words) not in map(fold, given)


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
