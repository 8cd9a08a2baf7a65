"""The genes of a corpus: read from a list, or found in its files; and which column of a file is which gene.

Genes go by Ensembl id without version, or by symbol. Files that name one and files that name the other meet where a
file, or the list, names both. Columns of one file that are the same gene are summed.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scaling.corpus.readers.names import GeneNames, gene_names
from scaling.errors import CorpusError, NoCommonGenes

__all__ = ["GeneTable", "columns_in", "find_genes", "read_genes"]

MIN_GENES = 50
"""Fewer genes in common mean different names rather than a small panel."""


@dataclass(frozen=True)
class GeneTable:
    """Genes in the order of the columns of a corpus.

    ``genes`` are the names that they go by: ids, or symbols where nothing has ids. ``symbols`` has a symbol per gene,
    empty where none is known.
    """

    genes: tuple[str, ...]
    symbols: tuple[str, ...]
    by_id: bool

    def __len__(self) -> int:
        return len(self.genes)


def read_genes(path: Path) -> GeneTable:
    """Read a list of genes: a name a line, or a table (.csv, .tsv, .parquet) with columns such as ``feature_id``.

    The order of the list is kept; a gene that stands in it twice counts once.

    Raises
    ------
    CorpusError
        If the file holds no genes.
    """
    columns = _columns(path)
    names = gene_names(next(iter(columns.values()), []), columns)
    wanted = names.ids or names.symbols
    if not wanted:
        msg = f"{path}: no genes. Give Ensembl ids or symbols, one a line, or a table with a header."
        raise CorpusError(msg, path)
    symbol_of = dict(zip(wanted, names.symbols or (), strict=False))
    genes = tuple(dict.fromkeys(gene for gene in wanted if gene))
    return GeneTable(genes, tuple(symbol_of.get(gene, "") for gene in genes), by_id=names.ids is not None)


def _columns(path: Path) -> dict[str, list[str]]:
    """Columns of a list of genes; one without a name where it is a text."""
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            table = pq.read_table(path)
            return {name: list(map(str, table[name].to_pylist())) for name in table.column_names}
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        msg = (
            f"{path}: no list of genes can be read ({error}). Give a text file with a gene a line, or .csv, .tsv or "
            ".parquet."
        )
        raise CorpusError(msg, path) from error
    if path.suffix not in {".csv", ".tsv"}:
        return {"": [line.strip() for line in lines]}
    header, *rows = csv.reader(lines, delimiter="\t" if path.suffix == ".tsv" else ",") if lines else [[]]
    return {name: [row[number] if number < len(row) else "" for row in rows] for number, name in enumerate(header)}


def find_genes(files: Sequence[GeneNames], *, gene_share: float) -> GeneTable:
    """Find the genes that at least the fraction ``gene_share`` of the files measured, sorted by name.

    Raises
    ------
    NoCommonGenes
        If fewer than 50 genes are.
    """
    by_id = any(names.ids for names in files)
    symbol_of: dict[str, str] = {}
    if by_id:
        for names in files:
            for gene, symbol in zip(names.ids or (), names.symbols or (), strict=False):
                symbol_of.setdefault(gene, symbol)
    known = GeneTable(tuple(symbol_of), tuple(symbol_of.values()), by_id=True)
    files_with: Counter[str] = Counter()
    for names in files:
        if by_id and not names.ids:  # symbols only: their ids are those that another file gives
            columns = columns_in(known, names)
            files_with.update({known.genes[column] for column in columns.tolist() if column >= 0})
        else:
            files_with.update(set((names.ids if by_id else names.symbols) or names.index) - {""})
    genes = tuple(sorted(gene for gene, number in files_with.items() if number >= gene_share * len(files)))
    if len(genes) < MIN_GENES:
        raise NoCommonGenes(None, "corpus", len(genes), files[-1].index, files[0].index)
    return GeneTable(genes, tuple(symbol_of.get(gene, "") for gene in genes), by_id=by_id)


def columns_in(table: GeneTable, names: GeneNames) -> npt.NDArray[np.int64]:
    """Find the column of the table for each column of a file; -1 for one that it has not.

    By id where both have ids, else by symbol. A symbol that two genes of the table share stands for neither.
    """
    if table.by_id and names.ids:
        wanted, offered = table.genes, names.ids
    else:
        wanted, offered = table.symbols if table.by_id else table.genes, names.symbols or names.index
    uses = Counter(wanted)
    column_of = {name: number for number, name in enumerate(wanted) if name and uses[name] == 1}
    return np.array([column_of.get(name, -1) for name in offered], dtype=np.int64)
