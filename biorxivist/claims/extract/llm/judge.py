"""A proposed claim -> a verified claim, or the reason why it is none.

`verify` has the last word. Before it, the proposal is held against the whole sentence that its quote stands in, as the
rules read that sentence. Where they read the same claim, it takes from them what it leaves open (exceptions, intervals,
the set that the heading names), so that both extractors make one claim; where they read another, it is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.factors import find_factors
from biorxivist.claims.extract.llm.measured import as_printed, doubt_of_number
from biorxivist.claims.extract.llm.readings import ReadSentence, folded
from biorxivist.claims.extract.llm.schema import ProposedClaim
from biorxivist.claims.extract.quotes import fold, locate
from biorxivist.claims.extract.verify import Rejected, verify
from graph.records import Claim, Passage
from graph.vocabulary import Vocabulary

__all__ = ["UNCONFIRMED", "judge"]

UNCONFIRMED = 0.45
"""Confidence of what no rule reads as well: nobody has measured it, so it waits for a person."""
OTHERS_SPEAK = 0.7
"""Factor on the confidence where papers mostly report others; the one that the rules use."""
DIRECTIONS: Mapping[str, frozenset[str]] = {
    "comparison": frozenset("><~"), "effect": frozenset("+-0"), "scaling": frozenset("+-0"),
    "saturation": frozenset({"plateau", "no_plateau"}),
}  # fmt: skip
TURNED = {">": "<", "<": ">", "~": "~"}
HEDGES = ("none", "weak", "strong")
CONTEXT = {"task": "task_id", "dataset": "dataset_id", "metric": "metric_id"}
PRINTED = ("value", "low", "high", "bound", "fraction", "train_fraction", "ablation", "exceptions", "unit")
"""Fields that a confirmed claim has from the rules."""
LONGEST_QUOTE = 2_000


def judge(
    proposed: ProposedClaim,
    passages: Sequence[Passage],
    sentences: Mapping[str, Sequence[ReadSentence]],
    vocabulary: Vocabulary,
    *,
    extractor: str,
    others: Sequence[Passage] = (),
) -> Claim | Rejected:
    """Judge what a model proposes.

    Parameters
    ----------
    passages
        Those that the model was sent; a quote has to stand in one of them.
    sentences
        Passage id -> what the rules read there (`readings.read_passages`).
    others
        The other passages of the paper, to tell a misplaced quote from an invented one.
    """
    draft = _draft(proposed)
    outcome = None
    for sentence in _quoted(proposed.quote, passages, sentences):
        outcome = _in_sentence(draft, proposed, sentence, vocabulary, extractor)
        if isinstance(outcome, Claim):
            break
    return outcome or _unplaced(draft, proposed.quote, passages, others)


def _draft(proposed: ProposedClaim) -> Draft:
    directed = proposed.kind in DIRECTIONS
    return Draft(
        kind=proposed.kind, subject=proposed.subject or None, comparator=proposed.comparator or None,
        direction=proposed.direction if directed else None, polarity=proposed.polarity, task=proposed.task or None,
        dataset=proposed.dataset or None, metric=proposed.metric or None, factor=proposed.factor if directed else None,
        unit=proposed.unit if proposed.kind == "scale_fact" else None, hedging=proposed.hedging,
        attribution=proposed.attribution,
    )  # fmt: skip


def _quoted(
    quote: str, passages: Sequence[Passage], sentences: Mapping[str, Sequence[ReadSentence]]
) -> list[ReadSentence]:
    """The sentences that a quote stands in: a part of one stands for all of it, which may deny what the part says."""
    if not quote.strip() or len(quote) > LONGEST_QUOTE:
        return []
    for passage in passages:
        if _holds(passage, quote):
            located = locate(quote, passage)
            return [s for s in sentences.get(passage.id, ()) if s.start < located.end and located.start < s.end]
    return []


def _holds(passage: Passage, quote: str) -> bool:
    return quote in passage.text or fold(quote)[0].strip() in _folded_text(passage.text)


@lru_cache(maxsize=512)
def _folded_text(text: str) -> str:
    return fold(text)[0]


def _likeness(passage: Passage, quote: str) -> int:
    """Words of the quote that a passage has: cheap, for choosing the one that is compared letter by letter."""
    return len(set(quote.casefold().split()) & set(passage.text.casefold().split()))


def _unplaced(draft: Draft, quote: str, passages: Sequence[Passage], others: Sequence[Passage]) -> Rejected:
    """Why a quote is none: it stands elsewhere in the paper, or is an alteration of its source, or invented."""
    if len(quote) > LONGEST_QUOTE or not quote.strip():
        return Rejected(draft, quote[:200], "absent", f"A quote of {len(quote)} characters is no sentence.")
    for passage in others:
        if _holds(passage, quote):
            return Rejected(draft, quote, "exact_elsewhere", f"The quote stands in another section, in {passage.id}.")
    nearest = locate(quote, max(passages, key=lambda passage: _likeness(passage, quote)))
    if nearest.outcome == "altered":
        return Rejected(draft, quote, "altered", f"The quote is not in the text: {nearest.difference}.")
    return Rejected(draft, quote, "absent", "The quote is in no sentence of the text.")


def _in_sentence(
    draft: Draft, proposed: ProposedClaim, sentence: ReadSentence, vocabulary: Vocabulary, extractor: str
) -> Claim | Rejected:
    number = None
    if draft.kind not in DIRECTIONS:
        printed = as_printed(draft, proposed.number, sentence)
        if printed is None:
            return Rejected(draft, sentence.text, "number", f"{proposed.number!r} is no such number of the sentence.")
        draft, number = printed
    confirming = _confirming(draft, sentence)
    if number is not None:
        problem = doubt_of_number(draft, number, sentence, confirmed=confirming is not None)
    else:
        problem = _doubt_of_direction(draft, sentence, confirming)
    if problem is not None:
        return Rejected(draft, sentence.text, *problem)
    if confirming is not None:
        if (field := _another_scope(draft, confirming)) is not None:
            said, words = getattr(draft, field), getattr(confirming, field)
            return Rejected(draft, sentence.text, "name", f"The words say this of {words!r}, not of {said!r}.")
        draft = _completed(draft, confirming)
    draft, inherited = _from_outside(draft, sentence, confirming)
    return verify(
        draft, sentence.text, sentence.passage, vocabulary,
        extractor=extractor, inherited=inherited, readings=sentence.readings,
    )  # fmt: skip


def _confirming(draft: Draft, sentence: ReadSentence) -> Draft | None:
    """The reading that says the same, and of those the one that shares most of the draft's scope."""
    alike = [reading for reading in sentence.readings if _says_the_same(reading, draft)]
    return max(
        alike,
        key=lambda r: sum(folded(getattr(r, name)) == folded(getattr(draft, name)) for name in CONTEXT),
        default=None,
    )


