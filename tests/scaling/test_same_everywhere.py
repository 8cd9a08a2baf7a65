"""What a study must find equal on every machine: genes, clusters, subsets, splits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import linalg

from scaling.corpus import genes
from scaling.corpus.counts import Corpus, build_corpus
from scaling.sampling.clusters import clusters, whole_components
from scaling.simulate import simulate
from scaling.views.log import log_normalise

ROOT = Path(__file__).parents[2]
JITTER = 1e-15
PRINT_DIGESTS = """
import numpy as np
from graph.records import digest
from scaling.corpus.counts import build_corpus
from scaling.corpus.genes import select_genes
from scaling.evaluate.knn import stratified_halves
from scaling.model.components import fit_components
from scaling.sampling.clusters import clusters, whole_components
from scaling.sampling.subsets import celltype_reweighted, random_subset
from scaling.simulate import simulate
from scaling.views.log import log_normalise

corpus = build_corpus(simulate(cells=1500, genes=800, types=8, studies=3, depth=400, seed=5), name="c", min_genes=10)
chosen = select_genes(corpus, 300)
cells = log_normalise(corpus, chosen)
found = clusters(whole_components(cells), 12, seed=0)
loadings = fit_components(cells, np.arange(len(cells)))
print(digest(corpus.genes[chosen].tolist()), digest(found.tolist()),
      digest(celltype_reweighted(found, 300, seed=1).tolist()), digest(random_subset(1500, 300, seed=1).tolist()),
      digest([part.tolist() for part in stratified_halves(corpus.label, seed=0)]))
print(digest(loadings.tolist()))
"""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return build_corpus(simulate(cells=900, genes=600, types=8, studies=3, depth=400, seed=5), name="c", min_genes=10)


def test_the_genes_are_the_same_under_a_hundred_jitters_of_the_last_bit(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = genes.select_genes(corpus, 200)
    rng = np.random.default_rng(0)
    log10 = np.log10
    monkeypatch.setattr(
        genes.np, "log10", lambda values: log10(values) * (1 + rng.uniform(-JITTER, JITTER, np.shape(values)))
    )
    assert all((genes.select_genes(corpus, 200) == chosen).all() for _ in range(100))


def test_genes_that_vary_alike_are_taken_in_the_order_of_their_names() -> None:
    entry = simulate(cells=200, genes=100, types=2, studies=1, depth=300, seed=1)[0]
    dense = np.zeros((200, 100), dtype=np.uint32)
    for row in range(200):
        part = slice(entry.indptr[row], entry.indptr[row + 1])
        dense[row, entry.indices[part]] = entry.counts[part]
    dense[:, 50:] = dense[:, :50]  # every gene has a twin
    rows, columns = np.nonzero(dense)
    twins = build_corpus(
        [
            type(entry)(
                name="twins",
                indptr=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=200))]).astype(np.int64),
                indices=columns.astype(np.int32),
                counts=dense[rows, columns],
                genes=entry.genes,
                barcodes=entry.barcodes,
                obs={},
            )
        ],
        name="c",
        min_genes=10,
    )
    chosen = set(genes.select_genes(twins, 31).tolist())
    alone = [column for column in chosen if column < 50 and column + 50 not in chosen]
    assert len(alone) == 1
    assert all(column - 50 in chosen for column in chosen if column >= 50)


def test_the_clusters_are_the_same_under_a_hundred_jitters_of_the_components(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = log_normalise(corpus, np.arange(60)).take(np.arange(0, 900, 3))
    found = clusters(whole_components(cells), 6, seed=0)
    assert len(set(found.tolist())) == 6
    rng = np.random.default_rng(1)
    exact = linalg.eigh

    def jittered(matrix: object, **options: object) -> tuple[object, np.ndarray]:
        values, vectors = exact(matrix, **options)
        return values, vectors * (1 + rng.uniform(-JITTER, JITTER, vectors.shape)) * rng.choice(
            [-1, 1], vectors.shape[1]
        )

    monkeypatch.setattr(linalg, "eigh", jittered)
    assert all((clusters(whole_components(cells), 6, seed=0) == found).all() for _ in range(100))


def test_clusters_follow_the_types(corpus: Corpus) -> None:
    found = clusters(whole_components(log_normalise(corpus, genes.select_genes(corpus, 200))), 16, seed=0)
    majority = sum(np.unique(corpus.label[found == cluster], return_counts=True)[1].max() for cluster in set(found))
    assert majority / len(found) > 0.9


def test_two_linear_algebra_kernels_choose_the_same_genes_clusters_subsets_and_splits() -> None:
    printed = []
    for kernel in ("Prescott", "Haswell"):
        environment = {**os.environ, "OPENBLAS_CORETYPE": kernel, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", PRINT_DIGESTS],
            env=environment, cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        printed.append(done.stdout.splitlines())
    assert printed[0][0] == printed[1][0]
    if printed[0][1] == printed[1][1]:
        pytest.skip("this linear algebra library has one kernel: the two runs say nothing")
