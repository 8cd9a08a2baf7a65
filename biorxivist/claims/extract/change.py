"""Clauses that say what becomes of performance when something is varied: effects, scaling, saturation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from biorxivist.claims.extract.align import align
from biorxivist.claims.extract.clauses import Clause
from biorxivist.claims.extract.comparison import OPENING, Scope, ids_of, scope_of
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.factors import SCALES, Factor, find_factors
from biorxivist.claims.extract.names import Mention, coordinate
from biorxivist.claims.extract.numbers import Number
from graph.records import Direction

__all__ = ["read_changes", "read_saturations"]

EFFECTS: tuple[tuple[str, Direction], ...] = (
    (r"\bno (?:\w+ ){0,3}?(?:effect|benefit|improvements?|gains?|difference|impact|advantage|influence|dependence)\b|\bnegligible (?:\w+ )?(?:scaling|effect|gains?|improvements?|impact|benefit)\b|\blittle (?:to no )?(?:effect|benefit|improvement|gain|impact|influence)\b|\b(?:stay(?:s|ed)?|remain(?:s|ed)?|is|was|are|were) (?:\w+ )?(?:flat|unchanged|unaffected|constant|the same)\b|\bmakes? no difference\b|\bhardly (?:depends?|matters?|changes?)\b|\bunaffected by\b|\bindependent of\b", "0"),
    (r"\b(?:lead(?:s|ing)?|led|result(?:s|ed|ing)?|translate[sd]?) (?:to|in|into) (?:\w+ ){0,3}?(?:better|improved|higher|superior|consistent|substantial|significant|predictable|steady|gains?|improvements?|increased)\b|\b(?:yield(?:s|ed)?|provide[sd]?|bring(?:s)?|brought|deliver(?:s|ed)?|confer(?:s|red)?|give[sn]?|gave|show(?:s|ed|ing)?|exhibit(?:s|ed)?|demonstrate[sd]?|follow(?:s|ed)?) (?:\w+ ){0,4}?(?:improvements?|gains?|benefits?|advantages?|better performance|improved performance|power-law scaling|power law|scaling laws?|scaling behaviou?r|favou?rable scaling)\b", "+"),
    (r"\bimprov(?:e|es|ed|ing)\b|\bincreas(?:es|ed)\b|\benhanc(?:es|ed)\b|\bboost(?:s|ed)\b|\bbenefit(?:s|ed)?\b|\bprofit(?:s|ed)?\b|\b\w+s better\b|\bhelp(?:s|ed)?\b|\bgain(?:s|ed)?\b|\bris(?:es|ing)\b|\brose\b|\b(?:perform(?:s|ed)?|scale[sd]?|generali[sz]e[sd]?) (?:\w+ly )?(?:better|predictably|consistently|steadily|with|as|log-?linearly)\b|\bget(?:s|ting)? better\b|\bbecame better\b|\bkeep(?:s)? (?:improving|rising|scaling)\b", "+"),
    (r"\b(?:degrad(?:es?|ed)|hurts?|harm(?:s|ed)?|lower(?:s|ed)|reduc(?:es|ed)|decreas(?:es|ed)|worsen(?:s|ed)?|declin(?:es|ed)|impair(?:s|ed)?|diminish(?:es|ed)?|drop(?:s|ped)?|fell|falls?|falling|decreasing|deteriorat(?:es|ed)|collaps(?:es|ed)|los(?:es|t) (?:accuracy|performance|\w+ F1))\b", "-"),
    (r"\b(?:change[sd]?|affect(?:s|ed)?|matter(?:s|ed)?|alter(?:s|ed)?)\b", "+"),
)
COMPILED = tuple((re.compile(words, re.IGNORECASE), direction) for words, direction in EFFECTS)
FIELD = SCALES | {"pre-training", "diversity", "labels", "fine-tuning"}
NO_SIGN = re.compile(r"chang|affect|matter|alter", re.I)
CONTRAST = re.compile(r"(?:whereas|although|though|even though|while|but|yet|and)$", re.I)
LOWER_IS_BETTER = re.compile(r"\b(?:loss(?:es)?|perplexity|errors?|MSE|RMSE|MAE|runtime|inference time|memory|cost)\b", re.I)
# "without" and "no" are not among them: they take the factor away, which is the ablation and not a denial
NEGATED = re.compile(r"\b(?:not|n't|never|neither|nor|none|no longer|fail(?:s|ed)? to|cannot|hardly|rarely|no (?:model|method|family|one))\b|n[’']t\b", re.I)
NOUN = re.compile(r"benefits?|gains?|helps?|drops?|falls?|rises?|changes?|harms?|increases|declines|affects?|profits?", re.I)
BEFORE_NOUN = re.compile(
    r"\b(?:the|an?|any|its|their|our|this|these|such|those|of|and|or|potential|relative|clear|performance|expected|possible|"
    r"marginal|small|large|further|additional|significant|substantial|for|to|in|on|with|from|accuracy|no|little|some|more)\s+$",
    re.IGNORECASE,
)
INFINITIVE = re.compile(r"\b(?:found|shown|observed|seen|appears?|seems?|continues?|continued|tends?|tended|fails?|failed|does not|did not|do not|not)\s+(?:to\s+)?(?:\w+ly )?$", re.I)
LINK = re.compile(r"\b(?:with|from|when|as|by|upon|under|in|on|for|after|through|via|if|once|where|across|at)\b", re.I)
PLATEAU = re.compile(
    r"\bplateau(?:s|ed|ing)?\b(?<!no plateau)|\bsaturat(?:es?|ed|ing)\b|\b(?:reach\w*|show\w*|hit\w*) (?:\w+ ){0,3}saturation(?: points?)?\b|\bstop(?:s|ped)? (?:improving|getting better|rising|gaining|increasing)\b|\blevel(?:s|led|ed|ling)? off\b|\bdiminishing returns\b|\breach(?:es|ed)? (?:a|their|its|the) (?:plateau|ceiling|saturation)\b",
    re.IGNORECASE,
)
NO_PLATEAU = re.compile(
    r"\b(?:no|without|not|never|n't|yet to)\b(?:\W+\w+){0,4}?\W+(?:plateau\w*|saturat\w+|level(?:s|l?ed)? off|signs? of)|\b(?:keeps?|kept|continu(?:es|ed|e) to) (?:improv|ris|increas|gain|scal|benefit)\w*",
    re.IGNORECASE,
)
BEYOND = re.compile(r"\bbeyond (?:a |the |this |its )?(?:\w+ )?(?:saturation point|plateau)", re.I)
OF_LABELS = re.compile(r"\b(?:labels?|labell?ed|annotat\w+|training set|training data)\b", re.I)


def read_changes(
    clause: Clause,
    mentions: Sequence[Mention],
    numbers: Sequence[Number],
    subject: Sequence[Mention] = (),
    before: Clause | None = None,
) -> Iterator[Draft]:
    """Yield a draft for each thing that was varied and each model, task and metric that answered to it.

    Parameters
    ----------
    before
        The clause that this one is set against ("..., whereas accuracy stayed flat"): what was varied there was varied
        here too, unless this one says otherwise.
    """
    factors = find_factors(clause.text)
    if not any(m.kind in {"metric", "task"} or (m.kind == "model" and not m.guessed) for m in mentions) and not any(
        factor.name in FIELD for factor in factors
    ):
        return  # nothing that this field measures answers to it
    if not factors:
        contrasted = before is not None and CONTRAST.match(clause.lead)
        factors = find_factors(before.text) if contrasted and before is not None else []
        if not factors or not any(m.kind in {"metric", "task"} for m in mentions):
            return
        for pattern, direction in COMPILED:
            if match := next((m for m in pattern.finditer(clause.text) if _is_finite(clause.text, m)), None):
                yield from _drafts(clause, mentions, numbers, factors, match, direction, ())
                return
        return
    for pattern, direction in COMPILED:
        match = next((m for m in pattern.finditer(clause.text) if _is_finite(clause.text, m)), None)
        if match is None:
            continue
        bound = [factor for factor in factors if _bears_on(clause.text, factor, match)]
        if not bound:
            continue
        yield from _drafts(clause, mentions, numbers, bound, match, direction, subject)
        return


def _is_finite(text: str, match: re.Match[str]) -> bool:
    """Whether the verb is one that reports: no infinitive of purpose, no participle of an aim."""
    before = text[: match.start()]
    if re.search(r"\b(?:to|for|by|of|in|towards?|at) (?:\w+ly |further )?$", before, re.I) and not INFINITIVE.search(before):
        return False
    if NOUN.fullmatch(match.group()) and BEFORE_NOUN.search(before) and not _has_object(text, match):
        return False
    return not (match.group().lower() in {"improve", "help", "benefit"} and re.search(r"\b(?:to|and|or) (?:\w+ )?$", before))


def _has_object(text: str, match: re.Match[str]) -> bool:
    """Whether what might be a noun goes on as a verb: "performance increases with", but not "performance gains from"."""
    return bool(
        re.match(r"increas|drop|fall|ris|declin|chang", match.group(), re.I)
        and re.match(r"\s+(?:\w+ly |log-\w+ |steeply )?(?:with|when|as|by|monoton)", text[match.end() :])
    )


def _bears_on(text: str, factor: Factor, verb: re.Match[str]) -> bool:
    """Whether a factor is the verb's subject, or hangs on it by "with", "when", "from", "as"."""
    if factor.end <= verb.start():
        between = text[factor.end : verb.start()]
        return len(between) < 80 and not re.search(r"[;:]|\b(?:that|which|we|they|but)\b", between, re.I)
    between = text[verb.end() : factor.start]
    return (len(between) < 80 and bool(LINK.search(between + " ")) and not re.search(r"[;]|\bthat\b", between)) or (
        between.strip() in {"", "with"} and bool(re.search(r"(?:with|by|of|as|from)$", verb.group()))
    )


