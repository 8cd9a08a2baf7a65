"""What a file calls its genes: Ensembl ids, symbols or both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["GeneNames", "gene_names", "without_version"]

ENSEMBL = re.compile(r"(ENS[A-Z]{0,6}G\d{11})(?:\.\d+)?(?:_PAR_Y)?")
"""A gene id, with version and the mark of the copy on Y (which is the same gene)."""
SAMPLE = 500
"""Names that are looked at to see what a column holds."""
ID_COLUMNS = ("feature_id", "gene_ids", "gene_id", "ensembl_id", "ensembl_gene_id", "ensembl", "id")
SYMBOL_COLUMNS = (
    "feature_name",
    "gene_symbols",
    "gene_symbol",
    "gene_name",
    "gene_names",
    "symbol",
    "hgnc_symbol",
    "name",
)


@dataclass(frozen=True)
class GeneNames:
    """Names of the columns of a file, one per column; ids and symbols are None where it has none.

    An empty name is a column that is no gene (an antibody, a guide); nothing is ever matched with it.
    """

    index: tuple[str, ...]
    ids: tuple[str, ...] | None
    """Ensembl ids without version."""
    symbols: tuple[str, ...] | None

    def __len__(self) -> int:
        return len(self.index)


def without_version(name: str) -> str:
    """Drop the version of an Ensembl id, and the mark of a copy on Y; another name stays as it is.

    >>> without_version("ENSG00000182378.15_PAR_Y")
    'ENSG00000182378'
    """
    match = ENSEMBL.fullmatch(name)
    return match[1] if match else name


def gene_names(index: Sequence[str], columns: Mapping[str, Sequence[str]]) -> GeneNames:
    """Find ids and symbols among the index and the columns of a table of genes.

    A column is taken for ids if most of its values are Ensembl ids. An index that is neither ids nor just numbers is
    taken for symbols, unless a column holds them.
    """
    lower = {name.lower(): values for name, values in columns.items()}
    candidates = [index, *(lower[name] for name in ID_COLUMNS if name in lower)]
    ids = next((tuple(map(without_version, values)) for values in candidates if _are_ids(values)), None)
    named = [lower[name] for name in SYMBOL_COLUMNS if name in lower] + [index]
    symbols = next((tuple(values) for values in named if _are_symbols(values)), None)
    return GeneNames(tuple(index), ids, symbols)


def _are_ids(values: Sequence[str]) -> bool:
    some = values[:: max(len(values) // SAMPLE, 1)]
    return sum(ENSEMBL.fullmatch(value) is not None for value in some) > len(some) / 2


def _are_symbols(values: Sequence[str]) -> bool:
    return not _are_ids(values) and not all(value.isdigit() for value in values)
