from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from scaling.errors import CorpusError
from scaling.views.counts import GeneCounts
from scaling.views.ranks import gene_medians, rank_genes, read_medians

EVERY = np.arange(4)


def test_the_median_of_a_gene_is_over_the_cells_that_express_it(cells: GeneCounts) -> None:
    # per 10,000: gene 0 has 5000 and 1000, gene 1 4000 and 1000, gene 2 1000 twice, gene 3 2000 and 1000, gene 4 6000
    assert gene_medians(cells).tolist() == [3000, 2500, 1000, 1500, 6000]
    assert gene_medians(cells, rows=np.array([0])).tolist() == [0, 4000, 1000, 2000, 0]


def test_genes_stand_by_their_level_above_the_median_and_equal_ones_by_number(cells: GeneCounts) -> None:
    medians = torch.tensor([1.0, 4.0, 1.0, 1.0, 3.0], dtype=torch.float64)
    # cell 0: gene 1 has 4/4, gene 2 1/1, gene 3 2/1; cell 3: 1, 1/4, 1, 1, 6/3
    genes, lengths = rank_genes(torch.from_numpy(cells.dense(EVERY)), medians, length=4)
    assert genes.tolist() == [[3, 1, 2, -1], [0, -1, -1, -1], [-1, -1, -1, -1], [4, 0, 2, 3]]
    assert lengths.tolist() == [3, 1, 0, 4]


def test_padded_cells_have_the_ranks_of_whole_ones(cells: GeneCounts) -> None:
    medians = torch.from_numpy(gene_medians(cells))
    whole, lengths = rank_genes(torch.from_numpy(cells.dense(EVERY)), medians, length=5)
    numbers = torch.tensor([[1, 2, 3, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 1, 2, 3, 4]])
    counts = torch.tensor([[4, 1, 2, 0, 0], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 6]])
    padded, other = rank_genes(counts, medians, length=5, genes=numbers)
    assert padded.tolist() == whole.tolist()
    assert other.tolist() == lengths.tolist()


def test_a_gene_without_a_median_is_not_ranked(cells: GeneCounts) -> None:
    medians = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0], dtype=torch.float64)
    genes, lengths = rank_genes(torch.from_numpy(cells.dense(EVERY)), medians, length=5)
    assert genes[0].tolist() == [1, 2, -1, -1, -1]
    assert lengths.tolist() == [2, 0, 0, 3]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.json", '{"B": 2.5, "A": 1}'),
        ("m.csv", "gene,median\nB,2.5\nA,1\n"),
        ("m.tsv", "B\t2.5\nA\t1\n"),
    ],
)
def test_medians_are_read_from_a_file_in_the_order_of_the_genes(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_medians(tmp_path / name, np.array(["A", "B", "C"])).tolist() == [1.0, 2.5, 0.0]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\x80\x04K\x01.", "pickle"), (b"gene,median\nA,x\n", "no medians"), (b"X,1\n", "none of the genes")],
)
def test_a_file_without_medians_of_these_genes_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "m.csv").write_bytes(content)
    with pytest.raises(CorpusError, match=said):
        read_medians(tmp_path / "m.csv", np.array(["A"]))
