from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from scaling.corpus.contamination import barcode_stem, find_overlap, refuse_overlap
from scaling.corpus.counts import Corpus, align, build_corpus, take
from scaling.corpus.h5ad import read_h5ad
from scaling.errors import OverlapError
from scaling.simulate import simulate
from scaling.study.reading import read_cells
from scaling.study.spec import load_study


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("pbmc3k:AAACATACAACCAC-1", "AAACATACAACCAC"),
        ("hao_pbmc1k:L2_TCCGATCAGACTCTTG", "TCCGATCAGACTCTTG"),
        ("ipsc:2_CCCATGTGTCTCAT-1-day2", "CCCATGTGTCTCAT"),
        ("mixology:sc_celseq2_A1", "sc_celseq2_A1"),
    ],
)
def test_the_stem_of_a_barcode_has_no_prefix_and_no_suffix(name: str, stem: str) -> None:
    assert barcode_stem(name) == stem


def test_cells_of_few_genes_are_the_same_by_profile_and_barcode_together() -> None:
    entry = simulate(cells=60, genes=200, studies=1, depth=10, seed=0)[0]
    corpus = build_corpus([entry], name="c", min_genes=10)
    assert len(find_overlap(corpus, align(replace(entry, name="copy"), corpus.genes))[0]) == 60
    renamed = planted(align(entry, corpus.genes), np.arange(60), lost=0.0)
    assert len(find_overlap(corpus, renamed)[0]) < 10


def planted(cells: Corpus, rows: np.ndarray, *, lost: float, seed: int = 0) -> Corpus:
    """The cells ``rows`` under new barcodes, each read of them lost with the probability ``lost``."""
    part = take(cells, rows)
    counts = np.random.default_rng(seed).binomial(part.counts, 1 - lost)
    matrix = csr_matrix((counts, part.indices, part.indptr), (len(part), len(part.genes)))
    matrix.eliminate_zeros()
    return replace(
        part,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=matrix.data.astype(np.uint32),
        barcode=np.array([f"NEW{number}" for number in range(len(part))]),
    )


def test_the_same_profile_is_the_same_cell_and_the_same_barcode_is_not() -> None:
    left, right = simulate(cells=60, genes=200, studies=2, depth=2000, seed=0)
    corpus = build_corpus([left], name="c", min_genes=10)
    renamed = planted(align(left, corpus.genes), np.arange(5), lost=0.0)
    stranger = align(replace(right, barcodes=left.barcodes), corpus.genes)
    assert [rows.tolist() for rows in find_overlap(corpus, renamed)] == [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]
    assert len(find_overlap(corpus, stranger)[0]) == 0


@pytest.mark.parametrize("lost", [0.0, 0.05])
@pytest.mark.parametrize("name", ["pbmc3k", "pbmc_3tech"], ids=["all genes", "a panel"])
def test_nine_hundred_cells_under_new_barcodes_are_all_found(shared: Path, name: str, lost: float) -> None:
    entry = read_h5ad(shared / "cells" / f"{name}.h5ad")
    cells = align(entry, np.array(sorted(set(entry.genes))))
    rows = np.sort(np.random.default_rng(1).choice(len(cells), 900, replace=False))
    first, second = find_overlap(cells, planted(cells, rows, lost=lost))
    assert first.tolist() == rows.tolist()
    assert second.tolist() == list(range(900))


@pytest.mark.long
def test_no_cell_of_the_shipped_corpus_is_taken_for_an_evaluation_cell(shared: Path) -> None:
    corpus, evaluations = read_cells(load_study("blood_p"), shared / "cells")
    assert len(corpus) == 19_698
    assert {name: len(find_overlap(corpus, entry)[0]) for name, entry in evaluations.items()} == dict.fromkeys(
        evaluations, 0
    )


def test_repackaged_cells_are_refused_and_the_message_says_what_to_exclude(shared: Path) -> None:
    corpus = build_corpus([read_h5ad(shared / "cells" / "tidy_pbmc7.h5ad")], name="c")
    held_out = align(read_h5ad(shared / "cells" / "pbmc3k.h5ad"), corpus.genes)
    with pytest.raises(
        OverlapError, match=r"300 cells of tidy_pbmc7/GSE115189 are in pbmc3k \(11% of its cells\)"
    ) as caught:
        refuse_overlap(corpus, [held_out])
    assert 'exclude = ["tidy_pbmc7/GSE115189"]' in str(caught.value)


def test_cells_on_a_panel_of_genes_are_recognised_too(shared: Path) -> None:
    corpus = build_corpus([read_h5ad(shared / "cells" / "tidy_pbmc7.h5ad")], name="c")
    held_out = align(read_h5ad(shared / "cells" / "pbmc_3tech.h5ad"), corpus.genes)
    with pytest.raises(OverlapError) as caught:
        refuse_overlap(corpus, [held_out])
    assert [(source, cells) for source, _, cells, _ in caught.value.overlaps] == [
        ("tidy_pbmc7/10x_6K", 15),
        ("tidy_pbmc7/10x_8K", 19),
    ]


def test_one_set_of_cells_published_twice_is_found(shared: Path) -> None:
    first = read_h5ad(shared / "cells" / "kang_stim2k.h5ad")
    corpus = build_corpus([first], name="c")
    found = sum(
        len(find_overlap(corpus, align(read_h5ad(shared / "cells" / f"{name}.h5ad"), corpus.genes))[0])
        for name in ("kang_ctrl", "kang_muscat")
    )
    assert found >= 0.95 * np.sum(first.obs["label_source"] == "author")
