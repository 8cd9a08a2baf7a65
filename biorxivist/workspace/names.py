"""Names in records from outside: each must be in the vocabulary, in the same files, or in the archive already.

A claim about a model that nobody knows would be kept and never found, compared or judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from biorxivist.errors import InvalidInput
from graph.errors import UnknownName
from graph.records import Claim, Dataset, Metric, Model, Record, Result, Run, SaturationPoint, Task
from graph.vocabulary import load_vocabulary

__all__ = ["NAMED", "require_known_names"]

NAMED = ("Model", "Dataset", "Task", "Metric")
"""Kinds of records that bring names of their own."""
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


def require_known_names(records: Sequence[Record], kept: Iterable[Record] = ()) -> None:
    """Refuse records that speak of a model, dataset, task or metric that nobody knows.

    Parameters
    ----------
    records
        The records from outside.
    kept
        Named records of the archive.

    Raises
    ------
    InvalidInput
        With the record, the name and names that look similar.
    """
    vocabulary = load_vocabulary()
    named = (Model, Dataset, Task, Metric)
    known = {record.id for record in (*records, *kept) if isinstance(record, named)}
    for record in records:
        for name in _names(record):
            kind, _, slug = name.partition(":")
            if name in vocabulary or name in known:
                continue
            if kind.capitalize() not in NAMED:
                msg = f"{record.id}: {name!r} is no name of a model, dataset, task or metric (such as model:scgpt)."
                raise InvalidInput(msg)
            error = UnknownName(kind, slug, vocabulary.suggest(kind, slug))
            msg = f"{record.id}: {error} Or load a {kind.capitalize()} record with it. Nothing was loaded."
            raise InvalidInput(msg)


def _names(record: Record) -> Iterator[str]:
    if not isinstance(record, Claim | Result | Run | SaturationPoint):
        return
    for field in FIELDS:
        value = getattr(record, field, None)
        yield from (value,) if isinstance(value, str) else value or ()
