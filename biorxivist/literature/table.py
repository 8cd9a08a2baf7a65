"""Papers as tables: pandas, CSV and Parquet, one row per paper."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biorxivist.literature.errors import MissingPart
from biorxivist.literature.sources.base import Hit

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "frame", "row_of", "write_table"]

COLUMNS = (
    "id", "title", "authors", "year", "posted", "venue", "server", "category", "license", "doi", "published_doi",
    "versions", "abstract", "source_url",
)  # fmt: skip
FORMULA = re.compile(r"[=@\t\r]|[+-](?=\D)")


def row_of(hit: Hit) -> dict[str, Any]:
    """One row: authors joined by ``; ``, version labels by ``, ``, the day as text."""
    paper = hit.paper
    return {
        "id": paper.id,
        "title": paper.title,
        "authors": "; ".join(author.name for author in hit.authors),
        "year": paper.year,
        "posted": paper.posted.isoformat() if paper.posted else None,
        "venue": paper.venue,
        "server": paper.server,
        "category": paper.category,
        "license": paper.license,
        "doi": paper.dois[0] if paper.dois else None,
        "published_doi": paper.published_doi,
        "versions": ", ".join(version.label for version in hit.versions),
        "abstract": paper.abstract,
        "source_url": paper.source_url,
    }


def frame(hits: Iterable[Hit]) -> pd.DataFrame:
    """A data frame with `COLUMNS`; ``posted`` is a date-time column.

    Raises
    ------
    MissingPart
        If pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingPart(what="A data frame", module="pandas") from error
    table = pd.DataFrame([row_of(hit) for hit in hits], columns=list(COLUMNS))
    table["posted"] = pd.to_datetime(table["posted"])
    table["year"] = table["year"].astype("Int64")
    return table


def write_table(hits: Iterable[Hit], path: Path) -> int:
    """Write a table and return its number of rows; the suffix, ``.csv`` or ``.parquet``, says how.

    A text that a spreadsheet would take for a formula gets an apostrophe in front, in CSV.

    Raises
    ------
    MissingPart
        If the table is to be Parquet and pyarrow is not installed.
    ValueError
        If the suffix is another one.
    """
    rows = [row_of(hit) for hit in hits]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, COLUMNS)
            writer.writeheader()
            writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    elif path.suffix == ".parquet":
        try:
            pa, pq = import_module("pyarrow"), import_module("pyarrow.parquet")
        except ImportError as error:
            raise MissingPart(what="Parquet", module="pyarrow") from error
        types = {"year": pa.int32()}
        schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    else:
        msg = f"{path.name}: a table is written as .csv or .parquet, not {path.suffix or 'without a suffix'!r}."
        raise ValueError(msg)
    return len(rows)


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
