from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

import biorxivist

ROOT = Path(__file__).parents[1]
PACKAGES = ("biorxivist", "scaling", "graph")
MAKE = shutil.which("make")

needs_make = pytest.mark.skipif(MAKE is None, reason="make is not installed")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(MAKE), *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=30)


LOCKS = ("requirements.lock", "requirements-ray.lock", "tests/parity/requirements.lock")


def lock_lines(lock: str = "requirements.lock") -> list[str]:
    return [line for line in text_of(lock).splitlines() if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_no_address_and_no_path(name: str) -> None:
    lock = text_of(name)
    assert not re.search(r"://|@ |file:|--(extra-)?index-url|--find-links|/(home|root|tmp|Users|work)/", lock)


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_pins_every_package_exactly(name: str) -> None:
    lines = lock_lines(name)
    assert len(lines) > 100
    assert [line for line in lines if not re.match(r"^[a-z0-9][a-z0-9.-]*==[0-9][\w.+]*( ; .+)?$", line)] == []


def test_the_lock_holds_every_direct_dependency_and_uv_itself() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    independent = project["dependency-groups"].pop("parity")  # not installed beside the rest
    groups = [*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()]
    wanted = [*project["project"]["dependencies"], *(item for group in groups for item in group)]
    names = {re.split(r"[^\w.-]", item)[0].lower() for item in wanted if isinstance(item, str)} - {"biorxivist-graph"}
    locked = {line.split("==")[0] for line in lock_lines()}
    of_ray = {line.split("==")[0] for line in lock_lines("requirements-ray.lock")}  # of machines of a cluster
    assert names - locked == {"ray"}
    assert "ray" in of_ray
    assert "uv" in locked
    of_parity = {line.split("==")[0] for line in lock_lines("tests/parity/requirements.lock")}
    assert {re.split(r"[^\w.-]", item)[0] for item in independent} <= of_parity


@needs_make
def test_make_without_a_target_lists_every_target_with_what_it_does() -> None:
    listed = dict(re.findall(r"^  ([a-z0-9-]+) +(\S.*)$", make().stdout, flags=re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", text_of("Makefile"), flags=re.MULTILINE)
    assert phony is not None
    assert set(listed) == set(phony[1].split())
    assert {"demo", "test", "test-long", "lint", "lock", "bench", "help", "clean"} <= set(listed)


@needs_make
@pytest.mark.parametrize(
    ("refused", "said"),
    [("version_info", "needs Python 3.11 or newer"), ("ensurepip", "apt-get install python3-venv")],
    ids=["too old", "no venv"],
)
def test_make_says_what_to_do_about_an_unfit_python(tmp_path: Path, refused: str, said: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *{refused}*) exit 1;; --version) echo Python 3.9.2;; esac\n', encoding="utf-8"
    )
    python.chmod(0o755)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "pyproject.toml").touch()
    done = make("env", f"PYTHON={python}", folder=tmp_path)
    assert done.returncode != 0
    assert "Python 3.9.2" in done.stderr
    assert said in done.stderr
    assert not (tmp_path / ".venv").exists()


@needs_make
def test_make_says_what_to_do_where_there_is_no_python(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "pyproject.toml").touch()
    done = make("env", "PYTHON=no-such-python", folder=tmp_path)
    assert done.returncode != 0
    assert "There is no no-such-python here. Install Python 3.11 or newer" in done.stderr


def test_make_collects_every_test_that_needs_a_server() -> None:
    (line,) = re.findall(r"^SERVER_TESTS := (.+)$", text_of("Makefile"), re.M)
    places = [ROOT / place for place in line.split()]
    needing = [
        path
        for path in (ROOT / "tests").rglob("test_*.py")
        if {"neo4j", "differential"} & set(path.parts)
        or re.search(r"mark\.server|address: Address|empty: Address", path.read_text(encoding="utf-8"))
    ]
    assert len(needing) > 5
    elsewhere = [path for path in needing if not any(path.is_relative_to(place) for place in places)]
    assert [path for path in elsewhere if path != Path(__file__)] == []


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert len(modules) > 3
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_shipped_file_is_ignored_by_git() -> None:
    # hatchling leaves ignored files out of the wheel without a word.
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--", *PACKAGES],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert [name for name in listed if "__pycache__" not in name] == []


def test_the_packages_import_each_other_in_one_direction_only() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def imported(package: str) -> set[str]:
    """Names of the top-level packages that a package of ours imports, anywhere in it."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / package).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    from_ = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in plain | from_} - set(sys.stdlib_module_names) - set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_that_is_imported_is_a_declared_dependency(package: str) -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    declared = {re.split(r"[^\w.-]", item)[0].lower() for item in wanted}
    homes = packages_distributions()
    undeclared = [
        name for name in imported(package) if not {home.lower() for home in homes.get(name, [name])} & declared
    ]
    assert undeclared == []


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert biorxivist.__version__ == version
    assert yaml.safe_load(text_of("CITATION.cff"))["version"] == version
    assert f"## [{version}]" in text_of("CHANGELOG.md")


def test_compose_opens_neo4j_to_this_machine_only_and_demands_a_password() -> None:
    service = yaml.safe_load(text_of("compose.yaml"))["services"]["neo4j"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert service["environment"]["NEO4J_AUTH"].startswith("neo4j/${NEO4J_PASSWORD:?")
    assert service["healthcheck"]["test"]
    assert service["volumes"]


def test_the_example_environment_names_every_setting() -> None:
    from biorxivist.settings import Settings

    example = text_of(".env.example")
    named = set(re.findall(r"^#?([A-Z0-9_]+)=", example, flags=re.MULTILINE))
    missing = [name for name in Settings.model_fields if not {name.upper(), f"BIORXIVIST_{name.upper()}"} & named]
    assert missing == []


def test_the_example_environment_sets_nothing_by_itself() -> None:
    assert [line for line in text_of(".env.example").splitlines() if line and not line.startswith("#")] == []
