from __future__ import annotations

import numpy as np
import pytest

from scaling.model.variable import variable_genes
from scaling.sampling.diversity import vendi
from scaling.sampling.sketch import cover, geometric_sketch
from tests.parity.libraries import geosketch_boxes, scanpy_variable_genes
from tests.scaling.families.batches import cells_of_many_levels
from tests.scaling.sampling.points import by_first_cell

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # of the libraries


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [20, 200])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_boxes_and_side_equal_those_of_geosketch(dtype: str, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = (rng.normal(size=(30, 20)) * 3)[rng.integers(0, 30, 2000)] + rng.normal(size=(2000, 20))
    points = points.astype(dtype)
    expected, expected_side = geosketch_boxes(points, k)
    boxes, side = cover(points, k)
    assert side == expected_side
    np.testing.assert_array_equal(by_first_cell(boxes), expected)


def test_the_sketch_takes_as_many_cells_of_each_box_as_geosketch_does() -> None:
    from geosketch import gs

    rng = np.random.default_rng(0)
    points = (rng.normal(size=(10, 5)) * 3)[rng.integers(0, 10, 800)] + rng.normal(size=(800, 5))
    boxes, _ = cover(points, 20)
    theirs, ours = gs(points.copy(), 200, k=20, seed=0), geometric_sketch(points, 200, k=20, seed=0)
    # The last round is random in both, so the counts per box agree as a set.
    assert sorted(np.bincount(boxes[theirs])) == sorted(np.bincount(boxes[ours]))


def test_the_vendi_score_is_that_of_vendi_score() -> None:
    from vendi_score.vendi import score_dual, score_X

    profiles = np.random.default_rng(0).lognormal(size=(300, 40))
    assert vendi(profiles, n=300, seed=0) == pytest.approx(score_dual(profiles), rel=1e-8)
    assert vendi(profiles.T, n=40, seed=0) == pytest.approx(score_X(profiles.T), rel=1e-8)


def test_variable_genes_are_those_of_scanpy() -> None:
    cells, rows = cells_of_many_levels(), np.arange(1, 240, 2)
    expected = scanpy_variable_genes(cells.dense(rows))
    assert 10 < expected.sum() < 390
    np.testing.assert_array_equal(variable_genes(cells, rows), expected)