def _drafts(
    clause: Clause,
    mentions: Sequence[Mention],
    numbers: Sequence[Number],
    factors: Sequence[Factor],
    verb: re.Match[str],
    direction: Direction,
    subject: Sequence[Mention],
) -> Iterator[Draft]:
    start = clause.start + verb.start()
    inside = {(clause.start + f.start, clause.start + f.end) for f in factors}
    own = [m for m in mentions if not any(s < m.end and m.start < e for s, e in inside)]
    models = [m for m in own if m.kind == "model" and not m.guessed and not _is_contrasted(clause, m)]
    groups = coordinate(clause.text, [replace(m, start=m.start - clause.start, end=m.end - clause.start) for m in models])
    named = next((g for g in groups if any(not m.pronoun and not m.guessed for m in g)), None)
    sides = [m for m in (named or subject) if not m.pronoun and not m.guessed] or [None]  # type: ignore[list-item]
    scope = scope_of([m for m in own if m.id != "task:pretraining"])
    negated = bool(NEGATED.search(clause.text[: verb.start()])) and direction != "0"
    falls = direction == "-" and LOWER_IS_BETTER.search(clause.text[: verb.start()]) is not None
    if falls:
        direction = "+"
    elif direction == "+" and re.search(r"increas|ris|rose", verb.group(), re.I) and LOWER_IS_BETTER.search(clause.text[: verb.start()]):
        direction = "-"
    stated: Direction | None = direction
    value = high = None
    amount = next((n for n in numbers if n.start > start and n.unit in {"points", "percent"}), None)
    if amount is not None and re.search(r"\bby (?:\w+ ){0,2}$", clause.text[: amount.start - clause.start]):
        value, high = (amount.fraction, None) if amount.bound != "at_most" else (None, amount.fraction)
    if NO_SIGN.search(verb.group()):
        if re.search(r"\bby (?:less|no more) than\b", clause.text[verb.end() :]):
            stated, high = None, high or _word_bound(clause.text)
        elif not negated and not re.search(r"\bmatter", verb.group(), re.I):
            return
        elif negated:
            stated, negated = "0", False
    for factor, side, task, dataset, metric in product(factors, sides, scope.tasks, scope.datasets, scope.metrics):
        yield Draft(
            kind="scaling" if factor.name in SCALES and not factor.ablated else "effect",
            subject=side and side.text,
            subject_id=side and side.id,
            direction=stated,
            polarity="negated" if negated else "asserted",
            task=task and task.text,
            dataset=dataset and dataset.text,
            metric=metric and metric.text,
            regime=scope.regime if scope != Scope() else None,
            factor=factor.name,
            ablation=f"no {factor.name}" if factor.ablated else None,
            value=value,
            high=high,
            ids=ids_of(task=task, dataset=dataset, metric=metric),
        )


