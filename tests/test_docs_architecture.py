"""The walks through the code name modules and files that exist."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_module_that_the_walks_name_exists() -> None:
    names = set(re.findall(r"`((?:biorxivist|graph|scaling)(?:\.\w+)+)`", TEXT))
    assert len(names) > 40
    missing = {name for name in names if not _exists(name)}
    assert missing == set()


def test_every_path_that_the_recipes_name_exists() -> None:
    paths = set(re.findall(r"`((?:biorxivist|graph|scaling|tests|benchmarks|docs)/[\w/.]+)`", TEXT))
    assert len(paths) > 8
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_the_layers_of_the_page_are_those_that_the_linter_holds() -> None:
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.search(r"inside biorxivist.*?layers = \[(.*?)\]", config, re.DOTALL)
    assert layers is not None
    held = [line.split('"')[1].replace("biorxivist.", "") for line in layers[1].strip().splitlines()]
    block = TEXT.split("```")[1].strip().splitlines()
    shown = [re.split(r"\s{2,}", line)[0] for line in block]
    assert shown[:-1] == held[:-2]


def _exists(name: str) -> bool:
    """Whether this is a module, or a name in one."""
    try:
        if find_spec(name) is not None:
            return True
    except ModuleNotFoundError:
        pass
    module, _, attribute = name.rpartition(".")
    return find_spec(module) is not None and hasattr(__import__(module, fromlist=[attribute]), attribute)
