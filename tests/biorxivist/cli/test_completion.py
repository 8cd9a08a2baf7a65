from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from biorxivist.cli import completion
from graph.archive import Archive
from graph.queries import names
from graph.records import ClaimKind, Model, Verdict
from graph.vocabulary import load_vocabulary

PROGRAM = (
    "import sys\nsys.argv = ['biorxivist', *sys.argv[1:]]\nfrom biorxivist.cli.main import main\n"
    "try:\n    main()\nfinally:\n    print(*sys.modules, sep='\\n', file=sys.stderr)"
)


def ask_shell(*words: str) -> tuple[list[str], set[str]]:
    """Completions of the last word as bash asks for them, and the modules that were imported for it."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "COMP_WORDS": "\n".join(("biorxivist", *words)),
        "COMP_CWORD": str(len(words)),
        "_BIORXIVIST_COMPLETE": "complete_bash",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split(), set(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ev",), ["evidence"]),
        (("graph", "query", "contra"), ["contradictions"]),
        (("show", "scGP"), ["scGPT"]),
        (("evidence", "--verdict", "rep"), ["reproduced"]),
        (("evidence", "--kind", "sca"), ["scaling", "scale_fact"]),
        (("scaling", "run", "dem"), ["demo"]),
        (("graph", "query", "papers", "-p", "model=scGP"), ["model=scGPT"]),
        (("graph", "query", "papers", "-p", "model", "=", "scGP"), ["scGPT"]),
        (("graph", "query", "papers", "-p", "dataset", "=", "x", "-p", "metric", "=", "micro"), ["micro_f1"]),
        (("graph", "query", "papers", "-p", "mod"), ["model="]),
        (("show", "nosuchname"), []),
    ],
)
def test_a_shell_completes_commands_and_values(words: tuple[str, ...], expected: list[str]) -> None:
    completions, modules = ask_shell(*words)
    assert completions == expected
    assert modules.isdisjoint({"numpy", "ladybug", "lark", "torch", "graph.records", "graph.stores.open", "scipy"})


def test_the_values_are_those_of_the_records_and_data() -> None:
    assert get_args(Verdict) == completion.VERDICTS
    assert get_args(ClaimKind) == completion.CLAIM_KINDS
    assert tuple(completion.queries("")) == names()
    vocabulary = load_vocabulary()
    for kind in completion.KINDS:
        for assignment in completion.parameter_values(f"{kind}="):
            assert vocabulary.find(kind, assignment.partition("=")[2])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(shell: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    environment["_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--show-completion", shell],
        env=environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert f"_BIORXIVIST_COMPLETE=complete_{shell}" in done.stdout


def test_names_of_the_home_are_completed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    mine = [
        Model(id="model:zzzmine", name="zzzMine", role="baseline"),
        Model(id="model:zzz_other", name="zzz other", role="method"),
    ]
    Archive(home / "archive").append(mine, writer="vocabulary")
    monkeypatch.setenv("BIORXIVIST_HOME", str(home))
    completions, modules = ask_shell("show", "zzz")
    assert completions == ["zzzMine", "zzz_other"]
    assert modules.isdisjoint({"graph.records", "graph.stores.open", "numpy", "lark"})
    (home / "archive" / "Model" / "vocabulary.jsonl").write_text("no json\n", encoding="utf-8")
    assert ask_shell("show", "zzz")[0] == []
