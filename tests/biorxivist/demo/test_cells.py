from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from biorxivist.demo import cells as demo_cells
from biorxivist.demo.cells import find_cells, join_labels


def test_cells_that_are_given_are_taken(tmp_path: Path) -> None:
    found = find_cells(tmp_path / "mine.h5ad", tmp_path)
    assert (found.path, found.simulated) == (tmp_path / "mine.h5ad", False)
    assert "your cells" in found.description


def test_without_a_network_cells_are_simulated_and_it_is_said(tmp_path: Path) -> None:
    found = find_cells(None, tmp_path / "cells")
    assert found.simulated
    assert found.path.is_file()
    assert "simulated" in found.description
    assert "could not be downloaded" in found.description
    before = found.path.stat().st_mtime_ns
    assert find_cells(None, tmp_path / "cells", offline=True).path.stat().st_mtime_ns == before


def test_cells_fetched_before_are_taken_without_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pbmc3k.h5ad").write_bytes(b"")
    monkeypatch.setattr(demo_cells, "_hosts_answer", lambda: pytest.fail("asked the network"))
    found = find_cells(None, tmp_path)
    assert "PBMC 3k" in found.description
    assert not found.simulated


def test_a_download_that_fails_leaves_simulated_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_cells, "_hosts_answer", lambda: True)
    monkeypatch.setattr(demo_cells, "_fetch", lambda target: None)
    assert find_cells(None, tmp_path).simulated


def test_labels_of_the_processed_set_are_joined_by_barcode() -> None:
    import anndata
    import pandas as pd

    counts = anndata.AnnData(np.arange(12.0).reshape(4, 3), obs=pd.DataFrame(index=list("abcd")))
    counts.var_names = pd.Index(["G1", "G2", "G2"])
    processed = anndata.AnnData(
        np.zeros((3, 1)), obs=pd.DataFrame({"louvain": ["B", "NK", "B"]}, index=["c", "a", "zz"])
    )
    joined = join_labels(counts, processed)
    assert list(joined.obs_names) == ["c", "a"]
    assert list(joined.obs["cell_type"]) == ["B", "NK"]
    assert joined.X[0].tolist() == [6.0, 7.0, 8.0]
    assert joined.var_names.is_unique
