from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import Result

from scaling.study.cluster import Cluster

Cli = Callable[..., Result]
RUN = ("scaling", "run", "demo", "--cells", "cells.h5ad", "--out", "out")


def test_options_of_a_cluster_are_refused_without_one(cli: Cli) -> None:
    result = cli(*RUN, "--address", "auto", "--shared")
    assert result.exit_code == 2
    assert "--address, --shared: only with --runner ray" in " ".join(result.stderr.split())


def test_without_ray_it_is_said_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("biorxivist.workspace.studies.find_spec", lambda name: None if name == "ray" else True)
    result = cli(*RUN, "--runner", "ray")
    assert result.exit_code == 3
    assert "pip install 'biorxivist-graph[ray]'" in result.stderr


def test_the_options_name_the_cluster(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def run_study(study: object, **options: object) -> tuple[dict[str, int], list[str]]:
        seen.append(options["cluster"])
        return {}, []

    monkeypatch.setattr("biorxivist.workspace.studies.run_study", run_study)
    assert cli(*RUN, "--runner", "ray", "--address", "head:6379", "--gpus-per-run", ".25", "--shared").exit_code == 0
    assert cli(*RUN, "--workers", "2").exit_code == 0
    assert seen == [Cluster(address="head:6379", gpus_per_run=0.25, shared=True), None]
