from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scaling.corpus.counts import Corpus, align, build_corpus, label_cells, pick, take
from scaling.corpus.h5ad import CellSet, read_h5ad
from scaling.errors import CorpusError, MissingLabel, NoCommonGenes
from scaling.simulate import simulate


@pytest.fixture(scope="module")
def sets() -> list[CellSet]:
    return simulate(cells=90, genes=120, types=3, studies=3, depth=200, seed=1)


def _dense(cells: Corpus) -> np.ndarray:
    out = np.zeros((len(cells), len(cells.genes)), dtype=np.int64)
    for row in range(len(cells)):
        part = slice(cells.indptr[row], cells.indptr[row + 1])
        out[row, cells.indices[part]] = cells.counts[part]
    return out


def test_files_with_different_genes_share_one_list_and_remember_what_was_measured(sets: list[CellSet]) -> None:
    first = sets[0]
    renamed = replace(sets[1], genes=tuple(f"X{g}" if n < 30 else g for n, g in enumerate(first.genes)))
    corpus = build_corpus([first, renamed, sets[2]], name="c", min_genes=10, gene_share=0.6)
    assert len(corpus.genes) == 120
    assert corpus.measured.sum(axis=1).tolist() == [120, 90, 120]
    assert _dense(corpus)[corpus.study == 0].sum() == first.counts.sum()
    lost = renamed.counts[renamed.indices < 30].sum()
    assert _dense(corpus)[corpus.study == 1].sum() == renamed.counts.sum() - lost


def test_two_columns_of_one_gene_are_added(sets: list[CellSet]) -> None:
    twice = replace(sets[0], genes=(sets[0].genes[1], *sets[0].genes[1:]))
    gene = int(np.flatnonzero(np.array(sorted(set(twice.genes))) == twice.genes[0])[0])
    found = _dense(align(twice, np.array(sorted(set(twice.genes)))))[:, gene]
    plain = _dense(align(sets[0], np.array(sets[0].genes)))
    assert (found == plain[:, 0] + plain[:, 1]).all()


def test_a_panel_does_not_enter_a_corpus(sets: list[CellSet]) -> None:
    with pytest.raises(CorpusError, match="panel"):
        build_corpus(sets, name="c", min_genes=5000)


def test_files_without_a_gene_in_common_are_refused(sets: list[CellSet]) -> None:
    mouse = replace(sets[1], genes=tuple(gene.lower() for gene in sets[1].genes))
    with pytest.raises(NoCommonGenes, match=r"0 genes in common.*same names"):
        build_corpus([sets[0], mouse], name="c", min_genes=10, gene_share=1.0)
    with pytest.raises(NoCommonGenes):
        align(mouse, np.array(sets[0].genes))


def test_a_missing_label_column_names_the_columns_that_are_there(sets: list[CellSet]) -> None:
    with pytest.raises(MissingLabel, match="batch, cell_type_coarse") as caught:
        label_cells(replace(sets[0], obs={k: v for k, v in sets[0].obs.items() if k != "cell_type"}))
    assert caught.value.column == "cell_type"
    assert "adata.obs['cell_type'] = adata.obs['NAME']" in str(caught.value)
    assert "scanpy.tl.leiden(adata, key_added='cell_type')" in str(caught.value)


def test_author_labels_are_translated_by_the_map_and_the_rest_is_unknown(sets: list[CellSet]) -> None:
    authors = np.array(["CD19+ B", "odd", *["CD19+ B"] * (len(sets[0]) - 2)])
    cells = replace(sets[0], obs={"author_label": authors})
    fine, coarse = label_cells(cells, label_map={"CD19+ B": ["B cell", "CL:0000236", "B"]})
    assert fine[:3].tolist() == ["B cell", "unknown", "B cell"]
    assert coarse[:3].tolist() == ["B", "unknown", "B"]


def test_cells_are_picked_by_column_values(sets: list[CellSet]) -> None:
    chosen = pick(sets[0], {"cell_type": ["type 1", "type 2"]})
    assert set(chosen.obs["cell_type"]) == {"type 1", "type 2"}
    with pytest.raises(CorpusError, match=r"no cell has cell_type = 'none'.*cell_type has 'type 1', 'type 2'"):
        pick(sets[0], {"cell_type": ["none"]})
    with pytest.raises(MissingLabel, match=r"Did you mean cell_type\? Name one of them in `where`"):
        pick(sets[0], {"cell_typ": ["none"]})


def test_the_digest_follows_counts_genes_and_order_but_not_labels(sets: list[CellSet]) -> None:
    corpus = build_corpus(sets, name="c", min_genes=10)
    assert replace(corpus, label=corpus.label[::-1]).digest() == corpus.digest()
    assert take(corpus, np.arange(len(corpus))[::-1]).digest() != corpus.digest()
    counts = corpus.counts.copy()
    counts[0] += 1
    assert replace(corpus, counts=counts).digest() != corpus.digest()


def test_real_files_of_different_genes_become_one_corpus(shared: Path) -> None:
    sets = [read_h5ad(shared / "cells" / f"{name}.h5ad") for name in ("zheng_facs", "pbmc1k_citeseq")]
    corpus = build_corpus(sets, name="c", gene_share=1.0)
    assert len(corpus) == 3874 + 892
    assert 10_000 < len(corpus.genes) < 16_791
    with pytest.raises(CorpusError, match="2511 genes"):
        build_corpus([read_h5ad(shared / "cells" / "kang_ctrl.h5ad")], name="panel")
