"""What the caption and the notes of a table say of all of its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from biorxivist.claims.extract.labels import Average, Named, is_bounded
from biorxivist.claims.extract.names import find_mentions
from graph.records.base import Spread
from graph.vocabulary import Vocabulary

__all__ = ["Surroundings", "read_surroundings"]

PERCENT = re.compile(r"\(%\)|\[%\]|\bin (?:%|per ?cent)|\bpercentages?\b", re.IGNORECASE)
SPREADS: tuple[tuple[Spread, re.Pattern[str]], ...] = (
    ("sd", re.compile(r"\bstandard deviations?\b|(?:±|\+/-|and|,)\s?(?:SD|s\.d\.|std)\b", re.IGNORECASE)),
    ("se", re.compile(r"\bstandard errors?\b|(?:±|\+/-|and|,)\s?(?:SEM?|s\.e\.m?\.?)(?![\w])", re.IGNORECASE)),
    ("ci95", re.compile(r"\b95 ?% ?(?:confidence intervals?|CIs?)\b", re.IGNORECASE)),
)
RUNS = re.compile(
    r"\b(?:over|across|of|from|with) (?P<count>\d{1,3}|two|three|four|five|ten) (?:\w+ )?"
    r"(?:runs?|seeds?|repeats?|repetitions|replicates)\b",
    re.IGNORECASE,
)
WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
OF_LABELS = re.compile(r"\b(?:labels?|labell?ed|annotat\w+|training (?:data|set))\b", re.IGNORECASE)
OF_OTHERS = re.compile(
    r"\b(?i:taken|copied|quoted|obtained|reported|results|numbers|values|scores) (?:(?:directly|as|are|were) )*"
    r"(?:from|by|in) (?:the )?"
    r"(?:original|respective|previous|earlier|their|published|corresponding|\[\d|[A-Z][\w'’-]+ et al)",
)
MARKED = re.compile(r"(?P<mark>[*†‡§¶])\s*[^.*†‡§¶]{0,80}$")
"""The mark of a note, before what it says."""


AVERAGED = "(?P<{}>macro|micro|weighted)"
# "macro F1", "macro-averaged cell-type F1", "F1 (macro)", "F1 is macro-averaged"
OF_F1 = re.compile(
    rf"\b{AVERAGED.format('before')}(?:[- ]averaged?[- ](?:(?!and\b|or\b)[\w-]+ ){{0,2}}?|[- ])F1\b"
    rf"|\bF1(?:[- ]scores?)?(?: ?\(|[-_]| (?:is|are) ){AVERAGED.format('behind')}",
    re.IGNORECASE,
)
AVERAGES: dict[str, Average] = {"macro": "macro", "micro": "micro", "weighted": "weighted"}
# What a number is of that is no plain score of a model: a probe on it, a part of the data, a correlation.
OF_ELSE = re.compile(
    r"\bpseudo-?times?\b|\bprob(?:e|es|ed|ing)\b|\bcross-?valid\w*|\b(?:\d+|five|ten)-fold(?: CV)?\b|\bCV\b|"
    r"\b(?:within|across|leave-one-\w+|held-out) (?:tissue|batch|donor|organ|species|study|cohort)\w*|"
    r"\bpartial correlation|\bcorrelations? (?:of|between|with)\b",
    re.IGNORECASE,
)
# What makes of the numbers under "Accuracy" something else than what a model reached: ranks, differences, controls.
NO_SCORES = re.compile(
    r"\b(?:rank(?:s|ed|ing|ings)?|differences?|deltas?|p-?values?|shuffl\w+|permut\w+|(?<!quality )controls?|"
    r"train(?:ing)? (?:accuracy|scores?|performance)|on the training set|relative to|normali[sz]ed (?:to|by)|"
    r"batch labels?|of batches|random(?:ly)?[ -](?:initiali[sz]\w*|weights)|(?:without|no) pre-?training|"
    r"pre-?training (?:is |was )?omitted|untrained|(?:share|fraction|number|percentage) of|drops?|declines?|decreases?|"
    r"improvements?|gains? (?:over|of|in)|correlations? (?:of|between|with)|thresholds?|min-?max|(?:re)?scaled|"
    r"confidence limits?|similarity to|lower is better|attack\w*|validation fold|removed|best fold)\b|"
    r"^(?!.*(?:±|\bmean)).*\bstandard (?:deviations?|errors?)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[^\d\W][.;:!?]) +|(?<=\)[.;:]) +")
# A caption's sentence that finds something: a task that it speaks of is not said to be that of the cells.
FINDS = re.compile(
    r"\b(?:is|are|was|were|has|have|do|does|did|can|cannot|may|remain\w*|correlat\w+|depend\w*|outperform\w*|improv\w+|"
    r"increas\w+|decreas\w+|predict\w*|achiev\w+|show\w*|fail\w*|trad\w+|limit\w*|explain\w*)\b",
    re.IGNORECASE,
)
IN_TASK = re.compile(r"\b(?:in|for|on|of|during|to|by) (?:the |an? )?$", re.IGNORECASE)


@dataclass(frozen=True)
class Surroundings:
    """Names that caption and notes give to every cell, and how its numbers are to be read."""

    metric: Named | None = None
    dataset: Named | None = None
    task: Named | None = None
    regime: Named | None = None
    average: Average | None = None
    """How F1 is averaged over classes, if one way is said."""
    of_else: str | None = None
    """Words by which the numbers are of something else than a plain score."""
    no_scores: bool = False
    """Whether words stand there by which the numbers may be no scores: ranks, differences, controls."""
    percent: bool = False
    """Whether the numbers are said to be per cent."""
    spread: Spread | None = None
    """What stands behind a ±, if it is said."""
    runs: int | None = None
    """How many runs a number is the mean of, if it is said."""
    of_labels: bool = False
    """Whether labels are spoken of, so that a share in per cent is one of them."""
    cited_all: bool = False
    """Whether the numbers are said to be those of other papers."""
    cited_mark: str | None = None
    """The mark of those numbers that are, if only these are."""


def read_surroundings(caption: str, notes: str, vocabulary: Vocabulary) -> Surroundings:
    """Read the caption and the notes of a table.

    A metric, set, task or regime is taken only where the caption names one of its kind: of two, nobody knows which
    cell is whose.
    """
    text = f"{caption} {notes}"
    spreads = [name for name, pattern in SPREADS if pattern.search(text)]
    runs = {match["count"].lower() for match in RUNS.finditer(text)}
    (count,) = runs if len(runs) == 1 else (None,)
    others = OF_OTHERS.search(text)
    marked = MARKED.search(text, 0, others.start()) if others else None
    mark = marked["mark"] if marked else None
    averages = {(match["before"] or match["behind"]).lower() for match in OF_F1.finditer(text)}
    else_ = OF_ELSE.search(text)
    return Surroundings(
        **_names(caption, vocabulary),
        average=AVERAGES[averages.pop()] if len(averages) == 1 else None,
        of_else=else_.group() if else_ else None,
        no_scores=bool(NO_SCORES.search(text)),
        percent=bool(PERCENT.search(text)),
        spread=spreads[0] if len(spreads) == 1 else None,
        runs=(WORDS.get(count) or int(count)) if count else None,
        of_labels=bool(OF_LABELS.search(text)),
        cited_all=others is not None and mark is None,
        cited_mark=mark,
    )


def _names(caption: str, vocabulary: Vocabulary) -> dict[str, Named]:
    by_kind: dict[str, dict[str, Named]] = {}
    for mention in find_mentions(caption, vocabulary):
        if mention.kind == "metric" and not is_bounded(mention.text, mention.id, vocabulary):
            continue
        # a set that is in no entry counts as well: "on PBMC and hPancreas" is on two
        if mention.kind in {"metric", "dataset", "regime"} or (mention.kind == "task" and mention.id):
            if mention.kind == "task" and _is_found_of(caption, mention.start, mention.end):
                continue
            named = Named(mention.text, mention.id)
            by_kind.setdefault(mention.kind, {}).setdefault(mention.id or mention.text.casefold(), named)
    alone = {kind: next(iter(names.values())) for kind, names in by_kind.items() if len(names) == 1}
    return {kind: named for kind, named in alone.items() if named.id or kind != "dataset"}


def _is_found_of(caption: str, start: int, end: int) -> bool:
    """Whether a task is what a sentence says something of ("quality and size are related"), not that of the cells."""
    before = [match.end() for match in SENTENCE.finditer(caption, 0, start)]
    behind = SENTENCE.search(caption, end)
    sentence = caption[before[-1] if before else 0 : behind.start() if behind else len(caption)]
    return FINDS.search(sentence) is not None and IN_TASK.search(caption, 0, start) is None
