from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from biorxivist.workspace.home import Home
from tests.conftest import copy_home

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
LONG = {"05_loop"}
"""Notebooks that train models; tests/loop walks the same way among the default tests."""
RUN = [pytest.param(path, id=path.stem, marks=[pytest.mark.long] * (path.stem in LONG)) for path in NOTEBOOKS]


def test_there_is_a_notebook_on_the_graph() -> None:
    assert "02_graph.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_carries_no_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", RUN)
def test_a_notebook_runs_from_top_to_bottom_without_a_network_and_every_cell_tells_something(
    path: Path, seeded_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith(("BIORXIVIST_", "NEO4J_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BIORXIVIST_HOME", str(copy_home(seeded_home, tmp_path / "home").folder))
    monkeypatch.setenv("PYTHONPATH", str(path.parents[1]))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(not cell.outputs for cell in codes) < len(codes) / 2
    told = [output for cell in codes for output in cell.outputs]
    assert [output for output in told if output.output_type == "error" or output.get("name") == "stderr"] == []
