"""How a study draws the cells of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scaling.sampling.clusters import whole_components
from scaling.sampling.sketch import geometric_sketch
from scaling.study.drawing import subset
from scaling.study.plan import specs
from scaling.study.prepare import prepare
from scaling.study.spec import Study
from scaling.views.log import LogCounts


def test_a_study_draws_geometric_sketches_over_the_components_of_its_corpus(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    arms = [
        {"families": ["pca"], "sampling": sampling, "sizes": [50], "seeds": 2}
        for sampling in ("geometric_sketching", "celltype_reweighted")
    ]
    sketched = Study.model_validate(study.model_dump(mode="json") | {"arms": arms})
    cells = prepare(sketched, simulated, tmp_path / "prepared")
    planned = specs(sketched, cells.facts)
    runs = [spec.run for spec in planned]
    drawn = {(spec.run.sampling, spec.run.seed_data): subset(spec, cells) for spec in planned}
    points = whole_components(LogCounts(cells.corpus))
    for seed in range(2):
        rows = drawn["geometric_sketching", seed]
        np.testing.assert_array_equal(rows, geometric_sketch(points, 50, seed=seed))
        assert not np.array_equal(rows, drawn["celltype_reweighted", seed])
    assert '"boxes":5,' in next(run.config for run in runs if run.sampling == "geometric_sketching")
