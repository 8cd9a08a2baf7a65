"""Clauses that say what becomes of performance when something is varied: effects and scaling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.effects import Effect, find_effects
from biorxivist.claims.extract.factors import SCALES, VARIED, Factor, find_factors
from biorxivist.claims.extract.lexicon import alternatives, holds_any, phrases, whole_words
from biorxivist.claims.extract.mention import Mention, coordinate
from biorxivist.claims.extract.scope import scope_of, subject_fields
from biorxivist.claims.extract.sides import OPENING, REPORTED
from graph.records import Direction

__all__ = ["LOWER_IS_BETTER", "NEGATED", "is_aside", "read_changes"]

FIELD = SCALES | {"pre-training", "diversity", "labels", "fine-tuning"}
"""Factors by which a clause is known to be of this field, though it names nothing that is measured in it."""
PRETRAINING = "task:pretraining"
"""A task by the vocabulary, and a factor here."""
# "..., whereas accuracy stayed flat": what was varied there was varied here too.
CONTRAST = re.compile("(?:whereas|although|though|even though|while|but|yet|and)$", re.IGNORECASE)
# What is better when it falls: "The loss of scGPT fell with more parameters."
LOWER_IS_BETTER = whole_words(
    "loss(?:es)?",
    "perplexity",
    "errors?",
    "MSE",
    "RMSE",
    "MAE",
    "runtime",
    "inference time",
    "memory",
    "cost",
    "distances?",
    "divergences?",
    "discrepanc(?:y|ies)",
    "MMD",
    "FID",
    "rejection rates?",
    "Brier(?: scores?)?",
    "overfitting",
)
# "reduces the loss of scGPT", "increased the error"
COST_BEHIND = re.compile(
    r" (?:the |its |their )?(?:[\w-]+ ){0,2}?"
    r"(?:loss(?:es)?|perplexity|errors?|[RM]*MSE|MAE|runtime|cost|memory|distances?)\b",
    re.IGNORECASE,
)
LESS_OR_MORE = re.compile("reduc|decreas|lower|diminish|increas|ris|rose", re.IGNORECASE)
RISE = re.compile("increas|ris|rose", re.IGNORECASE)
# "Larger corpora did not improve accuracy." Not among them are "without" and "no": they take the factor away, which is
# the ablation and not a denial.
NEGATED = alternatives(
    r"\b"
    + phrases(
        "not(?! (?:only|merely|just)\\b)",
        "n't",
        "never",
        "neither",
        "nor",
        "none",
        "no longer",
        "fail(?:s|ed)? to",
        "cannot",
        "hardly",
        "rarely",
        "no (?:model|method|family|one)",
    )
    + r"\b",
    r"n[’']t\b",
)
# What a factor hangs on a verb by: "improved with more cells", "fell when genes were removed".
LINK = whole_words(
    "with", "from", "by", "upon", "under", "in", "on", "for", "after", "through", "via", "across", "at",
    "when", "as", "if", "once", "where",
)  # fmt: skip
LINK_IN_VERB = re.compile("(?:with|by|of|as|from|insensitive to)$")
JOINED = re.compile(r",? (?:and|or|as well as) (?:the |with )?", re.IGNORECASE)
# What parts a factor from the verb behind it: "the larger corpus that ..., improved".
PARTED = alternatives("[;:]", r"\b(?:that|which|we|they|but)\b")
PARTED_BEHIND = re.compile(r"[;]|\bthat\b")
# "improves quality by re-annotating training cells": worked on, and not varied
WORKED_ON = re.compile(
    r"\b(?!(?:using|adding|including|increasing|expanding|scaling|removing|training|pretraining|growing|doubling|varying|"
    r"enlarging|reducing|having|seeing|switching|going|moving|given|incorporating)\b)\w{3,}ing (?:[\w-]+ ){0,2}$",
    re.IGNORECASE,
)
# "the computational cost scales linearly with the number of cells": what something takes, and not how well it does
TAKES = re.compile(
    r"\b(?:comput\w+ (?:costs?|times?|complexity|demands?|burden)|costs?|run-?times?|"
    r"(?:running|training|inference) times?|memory(?: \w+)?|complexity)\b(?: (?:of|for) [^,;]{1,40})? (?:that )?$",
    re.IGNORECASE,
)
APART = 80
"""Characters between a factor and a verb from which on they have nothing to do with each other."""
# "changed accuracy": a verb without a sign
NO_SIGN = re.compile("chang|affect|matter|alter", re.IGNORECASE)
MATTER = re.compile(r"\bmatter", re.IGNORECASE)
# "by 3 points", "by less than one point"
BY = re.compile(r"\bby (?:\w+ ){0,2}$")
BY_LESS = re.compile(r"\bby (?:less|no more) than\b")
BY_LESS_THAN = re.compile(
    r"\bby (?:less|no more) than (?P<n>one|two|three|\d+(?:\.\d+)?)\b"
    r"(?P<unit> (?:percentage )?points?| ?%| per ?cent)?",
    re.IGNORECASE,
)
# "gains diminish with more cells": what falls is what is gained, and not performance
GAINS_FALL = re.compile(r"\b(?:gains?|improvements?|benefits?|returns|advantages?|gap|differences?)\b", re.IGNORECASE)
NO_MODEL = re.compile(r"\bscratch$|^random (?:init|weights)|works?$", re.IGNORECASE)
"""Groups that no change is one of: "prior work", "training from scratch"."""
NUMERALS = {"one": 1.0, "two": 2.0, "three": 3.0}


@dataclass(frozen=True)
class Change:
    """What became of performance, by a clause's words."""

    direction: Direction | None
    negated: bool = False
    value: float | None = None
    high: float | None = None


