"""Small batches and cells for tests of families."""

from __future__ import annotations

import numpy as np
import torch

from scaling.corpus.counts import build_corpus
from scaling.simulate import simulate
from scaling.views.batch import Batch
from scaling.views.counts import GeneCounts, choose_counts

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


def cells_of_many_levels() -> GeneCounts:
    """240 simulated cells of 400 genes, of low and high level."""
    corpus = build_corpus(simulate(cells=240, genes=400, depth=2000, seed=0), name="c", min_genes=10)
    return choose_counts(corpus, np.arange(400))
