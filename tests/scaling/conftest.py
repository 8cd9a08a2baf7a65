from __future__ import annotations

from pathlib import Path

import pytest

from scaling.simulate import simulate, write_simulated
from scaling.study.spec import Study


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with four simulated studies of 250 cells and 300 genes."""
    folder = tmp_path_factory.mktemp("simulated")
    write_simulated(folder, simulate(cells=1000, genes=300, types=6, studies=4, depth=60, seed=3))
    return folder


@pytest.fixture(scope="session")
def study() -> Study:
    """A study of seconds: two simulated studies as corpus, the other two held out."""
    return Study.model_validate(
        {
            "name": "tiny",
            "corpus": {"id": "dataset:tiny", "files": ["simulated1", "simulated2"], "genes": 100, "min_genes": 100},
            "budget": {"steps": 16, "warmup": 2, "hidden": [32], "dimensions": 8, "batch_size": 32},
            "arms": [
                {"families": ["pca", "masked", "contrastive"], "sizes": [50, 150, "all"], "seeds": 2},
                {"families": ["pca"], "sampling": "celltype_reweighted", "sizes": [50, 150], "seeds": 2},
            ],
            "evaluations": [
                {"kind": "cross_study", "reference": "simulated3", "query": "simulated4"},
                {"kind": "cross_study", "reference": "simulated4", "query": "simulated3"},
                {"kind": "within_study", "query": "simulated3"},
            ],
        }
    )
