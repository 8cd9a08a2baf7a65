"""Clauses that print a score: a number of a metric, and the model that reached it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from biorxivist.claims.extract.ablation import find_ablations
from biorxivist.claims.extract.align import align
from biorxivist.claims.extract.bracketed import LEADS_BY, is_of_number_before
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.lexicon import alternatives, phrases, whole_words
from biorxivist.claims.extract.mention import Mention, coordinate
from biorxivist.claims.extract.metric_of import OTHER_FOLLOWS, is_led_up_to, listed_metrics, metric_in_full, metric_of
from biorxivist.claims.extract.no_model import is_of_control, is_of_no_model
from biorxivist.claims.extract.numbers import Number
from biorxivist.claims.extract.scope import ANY_METRIC, scope_of, subject_fields
from biorxivist.claims.extract.score_scope import circumstances_of

__all__ = ["AGAINST", "read_scores"]

# "scGPT reached about 0.81"
REACHED = re.compile(
    r"\b(?:reach|achiev|attain|scor|obtain)\w*\s*(?:an? |the |about |approximately |up to |over |~ ?)*$", re.IGNORECASE
)
# Metrics that a number hardly belongs to: "robustness", "speed"
QUALITY = alternatives(
    "performance",
    "robustness",
    "generali[sz]ation",
    "interpretability",
    "efficiency",
    "scalability",
    "speed",
    "runtime",
    "inference (?:time|speed)",
    "throughput",
    "memory(?: usage)?",
)
TEST = re.compile(r"\s?[,(]?\s?\d+[,;)\]]|,\d")
"""What makes of "F1" a test statistic: its degrees of freedom, "F1,12 = 4.2"."""
# "p < 0.05", "n = 3", "α = 0.1"
NO_SCORE = alternatives(
    r"(?:\bp|\bq|\bn|[αβγ]|\br|\bsd)\s?[-*]?\s?(?:value )?[=<>≤≥≈]\s?$",
    # "(± 0.05)", "chance = 14%", "a threshold of 0.5", "at a fixed recall of 0.7"
    r"±\s*$",
    r"\b(?:los(?:es?|ing|t)|sacrific\w+|costs?|giv(?:es?|ing) up) (?:about |only |up to |less than |at most )*$",
    r"\b(?:improvement|gain|reduction|increase|decrease|difference|advantage|boost|drop|margin|enhancement|uplift|"
    r"rise)s? (?:in [\w-]+ )?(?:of|by) (?:up to |about |over |approximately |nearly |at least |roughly |~ ?)*$",
    r"\b(?:chance|random)\w*(?: level)?(?: of| is| was|:| =|=)?\s*$",
    r"\b(?:threshold|cut-?off|fixed) (?:[\w-]+ )?(?:of |at |\()?\s*$",
    r"\bat (?:an? |the )?(?:fixed |given |target )?(?:recall|precision|specificity|sensitivity|FDR|resolution)"
    r" (?:of |= ?|\()?$",
)
NO_SCORE_WITHIN = 40
"""Characters before a number in which its "p <" stands."""
# "the 70% recall operating point", "at 0.7 recall"
POINT = re.compile(r"[^.;,]{0,25}\b(?:operating point|threshold|cut-?off)", re.IGNORECASE)
AT = re.compile(r"\bat (?:an? |the )?$", re.IGNORECASE)
AT_POINT = re.compile(r" ?%? ?(?:recall|precision|sensitivity|specificity|FDR)\b", re.IGNORECASE)
# "0.77, compared with 0.72": the number of another model, which may not be named
AGAINST = re.compile(
    r"\b(?:versus|vs\.?|against|compared (?:to|with)|than|over|exceeding) (?:an? |the )?"
    r"(?:[\d.]+ ?%?(?:,|,? and|,? or) )*$",
    re.IGNORECASE,
)
IN_COMPARISON = re.compile(r"\((?:compared (?:to|with)|versus|vs\.?) (?:an? |the )?$", re.IGNORECASE)
UNDER = re.compile(r"\s*%?\s*(?:when|if|with|using)\b", re.IGNORECASE)
# "0.47 for Ridge": somebody's number, though no model of that name is known
FOR_OTHER = re.compile(r"\s*%?\s*(?:for|by|from|with|in) (?:the )?(?P<name>[A-Z]\w*)")
# "A and Ridge reached 0.7 and 0.6": a list with a name that nobody knows
AND_OTHER = re.compile(r"(?:\s*\[\d+\])?\s*(?:,|and|&|/)\s*(?:[A-Z]|[a-z]+[A-Z])[\w-]*\b")
# "is best on A and reaches 0.8 on B": what is said before is said of something else
ANEW = re.compile(
    r"\b(?:and|while|but) (?:\w+ly |also )?(?:reach|achiev|attain|obtain|yield|scor|show|has|had)\w*", re.IGNORECASE
)
# "a classifier based on A reached", "what A depends on", "models such as A"
MEANS = re.compile(
    r"\b(?:(?:labels|annotations|predictions|calls|output|results|clusters) (?:of|from|by)|based on|built on|"
    r"on top of|on|(?:model|classifier|network|features|results) with|than|over|unlike|via|"
    r"through|such as|initiali[sz]ed (?:with|from)|"
    r"replac\w+|beyond) (?:the |an? )?$",
    re.IGNORECASE,
)
LEANS = re.compile(r"\s+(?:depends? on|reli(?:es|ed) on|requires?|lacks?|needs?)\b")
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
# Words before the task that a score is of: "accuracy in cell typing"
IN_TASK = re.compile(r"\b(?:in|for|on|of|at|across|during) (?:the |an? )?(?:[\w-]+ ){0,2}$", re.IGNORECASE)
# "a version of A without B", "between A and B": what is measured is not A
NOT_ITSELF_IN = re.compile(r"\b(?:version|variant|ablation|control)s? of\b|\bbetween\b", re.IGNORECASE)
NOT_ITSELF = re.compile(
    r"\b(?:(?:version|variant|ablation|control|shuffling|permutation)s? of|between) (?:the |an? )?$", re.IGNORECASE
)
# "scGPT (no pre-training)", "scGPT without pre-training"
NOT_WHOLE = re.compile(
    r"\s*\+|\s*\((?:no|without|w/o|minus|ablat\w+)\b|\s+(?:without|w/o|minus|variants?\b)", re.IGNORECASE
)
# "the accuracy rose from 0.6 to 0.7": the first number is that of something else, unless the metric is said to be whose
FROM = re.compile(r"\bfrom (?:(?:an?|the|about) )?(?:\w+ )?$", re.IGNORECASE)
FELL_TO = re.compile(r"\b(?:drop|f[ae]ll|declin|decreas|reduc|degrad)\w*\b[^.;]*\bto\s*$", re.IGNORECASE)
# Groups of models that nobody could look a score up for: "the best baseline reached 0.8"
SEVERAL = whole_words(
    "baselines?", "methods?", "models?", "approach(?:es)?", "techniques?", "tools?", "algorithms?", "others", "sota",
    "state[ -]of[ -]the[ -]art",
)  # fmt: skip
# What joins a number with a model behind it: "0.81 for PCA", "0.81 (PCA)"
OF_MODEL = re.compile(
    r"[\s),%]*\b(?:for|by|with|using|of|in)\b|\s*\((?!compar|vs|versus|against|while|relative)|\s*,? ?\w* ?$",
    re.IGNORECASE,
)
# "beat B (ARI = 0.6)": in brackets with its metric, a number is of what stands before them
IN_BRACKETS = re.compile(r"(?:\s*\[[\d, –-]+\])?\s*\([^()]*$")
# Words behind a number that make no score of it: "5% of the labels", "0.3 higher", "95% confidence", "0.2 ms"
OF_WHAT = re.compile(
    r"\s*"
    + phrases(
        "of (?:the )?(?!cases)",
        # "0.6% to 2.7% higher"
        r"to [\d.]+ ?%? (?:higher|lower|better|more|less|faster)\b",
        # differences
        "less ",
        "more ",
        "fewer ",
        "faster",
        "improvement",
        "increase",
        "reduction",
        "gain",
        "higher",
        "lower",
        "better",
        "(?:points? )?(?:above|below|ahead of|behind|short of)",
        # what it counts
        "labels",
        r"(?:limited|labell?ed)\b",
        "cells",
        "confidence",
        r"CI\b",
        "limits",
        "credible",
        # units
        r"m?s\b",
        r"mm\b",
        r"ms\b",
        r"Hz\b",
    ),
    re.IGNORECASE,
)
# "3.01 MSE": an error has no upper end
# "an improvement of 5.3% in recall and 4.2": how much more, for as long as nothing else is said to be reached
CHANGE = re.compile(
    r"\b(?:improvement|gain|reduction|increase|decrease|difference|boost|enhancement|uplift)s?\b"
    r"(?:(?!\b(?:to|reach|achiev|attain|obtain|yield|scor|with)\w*\b)[^;:])*$",
    re.IGNORECASE,
)
ERROR = re.compile(r" (?:R?MSE|MAE|MMD|FID)\b")
# "by 0.05", "within 5%", "every 10%"
BY = re.compile(r"\b(?:by|within|every|each|additional) (?:\w+ ){0,3}$", re.IGNORECASE)
# "(0.81, the authors report)"
# "0.29 0.19": cells of a table that was pressed into a line
FLATTENED = re.compile(r"\d\.\d+ [-–]?\d?\.\d+ |\d\.\d+ \d\.\d+$")
REPORTED = re.compile(r"\bthe authors report|reported by\b")
REPORTED_WITHIN = 40
"""Characters behind a number in which it is given to others."""
# "achieving 84.6% agreement with": what the number is of has a name that no metric has
OF_OTHER_THING = re.compile(
    r"\s*%?\s+(?!(?:on|in|for|at|by|with|across|over|and|but|when|while|after|compared|versus|against|respectively)\b)[a-z]"
)


def read_scores(content: Content) -> Iterator[Draft]:
    """Yield a draft for each number that is a score, with its metric and the model it stands beside.

    A score is a value from 0 to 1 or a percentage that hangs on a metric ("accuracy of 0.81", "0.81 accuracy"), goes on
    a list of such values, or, where no metric is named, follows a verb of reaching. Margins ("by 5 points"), p-values,
    test statistics and shares of data are none.
    """
    scored = _scores(content)
    if not scored or FLATTENED.search(content.text):
        return
    ablated = [part for part, _ in find_ablations(content.text)]
    if len(ablated) > 1:
        return  # which of them a score is without cannot be said
    models = _models(content)
    if RESPECTIVELY.search(content.text) and len(models) == 1 and len({m and m.start for _, m in scored}) < len(scored):
        return  # "0.28 and 0.27, respectively": of one model that is named, and of others
    aligned = align(content.text, models, [number for number, _ in scored], offset=content.clause.start) or []
    model_of = {number.start: model for model, number in aligned if model and _belongs(content, model, number)}
    for number, metric in scored:
        model = model_of.get(number.start)
        if _is_of_other(content, number, metric, model) or (model is None and NOT_ITSELF_IN.search(content.text)):
            continue
        if model is None and is_of_no_model(content, number):
            continue
        if is_of_control(content, number):
            continue
        if model is None and any(m.named and not m.group for m in models):
            continue  # of which of those that are named cannot be said
        if ablated and model is None:
            continue
        if model is None or not (model.group and (SEVERAL.search(model.text) or model.text.endswith("s"))):
            draft = _draft(content, number, metric, model)
            yield replace(draft, ablation=f"no {ablated[0]}") if ablated else draft


def _models(content: Content) -> list[Mention]:
    """The models that scores may be of: those that are named, and guesses in one list with them."""
    return [
        model
        for group in coordinate(content.text, content.models, offset=content.clause.start)
        for model in group
        if not model.pronoun
        and any(mention.named for mention in group)
        and not NOT_ITSELF.search(content.until(group[0].start))
        and not NOT_WHOLE.match(content.since(model.end))
    ]


def _belongs(content: Content, model: Mention, number: Number) -> bool:
    """Whether a model stands before a number, or is joined with it behind."""
    if model.end <= number.start and AND_OTHER.match(content.since(model.end)) and len(content.numbers) > 1:
        following = content.since(model.end)[: number.start - model.end]
        if not any(m.kind == "model" and model.end < m.start < model.end + len(following) for m in content.mentions):
            return False
    if model.end <= number.start and AGAINST.search(content.until(number.start)):
        return _is_counterpart(content, number)
    if model.end <= number.start and (
        MEANS.search(content.until(model.start)) or LEANS.match(content.since(model.end))
    ):
        return False
    other = FOR_OTHER.match(content.since(number.end))
    if other is not None and number.end + other.start("name") != model.start and model.start < number.start:
        return False
    between = content.since(number.end)[: max(model.start - number.end, 0)]
    return model.end <= number.start or OF_MODEL.match(between) is not None


def _is_counterpart(content: Content, number: Number) -> bool:
    """Whether a number is that of the same model under another condition: "72% (compared to 78% if both are used)"."""
    before, behind = content.until(number.start), content.since(number.end)
    return IN_COMPARISON.search(before) is not None and UNDER.match(behind) is not None


def _is_of_other(content: Content, number: Number, metric: Mention | None, model: Mention | None) -> bool:
    """Whether a number stands in brackets with its metric, behind something else than this one model."""
    brackets = IN_BRACKETS.search(content.until(number.start))
    start = content.clause.start + brackets.start() if brackets else 0
    if brackets is None or metric is None or metric.start < start or (model and model.start > start):
        return False
    lists = coordinate(content.text, content.models, offset=content.clause.start)
    alone = [group[0] for group in lists if len(group) == 1]
    if model is None or model not in alone:
        return True
    return model.end != start and LEADS_BY.fullmatch(content.since(model.end)[: start - model.end]) is None


def _draft(content: Content, number: Number, metric: Mention | None, model: Mention | None) -> Draft:
    share = 100 if number.unit == "percent" else 1
    cited = REPORTED.search(content.since(number.end)[:REPORTED_WITHIN])
    own = max((match.end() for match in ANEW.finditer(content.until(number.start))), default=0) + content.clause.start
    mentions = [m for m in content.mentions if m.start >= own or m.kind == "model"]
    mentions = [m for m in mentions if not is_of_number_before(content, m, number)]
    mentions = circumstances_of(
        content, number, [m for m in mentions if m.kind != "task" or IN_TASK.search(content.until(m.start))]
    )
    setting = replace(scope_of(mentions).first, metric=metric)
    return Draft(
        kind="score",
        **subject_fields(model),
        value=None if number.ranged else round(number.value / share, 9),
        low=round(number.low / share, 9),
        high=round(number.high / share, 9),
        bound=number.bound,
        attribution="cited" if cited else "own",
        **setting.fields(),
    )


def _scores(content: Content) -> list[tuple[Number, Mention | None]]:
    """Numbers of a clause that are scores, each with its metric, or with none where the clause names none."""
    named = [m for m in content.mentions if m.kind == "metric" and not QUALITY.fullmatch(m.text)]
    metrics = [m for m in named if m.id != ANY_METRIC and not TEST.match(content.since(m.end))]
    scores: list[tuple[Number, Mention | None]] = []
    listed = listed_metrics(content, metrics)
    for number in content.numbers:
        before = content.until(number.start)
        if number.start in listed:
            if (of := listed[number.start]) is not None and _may_be_score(content, number):
                scores.append((number, metric_in_full(content, of)))
            continue
        if CHANGE.search(before) or (not _may_be_score(content, number) and not ERROR.match(content.since(number.end))):
            continue
        metric = metric_of(content, number, metrics)
        if metric is not None:
            if not _is_before_change(content, number, metric):
                scores.append((number, metric_in_full(content, metric)))
        elif (
            scores
            and content.since(scores[-1][0].end)[: number.start - scores[-1][0].end].strip()  # not "0.91 0.09"
            and not OTHER_FOLLOWS.match(content.since(number.end))
            and (
                is_led_up_to(content, scores[-1][0].end, number.start, metrics)
                or (_is_counterpart(content, number) and number.unit == scores[-1][0].unit)
            )
        ):
            scores.append((number, scores[-1][1]))
        elif not named and REACHED.search(before) and not OF_OTHER_THING.match(content.since(number.end)):
            scores.append((number, None))
    return scores


def _is_before_change(content: Content, number: Number, metric: Mention) -> bool:
    """Whether a number is what something was before it changed, or fell to, and nobody says whose it is."""
    of_model = any(metric.end <= model.start < number.start for model in content.models if model.named)
    before = content.until(number.start)
    return not of_model and bool(FROM.search(before) or FELL_TO.search(before))


def _may_be_score(content: Content, number: Number) -> bool:
    """Whether a number has the size and the surroundings of a score."""
    before = content.until(number.start)
    if (
        POINT.match(content.since(number.end))
        or OF_WHAT.match(content.since(number.end))
        or NO_SCORE.search(before[-NO_SCORE_WITHIN:])
        or BY.search(before)
    ):
        return False
    if content.since(number.end)[:1].isalpha():
        return False  # "0.345G FLOPs"
    if AT.search(before) and AT_POINT.match(content.since(number.end)):
        return False
    if number.text.strip("-−~ ")[0] not in ".0123456789":
        return False  # "a tenth" is a share of something
    if number.unit == "percent":
        return 0 < number.value <= 100
    return not number.unit and not number.scaled and 0 < number.value <= 1 and "." in number.text
