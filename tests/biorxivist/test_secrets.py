"""Passwords and keys are in no output, log, error, report or file, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from biorxivist.settings import load_settings
from graph.archive import Archive
from tests.graph.conftest import small_field
from tests.neo4j_server.shared import Address

Cli = Callable[..., Result]
ROOT = Path(__file__).parents[2]
PASSWORD, KEY, OTHER_KEY = "canary-password-7f3a9", "sk-canary-key-5c21d", "canary-key-90be4"
QUIET_AND_LOUD: tuple[tuple[str, ...], ...] = ((), ("--verbose",))
COMMANDS = (
    ("graph", "query", "papers", "--json"), ("graph", "query", "MATCH (p:Paper) RETURN p.id"), ("graph", "rebuild"),
    ("graph", "rebuild", "--json"), ("ask", "does more data help?"), ("ask", "does more data help?", "--json"),
    ("doctor",), ("doctor", "--json"), ("archive", "export"),
)  # fmt: skip


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Canaries in the settings: by the environment, and in the files of the working directory."""
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    monkeypatch.setenv("BIORXIVIST_LLM_KEY", OTHER_KEY)
    Path(".env").write_text(f"OPENAI_API_KEY={KEY}\n", encoding="utf-8")
    settings = load_settings()
    assert settings.neo4j_password is not None, "else nothing is tested"
    assert settings.openai_api_key is not None


@pytest.fixture
def small_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a few facts, of which nothing has been built."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BIORXIVIST_HOME", str(folder))
    Archive(folder / "archive").append(small_field(), writer="test")
    return folder


def leaks(text: str) -> list[str]:
    return [secret for secret in (PASSWORD, KEY, OTHER_KEY) if secret in text]


def leaking_files(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".env"]
    return [path for path in files if leaks(path.read_bytes().decode("utf-8", errors="replace"))]


def everything_said(cli: Cli, command: tuple[str, ...], *, ways: tuple[tuple[str, ...], ...] = QUIET_AND_LOUD) -> str:
    """What a command says with and without ``--verbose``, tracebacks with all their causes included."""
    said = ""
    for flags in ways:
        result = cli(*flags, *command)
        said += result.stdout + result.stderr
        if result.exception is not None:
            said += "".join(traceback.format_exception(result.exception)) + repr(result.exception)
    return said


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_server_that_is_away_is_told_without_secrets(
    cli: Cli, small_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    command: tuple[str, ...],
) -> None:  # fmt: skip
    for name in ("BIORXIVIST_STORE", "NEO4J_URI"):
        monkeypatch.setenv(name, "bolt://127.0.0.1:1")
    with caplog.at_level(logging.DEBUG):
        said = everything_said(cli, command)
    assert "127.0.0.1:1" in said or command[0] == "archive"
    assert leaks(said + caplog.text) == []
    assert leaking_files(small_home) == []


@pytest.mark.usefixtures("secrets")
def test_an_address_that_holds_a_password_is_refused_without_repeating_it(
    cli: Cli, small_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIORXIVIST_STORE", f"bolt://neo4j:{PASSWORD}@127.0.0.1:1")
    for command in (("graph", "query", "papers"), ("doctor",)):
        assert leaks(everything_said(cli, command)) == []


@pytest.mark.usefixtures("secrets")
def test_the_embedded_graph_its_answers_and_its_exports_hold_no_secret(
    cli: Cli, small_home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    export = ("graph", "export", "--format", "graphml", "--out", str(tmp_path / "graph.graphml"))
    commands = [command for command in COMMANDS if command != ("graph", "rebuild")]
    with caplog.at_level(logging.DEBUG):
        said = "".join(everything_said(cli, command, ways=(("--verbose",),)) for command in (*commands, export))
    assert "More data helps" in said
    assert leaks(said + caplog.text) == []
    assert leaking_files(tmp_path) == []
    assert leaking_files(small_home) == []


@pytest.mark.server
@pytest.mark.usefixtures("secrets")
def test_a_login_that_the_server_refuses_is_told_without_secrets(
    cli: Cli, small_home: Path, empty: Address, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if empty.login.password is None:
        pytest.skip("this server takes any login")
    monkeypatch.setenv("BIORXIVIST_STORE", empty.url)
    monkeypatch.setenv("NEO4J_USERNAME", "nobody")  # the server soon looks at no login of this user any more
    with caplog.at_level(logging.DEBUG):
        for command in (("graph", "query", "papers"), ("graph", "rebuild", "--json"), ("doctor",)):
            said = everything_said(cli, command)
            assert "refused the login" in said
            assert leaks(said + caplog.text) == []
    assert leaking_files(small_home) == []


@pytest.mark.server
def test_a_graph_on_a_server_is_built_and_asked_with_the_login_of_the_settings_which_nothing_repeats(
    cli: Cli, small_home: Path, empty: Address, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BIORXIVIST_STORE", empty.url)
    monkeypatch.setenv("NEO4J_URI", empty.url)
    password = empty.login.password.get_secret_value() if empty.login.password else ""
    monkeypatch.setenv("NEO4J_PASSWORD", password)
    with caplog.at_level(logging.DEBUG):
        for command in (("graph", "rebuild"), ("graph", "query", "papers", "--json"), ("doctor",)):
            result = cli("--verbose", *command)
            assert result.exit_code == 0, result.stderr
            assert result.stdout
            assert not password or password not in result.stdout + result.stderr + caplog.text
    files = [path for path in small_home.rglob("*") if path.is_file()]
    assert not [path for path in files if password and password.encode() in path.read_bytes()]
