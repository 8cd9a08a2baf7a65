"""What a person may say of a claim, field by field, and how it is read: names of the vocabulary, numbers, choices."""

from __future__ import annotations

import difflib
from typing import Any

from biorxivist.errors import InvalidInput
from graph.vocabulary import Vocabulary

__all__ = ["CORRECTABLE", "parse_value", "reason_of"]

CORRECTABLE = (
    "statement", "kind", "subject_ids", "comparator_ids", "task_id", "dataset_id", "metric_id", "value", "low", "high",
    "unit", "direction", "polarity", "regime", "corpus_id", "corpus_cells", "fraction", "sampling", "ablation",
    "train_fraction", "threshold", "factor", "exceptions", "condition", "printed", "bound", "spread", "runs",
    "hedging", "attribution", "attributed_to", "evidence_type", "read", "inferred", "source_url", "location",
)  # fmt: skip
"""What a person may correct: what the claim says, not which paper says it, nor the words that are quoted."""
NAMES = {
    "subject_ids": "model", "comparator_ids": "model", "task_id": "task", "dataset_id": "dataset",
    "metric_id": "metric", "corpus_id": "dataset",
}  # fmt: skip
"""Field -> kind of vocabulary entry that it names."""
NUMBERS = {"value", "low", "high", "corpus_cells", "fraction", "train_fraction", "threshold", "runs"}


def parse_value(name: str, value: Any, vocabulary: Vocabulary) -> Any:
    """Value of a field as the record holds it; names of the vocabulary become ids.

    Raises
    ------
    InvalidInput
        If a claim has no such field that a person may set, or a name is unknown, with names that look similar.
    """
    if name not in CORRECTABLE:
        close = difflib.get_close_matches(name, CORRECTABLE, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"Fields are {', '.join(CORRECTABLE)}."
        msg = f"A claim has no field {name!r} that can be corrected. {hint}"
        raise InvalidInput(msg)
    if isinstance(value, int | float) and name not in NUMBERS and not name.endswith("_ids"):
        value = str(value)  # direction=0 is a direction, though the command line reads a number
    kind = NAMES.get(name)
    if kind is None or value is None:
        return value if value is not None or not name.endswith("_ids") else ()
    if name.endswith("_ids"):
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            msg = f"{name} is a list of names: {name}=scGPT,Geneformer."
            raise InvalidInput(msg)
        return tuple(_resolve(kind, str(name), vocabulary) for name in names)
    return _resolve(kind, str(value), vocabulary)


def _resolve(kind: str, name: str, vocabulary: Vocabulary) -> str:
    """The vocabulary's id of a name; an id of another kind is taken where it is an entry (a claim about a dataset)."""
    if name.strip() in vocabulary:
        return name.strip()
    from graph.errors import UnknownName

    try:
        return vocabulary.resolve(kind, name.strip())
    except UnknownName as error:
        raise InvalidInput(str(error)) from error


def reason_of(error: ValueError) -> str:
    """Why a record is not valid, field by field."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return f"{error}."
    return " ".join(f"{'.'.join(map(str, each['loc'])) or 'claim'}: {each['msg']}." for each in error.errors())
