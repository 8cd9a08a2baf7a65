"""The field of single-cell foundation models as facts: papers, claims, published numbers and our own studies.

A fresh install answers from these, offline. Text is in our own words; bibliographic facts and numbers are as printed,
each with its source and with a flag where it could not be verified. The data are reviewed TOML files beside this
module (CC0); published numbers live in ``scaling.published``, the records of shipped studies in ``studies/``.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph.records import Record

__all__ = ["records"]


def records() -> Iterator[Record]:
    """All shipped records: vocabulary, papers, claims, published numbers, studies.

    Every record is named by vocabulary entries and papers that come before it, and no id comes twice: what a study
    measured of a data set (its digest, say) joins the vocabulary's entry.
    """
    from biorxivist.seeds import claims, papers, studies
    from graph.vocabulary import load_vocabulary
    from scaling import published

    vocabulary, ours = load_vocabulary(), list(studies.records())
    measured = {record.id: record for record in ours if record.id in vocabulary}
    for entry in vocabulary.records():
        yield _joined(entry, measured.get(entry.id))
    yield from papers.records()
    yield from claims.records()
    yield from published.records()
    yield from (record for record in ours if record.id not in measured)


def _joined(entry: Record, other: Record | None) -> Record:
    """The entry, with the fields that only the other record states."""
    if other is None:
        return entry
    unset = type(entry).model_fields.keys() - entry.model_fields_set
    return entry.model_copy(update={name: getattr(other, name) for name in sorted(unset & other.model_fields_set)})
