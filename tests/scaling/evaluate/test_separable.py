from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_matrix

from scaling.errors import CorpusError
from scaling.evaluate.agreement import ari, table
from scaling.evaluate.label_check import check_labels
from scaling.evaluate.separable import artificial, selected, separable_clusters

CELLS, GENES = 300, 200


def drawn(kinds: int, seed: int, *, markers: int = 40, fold: float = 2.5) -> tuple[npt.NDArray[np.int64], ...]:
    """Negative binomial counts of cells of some kinds, and the kind of each cell."""
    rng = np.random.default_rng(seed)
    profiles = np.tile(np.exp(rng.normal(0.0, 1.2, GENES)), (kinds, 1))
    for profile in profiles[: kinds if kinds > 1 else 0]:
        profile[rng.choice(GENES, markers, replace=False)] *= fold
    profiles /= profiles.sum(axis=1, keepdims=True)
    kind = rng.integers(kinds, size=CELLS)
    mean = profiles[kind] * rng.lognormal(np.log(1500.0), 0.35, CELLS)[:, None]
    return rng.poisson(mean * rng.gamma(2.0, 0.5, mean.shape)), kind


def test_clusters_of_one_kind_are_joined_and_clusters_of_three_kinds_are_kept() -> None:
    for seed in range(2):
        counts, _ = drawn(1, seed)
        found = separable_clusters(counts, seed=seed)
        assert found.first.max() > 1  # the clustering alone finds several
        assert (len(found), found.genes) == (1, {})
        counts, kind = drawn(3, seed)
        found = separable_clusters(counts, seed=seed)
        assert len(found) == 3
        assert ari(table(found.clusters, kind)) > 0.9
        assert set(found.genes) == {(0, 1), (0, 2), (1, 2)}
        assert min(found.genes.values()) >= 20


@pytest.mark.long
@pytest.mark.parametrize(("kinds", "resolution"), [(1, 1.0), (1, 3.0), (3, 1.0), (3, 2.0)])
def test_of_a_hundred_draws_at_least_95_have_as_many_clusters_as_kinds(kinds: int, resolution: float) -> None:
    numbers = [len(separable_clusters(drawn(kinds, seed)[0], resolution=resolution, seed=seed)) for seed in range(100)]
    assert numbers.count(kinds) >= 95


def test_an_artificial_gene_has_the_counts_and_the_spread_of_its_own_and_knows_of_no_kind() -> None:
    counts, kind = drawn(3, 0, markers=60, fold=6.0)
    depth = counts.sum(axis=1).astype(float)
    fake = artificial(counts, depth, seed=0)
    frequent = counts.mean(axis=0) > 2
    np.testing.assert_allclose(fake.mean(axis=0)[frequent], counts.mean(axis=0)[frequent], rtol=0.3)
    np.testing.assert_allclose(np.median(fake.var(axis=0) / counts.var(axis=0)), 1.0, atol=0.15)
    gap = [np.ptp([values[kind == code].mean(axis=0) for code in range(3)], axis=0) for values in (counts, fake)]
    assert np.median(gap[0][frequent] / gap[1][frequent]) > 3
    np.testing.assert_array_equal(artificial(counts, depth, seed=0), fake)


def test_genes_stand_out_only_as_the_artificial_ones_allow() -> None:
    leading, none = np.full(40, 5.0), np.zeros(40)
    assert selected(leading, none, rate=0.05) == 40
    assert selected(leading[:19], none[:19], rate=0.05) == 0  # 1 / 19 is more than a share of .05
    real, fake = np.concatenate([leading, none]), np.concatenate([none, leading])
    assert selected(real, fake, rate=0.05) == 0  # as many artificial genes lead as real ones
    assert selected(np.append(leading[:39], 0.0), np.append(none[:39], 9.0), rate=0.05) == 0  # 2 of 39
    assert selected(np.append(leading[:39], 0.0), np.append(none[:39], 1.0), rate=0.05) == 39  # it leads by less


def test_labels_that_a_clustering_made_of_one_kind_are_named() -> None:
    counts, _ = drawn(1, 1)
    found = separable_clusters(counts, seed=0)
    labels = np.array([f"type {code}" for code in found.first])
    said = check_labels(csr_matrix(counts), labels)
    assert f"fall into {found.first.max() + 1} clusters, of which 1 are told apart" in said[0]
    assert said[1].startswith("Parted by the clustering and told apart by no gene: type 0 and type 1; type 0 and")
    counts, kind = drawn(3, 1)
    (said,) = check_labels(csr_matrix(counts), np.array(list("abc"))[kind])
    assert "of which 3 are told apart" in said


def test_too_few_genes_and_cells_without_counts_are_refused() -> None:
    with pytest.raises(CorpusError, match="give 20 genes or more"):
        separable_clusters(np.ones((50, 19), dtype=np.int64))
    with pytest.raises(CorpusError, match="1 cells have no counts"):
        separable_clusters(np.concatenate([np.ones((40, 30)), np.zeros((1, 30))]).astype(np.int64))
    with pytest.raises(CorpusError, match="no gene is found in 10 cells"):
        check_labels(csr_matrix(np.eye(30, dtype=np.int64)), np.array(["a"] * 30))