def read_changes(content: Content) -> Iterator[Draft]:
    """Yield a draft for each thing that was varied and each model, task and metric that answered to it."""
    said = content.text if content.before is None else f"{content.before.text} {content.text}"
    if not holds_any(said, VARIED):
        return
    effects = list(find_effects(content.text))
    factors = find_factors(content.text) if effects else []
    if not effects or not _is_of_field(content, factors):
        return
    for effect in effects:
        if TAKES.search(content.text[: effect.verb.start()]):
            continue
        if not factors:
            yield from _drafts(replace(content, named_before=()), _contrasted(content), effect)
            return
        bound = [factor for factor in factors if _bears_on(content.text, factor, effect.verb)]
        # "a larger scVI does not profit from more cells": what it profits from was varied
        bound += [f for f in factors if f not in bound and any(_joined(content.text, other, f) for other in bound)]
        if bound := [factor for factor in bound if factor.start > effect.verb.start() and not factor.ablated] or bound:
            yield from _drafts(content, bound, effect)
            return


def _is_of_field(content: Content, factors: Sequence[Factor]) -> bool:
    """Whether something that this field measures answers to what was varied."""
    return any(
        mention.kind in {"metric", "task"} or (mention.kind == "model" and not mention.guessed)
        for mention in content.mentions
    ) or any(factor.name in FIELD for factor in factors)


def _contrasted(content: Content) -> list[Factor]:
    """What was varied in the clause that this one is set against."""
    measured = any(mention.kind in {"metric", "task"} for mention in content.mentions)
    if content.before is None or not measured or not CONTRAST.match(content.clause.lead):
        return []
    return find_factors(content.before.text)


def _bears_on(text: str, factor: Factor, verb: re.Match[str]) -> bool:
    """Whether a factor is the verb's subject, or hangs on it by "with", "when", "from", "as"."""
    if factor.end <= verb.start():
        between = text[factor.end : verb.start()]
        return len(between) < APART and not PARTED.search(between)
    between = text[verb.end() : factor.start]
    if WORKED_ON.search(between):
        return False
    if between.strip() in {"", "with", "both", "the", "increasing"} and LINK_IN_VERB.search(verb.group()):
        return True
    return len(between) < APART and bool(LINK.search(between)) and not PARTED_BEHIND.search(between)


def _joined(text: str, earlier: Factor, other: Factor) -> bool:
    """Whether the words only join two things that were varied: "with data size and model size"."""
    first, second = sorted((earlier, other), key=lambda factor: factor.start)
    return JOINED.fullmatch(text[first.end : second.start]) is not None


