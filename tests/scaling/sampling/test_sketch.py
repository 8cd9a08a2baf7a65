from __future__ import annotations

import numpy as np
import pytest

from scaling.errors import SamplingError
from scaling.sampling.sketch import cover, geometric_sketch
from tests.scaling.recorded import recorded
from tests.scaling.sampling.points import by_first_cell, clustered_points

RECORDED = recorded("geosketch")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [6, 60])
def test_boxes_and_their_side_are_those_of_geosketch(dtype: str, k: int) -> None:
    boxes, side = cover(clustered_points(dtype), k)
    assert side == RECORDED[f"side_{dtype}_{k}"]
    np.testing.assert_array_equal(by_first_cell(boxes), RECORDED[f"boxes_{dtype}_{k}"])


def test_a_sketch_takes_boxes_in_turn_and_so_holds_more_of_the_rare_cells() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 0.1, (950, 3)), rng.normal(0, 0.1, (50, 3)) + 5])
    boxes, _ = cover(points, 10)
    rows = geometric_sketch(points, 100, k=10, seed=0)
    drawn, held = np.bincount(boxes[rows], minlength=boxes.max() + 1), np.bincount(boxes)
    left = drawn[drawn < held]
    assert len(rows) == 100
    assert left.max() - left.min() <= 1
    assert (rows >= 950).sum() > 10  # a random subset would hold five


def test_two_seeds_draw_other_cells() -> None:
    points = clustered_points("float64")
    first, second = (geometric_sketch(points, 60, seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(geometric_sketch(points, 60, seed=0), first)
    assert not np.array_equal(first, second)


def test_whole_and_empty_sketches_are_all_and_no_cells() -> None:
    points = clustered_points("float32")
    assert geometric_sketch(points, len(points), seed=0).tolist() == list(range(len(points)))
    assert len(geometric_sketch(points, 0, seed=0)) == 0


def test_cells_that_are_all_alike_are_one_box() -> None:
    boxes, _ = cover(np.ones((20, 4)), 5)
    assert boxes.max() == 0
    assert len(geometric_sketch(np.ones((20, 4)), 7, k=5, seed=0)) == 7


def test_more_dimensions_than_a_number_can_combine_still_give_exact_boxes() -> None:
    points = np.random.default_rng(0).integers(0, 3, (200, 60)).astype(np.float64)  # 3 ** 60 combinations
    points[100:] = points[:100]
    boxes, _ = cover(points, 100)
    assert boxes.max() == 99
    np.testing.assert_array_equal(boxes[100:], boxes[:100])


def test_a_sketch_that_cannot_be_drawn_says_why() -> None:
    points = clustered_points("float32")
    with pytest.raises(SamplingError, match="subset of 501 cells cannot be drawn from 500"):
        geometric_sketch(points, 501, seed=0)
    with pytest.raises(SamplingError, match="0 boxes"):
        cover(points, 0)
    with pytest.raises(SamplingError, match="0 cells"):
        cover(points[:0], 3)
    with pytest.raises(SamplingError, match="not a finite number"):
        cover(np.array([[0.0], [np.nan]]), 1)
