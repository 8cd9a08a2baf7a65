"""Lines of format version 1, read as records of today: renamed words and fields, and ids that have moved.

An id moves when what it is made of turns out to be wrong or known better: the DOI of a preprint was found, a printed
interval replaces one of rounding. ``moved_ids.csv`` says where to. It is applied to every id that an old line holds,
so that reviews, relations, evidence and results follow the claims, papers and names that they are about. Ids of
nothing that moved stay: a record keeps the id of its line, although an id computed from its fields might be another
one now, because other lines name the record by it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["RENAMED", "moved_ids", "upgraded"]

RENAMED: Mapping[str, Mapping[str, str]] = {"sampling": {"geometric_sketch": "geometric_sketching"}}
"""Field -> word of former versions -> word of today."""


@cache
def moved_ids() -> Mapping[str, str]:
    """Read the committed map: id of version 1 -> id of today."""
    text = (resources.files("graph.records") / "moved_ids.csv").read_text(encoding="utf-8")
    return {row["old"]: row["new"] for row in csv.DictReader(text.splitlines())}


def upgraded(kind: str, record_id: str, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Id and data of a line of version 1, as those of a record of today."""
    moved = moved_ids()
    fields = {name: _today(name, value, moved) for name, value in data.items()}
    if kind == "Dataset" and (organism := fields.pop("organism", None)):
        fields["species"] = organism.split(", ") if isinstance(organism, str) else organism
    if kind == "Relation" and {"claim_id", "other_id"} <= fields.keys():
        # the lower id stands first, and which one that is may have changed
        fields["claim_id"], fields["other_id"] = sorted((fields["claim_id"], fields["other_id"]))
    return moved.get(record_id, record_id), fields


def _today(name: str, value: Any, moved: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        if name.endswith("_id"):
            return moved.get(value, value)
        return RENAMED.get(name, {}).get(value, value)
    if isinstance(value, list) and (name.endswith("_ids") or name == "inputs"):
        return [moved.get(each, each) if isinstance(each, str) else each for each in value]
    return value
