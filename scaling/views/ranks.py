"""Genes of a cell by rank, as Geneformer sees them (Theodoris et al., Nature 2023).

A gene's expression is divided by its median over the cells of the corpus that express it, so that genes which are
high everywhere do not always stand first, and the genes of a cell are sorted by what comes out. The library size of a
cell divides all of its genes alike, so ranks need counts and medians only; and since a quotient of two numbers has one
rounded value on every machine, and ties go by gene, tokens are equal everywhere.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from scaling.corpus.counts import entries_of
from scaling.errors import CorpusError
from scaling.views.counts import GeneCounts
from scaling.views.log import TARGET

__all__ = ["gene_medians", "rank_genes", "read_medians"]


def gene_medians(cells: GeneCounts, *, rows: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.float64]:
    """Median of each gene's counts per 10,000 over the cells that express it; 0 for a gene that none expresses.

    Parameters
    ----------
    rows
        Cells that are looked at; all if left out. Memory follows their entries: of a corpus of millions take a sample.
    """
    chosen = np.arange(len(cells)) if rows is None else rows
    entries = entries_of(cells.indptr, chosen)
    lengths = cells.indptr[chosen + 1] - cells.indptr[chosen]
    levels = cells.counts[entries] * TARGET / np.repeat(np.asarray(cells.library)[chosen], lengths)
    genes = np.asarray(cells.indices)[entries]
    sorted_levels = levels[np.lexsort((levels, genes))]
    number = np.bincount(genes, minlength=cells.genes)
    medians = np.zeros(cells.genes)
    expressed = np.flatnonzero(number)
    start = (np.cumsum(number) - number)[expressed]
    low, high = start + (number[expressed] - 1) // 2, start + number[expressed] // 2
    medians[expressed] = (sorted_levels[low] + sorted_levels[high]) / 2
    return medians


def read_medians(path: Path, genes: npt.NDArray[np.str_]) -> npt.NDArray[np.float64]:
    """Read medians from a JSON object (gene -> median) or a table of two columns (.csv, .tsv), in the order of genes.

    Returns
    -------
    One median per gene; 0, so that it is never ranked, for a gene that the file does not hold.

    Raises
    ------
    CorpusError
        If the file is none of these, or holds none of the genes.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            known = {str(gene): float(median) for gene, median in json.loads(text).items()}
        else:
            rows = list(csv.reader(text.splitlines(), delimiter="\t" if path.suffix == ".tsv" else ","))
            known = {row[0]: float(row[1]) for row in rows[int(not _is_number(rows[0][1])) :] if row}
    except (OSError, ValueError, IndexError, AttributeError, TypeError) as error:
        msg = (
            f"{path}: no medians can be read ({error}). Give a JSON object, gene -> median, or a table of two columns "
            "(.csv, .tsv): gene, median. A pickle has to be converted: reading one can run any program."
        )
        raise CorpusError(msg, path) from error
    medians = np.array([known.get(gene, 0.0) for gene in genes.tolist()])
    if not (medians > 0).any():
        msg = f"{path}: medians of {', '.join(list(known)[:3])} ..., none of the genes {', '.join(genes[:3])} ...."
        raise CorpusError(msg, path)
    return medians


def rank_genes(counts: Tensor, medians: Tensor, *, length: int, genes: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Sort the genes of each cell by count divided by median, highest first; equal genes by number.

    Parameters
    ----------
    counts
        Cells x genes; or, with ``genes``, the expressed genes of each cell, ascending, padded with zeros.
    medians
        One per gene (float64); genes of median 0 are never ranked.
    length
        Genes that are kept at most.
    genes
        Number of the gene of each entry, of the shape of ``counts``; the column if left out.

    Returns
    -------
    Numbers of genes (cells x at most ``length``, -1 after the last of a cell), and how many each cell has.
    """
    numbers = torch.arange(counts.shape[1], device=counts.device).expand_as(counts) if genes is None else genes
    median = medians.to(torch.float64)[numbers]
    level = torch.where(median > 0, counts.to(torch.float64) / median, 0.0)
    level, order = torch.sort(level, dim=1, descending=True, stable=True)
    level, order = level[:, :length], order[:, :length]
    expressed = level > 0
    return torch.where(expressed, torch.gather(numbers, 1, order), -1), expressed.sum(dim=1)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