def _is_contrasted(clause: Clause, mention: Mention) -> bool:
    """Whether a model is the one that the subject is set against: "In contrast to A, B gained"."""
    opening = OPENING.match(clause.text)
    return opening is not None and "," not in clause.text[opening.end() : mention.start - clause.start]


def _word_bound(text: str) -> float | None:
    match = re.search(r"\bby (?:less|no more) than (?P<n>one|two|three|\d+(?:\.\d+)?)\b(?P<unit> (?:percentage )?points?| ?%| per ?cent)?", text, re.I)
    if match is None:
        return None
    words = {"one": 1.0, "two": 2.0, "three": 3.0}
    return (words.get(match["n"].lower()) or float(match["n"])) / 100


def read_saturations(
    clause: Clause, mentions: Sequence[Mention], numbers: Sequence[Number], subject: Sequence[Mention] = ()
) -> Iterator[Draft]:
    """Yield where performance stops rising (or that it does not), one draft a model; shares are aligned with models."""
    free, stops = NO_PLATEAU.search(clause.text), PLATEAU.search(clause.text)
    if not (free or stops) or (BEYOND.search(clause.text) and NEGATED.search(clause.text)):
        return
    models = [m for m in mentions if m.kind == "model" and not m.pronoun and not m.guessed] or list(subject)
    scope = scope_of(mentions)
    if free:
        if not find_factors(clause.text) and not stops:
            return
        for side in models[:1] or [None]:  # type: ignore[list-item]
            yield Draft(kind="saturation", subject=side and side.text, subject_id=side and side.id, direction="no_plateau",
                        task=scope.tasks[0] and scope.tasks[0].text, metric=scope.metrics[0] and scope.metrics[0].text)  # fmt: skip
        return
    shares = [n for n in numbers if n.unit == "percent" and not OF_LABELS.search(clause.text[n.end - clause.start :][:25])]
    aligned = align(clause.text, models, shares)
    if aligned is None:
        return  # which share belongs to which model cannot be said
    for side, share in aligned or [(side, None) for side in models or [None]]:  # type: ignore[list-item]
        yield Draft(
            kind="saturation",
            subject=side and side.text,
            subject_id=side and side.id,
            direction="plateau",
            fraction=share.value / 100 if share else None,
            bound=share.bound if share else None,
            task=scope.tasks[0] and scope.tasks[0].text,
            dataset=scope.datasets[0] and scope.datasets[0].text,
            metric=scope.metrics[0] and scope.metrics[0].text,
            regime=scope.regime,
        )
