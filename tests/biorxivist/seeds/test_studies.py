"""The shipped studies against the code that plans them now."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from biorxivist.seeds import studies
from graph.records import Run
from scaling.study.plan import specs
from scaling.study.prepared import Facts
from scaling.study.spec import load_study


@pytest.mark.parametrize("name", studies.names())
def test_every_recorded_run_is_one_that_the_study_file_plans_today(name: str) -> None:
    folder = resources.files("biorxivist.seeds") / "studies" / name
    runs = [record for record in studies.read(folder) if isinstance(record, Run)]
    first = runs[0]
    facts = Facts(
        key="", corpus_digest=first.corpus_digest, corpus_cells=first.corpus_cells, genes=first.genes,
        genes_digest=json.loads(first.config)["genes_digest"], studies=first.studies, simulated=first.simulated,
        held_out=first.held_out, seed_split=0, evaluation_digests=(), evaluation_names=(), evaluation_methods=(),
    )  # fmt: skip
    planned = {spec.run_id: spec for spec in specs(load_study(str(folder / "study.toml")), facts)}
    assert {run.id for run in runs} <= planned.keys()
    assert all(planned[run.id].run.config == run.config for run in runs)
