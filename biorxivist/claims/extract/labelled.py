"""Read a file of sentences, for scoring: what is claimed in each, by its surface names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.read import read_sentence
from biorxivist.errors import InvalidInput
from graph.vocabulary import Vocabulary

__all__ = ["as_tuple", "read_labelled"]

FIELDS = (
    "kind", "subject", "comparator", "direction", "polarity", "task", "dataset", "metric", "regime", "value", "low",
    "high", "bound", "unit", "factor", "ablation", "fraction", "train_fraction", "exceptions", "hedging",
    "attribution", "attributed_to",
)  # fmt: skip


def read_labelled(path: Path, vocabulary: Vocabulary) -> Iterator[dict[str, Any]]:
    """Read ``{"id": ..., "sentence": ...}`` lines; yield ``{"id": ..., "claims": [tuple, ...]}`` for each.

    Raises
    ------
    InvalidInput
        If the file is not there, or a line is not such an object, with its number.
    """
    if not path.is_file():
        msg = f'{path} is not a file. Give JSON lines, one {{"id": ..., "sentence": ...}} a line.'
        raise InvalidInput(msg)
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                name, sentence = entry["id"], entry["sentence"]
            except (ValueError, KeyError, TypeError) as error:
                msg = f'{path}, line {number}: not an object with "id" and "sentence" ({error}).'
                raise InvalidInput(msg) from error
            if name is None or not isinstance(sentence, str):
                msg = f'{path}, line {number}: "id" is null, or "sentence" is no text.'
                raise InvalidInput(msg)
            yield {"id": name, "claims": [as_tuple(draft) for draft in read_sentence(sentence, vocabulary)]}


def as_tuple(draft: Draft) -> dict[str, Any]:
    """The fields of a draft that are filled; the rounding interval of a printed score goes without saying."""
    values = {name: getattr(draft, name) for name in FIELDS}
    if draft.value is not None:
        values["low"] = None
        if draft.kind != "effect":
            values["high"] = None
    values["exceptions"] = list(draft.exceptions)
    return {name: value for name, value in values.items() if value not in (None, [], "exact")}
