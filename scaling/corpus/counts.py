"""Many files of cells as one matrix of counts over one list of genes.

Columns are renumbered, never joined as tables (an outer join of these files took 200 s, renumbering takes two). A
gene that a file did not measure is zero there, and ``measured`` records it, so that a model is never trained to
predict it. Files with few genes (panels) may be evaluated on, but do not enter a corpus.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scaling.corpus.h5ad import CellSet
from scaling.corpus.labels import is_missing
from scaling.errors import CorpusError, MissingLabel, NoCommonGenes

__all__ = [
    "UNKNOWN",
    "Corpus",
    "align",
    "build_corpus",
    "entries_of",
    "label_cells",
    "pick",
    "renumber",
    "take",
]

Text = npt.NDArray[np.str_]
UNKNOWN = "unknown"
MIN_SHARED_GENES = 50
"""Fewer genes in common mean different names (symbols, Ensembl ids) rather than a small panel."""
MOST_LISTED = 20
"""Values of a column that a message names."""


@dataclass(frozen=True)
class Corpus:
    """Cells of one or more studies over one list of genes.

    Rows are cells: ``indices[indptr[i]:indptr[i + 1]]`` are the genes of cell ``i`` (ascending), ``counts`` their
    counts. ``measured[s, g]`` (studies x genes) says whether study ``s`` of ``studies`` measured gene ``g``;
    ``study[i]`` is the number of the study of cell ``i``. ``barcode``, ``batch``, ``label`` (fine cell type) and
    ``coarse`` (coarse cell type) have one entry per cell; a type is ``"unknown"`` where the file has none.
    """

    name: str
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint32]
    genes: Text
    studies: tuple[str, ...]
    measured: npt.NDArray[np.bool_]
    study: npt.NDArray[np.int32]
    barcode: Text
    batch: Text
    label: Text
    coarse: Text
    simulated: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason -> cells of the files that were not used."""
    columns: Mapping[str, Text] = field(default_factory=dict)
    """Further columns of obs that the evaluations of a set need (batches, conditions); none for a corpus."""

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def digest(self) -> str:
        """Hexadecimal sha256 of counts, genes and the order of cells; labels do not change it."""
        state = hashlib.sha256()
        for part in (self.indptr, self.indices, self.counts):
            state.update(np.ascontiguousarray(part).tobytes())
        for names in (self.genes, self.barcode):
            state.update("\n".join(names.tolist()).encode())
        return state.hexdigest()


def label_cells(
    cells: CellSet,
    *,
    fine: str = "cell_type",
    coarse: str = "cell_type_coarse",
    author: str = "author_label",
    label_map: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Text, Text]:
    """Read the fine and coarse cell type of each cell.

    The columns ``fine`` and ``coarse`` are taken where the file has them. Otherwise the authors' labels are translated
    by ``label_map`` (author label -> [name, Cell Ontology id, coarse name, ...]); a label that the map does not know
    is ``"unknown"``, and so is a word for no label (nan, unassigned ...). Without a coarse column or map, coarse is
    fine.

    Raises
    ------
    MissingLabel
        If neither column is there.
    """
    path = cells.path or Path(cells.name)
    if fine in cells.obs:
        names = cells.obs[fine]
        return _known(names), _known(cells.obs.get(coarse, names))
    if author not in cells.obs:
        raise MissingLabel(path, fine, sorted(cells.obs))
    if label_map is None:
        return _known(cells.obs[author]), _known(cells.obs[author])
    author_labels, codes = np.unique(cells.obs[author], return_inverse=True)
    entries = [label_map.get(name, (UNKNOWN, "", UNKNOWN)) for name in author_labels.tolist()]
    return np.array([entry[0] for entry in entries])[codes], np.array([entry[2] for entry in entries])[codes]


def _known(labels: Text) -> Text:
    return np.where(is_missing(labels), UNKNOWN, labels)


def pick(cells: CellSet, where: Mapping[str, Sequence[str]]) -> CellSet:
    """Select the cells whose obs columns hold one of the given values.

    Raises
    ------
    CorpusError
        If a column does not exist or no cell is left.
    """
    keep = np.ones(len(cells), dtype=bool)
    for column, values in where.items():
        if column not in cells.obs:
            similar = difflib.get_close_matches(column, cells.obs, n=1)
            meant = f"Did you mean {similar[0]}? " if similar else ""
            advice = f"{meant}Name one of them in `where` of the study file."
            raise MissingLabel(cells.path or Path(cells.name), column, sorted(cells.obs), advice=advice)
        keep &= np.isin(cells.obs[column], list(values))
    if not keep.any():
        wanted = " and ".join(f"{column} = {' or '.join(map(repr, values))}" for column, values in where.items())
        there = "; ".join(f"{column} has {_listed(cells.obs[column])}" for column in where)
        msg = f"{cells.name}: no cell has {wanted}. Change `where` in the study file; {there}."
        raise CorpusError(msg, cells.path)
    return cells.take(np.flatnonzero(keep))


def _listed(values: Text) -> str:
    distinct = np.unique(values).tolist()
    return ", ".join(map(repr, distinct[:MOST_LISTED])) + (" ..." if len(distinct) > MOST_LISTED else "")


