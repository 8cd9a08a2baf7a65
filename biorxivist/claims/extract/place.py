"""How sure a claim is by where in a paper it stands.

An abstract says what was found. Running text says it under the conditions of an experiment, compares by-products, and
speaks of what others did: readers found 21 of 309 comparisons in abstracts wrong, 3 of the 101 that were said
plainly, and 25 of 60 in running text, most of those with a method that no vocabulary has (readings 12 to 18,
docs/claims.md).
"""

from __future__ import annotations

from dataclasses import replace

from biorxivist.claims.extract.doubt import DOUBTFUL
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.heads import is_of_abstract
from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.read import CONFIDENCE
from graph.records import Model, Passage
from graph.vocabulary import Vocabulary

__all__ = ["IN_PLACE", "as_sure_as_in_place", "model_named"]

IN_PLACE: dict[tuple[str, str], float] = {
    ("comparison", "abstract, plainly"): 0.97,
    ("comparison", "abstract"): 0.89,
    ("comparison", "running text, with a group"): 0.73,
    ("comparison", "running text, with a name of its own"): 0.46,
    ("comparison", "running text, of published models"): 0.6,
    ("scale_fact", "abstract"): 0.84,
    ("scale_fact", "running text"): 0.53,
    ("score", "abstract"): 0.83,
    ("score", "running text"): 0.81,
}
"""Share of the claims of a kind in a place that readers found right, drawn towards that of all. Of comparisons of two
published models in running text they saw three: these have the share of all comparisons there."""
# What makes a comparison of performance of "exceeds", "matches", "identical to"
OF_PERFORMANCE = alternatives(
    r"\b(?:out-?perform|under-?perform|surpass|superior|inferior|better|best|worse|worst|accura|precis|performance|"
    r"effective|benchmark|baseline|state[ -]of[ -]the[ -]art|SOTA)\w*"
)


def as_sure_as_in_place(draft: Draft, passage: Passage, sentence: str, vocabulary: Vocabulary) -> Draft:
    """The draft with the confidence that such claims have earned in this part of a paper."""
    place = _place(draft, passage, vocabulary)
    share = IN_PLACE.get((draft.kind, place))
    confidence = draft.confidence * (share / CONFIDENCE[draft.kind] if share is not None else 1)
    if draft.kind == "scale_fact" and share is not None:
        confidence = min(confidence, share)  # whose a size is, and of how much of it, no unit tells
    if (
        draft.kind == "comparison"
        and not place.startswith("abstract")
        and draft.metric is None
        and draft.task is None
        and not OF_PERFORMANCE.search(sentence)
    ):
        confidence *= DOUBTFUL
    return replace(draft, confidence=confidence)


def _place(draft: Draft, passage: Passage, vocabulary: Vocabulary) -> str:
    """Part of a paper; in an abstract, whether a comparison is said plainly, and in running text, with whom."""
    if is_of_abstract(passage):
        return "abstract, plainly" if draft.plain else "abstract"
    if draft.kind != "comparison":
        return "running text"
    subject = model_named(draft.subject_id, draft.subject, vocabulary)
    other = model_named(draft.comparator_id, draft.comparator, vocabulary)
    if other is None or other.role == "group":
        return "running text, with a group"
    came = any(side is not None and (side.introduced_in or side.met_in) for side in (subject, other))
    return f"running text, {'with a name of its own' if came else 'of published models'}"


def model_named(entry_id: str | None, name: str | None, vocabulary: Vocabulary) -> Model | None:
    """The entry of the model that a draft names; none for "existing methods" and for a name that is in no entry."""
    entry = vocabulary.get(entry_id or vocabulary.find("model", name or "") or "")
    return entry if isinstance(entry, Model) else None
