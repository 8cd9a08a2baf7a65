"""Columns of obs and var as text, whole or a range of rows at a time, in every encoding that anndata has had.

Nodes are those of h5py or of zarr, which look alike: a group has keys, an array has not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Column", "columns_of", "index_of", "text_of"]

Text = npt.NDArray[np.str_]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Column:
    """A column that is not read yet."""

    node: Any
    field: str | None = None
    """Field of a compound table (anndata before 0.7)."""
    categories: Text | None = None
    """Names that the numbers of ``node`` stand for."""
    mask: Any = None
    """Whether each value is missing."""

    def __len__(self) -> int:
        return int(self.node.shape[0])

    def read(self, start: int = 0, stop: int | None = None) -> Text:
        """Read the rows from ``start`` to ``stop`` as text; a missing value is ``"unknown"``."""
        rows = slice(start, len(self) if stop is None else stop)
        values = self.node[rows]
        if self.field is not None:
            values = values[self.field]
        if self.categories is not None:
            return _decode(values, self.categories)
        text = text_of(values)
        return text if self.mask is None else np.where(self.mask[rows], UNKNOWN, text)


def columns_of(group: Any, rows: int, *, uns: Any = None) -> dict[str, Column]:
    """Columns of a table that have one value per row, by name; ``uns`` has the categories of old files."""
    if not hasattr(group, "keys"):  # anndata < 0.7: one compound table, categories beside it
        names = [name for name in group.dtype.names if name not in {group.dtype.names[0], "index"}]
        known = {name: f"{name}_categories" for name in names if uns is not None and f"{name}_categories" in uns}
        columns = {
            name: Column(group, field=name, categories=_names(uns[known[name]]) if name in known else None)
            for name in names
        }
    else:
        index = group.attrs.get("_index", "_index")
        columns = {
            name: column
            for name in group
            if name not in {index, "__categories"} and (column := _column(group, name)) is not None
        }
    return {name: column for name, column in columns.items() if len(column) == rows}


def index_of(group: Any) -> Column:
    """Names of the rows of a table."""
    if not hasattr(group, "keys"):
        return Column(group, field=group.dtype.names[0])
    index = _column(group, group.attrs.get("_index", "_index"))
    if index is None:
        msg = "the names of the rows are no column"
        raise ValueError(msg)
    return index


def text_of(values: npt.NDArray[Any]) -> Text:
    """Values as text; bytes are UTF-8."""
    if values.dtype.kind in "SOT":  # T: texts of any length, which zarr gives
        decoded = [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]
        return np.array(decoded, dtype=np.str_) if decoded else np.empty(0, dtype="U1")
    return values.astype(np.str_)


def _column(group: Any, name: str) -> Column | None:
    """The column of this name; None for a group of a kind that is no column."""
    node = group[name]
    if hasattr(node, "keys"):
        if "categories" in node and "codes" in node:
            return Column(node["codes"], categories=_names(node["categories"]))
        if "values" in node and "mask" in node:  # nullable numbers, truth values and texts
            return Column(node["values"], mask=node["mask"])
        return None
    if "__categories" in group and name in group["__categories"]:
        return Column(node, categories=_names(group["__categories"][name]))
    return Column(node)


def _names(node: Any) -> Text:
    return text_of(node["values"][()] if hasattr(node, "keys") else node[()])


def _decode(codes: npt.NDArray[Any], categories: Text) -> Text:
    if len(codes) and int(codes.max()) >= len(categories):
        msg = f"category {int(codes.max())} of {len(categories)}"
        raise ValueError(msg)
    if len(categories) == 0:
        return np.full(len(codes), UNKNOWN)
    return np.where(codes < 0, UNKNOWN, categories[codes])