def build_corpus(
    sets: Sequence[CellSet],
    *,
    name: str,
    labels: Sequence[tuple[Text, Text]] | None = None,
    min_genes: int = 5000,
    gene_share: float = 0.5,
) -> Corpus:
    """Join the cells of several files into one corpus.

    Parameters
    ----------
    sets
        The files. The first has study number 0, and so on.
    labels
        Fine and coarse types per set, as :func:`label_cells` returns them; all unknown if left out.
    min_genes
        A file with fewer genes is a panel and is refused.
    gene_share
        A gene enters if at least this fraction of the files measured it.

    Raises
    ------
    CorpusError
        If there are no cells, or a file is a panel.
    NoCommonGenes
        If no gene reaches ``gene_share``, or a file shares too few genes with the rest.
    """
    if not sets or not any(len(cells) for cells in sets):
        msg = f"Corpus {name}: no cells. Name at least one file with cells under [corpus] files."
        raise CorpusError(msg)
    for cells in sets:
        if len(cells.genes) < min_genes:
            msg = (
                f"{cells.path or cells.name}: {len(cells.genes)} genes, fewer than {min_genes}: a panel does not enter "
                "a corpus. Evaluate on it instead, or lower min_genes of the study file."
            )
            raise CorpusError(msg, cells.path)
    files_with = Counter(gene for cells in sets for gene in set(cells.genes))
    # Sorted, so that the corpus and its digest do not depend on the order of genes within the files.
    genes = sorted(gene for gene, files in files_with.items() if files >= gene_share * len(sets))
    if len(genes) < MIN_SHARED_GENES:
        raise NoCommonGenes(None, name, len(genes), sets[-1].genes, sets[0].genes)
    parts = [
        align(cells, np.array(genes), labels=None if labels is None else labels[number])
        for number, cells in enumerate(sets)
    ]
    return _concatenate(parts, name)


def align(cells: CellSet, genes: Text, *, labels: tuple[Text, Text] | None = None) -> Corpus:
    """Renumber the columns of a file to another list of genes; the result is a corpus of one study.

    Genes that are not in ``genes`` are dropped; genes that the file lacks are zero and not ``measured``.

    Raises
    ------
    NoCommonGenes
        If fewer than 50 genes are shared (fewer than all, where the list is shorter).
    """
    column_of = {gene: number for number, gene in enumerate(genes.tolist())}
    new_column = np.array([column_of.get(gene, -1) for gene in cells.genes], dtype=np.int64)  # -1: dropped
    measured = np.zeros(len(genes), dtype=bool)
    measured[new_column[new_column >= 0]] = True
    if measured.sum() < min(MIN_SHARED_GENES, len(genes)):
        raise NoCommonGenes(cells.path, cells.name, int(measured.sum()), cells.genes, genes.tolist())
    indptr, indices, counts = renumber(cells.indptr, cells.indices, cells.counts, new_column, len(genes))
    fine, coarse = labels if labels is not None else (np.full(len(cells), UNKNOWN),) * 2
    return Corpus(
        name=cells.name,
        indptr=indptr,
        indices=indices,
        counts=counts,
        genes=genes,
        studies=(cells.name,),
        measured=measured[None],
        study=np.zeros(len(cells), dtype=np.int32),
        barcode=cells.barcodes,
        batch=cells.obs.get("batch", np.full(len(cells), cells.name)),
        label=fine,
        coarse=coarse,
        simulated=cells.simulated,
    )


def renumber(
    indptr: npt.NDArray[np.int64],
    indices: npt.NDArray[np.int32],
    counts: npt.NDArray[np.uint32],
    new_column: npt.NDArray[np.int64],
    genes: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.uint32]]:
    """Move compressed rows to other columns: column ``g`` becomes ``new_column[g]`` of ``genes``, -1 is dropped.

    Columns that become one are summed; columns ascend within a row.
    """
    from scipy.sparse import csr_matrix

    columns = new_column[indices]
    retained = columns >= 0
    # A row now ends after as many entries as were retained up to its old end.
    ends = np.concatenate([[0], np.cumsum(retained)])[indptr]
    matrix = csr_matrix((counts[retained], columns[retained].astype(np.int32), ends), shape=(len(indptr) - 1, genes))
    matrix.sum_duplicates()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.uint32)


def _concatenate(parts: Sequence[Corpus], name: str) -> Corpus:
    offsets = np.cumsum([0] + [len(part.counts) for part in parts])  # entries before each part
    indptr = np.concatenate([[0]] + [part.indptr[1:] + offsets[n] for n, part in enumerate(parts)])
    return Corpus(
        name=name,
        indptr=indptr.astype(np.int64),
        indices=np.concatenate([part.indices for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        genes=parts[0].genes,
        studies=tuple(part.studies[0] for part in parts),
        measured=np.concatenate([part.measured for part in parts]),
        study=np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts]),
        barcode=np.concatenate([part.barcode for part in parts]),
        batch=np.concatenate([part.batch for part in parts]),
        label=np.concatenate([part.label for part in parts]),
        coarse=np.concatenate([part.coarse for part in parts]),
        simulated=any(part.simulated for part in parts),
    )


def take(corpus: Corpus, rows: npt.NDArray[np.int64]) -> Corpus:
    """Select the cells ``rows`` of a corpus, in that order; studies keep their numbers."""
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((corpus.counts, corpus.indices, corpus.indptr), shape=(len(corpus), len(corpus.genes)))[rows]
    columns = {name: getattr(corpus, name)[rows] for name in ("study", "barcode", "batch", "label", "coarse")}
    return replace(
        corpus,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=matrix.data,
        columns={name: values[rows] for name, values in corpus.columns.items()},
        **columns,
    )


def entries_of(indptr: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Positions of the entries of ``rows`` in the arrays of compressed rows, row after row.

    The ranges of the rows, joined without a loop over rows (this is called for every batch): entry ``j`` of the
    result lies at ``j`` plus the distance between where its row starts in the input and where in the result.
    """
    starts = indptr[rows]
    lengths = indptr[rows + 1] - starts
    ends = np.cumsum(lengths)
    shift: npt.NDArray[np.int64] = np.repeat(starts - (ends - lengths), lengths)
    return np.arange(len(shift)) + shift
