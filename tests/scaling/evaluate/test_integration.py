from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_samples

from graph.evidence.measured import Measured, interval_of
from graph.vocabulary.protocol import ARI, ASW_BATCH, ASW_LABEL, AVG_BIO, GRAPH_CONNECTIVITY, ILISI, NMI
from scaling.corpus.h5ad import read_h5ad
from scaling.evaluate.agreement import ari, nmi, table, tables_without
from scaling.evaluate.integration import Integrated, integrate
from scaling.evaluate.louvain import louvain, neighbour_graph
from scaling.evaluate.mixing import graph_connectivity, lisi, scaled_ilisi
from scaling.evaluate.neighbours import nearest
from scaling.evaluate.predictions import GROUPS, cell_groups
from scaling.evaluate.silhouette import batch_silhouettes, silhouettes
from tests.scaling.evaluate.batches import batches_of_types
from tests.scaling.recorded import recorded


def scores_on_clusters(points, labels, batches, clusters) -> dict[str, float]:
    """Every score of an integration, with NMI and ARI on given clusters."""
    near = nearest(points, k=90)
    within = batch_silhouettes(points, labels, batches)
    counts = table(clusters, labels)
    return {
        "nmi": float(nmi(counts)),
        "ari": float(ari(counts)),
        "asw_label": float((silhouettes(points, labels).mean() + 1) / 2),
        "asw_batch": float(np.mean([within[labels == label].mean() for label in np.unique(labels)])),
        "ilisi": scaled_ilisi(lisi(near, batches), batches=3),
        "graph_connectivity": graph_connectivity(near.first(15), labels),
    }


def test_scores_are_those_that_scib_metrics_computed() -> None:
    expected = {name: float(value) for name, value in recorded("scib").items() if name != "version"}
    assert scores_on_clusters(*batches_of_types(0)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_agreement_and_silhouettes_are_those_of_scikit_learn(seed: int) -> None:
    points, labels, _, clusters = batches_of_types(seed)
    lonely = labels.copy()
    lonely[0] = 5  # a cell that is alone in its part
    for one, other in ((clusters, labels), (clusters, lonely), (labels, labels), (np.zeros_like(labels), labels)):
        assert float(nmi(table(one, other))) == pytest.approx(normalized_mutual_info_score(other, one), abs=1e-8)
        assert float(ari(table(one, other))) == pytest.approx(adjusted_rand_score(other, one), abs=1e-8)
    for codes in (labels, lonely):
        np.testing.assert_allclose(silhouettes(points, codes), silhouette_samples(points, codes), atol=1e-8)


def test_a_score_without_a_group_is_that_of_the_other_cells() -> None:
    _, labels, _, clusters = batches_of_types(4)
    groups = cell_groups(len(labels))
    tables = tables_without(clusters, labels, groups, number=GROUPS)
    assert len(tables) == GROUPS + 1
    for group in (0, GROUPS - 1):
        kept = groups != group
        assert nmi(tables)[group + 1] == pytest.approx(normalized_mutual_info_score(labels[kept], clusters[kept]))
        assert ari(tables)[group + 1] == pytest.approx(adjusted_rand_score(labels[kept], clusters[kept]))


@pytest.mark.parametrize("resolution", [0.3, 1.0, 2.0])
def test_communities_have_the_modularity_that_networkx_finds(resolution: float) -> None:
    points, *_ = batches_of_types(1)
    matrix = neighbour_graph(nearest(points, k=15))
    graph = nx.from_scipy_sparse_array(matrix)
    codes = louvain(matrix, resolution=resolution)
    ours = [set(np.flatnonzero(codes == code).tolist()) for code in range(codes.max() + 1)]
    theirs = nx.community.louvain_communities(graph, resolution=resolution, seed=0)
    modularity = nx.community.modularity
    found = modularity(graph, ours, resolution=resolution)
    assert found >= modularity(graph, theirs, resolution=resolution) - 0.01


def test_batches_that_lie_apart_do_not_mix_and_batches_without_effect_do() -> None:
    rng = np.random.default_rng(0)
    labels, batches = rng.integers(0, 3, 240), rng.integers(0, 2, 240)
    types = 6.0 * np.eye(3, 5)[labels] + rng.normal(size=(240, 5))
    groups = cell_groups(240)
    mixed, apart = (
        integrate(points, labels, batches, groups, resolutions=(0.2, 1.0)).scores()
        for points in (types, types + 40.0 * batches[:, None])
    )
    assert mixed[ILISI] > 0.9
    assert apart[ILISI] < 1e-6
    assert mixed[ASW_BATCH] > 0.95 > 0.2 > apart[ASW_BATCH]
    assert mixed[GRAPH_CONNECTIVITY] > 0.95 > 0.6 > apart[GRAPH_CONNECTIVITY]
    # what is published does not see it: each type is two clusters, and that is all
    assert apart[AVG_BIO] > 0.6
    assert mixed[AVG_BIO] == pytest.approx(np.mean([mixed[metric] for metric in (NMI, ARI, ASW_LABEL)]))


def _planted(shared: Path) -> dict[str, Integrated]:
    """Real cells of three chemistries, and embeddings that know their types well, half, and not at all."""
    cells = read_h5ad(shared / "cells" / "pbmc_3tech.h5ad")
    _, labels = np.unique(cells.obs["cell_type"], return_inverse=True)
    _, batches = np.unique(cells.obs["batch"], return_inverse=True)
    rng = np.random.default_rng(0)
    noise, types = rng.normal(size=(len(labels), 12)), np.eye(9, 12)[labels]
    planted = {"good": 6.0 * types + noise, "noisy": 2.5 * types + noise, "noise": noise}
    groups = cell_groups(len(labels))
    return {
        name: integrate(points, labels, batches, groups, resolutions=(0.5, 1.0)) for name, points in planted.items()
    }


def test_a_good_embedding_of_real_cells_ranks_over_a_noisy_one_over_noise(shared: Path) -> None:
    measured = _planted(shared)
    for metric in (AVG_BIO, NMI, ARI, ASW_LABEL, GRAPH_CONNECTIVITY):
        for better, worse in (("good", "noisy"), ("noisy", "noise")):
            one, other = (
                Measured.of(measured[name].scores()[metric], measured[name].without_cells()[metric])
                for name in (better, worse)
            )
            difference = interval_of([one - other, one - other])  # no seeds: the error over cells alone
            assert difference is not None
            assert difference.low > 0, (metric, better, worse)
