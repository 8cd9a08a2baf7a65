from __future__ import annotations

from pathlib import Path

import pytest

from graph.records import Record, Result, SaturationPoint
from scaling.analysis.plot import saturation_curves, saturation_heatmap
from scaling.study.run import run
from scaling.study.spec import Study


@pytest.fixture(scope="module")
def records(study: Study, simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    return run(study, cells=simulated, out=tmp_path_factory.mktemp("plot"))


def test_curves_have_a_line_per_family_and_dotted_baselines(records: list[Record]) -> None:
    results = [record for record in records if isinstance(record, Result)]
    points = [record for record in records if isinstance(record, SaturationPoint)]
    ax = saturation_curves(results, points=points)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["Contrastive", "Masked autoencoder", "PCA"]
    baselines = {text.get_text() for text in ax.texts}
    assert baselines == {"PCA without pre-training", "log-normalised genes", "untrained encoder"}
    assert ax.get_xscale() == "log"
    assert "16 steps" in ax.get_title(loc="left")
    assert "4 steps" in saturation_curves(results, steps=4).get_title(loc="left")
    with pytest.raises(ValueError, match="no curve"):
        saturation_curves(results, dataset_id="dataset:none")


def test_the_heatmap_says_the_share_or_why_there_is_none(records: list[Record]) -> None:
    points = [
        record
        for record in records
        if isinstance(record, SaturationPoint) and record.metric_id == "metric:macro_f1" and record.sampling == "random"
    ]
    ax = saturation_heatmap(points, rule="paper_any_run@1")
    fields = [text.get_text() for text in ax.texts]
    assert len(fields) == 9
    assert all(field.endswith("%") for field in fields)
    words = {text.get_text() for text in saturation_heatmap(points).texts}
    assert words <= {"rising", "budget", "?"} | {word for word in words if word.endswith("%")}
    with pytest.raises(ValueError, match="no saturation points of the rule"):
        saturation_heatmap(points, rule="none@1")
