from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaling.errors import SamplingError
from scaling.sampling import thinning
from scaling.sampling.thinning import thin
from scaling.views.counts import GeneCounts


def cells(rows: int = 200, genes: int = 30, *, most: int = 40, seed: int = 0) -> GeneCounts:
    """Cells with every gene expressed, half of whose counts are of genes that no model sees."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, most, size=(rows, genes))
    return GeneCounts(
        indptr=np.arange(rows + 1, dtype=np.int64) * genes,
        indices=np.tile(np.arange(genes, dtype=np.int32), rows),
        counts=counts.reshape(-1).astype(np.uint32),
        library=2.0 * counts.sum(axis=1),
        measured=np.ones((1, genes), dtype=bool),
        study=np.zeros(rows, dtype=np.int32),
        label=np.arange(rows, dtype=np.int32),
    )


@pytest.mark.parametrize("share", [0.03, 0.5, 0.97])
def test_counts_and_libraries_are_binomial_around_their_share(share: float) -> None:
    whole = cells()
    thinned = thin(whole, share, seed=1)
    before, after = whole.dense(np.arange(200)), thinned.dense(np.arange(200))
    assert (after <= before).all()
    assert thinned.counts.min() > 0, "what is lost has no entry"
    for given, kept in ((before, after), (whole.library, thinned.library)):
        total = given.sum()
        assert abs(kept.sum() - share * total) < 5 * np.sqrt(total * share * (1 - share))
    # of counts that are drawn one by one, the variance around the share is that of a binomial
    spread = ((after - share * before) ** 2).sum() / (before * share * (1 - share)).sum()
    assert 0.9 < spread < 1.1
    assert (thinned.library >= after.sum(axis=1)).all()
    assert (thinned.label == whole.label).all()


def test_blocks_change_nothing_and_seeds_and_cells_do(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cells()
    at_once = thin(whole, 0.3, seed=1)
    assert at_once.digest == thin(cells(), 0.3, seed=1).digest
    assert at_once.digest != thin(whole, 0.3, seed=2).digest
    for block in (1, 7, 1000):  # 1 is smaller than most counts
        monkeypatch.setattr(thinning, "BLOCK", block)
        assert thin(whole, 0.3, seed=1).digest == at_once.digest


def test_a_cell_may_lose_all_its_counts() -> None:
    poor = thin(cells(most=2), 0.001, seed=0)
    empty = np.diff(poor.indptr) == 0
    assert empty.any()
    assert not poor.dense(np.flatnonzero(empty)).any()


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(SamplingError, match="between 0 and 1"):
        thin(cells(), share, seed=0)


@pytest.mark.parametrize("library", [1.0, 1e4 + 0.5])
def test_a_library_that_is_no_sum_of_counts_is_refused(library: float) -> None:
    with pytest.raises(SamplingError, match="whole number"):
        thin(replace(cells(), library=np.full(200, library)), 0.5, seed=0)
