"""Who may stand in for whom, and how large the models and the corpus of a claim are, by the facts of the vocabulary.

The rules of evidence and the design of a study ask the same two things of a claim before and after a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.records import Claim, Dataset, Model
from graph.vocabulary import Vocabulary

__all__ = ["corpus_cells", "parameters", "stand_ins"]


def stand_ins(subject_id: str, trained: Iterable[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Of the models that are trained, those that train the subject's objective in the same way, or are it.

    A group of models is stood in for by whatever stands in for one of its members' objective.
    """
    subject = vocabulary.get(subject_id)
    return tuple(
        model_id
        for model_id in trained
        if model_id in vocabulary.lineage(subject_id)
        or subject_id in vocabulary.lineage(model_id)
        or _same_training(subject, vocabulary.get(model_id))
    )


def corpus_cells(claim: Claim, vocabulary: Vocabulary) -> int | None:
    """Cells of the claim's corpus: as claimed, else of the corpus, else the largest of its subjects."""
    if claim.corpus_cells:
        return claim.corpus_cells
    corpus = vocabulary.get(claim.corpus_id) if claim.corpus_id else None
    if isinstance(corpus, Dataset) and corpus.cells:
        return corpus.cells
    models = _sized(claim, "corpus_cells", vocabulary)
    return max((size for model in models if (size := model.corpus_cells)), default=None)


def parameters(claim: Claim, vocabulary: Vocabulary) -> int | None:
    """Parameters of the claim's largest subject, where known."""
    models = _sized(claim, "parameters", vocabulary)
    return max((size for model in models if (size := model.parameters)), default=None)


def _sized(claim: Claim, fact: str, vocabulary: Vocabulary) -> Iterator[Model]:
    """The models that a claim is about; in place of a family that does not state the fact, its variants.

    Of these only those that were trained on the claim's corpus, where there are any. A group has no size.
    """
    for subject_id in claim.subject_ids:
        subject = vocabulary.get(subject_id)
        if not isinstance(subject, Model) or subject.role == "group":
            continue
        if getattr(subject, fact):
            yield subject
        else:
            entries = [vocabulary.get(variant) for variant in vocabulary.variants(subject_id)]
            variants = [entry for entry in entries if isinstance(entry, Model)]
            trained = [entry for entry in variants if claim.corpus_id and entry.corpus_id == claim.corpus_id]
            yield from trained or variants


def _same_training(subject: object, ours: object) -> bool:
    return (
        isinstance(subject, Model)
        and isinstance(ours, Model)
        and ours.role == "ours"
        and subject.objective is not None
        and (subject.objective, subject.supervision) == (ours.objective, ours.supervision)
    )
