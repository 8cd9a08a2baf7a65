from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from biorxivist.workspace.home import Home
from scaling.study.design import cost
from scaling.study.spec import load_study

Cli = Callable[..., Result]
CLAIM = "claim:2ad4f503"


@pytest.fixture(autouse=True)
def _short_measurements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "LEAST_SECONDS", 0.01)


def test_a_design_says_what_it_needs_costs_and_sees_and_writes_the_study(
    cli: Cli, seeded: Home, tmp_path: Path
) -> None:
    out = tmp_path / "test.toml"
    said = cli("scaling", "design", CLAIM, "--seeds", "4", "--out", str(out))
    assert said.exit_code == 0, said.stderr
    lines = said.stdout.splitlines()
    assert [line.split()[0] for line in lines[2:9]] == ["tests", "scores", "cells", "sizes", "costs", "on", "sees"]
    assert "stands in for scConcept" in said.stdout
    assert "model:" not in said.stdout
    study = load_study(out)
    assert study.arms[0].seeds == 4
    assert "scaling plan" in said.stderr

    row = json.loads(cli("scaling", "design", CLAIM, "--seeds", "4", "--json").stdout)
    assert row["claim"].startswith(CLAIM)
    assert row["study_file"] == out.read_text(encoding="utf-8")
    assert row["smallest_effect"] > 0


def test_a_claim_that_no_run_can_test_is_refused_with_its_reason(cli: Cli, seeded: Home) -> None:
    said = cli("scaling", "design", "claim:0b63e01f")
    assert said.exit_code == 2
    assert "attention heads" in said.stderr
    assert said.stdout == ""
    assert cli("scaling", "design", "claim:ffffffff").exit_code == 1
    assert cli("scaling", "design", CLAIM, "--gpu", "abacus").exit_code == 1
    assert cli("scaling", "design", CLAIM, "--like", "no_such_study").exit_code != 0
