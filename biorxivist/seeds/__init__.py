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
    """Read all shipped records: vocabulary, papers, claims, published numbers, studies.

    A record comes after the vocabulary entries and papers that it names, and no id comes twice: what a study measured
    of a dataset (such as its digest) is merged into the vocabulary's entry.
    """
    from biorxivist.seeds import claims, papers, studies
    from graph.vocabulary import load_vocabulary
    from scaling import published

    vocabulary, study_records = load_vocabulary(), list(studies.records())
    measured = {record.id: record for record in study_records if record.id in vocabulary}
    for entry in vocabulary.records():
        yield _merge(entry, measured.get(entry.id))
    yield from papers.records()
    yield from claims.records()
    yield from published.records()
    yield from (record for record in study_records if record.id not in measured)


def _merge(entry: Record, measured: Record | None) -> Record:
    """Add the fields that only the measured record states; where both state one, the vocabulary's is right."""
    if measured is None:
        return entry
    unset = type(entry).model_fields.keys() - entry.model_fields_set
    added = sorted(unset & measured.model_fields_set)
    return entry.model_copy(update={name: getattr(measured, name) for name in added})
