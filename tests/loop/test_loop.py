from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from biorxivist.cli.main import app
from biorxivist.workspace.home import Home
from scaling.study.design import cost
from tests.conftest import copy_home
from tests.loop.cells import simulated
from tests.loop.page import commands, walk
from tests.loop.paper import CLAIM, TITLE, services, settings
from tests.neo4j_server.shared import Address

OTHER = "Evaluating the role of pretraining dataset size and diversity on single-cell foundation model performance"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("BIORXIVIST_", "NEO4J_", "OPENAI_")) and name != "BIORXIVIST_SHARED":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def done(cells: Path | str, like: Path | str, out: Path) -> dict[str, Result]:
    """Walk through the page; the outcome of each command by its first words."""
    out.mkdir()
    outcomes: dict[str, Result] = {}
    with services() as fake, pytest.MonkeyPatch.context() as patch:
        for name, value in settings(fake).items():
            patch.setenv(name, value)
        for words, outcome in walk(run, {"CELLS": str(cells), "LIKE": str(like), "OUT": str(out)}):
            assert outcome.exit_code == 0, f"{' '.join(words)}\n{outcome.stdout}\n{outcome.stderr}"
            outcomes[" ".join(words[:2]) if words[0] in {"claims", "scaling", "graph"} else words[0]] = outcome
    return outcomes


def compared(outcomes: dict[str, Result]) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in outcomes["graph query"].stdout.splitlines()]
    assert {row["paper"] for row in rows} == {TITLE}
    (article, *_) = [row for row in rows if row["other_paper"] == OTHER]
    assert {"subject", "fraction"} <= set(article["differ_in"])
    return rows


def test_the_walk_ends_with_both_papers_their_scope_and_our_result_in_one_row(
    light_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIORXIVIST_HOME", str(copy_home(light_home, tmp_path / "home").folder))
    monkeypatch.setattr(cost, "LEAST_SECONDS", 0.02)
    cells, like = simulated(tmp_path / "simulated")
    outcomes = done(cells, like, tmp_path / "out")
    assert TITLE in outcomes["search"].stdout
    assert CLAIM in outcomes["get"].stdout
    (claim,) = [json.loads(line) for line in outcomes["claims list"].stdout.splitlines()]
    assert (claim["kind"], claim["review"]) == ("saturation", "unreviewed")
    ours = [row for row in compared(outcomes) if row["study"].startswith("test_")]
    assert {row["our_model"] for row in ours} == {"Our masked autoencoder"}
    assert {row["our_cells"] for row in ours} == {600}
    assert {row["our_curve"] for row in ours} <= {"saturated", "rising", "not_identified", "budget_dependent"}
    # simulated cells judge nothing
    assert {row["verdict"] for row in ours} == {None}
    assert "Example 2026" in outcomes["ask"].stdout
    assert "DenAdel" in outcomes["ask"].stdout


@pytest.mark.long
@pytest.mark.server
def test_on_real_cells_and_a_neo4j_server_the_walk_ends_with_a_verdict_at_our_scale(
    shared: Path, empty: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIORXIVIST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BIORXIVIST_STORE", empty.url)
    monkeypatch.setenv("NEO4J_USERNAME", empty.login.username)
    if empty.login.password is not None:
        monkeypatch.setenv("NEO4J_PASSWORD", empty.login.password.get_secret_value())
    like = tmp_path / "like.toml"
    like.write_text(short_blood(), encoding="utf-8")
    outcomes = done(shared / "cells", like, tmp_path / "out")
    ours = [row for row in compared(outcomes) if row["study"].startswith("test_")]
    assert {row["our_cells"] for row in ours} == {8584}
    assert None not in {row["verdict"] for row in ours}
    assert "8,584" in outcomes["explain"].stdout
    assert "DenAdel" in outcomes["ask"].stdout
    assert "Example 2026" in outcomes["ask"].stdout


def short_blood() -> str:
    """The preset with a tenth of its steps, at one learning rate."""
    from importlib import resources

    text = (resources.files("scaling.study") / "presets" / "blood_t.toml").read_text(encoding="utf-8")
    shorter = {
        "steps = 2000": "steps = 200", "checkpoints = [125, 500, 2000]": "checkpoints = [50, 200]",
        "learning_rate_factors = [0.3, 1.0, 3.0]": "learning_rate_factors = [1.0]", "pilot_seeds = 2": "",
    }  # fmt: skip
    for before, after in shorter.items():
        assert before in text
        text = text.replace(before, after)
    return text


def test_every_step_of_the_walk_stands_on_the_page() -> None:
    shown = [" ".join(command.split()[1:3]) for command in commands()]
    steps = ["search", "get", "claims list", "claims review", "scaling design", "scaling plan", "scaling run",
             "graph load", "graph query", "ask", "explain"]  # fmt: skip
    assert [next(step for step in steps if command.startswith(step)) for command in shown] == steps