def _says_the_same(reading: Draft, draft: Draft) -> bool:
    if reading.kind != draft.kind or reading.polarity != draft.polarity:
        return False
    same_subject = folded(reading.subject) == folded(draft.subject)
    if draft.kind == "comparison":
        same = same_subject and folded(reading.comparator) == folded(draft.comparator)
        turned = folded(reading.subject) == folded(draft.comparator) and folded(reading.comparator) == folded(
            draft.subject
        )
        return (same and reading.direction == draft.direction) or (
            turned and not same and draft.direction is not None and reading.direction == TURNED.get(draft.direction)
        )
    if draft.kind in DIRECTIONS:
        return same_subject and reading.direction == draft.direction and draft.factor in {None, reading.factor}
    return (
        same_subject
        and (reading.value, reading.low, reading.high) == (draft.value, draft.low, draft.high)
        and (reading.unit == draft.unit)
    )


def _doubt_of_direction(draft: Draft, sentence: ReadSentence, confirming: Draft | None) -> tuple[Any, str] | None:
    if draft.direction not in DIRECTIONS[draft.kind]:
        return "direction", f"{draft.direction!r} is no direction of a {draft.kind}."
    varied = {factor.name for factor in find_factors(sentence.text)} | {confirming.factor if confirming else None}
    if draft.factor is not None and draft.factor not in varied:
        return "name", f"The sentence does not say that {draft.factor} was varied."
    return None


def _another_scope(draft: Draft, reading: Draft) -> str | None:
    """A field in which the sentence says this very thing of something else."""
    for name, record_field in CONTEXT.items():
        said, words = folded(getattr(draft, name)), folded(getattr(reading, name))
        if said and words and said not in words and words not in said and record_field not in reading.inferred:
            return name
    return None


def _completed(draft: Draft, reading: Draft) -> Draft:
    """The draft with what it leaves open and the rules have read."""
    taken: dict[str, Any] = {name: getattr(reading, name) for name in PRINTED}
    taken |= {name: getattr(reading, name) for name in (*CONTEXT, "factor") if getattr(draft, name) is None}
    ids = {
        name: entry
        for name, entry in reading.ids
        if folded(taken.get(name, getattr(draft, name, None))) == folded(getattr(reading, name, None))
    }
    return replace(
        draft,
        **taken,
        ids=tuple(ids.items()),
        regime=reading.regime,
        hedging=max(draft.hedging, reading.hedging, key=HEDGES.index),
        attribution="cited" if "cited" in {draft.attribution, reading.attribution} else "own",
        attributed_to=reading.attributed_to,
    )


def _from_outside(draft: Draft, sentence: ReadSentence, confirming: Draft | None) -> tuple[Draft, tuple[str, ...]]:
    """The draft with its confidence, and the fields that the sentence leaves to its surroundings."""
    heading = dict(sentence.heading)
    inherited = [
        field
        for name, field in CONTEXT.items()
        if (said := getattr(draft, name))
        and folded(said) not in folded(sentence.text)
        and folded(said) == folded(heading.get(name))
    ]
    if draft.subject and folded(draft.subject) not in folded(sentence.text) and draft.subject in sentence.before:
        inherited.append("subject_ids")
    regimes = {mention.text for mention in sentence.mentions if mention.kind == "regime"}
    regime = draft.regime if confirming is not None else next(iter(regimes)) if len(regimes) == 1 else None
    confidence = UNCONFIRMED if confirming is None else confirming.confidence
    attribution = draft.attribution
    if sentence.others_speak and attribution == "own":
        attribution, confidence = "cited", confidence * OTHERS_SPEAK
    return replace(draft, regime=regime, attribution=attribution, confidence=confidence), tuple(inherited)
