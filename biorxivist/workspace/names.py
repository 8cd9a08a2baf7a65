"""Check names in records from outside: each must be in the vocabulary, in the same files, or in the archive.

A claim about an unknown model would be stored, but never listed, compared or judged with others about that model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from biorxivist.errors import InvalidInput
from graph.errors import UnknownName
from graph.records import Claim, Record, Result, Run, SaturationPoint
from graph.vocabulary import KINDS, load_vocabulary

__all__ = ["require_known_names"]

FIELDS = (
    "subject_ids",
    "comparator_ids",
    "model_id",
    "dataset_id",
    "reference_id",
    "task_id",
    "metric_id",
    "corpus_id",
)
"""Fields of records that name an entry of the vocabulary."""


def require_known_names(records: Sequence[Record], archived: Iterable[Record] = ()) -> None:
    """Refuse records about an unknown model, dataset, task or metric.

    Parameters
    ----------
    records
        The records from outside.
    archived
        Models, datasets, tasks and metrics of the archive.

    Raises
    ------
    InvalidInput
        With the record, the name and names that look similar.
    """
    vocabulary = load_vocabulary().extend((*records, *archived))
    for record in records:
        for name in _names(record):
            kind, _, slug = name.partition(":")
            if name in vocabulary:
                continue
            if kind not in KINDS:
                msg = f"{record.id}: {name!r} does not name a model, dataset, task or metric (such as model:scgpt)."
                raise InvalidInput(msg)
            unknown = UnknownName(kind, slug, vocabulary.suggest(kind, slug))
            msg = f"{record.id}: {unknown} Or load a {kind.capitalize()} record with it. Nothing was loaded."
            raise InvalidInput(msg)


def _names(record: Record) -> Iterator[str]:
    if not isinstance(record, Claim | Result | Run | SaturationPoint):
        return
    for field in FIELDS:
        value = getattr(record, field, None)
        yield from (value,) if isinstance(value, str) else value or ()
