from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scaling.corpus.counts import Corpus, build_corpus
from scaling.simulate import simulate
from scaling.views.batch import batch_of
from scaling.views.counts import choose_counts, load_counts, save_counts
from scaling.views.log import log_cp10k, log_normalise


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return build_corpus(simulate(cells=300, genes=200, types=4, studies=2, depth=500, seed=2), name="c", min_genes=10)


def test_dense_rows_are_log_counts_per_ten_thousand(corpus: Corpus) -> None:
    columns = np.array([3, 10, 50])
    rows = np.array([7, 0, 7])
    dense = np.zeros((len(corpus), len(corpus.genes)))
    for row in range(len(corpus)):
        part = slice(corpus.indptr[row], corpus.indptr[row + 1])
        dense[row, corpus.indices[part]] = corpus.counts[part]
    expected = np.log1p(dense / dense.sum(axis=1, keepdims=True) * 1e4)[rows][:, columns]
    np.testing.assert_allclose(log_normalise(corpus, columns).dense(rows), expected, rtol=1e-6)


def test_genes_that_do_not_take_part_do_not_count(corpus: Corpus) -> None:
    shared = np.zeros(len(corpus.genes), dtype=bool)
    shared[:50] = True
    cells = log_normalise(corpus, np.arange(100), shared=shared)
    dense = cells.dense(np.arange(len(cells)))
    assert (dense[:, 50:] == 0).all()
    assert not cells.measured[:, 50:].any()
    np.testing.assert_allclose(np.expm1(dense).sum(axis=1), 1e4, rtol=1e-4)


def test_taken_rows_are_those_rows(corpus: Corpus) -> None:
    cells = log_normalise(corpus, np.arange(100))
    rows = np.array([5, 2, 250])
    assert (cells.take(rows).dense(np.arange(3)) == cells.dense(rows)).all()


def test_saved_counts_are_opened_as_mapped_memory(corpus: Corpus, tmp_path: Path) -> None:
    cells = choose_counts(corpus, np.arange(20))
    opened = load_counts(save_counts(cells, tmp_path))
    assert isinstance(opened.counts, np.memmap)
    assert (opened.dense(np.arange(9)) == cells.dense(np.arange(9))).all()
    assert opened.types.tolist() == cells.types.tolist()


def test_a_batch_shows_the_same_log_counts_and_knows_study_and_type(corpus: Corpus) -> None:
    labels = np.array(["b", "unknown", "a"] * 100)
    cells, rows = choose_counts(corpus, np.arange(100), labels=labels), np.array([5, 3, 250])
    batch = batch_of(cells, rows)
    expected = log_normalise(corpus, np.arange(100)).dense(rows)
    np.testing.assert_allclose(log_cp10k(batch).numpy(), expected, rtol=1e-5)
    assert batch.measured.shape == (3, 100)
    assert batch.study.tolist() == corpus.study[rows].tolist()
    assert (cells.types.tolist(), batch.label.tolist()) == (["a", "b"], [0, 1, -1])
