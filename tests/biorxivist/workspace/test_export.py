from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from biorxivist.cli.export import register
from biorxivist.cli.main import Commands
from biorxivist.errors import InvalidInput, NotFound
from biorxivist.load.files import read_files
from biorxivist.workspace.export import export_graph
from biorxivist.workspace.home import Home
from graph.records import Run


@pytest.fixture
def run(seeded: Home) -> Callable[..., Result]:
    app = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    group = typer.Typer()
    register(group)
    group.command("other")(lambda: None)
    app.add_typer(group, name="graph")
    return lambda *arguments: CliRunner().invoke(app, ["graph", "export", *arguments])


def test_the_shipped_graph_is_exported_as_graphml(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run("--format", "graphml", "--out", str(tmp_path / "graph.graphml"), "--json")
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    assert counts["Paper"] > 40
    text = (tmp_path / "graph.graphml").read_text(encoding="utf-8")
    assert text.count("<edge ") == sum(count for name, count in counts.items() if name.isupper())


def test_the_shipped_study_is_a_crate_that_can_be_loaded(seeded: Home, tmp_path: Path) -> None:
    counts = export_graph(seeded, "ro-crate", tmp_path / "crate", published=date(2026, 1, 1), study="blood_p")
    assert counts["Run"] > 50
    records = list(read_files([tmp_path / "crate" / "records.jsonl"]))
    assert sum(isinstance(record, Run) for record in records) == counts["Run"]
    assert len(records) == sum(counts.values())
    assert '"datePublished": "2026-01-01"' in (tmp_path / "crate" / "ro-crate-metadata.json").read_text("utf-8")


def test_a_second_export_to_the_same_place_is_refused(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("-f", "ro-crate", "--study", "plain_zheng", "-o", str(tmp_path / "out")).exit_code == 0
    done = run("-f", "csv", "-o", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "is there already" in done.stderr


def test_an_unknown_study_names_the_similar_one(seeded: Home, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Did you mean blood_z or blood_p"):
        export_graph(seeded, "ro-crate", tmp_path / "crate", study="blood_q")


def test_a_study_of_the_whole_graph_makes_no_sense(seeded: Home, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Use --format ro-crate"):
        export_graph(seeded, "csv", tmp_path / "out", study="blood_p")
    assert list(tmp_path.glob("out*")) == []


def test_an_unknown_format_is_wrong_usage(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("--format", "xlsx", "--out", str(tmp_path / "x")).exit_code == 2
