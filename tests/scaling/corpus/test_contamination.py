from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scaling.corpus.contamination import barcode_stem, find_overlap, refuse_overlap
from scaling.corpus.counts import align, build_corpus
from scaling.corpus.h5ad import read_h5ad
from scaling.errors import OverlapError
from scaling.simulate import simulate


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


def test_a_cell_needs_the_same_barcode_and_the_same_profile_to_be_the_same() -> None:
    left, right = simulate(cells=60, genes=200, studies=2, depth=2000, seed=0)
    corpus = build_corpus([left], name="c", min_genes=10)
    same = align(replace(left.take(np.arange(5)), name="copy"), corpus.genes)
    stranger = align(replace(right, barcodes=left.barcodes), corpus.genes)
    assert find_overlap(corpus, same)[0].tolist() == [0, 1, 2, 3, 4]
    assert len(find_overlap(corpus, stranger)[0]) == 0


def test_repackaged_cells_are_refused_and_the_message_says_what_to_exclude(shared: Path) -> None:
    corpus = build_corpus([read_h5ad(shared / "cells" / "tidy_pbmc7.h5ad")], name="c")
    held_out = align(read_h5ad(shared / "cells" / "pbmc3k.h5ad"), corpus.genes)
    with pytest.raises(OverlapError, match="300 cells of tidy_pbmc7/GSE115189 are in pbmc3k") as caught:
        refuse_overlap(corpus, [held_out])
    assert 'exclude = ["tidy_pbmc7/GSE115189"]' in str(caught.value)


def test_cells_on_a_panel_of_genes_are_recognised_too(shared: Path) -> None:
    corpus = build_corpus([read_h5ad(shared / "cells" / "tidy_pbmc7.h5ad")], name="c")
    held_out = align(read_h5ad(shared / "cells" / "pbmc_3tech.h5ad"), corpus.genes)
    with pytest.raises(OverlapError) as caught:
        refuse_overlap(corpus, [held_out])
    assert [(source, cells) for source, _, cells in caught.value.overlaps] == [
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