def _change(content: Content, effect: Effect) -> Change | None:
    """The sign and size of a change; none if the words do not tell its sign."""
    verb, before = effect.verb, content.text[: effect.verb.start()]
    direction = _better_or_worse(effect, _without_factors(before))
    negated = effect.direction != "0" and NEGATED.search(before) is not None
    value, high = _amount(content, effect)
    if not NO_SIGN.search(verb.group()):
        return Change(direction, negated, value, high)
    behind = content.text[verb.end() :]
    if BY_LESS.search(behind):
        return Change(None, negated, value, high or _word_bound(content.text))
    if negated:
        return Change("0", value=value, high=high)
    return Change(direction, value=value, high=high) if MATTER.search(verb.group()) else None


def _without_factors(text: str) -> str:
    """The words without those for what was varied: "removing the contrastive loss lowered" is about no loss."""
    for factor in reversed(find_factors(text)):
        text = text[: factor.start] + text[factor.end :]
    return text


def _better_or_worse(effect: Effect, before: str) -> Direction:
    """The direction of an effect, in which a falling loss is a gain, on whichever side of the verb it stands."""
    measured_behind = COST_BEHIND.match(effect.verb.string, effect.verb.end())
    if LOWER_IS_BETTER.search(before) or (measured_behind and LESS_OR_MORE.match(effect.verb.group())):
        if effect.direction == "-":
            return "+"
        if effect.direction == "+" and RISE.search(effect.verb.group()):
            return "-"
    return effect.direction


def _amount(content: Content, effect: Effect) -> tuple[float | None, float | None]:
    """By how much, and by how much at most: "by 3 points", "by up to 3 points"."""
    start = content.clause.start + effect.verb.start()
    amount = next((n for n in content.numbers if n.start > start and n.unit in {"points", "percent"}), None)
    if amount is None or not BY.search(content.until(amount.start)):
        return None, None
    return (None, amount.fraction) if amount.bound == "at_most" else (amount.fraction, None)


def _word_bound(text: str) -> float | None:
    match = BY_LESS_THAN.search(text)
    if match is None:
        return None
    return (NUMERALS.get(match["n"].lower()) or float(match["n"])) / 100


def _drafts(content: Content, factors: Sequence[Factor], effect: Effect) -> Iterator[Draft]:
    change = _change(content, effect)
    if change is None or (effect.direction == "-" and GAINS_FALL.search(content.text[: effect.verb.start()])):
        return
    offset = content.clause.start
    own = [
        mention
        for mention in content.mentions
        if not any(offset + f.start < mention.end and mention.start < offset + f.end for f in factors)
    ]
    scope = scope_of(mention for mention in own if mention.id != PRETRAINING)
    for factor, side, setting in product(factors, _subjects(content, own), scope.settings()):
        yield Draft(
            kind="scaling" if factor.name in SCALES and not factor.ablated else "effect",
            **subject_fields(side),
            direction=change.direction,
            polarity="negated" if change.negated else "asserted",
            factor=factor.name,
            ablation=f"no {factor.name}" if factor.ablated else None,
            value=change.value,
            high=change.high,
            **setting.fields(),
        )


def _subjects(content: Content, mentions: Sequence[Mention]) -> Sequence[Mention | None]:
    """The first list of models that is named, else whom the clauses before speak of, else nobody."""
    models = [m for m in mentions if m.kind == "model" and not m.guessed and not is_aside(content, m)]
    reported = max((match.end() for match in REPORTED.finditer(content.text)), default=0)
    models = [m for m in models if m.start >= content.clause.start + reported] or models
    groups = coordinate(content.text, models, offset=content.clause.start)
    named = next((group for group in groups if any(not m.pronoun for m in group)), content.subject)
    return [mention for mention in named if mention.named and not NO_MODEL.search(mention.text)] or [None]


def is_aside(content: Content, mention: Mention) -> bool:
    """Whether a model is one that the subject is set against ("In contrast to A, B gained"), or stands in brackets."""
    before = content.until(mention.start)
    if before.count("(") > before.count(")"):
        return True
    opening = OPENING.match(content.text)
    return opening is not None and "," not in content.until(mention.start)[opening.end() :]
