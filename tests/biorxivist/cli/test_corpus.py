from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from scaling.simulate import simulate, write_simulated

Cli = Callable[..., Result]


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cells")
    write_simulated(folder, simulate(cells=120, genes=100, types=3, studies=2, depth=200, seed=6))
    return folder


@pytest.fixture(scope="module")
def corpus(cells: Path) -> Path:
    from scaling.corpus.shards.build import build_shards
    from scaling.corpus.shards.recipe import Recipe

    build_shards([cells], cells.parent / "corpus", recipe=Recipe(min_genes=50))
    return cells.parent / "corpus"


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_corpus_is_built_and_what_was_left_out_is_said_at_the_end(cli: Cli, cells: Path, tmp_path: Path) -> None:
    options = ("--min-genes", "50", "--keep", "cell_type=type 1", "--keep", "cell_type=type 2", "--json")
    result = cli("scaling", "corpus", "build", str(cells), "--out", str(tmp_path / "c"), *options)
    assert result.exit_code == 0, result.stderr
    (facts,) = lines(result)
    assert facts["studies"] == 2
    left_out = facts["left_out"]["not selected"]  # type: ignore[index]
    assert facts["cells"] == 120 - left_out
    assert f"Left out: {left_out} cells (not selected)." in result.stderr
    assert "corpus: looking at simulated1" in result.stderr
    assert "corpus: writing simulated1" in result.stderr


def test_unusable_files_are_refused_in_words_with_what_to_do(cli: Cli, cells: Path, tmp_path: Path) -> None:
    result = cli("scaling", "corpus", "build", str(cells), "--out", str(tmp_path / "c"))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "2 of 2 files cannot enter a corpus of raw counts" in result.stderr
    assert "simulated1 (60 cells): 100 genes, fewer than 5,000: a panel" in result.stderr


def test_values_to_keep_are_read_from_a_file(cli: Cli, cells: Path, tmp_path: Path) -> None:
    (tmp_path / "types.txt").write_text("type 1\n\ntype 2\n", encoding="utf-8")
    begin = ("scaling", "corpus", "build", str(cells), "--out", str(tmp_path / "c"), "--min-genes", "50", "--keep")
    assert cli(*begin, f"cell_type=@{tmp_path / 'types.txt'}").exit_code == 0
    assert "not COLUMN=VALUE" in cli(*begin, "cell_type").stderr
    missing = cli(*begin, f"cell_type=@{tmp_path / 'none.txt'}")
    assert missing.exit_code == 2
    assert "none.txt cannot be read" in missing.stderr


def test_info_lists_the_studies(cli: Cli, corpus: Path) -> None:
    result = cli("scaling", "corpus", "info", str(corpus), "--json")
    facts, *studies = lines(result)
    assert facts["cells"] == 120
    assert [(entry["study"], entry["cells"], entry["genes_measured"]) for entry in studies] == [
        ("simulated1", 60, 100),
        ("simulated2", 60, 100),
    ]
    assert "simulated2\t60\t100" in cli("scaling", "corpus", "info", str(corpus)).stdout


def test_verify_names_the_shard_of_a_flipped_byte_and_exits_1(cli: Cli, corpus: Path) -> None:
    assert cli("scaling", "corpus", "verify", str(corpus)).exit_code == 0
    path = corpus / "shard-00000" / "counts.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    result = cli("scaling", "corpus", "verify", str(corpus), "--json")
    path.write_bytes(content)
    assert result.exit_code == 1
    assert [(entry["shard"], entry["file"]) for entry in lines(result)] == [("shard-00000", "counts.npy")]
    assert "1 damaged or missing, in shard-00000" in result.stderr


def test_a_folder_without_a_corpus_is_said_to_be_none(cli: Cli, tmp_path: Path) -> None:
    result = cli("scaling", "corpus", "info", str(tmp_path))
    assert result.exit_code == 1
    assert "no corpus in this folder" in result.stderr
