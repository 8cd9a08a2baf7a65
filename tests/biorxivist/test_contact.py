"""The mail address that is sent to services: where it comes from, and that it is asked for once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from biorxivist.cli import setup
from biorxivist.contact import is_mail_address, read_contact, write_contact
from biorxivist.errors import SettingsInvalid
from biorxivist.literature.sources import Sources
from biorxivist.settings import load_settings

Cli = Callable[..., Result]
ANN, BO = "ann@example.org", "bo.roe+papers@mail.example.co.uk"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIORXIVIST_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BIORXIVIST_CONTACT", raising=False)
    return tmp_path / "home"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "_is_terminal", lambda: True)


@pytest.mark.parametrize("text", ["", "ann", "ann@", "@example.org", "ann@example", "a b@example.org",
                                  "ann@example.org\nHost: x", "ann@example.org\r\n", "<ann@example.org>"])  # fmt: skip
def test_what_is_no_mail_address_is_told_from_one(text: str) -> None:
    assert not is_mail_address(text)
    assert is_mail_address(ANN)
    assert is_mail_address(BO)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("answer", "kept"), [(f"{ANN}\n", ANN), (f"ann\n{BO}\n", BO), ("\n", None)])
def test_doctor_asks_once_and_keeps_the_answer(cli: Cli, home: Path, answer: str, kept: str | None) -> None:
    first, second = cli("doctor", stdin=answer), cli("doctor", stdin=f"{ANN}\n")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "may write to" in first.stdout
    assert "may write to" not in second.stdout
    assert read_contact(home) == kept
    assert (f"{kept}, sent with every request" if kept else "no address is sent") in " ".join(second.stdout.split())


@pytest.mark.parametrize("arguments", [("doctor",), ("doctor", "--json")])
def test_nobody_is_asked_where_nobody_can_answer(cli: Cli, home: Path, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments, stdin=f"{ANN}\n")
    assert "may write to" not in result.stdout
    assert not home.exists()


@pytest.mark.usefixtures("terminal")
def test_a_setting_is_not_asked_for_and_counts_before_the_answer(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_contact(home, ANN)
    assert Sources.configured().contact == ANN
    monkeypatch.setenv("BIORXIVIST_CONTACT", BO)
    assert Sources.configured(load_settings().model_dump()).contact == BO
    assert BO in cli("doctor").stdout


@pytest.mark.parametrize("text", ["ann", "ann@example.org\nHost: x"])
def test_a_setting_that_is_no_address_is_refused_with_its_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIORXIVIST_CONTACT", text)
    with pytest.raises(SettingsInvalid, match=r"contact.*ann@example\.org"):
        load_settings()


@pytest.mark.parametrize("written", ["nonsense", "a@b.org\nHost: x", ""])
def test_a_file_that_holds_no_address_counts_as_none(home: Path, written: str) -> None:
    write_contact(home, written)
    assert read_contact(home) is None
    assert Sources.configured().contact is None
