from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from scaling.families.contrastive import ContrastiveConfig, ContrastiveEncoder, match_across, match_among_all
from tests.scaling.families.batches import GENES, random_batch

REFERENCE = ContrastiveConfig.model_validate({"preset": "reference"})


def views(cells: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(0)
    return tuple(functional.normalize(torch.randn(cells, 5, generator=rng), dim=1) for _ in range(2))


@pytest.mark.parametrize("own_view", ["left_out", "zero"])
def test_among_all_views_a_view_competes_with_both_panels(own_view: str) -> None:
    left, right = views()
    every = torch.cat([left, right])
    losses = []
    for number, view in enumerate(every):
        partner = (number + 7) % 14
        scores = {other: 20.0 * float(view @ every[other]) for other in range(14) if other != number}
        if own_view == "zero":
            scores[number] = 0.0
        losses.append(math.log(sum(map(math.exp, scores.values()))) - scores[partner])
    found = match_among_all(left, right, torch.tensor(20.0), own_view=own_view)
    assert float(found) == pytest.approx(sum(losses) / 14, rel=1e-5)


def test_across_panels_a_view_competes_with_the_other_panel_only() -> None:
    left, right = views()
    scores = (20.0 * left @ right.T).tolist()
    losses = [math.log(sum(map(math.exp, row))) - row[number] for number, row in enumerate(scores)]
    back = [math.log(sum(math.exp(row[n]) for row in scores)) - scores[n][n] for n in range(7)]
    found = match_across(left, right, torch.tensor(20.0))
    assert float(found) == pytest.approx((sum(losses) + sum(back)) / 14, rel=1e-5)


def test_the_second_loss_takes_over_after_the_step_that_the_settings_say() -> None:
    batch = random_batch()
    torch.manual_seed(0)
    model = ContrastiveEncoder(GENES, ContrastiveConfig(hidden=(16,), dimensions=8, joint_after=10))
    first, second, validation = (
        float(model.loss(batch, torch.Generator().manual_seed(1), step).detach()) for step in (10, 11, None)
    )
    assert first < second == validation  # more views to be told apart


def test_panels_of_any_size_are_disjoint_and_differ_in_size() -> None:
    model = ContrastiveEncoder(GENES, REFERENCE.model_copy(update={"hidden": (16,), "dimensions": 8}))
    rng, sizes = torch.Generator().manual_seed(0), set()
    for _ in range(40):
        first, second = (panel > 0 for panel in model._panels(torch.ones(2, len(GENES)), rng))
        assert not (first & second).any()
        assert first.any()
        assert second.any()
        sizes.add(int(first.sum()))
    assert min(sizes) < 5 < 15 < max(sizes)
