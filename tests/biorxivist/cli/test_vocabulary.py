from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from biorxivist.workspace.home import Home

Cli = Callable[..., Result]
SOURCE = "https://example.org/mynet"


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_model_of_ones_own_is_added_listed_and_shown(cli: Cli) -> None:
    added = cli(
        "vocabulary", "add", "model", "MyNet", "role=foundation", "objective=masked", "parameters=30000000",
        "--source", SOURCE,
        "--alias", "my net", "--alias", "MyNet-1", "--parent", "Masked models", "--json",
    )  # fmt: skip
    assert added.exit_code == 0, added.stderr
    (entry,) = rows(added)
    assert entry["id"] == "model:mynet"
    assert (entry["parent_id"], entry["parameters"], entry["source_url"]) == ("model:masked_models", 30_000_000, SOURCE)
    assert entry in rows(cli("vocabulary", "list", "model", "--json"))
    assert rows(cli("vocabulary", "show", "my-net", "--json")) == [entry]
    assert all(row["id"].startswith("metric:") for row in rows(cli("vocabulary", "list", "metric", "--json")))


def test_sources_are_lines_and_a_bare_name_has_its_source_too(cli: Cli) -> None:
    added = cli("vocabulary", "add", "model", "MyNet", "role=foundation", "--source", SOURCE)
    assert f"source url: {SOURCE}" in added.stdout
    assert f"source: {SOURCE}" in cli("show", "MyNet").stdout
    shown = cli("vocabulary", "show", "scGPT").stdout
    assert "source of parameters: https://" in shown
    assert not {"{", "}"} & set(added.stdout + shown)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("add", "model", "scGPT", "--source", SOURCE), "already names model:scgpt"),
        (("add", "model", "MyNet", "--source", SOURCE), "role=baseline"),
        (("add", "model", "MyNet", "role=foundation", "parametres=1", "--source", SOURCE), "parameters"),
        (("add", "model", "MyNet", "--source", "a page"), "not an address"),
        (("add", "modle", "MyNet", "--source", SOURCE), "model"),
        (("add", "model", "MyNet"), "--source"),
    ],
)
def test_an_entry_that_cannot_be_added_is_refused_and_changes_nothing(
    cli: Cli, arguments: tuple[str, ...], hint: str
) -> None:
    before = cli("vocabulary", "list", "--json").stdout
    result = cli("vocabulary", *arguments)
    assert result.exit_code == 2
    assert hint in result.stderr
    assert cli("vocabulary", "list", "--json").stdout == before


def test_an_unknown_entry_suggests_similar_names(cli: Cli) -> None:
    result = cli("vocabulary", "show", "scGTP")
    assert result.exit_code == 1
    assert "scGPT" in result.stderr


def test_an_unknown_model_in_results_says_how_to_add_it_and_then_its_scores_are_imported(
    cli: Cli, own_home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "results.csv"
    header = "model,dataset,task,metric,value,seed\n"
    file.write_text(f"{header}My Net,pbmc3k,cell type classification,macro F1,0.9,0\n", encoding="utf-8")
    refused = cli("results", "import", str(file))
    assert refused.exit_code == 2
    assert "`biorxivist vocabulary add model 'My Net' role=ROLE --source URL`" in refused.stderr
    assert cli("vocabulary", "add", "model", "My Net", "role=method", "--source", SOURCE).exit_code == 0
    imported = cli("results", "import", str(file), "--json")
    assert imported.exit_code == 0, imported.stderr
    assert rows(imported) == [{"results": 1, "new": 1, "changes": []}]
    assert rows(cli("show", "my net", "--json"))[0]["source_url"] == SOURCE


def test_an_import_prints_each_verdict_that_changes(
    cli: Cli, own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from biorxivist.claims.index import ClaimIndex
    from biorxivist.claims.refresh import VerdictChange
    from biorxivist.load.files import ImportedResults

    index = ClaimIndex.of(own_home.archive.read("Claim", "Evidence"))
    consistent = "consistent_with_printed"
    claim = next(claim for claim in index.claims.values() if index.verdicts(claim.id)[0].verdict == consistent)
    after = index.verdicts(claim.id)[0]
    before = after.model_copy(update={"verdict": "not_testable"})
    imported = ImportedResults(2, 1, (VerdictChange(claim, before, after),))
    monkeypatch.setattr("biorxivist.load.files.load_results", lambda *_, **__: imported)
    result = cli("results", "import", "scores.csv")
    lines = result.stdout.splitlines()
    assert lines[:2] == [claim.statement, "  not testable -> consistent with printed"]
    assert lines[2].startswith("  Consistent with printed: ")
    assert lines[3] == f"  [{claim.id}]"
    assert result.stderr == "scores.csv: 2 scores, 1 of them new or changed; 1 verdict changed.\n"
