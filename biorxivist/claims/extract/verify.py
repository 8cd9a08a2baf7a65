"""The only way from a draft to a claim: every quote, name, number and direction is checked against the words.

What a draft says and its quote does not is either listed as inferred by the reader who inherited it, or the draft is
rejected with the reason. It does not matter who made the draft: rules, a table, a language model or a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from biorxivist.claims.extract.change import LOWER_IS_BETTER
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.groups import resolve_model
from biorxivist.claims.extract.numbers import find_numbers
from biorxivist.claims.extract.quotes import Located, locate
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.extract.sentences import as_typed
from biorxivist.claims.extract.wording import state
from graph.records import Claim, Direction, Passage
from graph.vocabulary import Vocabulary

__all__ = ["Rejected", "unknown_name", "verify"]

Outcome = Literal[
    "absent", "altered", "exact_elsewhere", "number", "name", "direction", "unknown_name", "no_subject", "no_metric"
]
COUNT = "metric:count"
SEVERAL = frozenset({"model:prior_methods", "model:baselines"})
"""Groups that are other models in every paper."""
TURNED: dict[str | None, Direction] = {">": "<", "<": ">", "~": "~"}
NUMBERS = ("value", "low", "high", "fraction", "train_fraction")


@dataclass(frozen=True)
class Rejected:
    """A draft that made no claim, and why."""

    draft: Draft
    quote: str
    outcome: Outcome
    reason: str


def verify(
    draft: Draft,
    quote: str,
    passage: Passage,
    vocabulary: Vocabulary,
    *,
    extractor: str,
    others: Iterable[Passage] = (),
    inherited: Sequence[str] = (),
    readings: Sequence[Draft] | None = None,
    at: int | None = None,
) -> Claim | Rejected:
    """Make a claim of a draft, or say why none can be made.

    Parameters
    ----------
    quote
        The words that the draft was read from.
    others
        Passages of the same paper in which a quote that is not in ``passage`` is looked for.
    inherited
        Fields of the draft that come from outside the quote (heading, caption, the sentence before); they become
        ``Claim.inferred``, and are the only ones that the quote need not hold.
    readings
        What the rules read in the quote, where the caller has it; they decide about direction and polarity.
    at
        Where the quote begins in the passage, if the caller knows.
    """
    located = locate(quote, passage, others, start=at)
    if located.outcome == "altered":
        return Rejected(draft, quote, "altered", f"The quote is not in the text: {located.difference}.")
    if located.outcome == "absent":
        return Rejected(draft, quote, "absent", "The quote is not in the text.")
    if located.outcome == "exact_elsewhere":
        return Rejected(draft, quote, "exact_elsewhere", f"The quote stands in another passage, {located.passage_id}.")
    words = as_typed(passage.text[located.start : located.end])
    readings = read_sentence(words, vocabulary) if readings is None else readings
    problem = (
        _wrong_name(draft, words, inherited)
        or _wrong_number(draft, words, inherited)
        or _wrong_direction(draft, readings)
    )
    if problem is not None:
        return Rejected(draft, quote, *problem)
    subject = draft.subject_id or (resolve_model(draft.subject, vocabulary) if draft.subject else None)
    comparator = draft.comparator_id or (resolve_model(draft.comparator, vocabulary) if draft.comparator else None)
    for name, entry_id in ((draft.subject, subject), (draft.comparator, comparator)):
        if name and entry_id is None:
            return unknown_name(draft, quote, name)
    if subject is None or (draft.kind == "comparison" and comparator is None):
        return Rejected(draft, quote, "no_subject", "The words name no model that the claim could be about.")
    if subject == comparator or {subject, comparator} <= SEVERAL:
        return Rejected(draft, quote, "no_subject", "Both sides are groups of models that nobody could tell apart.")
    if draft.kind == "score" and draft.metric is None:
        return Rejected(draft, quote, "no_metric", "The words do not say of which metric the number is a value.")
    links = {
        "subject_ids": (subject,),
        "comparator_ids": (comparator,) if comparator else (),
        **_links_of_scope(draft, vocabulary),
    }
    return _claim(draft, passage, located, links, extractor=extractor, inherited=inherited)


def _is_of_error(draft: Draft) -> bool:
    """Whether a score is an error or a loss, which is no fraction of anything."""
    return draft.metric is not None and LOWER_IS_BETTER.search(draft.metric) is not None


def unknown_name(draft: Draft, quote: str, name: str) -> Rejected:
    """The draft, rejected because nobody has entered a name yet."""
    return Rejected(
        draft, quote, "unknown_name",
        f"{name} is in no entry of the vocabulary; `biorxivist vocabulary add model {name!r} --source URL` adds it.",
    )  # fmt: skip


def _wrong_name(draft: Draft, words: str, inherited: Sequence[str]) -> tuple[Outcome, str] | None:
    said = words.casefold()
    named = {
        "subject_ids": draft.subject, "comparator_ids": draft.comparator, "task_id": draft.task,
        "dataset_id": draft.dataset, "metric_id": draft.metric,
    }  # fmt: skip
    for field, name in named.items():
        if name and field not in inherited and not _stands(name, said):
            return "name", f"{name!r} does not stand in the quote."
    return None


def _stands(name: str, said: str) -> bool:
    """Whether a name stands in the words as a whole word, or as its plural, spaces and hyphens being one."""
    pattern = re.sub(r"(?:\\[- ]|[-\s])+", r"[-\\s]+", re.escape(name.casefold()))
    return re.search(rf"(?<![\w-]){pattern}(?:s\b|(?!\w))", said) is not None


def _wrong_number(draft: Draft, words: str, inherited: Sequence[str]) -> tuple[Outcome, str] | None:
    # by cell: a dash in the cell between two numbers makes no range of them
    printed = [number for cell in words.split("\t") for number in find_numbers(cell)]
    known = {value for n in printed for value in (n.value, n.low, n.high, n.value / 100, n.low / 100, n.high / 100)}
    for field in NUMBERS:
        value = getattr(draft, field)
        if value is None or field in inherited:
            continue
        if not any(abs(value - k) <= 1e-9 * max(1, abs(k)) for k in known):
            return "number", f"{field} {value:g} is printed nowhere in the quote."
    return None


def _wrong_direction(draft: Draft, readings: Sequence[Draft]) -> tuple[Outcome, str] | None:
    """Whether the words, read by rule, deny the draft, or no rule reads its direction in them at all."""
    if draft.direction is None:
        return None
    alike = [reading for reading in readings if _same_anchor(draft, reading)]
    if any(_agrees(draft, reading) for reading in alike):
        return None
    if alike:
        stated = f"{alike[0].direction} {alike[0].polarity}"
        return "direction", f"The words say {stated} where the draft says {draft.direction} {draft.polarity}."
    return "direction", f"No wording of the quote says {draft.direction} of {draft.subject or draft.factor}."


def _same_anchor(draft: Draft, reading: Draft) -> bool:
    if reading.direction is None:
        return False
    if draft.kind == "comparison":
        if reading.kind == "comparison" and reading.subject is None:  # "it": the reader before this one said who
            return _folded(draft.comparator) == _folded(reading.comparator)
        sides = {_folded(draft.subject), _folded(draft.comparator)}
        return reading.kind == "comparison" and sides == {_folded(reading.subject), _folded(reading.comparator)}
    if reading.kind == "comparison":
        return False
    return (draft.factor is None or reading.factor in {None, draft.factor}) and (
        reading.subject is None or draft.subject is None or _folded(draft.subject) == _folded(reading.subject)
    )


def _agrees(draft: Draft, reading: Draft) -> bool:
    direction = reading.direction
    if draft.kind == "comparison" and reading.subject and _folded(draft.subject) != _folded(reading.subject):
        turned = TURNED.get(direction, direction)
    else:
        turned = direction
    hedged = reading.hedging != "none" and draft.hedging == "none"
    return turned == draft.direction and reading.polarity == draft.polarity and not hedged


def _folded(name: str | None) -> str:
    return re.sub(r"[-\s]+", " ", name or "").casefold()


def _links_of_scope(draft: Draft, vocabulary: Vocabulary) -> dict[str, str | None]:
    """Ids of task, set and metric; what has none stands in the condition by its name."""
    ids = dict(draft.ids)
    links: dict[str, str | None] = {}
    unnamed = []
    for field in ("task", "dataset", "metric"):
        name = getattr(draft, field)
        known = ids[field] if field in ids else vocabulary.find(field, name) if name else None
        entry_id = known or None  # an empty id says that the name is known to be that of no entry
        links[f"{field}_id"] = entry_id
        if name and entry_id is None:
            unnamed.append(f"{field}: {name}")
    if draft.part:
        unnamed.append(draft.part)
    if draft.kind == "scale_fact" and COUNT in vocabulary:
        links["metric_id"] = COUNT  # so that a size meets the sizes that others state
    return {**links, "condition": "; ".join(unnamed) or None}


def _claim(
    draft: Draft,
    passage: Passage,
    located: Located,
    links: dict[str, Any],
    *,
    extractor: str,
    inherited: Sequence[str],
) -> Claim:
    """The claim of a draft that has passed, at the place where its quote was found."""
    return Claim(
        paper_id=passage.paper_id,
        version_id=passage.version_id,
        statement=state(draft),
        kind=draft.kind,
        **links,
        value=draft.value,
        low=draft.low,
        high=draft.high,
        bound=draft.bound if draft.bound in {"about", "at_least", "at_most"} else None,
        printed=draft.printed,
        spread=draft.spread,
        runs=draft.runs,
        unit=draft.unit or ("fraction" if draft.kind == "score" and not _is_of_error(draft) else None),
        direction=draft.direction,
        polarity=draft.polarity,
        regime=draft.regime,
        fraction=draft.fraction,
        train_fraction=draft.train_fraction,
        factor=draft.factor,
        ablation=draft.ablation,
        exceptions=", ".join(draft.exceptions) or None,
        hedging=draft.hedging,
        attribution=draft.attribution,
        attributed_to=draft.attributed_id or draft.attributed_to if draft.attribution == "cited" else None,
        inferred=tuple(inherited),
        quote=passage.text[located.start : located.end],
        passage_id=passage.id,
        start=located.start,
        end=located.end,
        extractor=extractor,
        confidence=draft.confidence,
    )
