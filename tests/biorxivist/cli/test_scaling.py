from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

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


def test_the_options_say_how_many_are_stacked_and_what_is_compiled(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def run_study(study: object, **options: object) -> tuple[dict[str, int], list[str]]:
        seen.append((options["stack"], options["compile"]))
        return {}, []

    monkeypatch.setattr("biorxivist.workspace.studies.run_study", run_study)
    for given in ((), ("--stack", "auto"), ("--stack", "off"), ("--stack", "8", "--compile", "on")):
        assert cli(*RUN, *given).exit_code == 0
    assert cli(*RUN, "--stack", "off", "--runner", "ray").exit_code == 0
    assert seen == [(None, "auto"), (None, "auto"), (1, "auto"), (8, "on"), (1, "auto")]


@pytest.mark.parametrize("given", ["0", "-1", "65", "1.5", "many", "", "\u0662"])
def test_a_stack_of_no_number_is_refused(given: str, cli: Cli) -> None:
    result = cli(*RUN, f"--stack={given}")
    assert result.exit_code == 2
    assert "it is auto, off, or a number from 1 to 64" in " ".join(result.stderr.split())


def test_a_cluster_stacks_nothing(cli: Cli) -> None:
    result = cli(*RUN, "--stack", "4", "--runner", "ray")
    assert result.exit_code == 2
    assert "not with --runner ray" in " ".join(result.stderr.split())


def test_printed_points_are_listed_with_those_of_the_shipped_studies_beside_them(cli: Cli) -> None:
    result = cli("scaling", "reproduce", "--json")
    assert result.exit_code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert sum(row["part"] == "point" for row in rows) == 330
    scales = {(own["study"], own["corpus_cells"]) for row in rows for own in row.get("ours", ())}
    assert scales == {
        ("blood_p", 19_698),
        ("blood_z", 14_905),
        ("four_full_t", 8_584),
        ("four_t", 8_584),
        ("paper_p", 18_677),
    }
    assert "212 of 330 printed points have ours beside them" in " ".join(result.stderr.split())


def test_a_file_that_is_no_records_is_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}\n", encoding="utf-8")
    result = cli("scaling", "reproduce", str(tmp_path / "bad.jsonl"))
    assert result.exit_code != 0
    assert "bad.jsonl, line 1: not a record" in result.stderr
