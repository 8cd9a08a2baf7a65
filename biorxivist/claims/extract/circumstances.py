"""What a sentence says that something was measured in: metrics, tasks, data sets and regimes, known or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.claims.extract.lexicon import alternatives, holds_any, listed, phrases, plain, stems, whole_names
from biorxivist.claims.extract.mention import Mention

__all__ = ["find_circumstances"]

AVERAGED = "(?:(?:macro|micro|weighted|balanced)[ -])?"
# "a macro F1 of 0.81", "balanced accuracy", "the held-out loss"
METRIC = whole_names(
    AVERAGED
    + phrases(
        # classification
        "F1(?:[ -]scores?)?",
        "accurac(?:y|ies)",
        "(?:precision|recall|hits?|NDCG|MRR|accuracy)@ ?\\d+",
        "precision",
        "recall",
        "(?<!drug )(?-i:sensitivity)",
        "specificity",
        "area under the (?:ROC |receiver[ -]operating[ -]characteristics? |precision[ -]recall )?curve",
        "AUC-?ROC",
        "ROC-AUC",
        "AUROCs?",
        "AUPRCs?",
        "AUCs?",
        # integration and clustering
        "AvgBIO",
        "AvgBatch",
        "ARI",
        "adjusted rand index",
        "NMI",
        "ASW",
        "iLISI",
        "cLISI",
        "LISI",
        "kBET",
        "silhouette(?: score)?s?",
        "mutual information",
        # distance, fit and loss
        "MSE",
        "RMSE",
        "MAE",
        "R2",
        r"R\^2",
        "perplexity",
        "Pearson(?: correlation)?(?: coefficient)?(?: delta)?",
        "Spearman(?: correlation)?",
        "correlation",
        "PCC",
        "C-index",
        "concordance index",
        "MCC",
        "Matthews correlation(?: coefficient)?",
        "Dice(?: score| coefficient)?",
        "(?:train(?:ing)?|held-out|validation|test|masked|reconstruction)? ?loss(?:es)?",
        "reconstruction error",
        # cost
        "inference (?:time|speed)",
        "speed",
        "runtime",
        "throughput",
        "memory(?: usage)?",
        "computational (?:costs?|gains?|complexity)",
        # qualities without a number of their own
        "robustness",
        "generali[sz]ation",
        "interpretability",
        "efficiency",
        "scalability",
    )
)
SCORE = re.compile(r"(?<=F1)[ -]scores?$", re.IGNORECASE)
"""What is no part of the name: "macro F1-score" is the macro F1."""
# Verbs that the name of a task does not reach over: "improves cell type annotation".
VERBS = phrases(
    r"improv\w+",
    r"enhanc\w+",
    r"boost\w*",
    r"outperform\w*",
    r"achiev\w+",
    r"perform\w*",
    r"enabl\w+",
    r"exceed\w*",
    r"surpass\w*",
    r"match\w*",
    r"reduc\w+",
    r"increas\w+",
)
TASK = whole_names(
    rf"(?<!['’])(?:(?!(?:{VERBS}|{plain(listed('task', 'outside'))})\b)(?!\d)[\w/-]+ ){{1,4}}"
    + plain(listed("task", "heads"))
    + r"(?! rates?\b)"
)
TASK_STEMS = stems(listed("task", "heads"))
GENERIC_TASK = re.compile(rf"(?:{plain(listed('task', 'generic'))} ?)+(?:tasks?|analysis)", re.IGNORECASE)
# Sets that go by a proper name: "on PBMC 10k", "on Tabula Sapiens", "on Norman 2019".
NAMED_SET = re.compile(
    r"(?<=on )(?-i:PBMCs?(?: ?\d+k)?|Zheng68K|Tabula \w+|[A-Z][a-z]+ \d{4})(?![\w-])",
    re.IGNORECASE,
)
# "on the myeloid data", "in the lung atlas"; but "on two external data sets", "for 12 sets", "in training data"
DATASET = re.compile(
    r"(?:(?<=on )|(?<=for )|(?<=in ))(?:the |an? )?"
    rf"(?P<name>(?:(?!(?:{plain(listed('dataset', 'outside'))}|\d+|\w*ing)\b)[\w/-]+ ){{1,3}})"
    r"(?:data ?sets?|data|sets?|(?P<atlas>atlas)|benchmarks?|corpus)\b",
    re.IGNORECASE,
)
# A set is called by a name with a capital or a digit, or by what the cells were taken from: "on the pancreas data"
SET_NAME = re.compile(rf"(?-i:[A-Z\d])|\b{plain(listed('dataset', 'from_where'))}\b", re.IGNORECASE)
# "on the PBMC and myeloid data", "in some data sets (PBMC, myeloid)": several sets, each of a name that a set may have
NAME_IN_LIST = rf"(?-i:[A-Z][\w-]*\d[\w-]*|PBMCs?|Tabula \w+)|\b{plain(listed('dataset', 'from_where'))}\b"
LISTED_SETS = re.compile(
    rf"(?:(?<=on )|(?<=for )|(?<=in )|(?<=\())(?:the |both )?(?P<names>(?:{NAME_IN_LIST})"
    rf"(?:(?:, (?:and )?| and (?:the )?)(?:{NAME_IN_LIST}))+)(?=(?: data(?: ?sets?)?| sets?)\b|\))",
    re.IGNORECASE,
)
# "on the Panglao validation set": a part of Panglao
SPLIT = re.compile(r"(?: (?:(?:pre-?)?train(?:ing)?|validation|test))+$", re.IGNORECASE)
TRAINED_ON = re.compile(r"\btrain(?:ed|ing)? (?:\w+ )?(?:on|in) $", re.IGNORECASE)
"""What a model was trained on is no set that it was tested on."""
DATASET_STEMS = ("data", "set", "atlas", "benchmark", "corpus")
# How a model was used -> the name of the regime.
REGIMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        # "in the zero-shot setting", "without further training"
        alternatives(
            "zero[ -]shot",
            r"without (?:any )?(?:[\w-]+ ){0,3}(?:fine-?tuning)",
            "without (?:any )?(?:further |additional |task-specific )?training",
        ),
        "zero_shot",
    ),
    (
        # "with few labels"
        alternatives(
            "few[ -]shot",
            "low[ -](?:data|supervision|label)",
            "limited (?:labels|labell?ed data)",
            "few labels",
        ),
        "few_shot",
    ),
    (
        # "when trained from scratch"
        alternatives(
            "from scratch",
            "trained from random",
            "random(?:ly)? initiali[sz]",
        ),
        "from_scratch",
    ),
    (
        # "after fine-tuning"
        alternatives(
            "(?:after|upon|when|full|by|with|following) fine-?tun",
            "fine-?tuned",
            "fine-?tuning",
        ),
        "fine_tuned",
    ),
)

REGIME_STEMS = ("shot", "scratch", "random", "tun", "without", "low", "limited", "few")
"""Parts of words of which each regime has one."""


def find_circumstances(text: str) -> Iterator[Mention]:
    """Yield metrics, tasks, data sets and regimes by the shape of their names."""
    for match in METRIC.finditer(text):
        start = match.end() - len(match.group().lstrip())
        name = SCORE.sub("", match.group().strip())
        yield Mention("metric", name, start, start + len(name))
    for match in TASK.finditer(text) if holds_any(text, TASK_STEMS) else ():
        if not GENERIC_TASK.fullmatch(match.group()):
            yield Mention("task", match.group(), match.start(), match.end())
    for match in DATASET.finditer(text) if holds_any(text, DATASET_STEMS) else ():
        if TRAINED_ON.search(text[: match.start()]):
            continue
        name = (
            text[match.start("name") : match.end("atlas")] if match["atlas"] else SPLIT.sub("", match["name"].strip())
        )
        if not match["atlas"] and not SET_NAME.search(name):
            continue  # "on a comprehensive benchmark"
        yield Mention("dataset", name, match.start("name"), match.start("name") + len(name))
    for match in LISTED_SETS.finditer(text):
        for each in re.finditer(NAME_IN_LIST, match["names"], re.IGNORECASE):
            start = match.start("names") + each.start()
            yield Mention("dataset", each.group(), start, start + len(each.group()))
    for match in NAMED_SET.finditer(text):
        yield Mention("dataset", match.group(), match.start(), match.end())
    for pattern, regime in REGIMES if holds_any(text, REGIME_STEMS) else ():
        for match in pattern.finditer(text):
            yield Mention("regime", regime, match.start(), match.end())
