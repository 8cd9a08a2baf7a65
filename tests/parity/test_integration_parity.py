from __future__ import annotations

import pytest

from tests.parity.libraries import scib_scores
from tests.scaling.evaluate.batches import batches_of_types
from tests.scaling.evaluate.test_integration import scores_on_clusters

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # of the libraries


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scores_of_an_integration_are_those_of_scib_metrics(seed: int) -> None:
    points, labels, batches, clusters = batches_of_types(seed, cells=700)
    expected = scib_scores(points, labels, batches, clusters)
    assert scores_on_clusters(points, labels, batches, clusters) == pytest.approx(expected, abs=1e-6)
