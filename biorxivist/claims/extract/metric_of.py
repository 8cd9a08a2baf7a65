"""Which metric a number is a value of: one right behind it, one that leads up to it, or one of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import phrases
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number
from biorxivist.claims.extract.scope import ANY_METRIC

__all__ = ["OTHER_FOLLOWS", "is_led_up_to", "listed_metrics", "metric_in_full", "metric_of"]

# What may stand between a metric and its number, or between two numbers of one metric, beside names of models, sets and
# tasks: "accuracy of A on B was only", "an ARI of 0.81 for A and".
FILLER = (
    r"(?>[\s,:=(~≈)]|-(?=scores?\b)|\bclose to\b|\b(?:"
    # articles, prepositions, conjunctions
    "the|an?|of|at|to|from|for|on|by|in|with|and|up|over|when|using|after|both|all|its|their|"
    "ahead|followed|then|exceeding|surpassing|outperforming|against|versus|vs\\.?|compared|while|whereas|that|"
    "respectively|only|just|about|around|nearly|approximately|"
    # what a number is
    "scores?|values?|coefficients?|average|mean|[ρρrτ]|"
    # where it was measured, and with what
    "data|data ?sets?|sets?|cells|across|genes|folds|seeds|donors|models?|baselines?|cross-validation|zero-shot|"
    # verbs
    r"was|is|were|are|had|has|(?:reach|achiev|attain|increas|improv|decreas)\w*|r[io]se|rose|f[ae]ll|drop(?:s|ped)?|"
    r"\w+ly)(?![\w-]))*+"
)
LEADS = re.compile(FILLER, re.IGNORECASE)
CITATION = re.compile(r"\[\d[\d,;–\s-]*\]")
# "with 62.5% direction accuracy", "a 91.3% WBC classification accuracy": the metric behind, whatever it is called
QUALIFIED = re.compile(
    r"\s?\\?%?\s(?:(?!(?:and|or|of|for|on|in|with|at|by|to|as|while|versus|vs|respectively|when|after)\b)"
    r"[A-Za-z][\w-]* ){1,2}"
)
ASIDE = re.compile(r"\s*\([+\-−±]\s?[\d.]+\s?%?\)")
AVERAGE = re.compile(r"\s?(?:average|mean|median|overall|top-1|test) ")
# Words before a metric that leave it what it is; others make another metric of it: "steering accuracy"
KEEPS_METRIC = re.compile(
    phrases(
        # small words
        "an?", "the", "of", "in", "by", "with", "on", "to", "at", "for", "from", "than", "and", "or", "its", "their",
        "near",
        "both", "as", "had", "has", "is", "was", "attains", "obtains", "yields", "shows", "reports", "scores", "gets",
        # how it is averaged, and over what
        "overall", "mean", "average", "median", "balanced", "macro", "micro", "weighted", "total", "test", "validation",
        "held-out", "cross-validated", "final", "zero-shot",
        # how good it is
        "maximum", "best", "high(?:er|est)?", "low(?:er|est)?", "similar", "comparable", "better", "good",
        "strong(?:er|est)?", "moderate", "competitive", "excellent", "perfect", "near-perfect", "impressive",
        "remarkable", "state-of-the-art", "superior", "improved", "robust", "exceptional", "outstanding", "solid",
        "consistent", "stable", "satisfactory", "promising", "notable", "substantial", "respectable",
        # tasks and verbs
        "classification", "annotation", "prediction", "predictive", r"\w*(?:ed|es|ing|ly)",
    ),
    re.IGNORECASE,
)  # fmt: skip
ACCURACIES = re.compile("accurac(?:y|ies)", re.IGNORECASE)
OTHER_METRIC = re.compile(r"(?:steering|masking|ranking|matching|clustering|embedding|imputing)", re.IGNORECASE)
CHANGED = re.compile(
    r" (?:loss(?:es)?|degradation|decline|penalty|deficit|improvements?|gains?|increases?|reductions?|drops?|boosts?|"
    r"advantages?|differences?|decreases?)\b",
    re.IGNORECASE,
)
OTHER_FOLLOWS = re.compile(
    r" ?%?\s+(?:in )?(?:(?:macro|micro|weighted|mean|median)\b|[A-Z]{2,}[\w-]*)|\s+in [A-Z]|"
    r" ?%?\s+(?:[\w-]+ ){0,2}(?:rates?|ratio|index|similarity|overlap|coverage|FLOPs)\b"
)
"""A metric behind a number that is not known: "0.996 macro AUC-ROC", "0.28 in Acc"."""
# "accuracy and mean AUC", and the numbers behind such a list
BETWEEN_METRICS = re.compile(r"(?: scores?| values?)?(?:,? and |, )(?:the |a |an |mean |average )*", re.IGNORECASE)
BETWEEN_NUMBERS = re.compile(r"\s?%?(?:,? and |, )(?:of )?", re.IGNORECASE)
OWN_NUMBER = re.compile(r"(?: of| was| is|:| =|=)? ?")
LIST = 2
"""Metrics, or numbers, that make a list."""
BESIDE = 4
"""Characters behind a number in which its metric begins: "0.81 accuracy"."""


def metric_of(content: Content, number: Number, metrics: Sequence[Mention]) -> Mention | None:
    """The metric that stands right behind a number, or that leads up to it."""
    aside = ASIDE.match(content.since(number.end))  # "80.3% (+11.1%) F1"
    end = number.end + (aside.end() if aside else 0)
    behind = content.since(end)
    following = next(
        (
            m
            for m in metrics
            if 0 <= m.start - end < BESIDE or (m.start > end and AVERAGE.fullmatch(behind[: m.start - end]))
        ),
        None,
    )
    if following and CHANGED.match(content.since(following.end)):
        return None  # "a 2.6% accuracy gain"
    if following and "," in content.since(number.end)[: following.start - number.end]:
        following = None  # "MCC 0.7, F1 0.9"
    if following and content.until(following.start).endswith("(") and _has_a_number(content, following):
        following = None  # "an AUC of 0.95 (sensitivity 94%)"
    if following is None and OTHER_FOLLOWS.match(content.since(number.end)):
        return None
    if following is None and any(m.start > end and QUALIFIED.fullmatch(behind[: m.start - end]) for m in metrics):
        return None
    leading = next((m for m in reversed(metrics) if m.end <= number.start), None)
    if following or leading is None:
        return following
    return leading if is_led_up_to(content, leading.end, number.start, metrics) else None


def _has_a_number(content: Content, metric: Mention) -> bool:
    """Whether a number of its own stands right behind a metric."""
    return any(OWN_NUMBER.fullmatch(content.since(metric.end)[: n.start - metric.end]) for n in content.numbers)


def listed_metrics(content: Content, metrics: Sequence[Mention]) -> dict[int, Mention | None]:
    """The metrics of a list of numbers behind a list of metrics: "accuracy and AUC are 0.94 and 0.98".

    None for each number where the lists are not of one length: which is of which is not said.
    """
    named = _coordinated(content, metrics)
    numbers = [number for number in content.numbers if named and number.start >= named[-1].end]
    if len(named) < LIST or not numbers or not is_led_up_to(content, named[-1].end, numbers[0].start, metrics):
        return {}
    run = numbers[:1]
    for number in numbers[1:]:
        if not BETWEEN_NUMBERS.fullmatch(content.since(run[-1].end)[: number.start - run[-1].end]):
            break
        run.append(number)
    if len(run) < LIST:
        return {}
    of: Sequence[Mention | None] = named if len(run) == len(named) else [None] * len(run)
    return {number.start: metric for number, metric in zip(run, of, strict=True)}


def _coordinated(content: Content, metrics: Sequence[Mention]) -> list[Mention]:
    """The first list of metrics that nothing but commas and conjunctions stands between; empty if there is none."""
    for first in range(len(metrics) - 1):
        named = [metrics[first]]
        for metric in metrics[first + 1 :]:
            if not BETWEEN_METRICS.fullmatch(content.since(named[-1].end)[: metric.start - named[-1].end]):
                break
            named.append(metric)
        if len(named) >= LIST:
            return named
    return []


def is_led_up_to(content: Content, start: int, end: int, metrics: Sequence[Mention]) -> bool:
    """Whether nothing but names and small words stands between two places, and no other metric."""
    if any(start <= metric.start < end for metric in metrics):
        return False
    words, place = "", start
    for mention in content.mentions:
        is_name = not mention.guessed and mention.id != ANY_METRIC
        if is_name and place <= mention.start and mention.end <= end:
            words += content.since(place)[: mention.start - place]
            place = mention.end
    words += content.since(place)[: end - place]
    return LEADS.fullmatch(CITATION.sub(" ", words)) is not None


def metric_in_full(content: Content, metric: Mention) -> Mention:
    """The metric with the word before it that makes another one of it: "directional accuracy"."""
    if ACCURACIES.fullmatch(metric.text):  # "ARI accuracies of 0.63"
        before = next((m for m in content.mentions if m.kind == "metric" and m.end == metric.start - 1), None)
        metric = before or metric
    word = re.search(r"(?<!['’])\b[\w-]+(?= $)", content.until(metric.start))
    if (
        word is None
        or word.group().isdigit()
        or word.group().casefold() == "percent"
        or any(m.start <= content.clause.start + word.start() < m.end for m in content.mentions)
    ):
        return metric
    if KEEPS_METRIC.fullmatch(word.group()) and not OTHER_METRIC.fullmatch(word.group()):
        return metric
    start = content.clause.start + word.start()
    return Mention("metric", f"{word.group()} {metric.text}", start, metric.end)
