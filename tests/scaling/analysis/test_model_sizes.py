from __future__ import annotations

import math
import random

import pytest

from graph.records import Run
from scaling.analysis.model_sizes import slopes


def run(parameters: int, loss: float, *, seed: int = 0, cells: int = 10_000, chosen: bool = True) -> Run:
    return Run(
        study="s", model_id="model:ours_binned", corpus_id="dataset:c", corpus_digest="0" * 64, corpus_cells=20_000,
        genes=512, sampling="random", cells=cells, fraction=cells / 20_000, family="binned",
        config=f'{{"parameters":{parameters}}}', protocol="corrected@2", seed_data=seed, seed_init=seed,
        parameters=parameters, validation_losses={"10": loss + 1.0, "20": loss}, chosen_step=20 if chosen else None,
    )  # fmt: skip


def planted(slope: float, *, sizes: tuple[int, ...] = (10**3, 10**4, 10**5, 10**6)) -> list[Run]:
    rng = random.Random(0)
    return [
        run(size, 2.0 * 10 ** (slope * math.log10(size / 1000) + rng.gauss(0, 0.002)), seed=seed)
        for size in sizes
        for seed in range(5)
    ]


@pytest.mark.parametrize("slope", [0.0, -0.1])
def test_a_planted_slope_is_found_with_an_interval_that_holds_it(slope: float) -> None:
    (found,) = slopes(planted(slope))
    assert (found.cells, found.genes, found.models) == (10_000, 512, 20)
    assert found.low is not None
    assert found.high is not None
    assert found.low < slope < found.high < found.low + 0.01


def test_numbers_of_cells_stand_apart_and_rates_that_were_not_chosen_do_not_count() -> None:
    other = [run(size, 1.0, cells=20_000) for size in (10**3, 10**4)]
    left_out = [run(size, 99.0, seed=9, chosen=False) for size in (10**3, 10**4, 10**5)]
    few, many = slopes([*planted(-0.1), *other, *left_out])[::-1]
    assert (few.cells, few.models, few.slope) == (20_000, 2, None)
    assert many.slope == pytest.approx(-0.1, abs=0.005)
