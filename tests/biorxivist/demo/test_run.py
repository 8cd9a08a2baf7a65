from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.load.prepare import open_graph
from graph.records import Evidence, Result, Run
from tests.biorxivist.demo.conftest import DemoRun, run_short_demo
from tests.conftest import copy_home


def test_verdicts_are_computed_for_several_kinds_of_claims_with_their_gates(demo_run: DemoRun) -> None:
    tested = [row for row in demo_run.demo.rows if row.verdict != "not_testable"]
    assert len(tested) >= 8
    assert len({row.claim.kind for row in tested}) >= 3
    assert all(row.evidence[0].gates for row in tested)


def test_the_small_study_judges_nothing(demo_run: DemoRun) -> None:
    records = demo_run.demo.small_study
    runs = {record.id for record in records if isinstance(record, Run)}
    results = {record.id for record in records if isinstance(record, Result)}
    assert runs
    assert all(record.simulated and not record.held_out for record in records if isinstance(record, Run))
    evidence = [record for record in demo_run.home.archive.read("Evidence") if isinstance(record, Evidence)]
    assert evidence
    assert not any(results & set(record.inputs) for record in evidence)


def test_the_graph_is_ready_to_be_queried(demo_run: DemoRun) -> None:
    with open_graph(demo_run.home) as store:
        assert store.query("MATCH (e:Evidence)-[:EVIDENCE_FOR]->(c:Claim) RETURN count(e) AS n")[0]["n"] > 100
        assert store.run("our_results")


def test_a_second_demo_in_the_same_home_gives_the_same(demo_run: DemoRun, tmp_path: Path) -> None:
    home = copy_home(demo_run.home, tmp_path / "home")
    assert run_short_demo(home).digest == demo_run.demo.digest


@pytest.mark.long
def test_the_whole_demo_runs_from_the_command_line_on_real_cells(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from biorxivist.cli.main import app

    report = tmp_path / "report.html"
    arguments = ["demo", "--all", "--home", str(tmp_path / "home"), "--cells", str(shared / "cells" / "pbmc3k.h5ad")]
    result = CliRunner().invoke(app, [*arguments, "--report", str(report)])
    assert result.exit_code == 0, result.stderr
    assert "your cells" in " ".join(result.stdout.split())
    assert report.stat().st_size > 100_000
