"""Small batches for tests of families."""

from __future__ import annotations

import torch

from scaling.views.batch import Batch

GENES = tuple(f"G{number:02d}" for number in range(30))


def make_batch(
    counts: torch.Tensor,
    *,
    measured: torch.Tensor | None = None,
    study: torch.Tensor | None = None,
    label: torch.Tensor | None = None,
) -> Batch:
    """A batch of these counts; one study, no labels and everything measured unless said."""
    cells = torch.zeros(len(counts), dtype=torch.int64)
    return Batch(
        counts=counts,
        library=counts.sum(dim=1),
        measured=torch.ones_like(counts) if measured is None else measured,
        study=cells if study is None else study,
        label=cells - 1 if label is None else label,
    )


def random_batch(cells: int = 24, *, seed: int = 0) -> Batch:
    """Counts of which about half are zero; some large."""
    rng = torch.Generator().manual_seed(seed)
    counts = torch.poisson(torch.rand((cells, len(GENES)), generator=rng) ** 4 * 12.0, generator=rng)
    return make_batch(counts)
