"""``claims extract --llm``: only on demand, planned, capped, told, and without a key in anything it writes."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from graph.archive import Archive
from tests.fake_llm import FakeLLM, every_third
from tests.fake_llm.papers import papers, read_faithfully

Cli = Callable[..., Result]
KEY = "sk-canary-key-90be4"
ALL = ("claims", "extract", "--all")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("BIORXIVIST_HOME", str(folder))
    Archive(folder / "archive").append(papers(3), writer="test")
    return folder


@pytest.fixture
def fake(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLLM]:
    with FakeLLM(read_faithfully) as server:
        monkeypatch.setenv("BIORXIVIST_LLM_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


def last(result: Result) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return row


def test_a_key_and_an_address_alone_send_nothing(cli: Cli, fake: FakeLLM) -> None:
    assert cli(*ALL).exit_code == 0
    refused = cli(*ALL, "--llm")
    assert refused.exit_code == 3
    assert "No language model is named" in refused.stderr
    assert fake.calls == []


def test_a_model_in_the_settings_is_asked_only_on_demand(
    cli: Cli, fake: FakeLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIORXIVIST_LLM_MODEL", "fake")
    assert cli(*ALL).exit_code == 0
    assert fake.calls == []
    assert cli(*ALL, "--llm").exit_code == 0
    assert {call.body["model"] for call in fake.calls} == {"fake"}
    assert len(fake.calls) == 9


def test_a_model_is_named_in_the_option_before_or_after_the_papers(cli: Cli, fake: FakeLLM) -> None:
    assert cli("claims", "extract", "10.1101/p0", "--llm", "one").exit_code == 0
    assert cli("claims", "extract", "--llm=two", "10.1101/p1").exit_code == 0
    assert [call.body["model"] for call in fake.calls] == ["one"] * 3 + ["two"] * 3
    refused = cli("claims", "extract", "--all", "--llm", "10.1101/p0")
    assert refused.exit_code == 2
    assert "give papers before --llm" in " ".join(refused.stderr.split())


def test_a_dry_run_prints_calls_tokens_and_cost_and_sends_and_writes_nothing(
    cli: Cli, fake: FakeLLM, home: Path
) -> None:
    plain = cli(*ALL, "--llm", "fake", "--dry-run")
    assert plain.exit_code == 0, plain.stderr
    assert "calls: 9" in plain.stdout
    assert "no price of this model" in plain.stdout
    (home / "llm_prices.toml").write_text('["fake"]\ninput = 2.0\noutput = 10.0\n', encoding="utf-8")
    row = last(cli(*ALL, "--llm", "fake", "--dry-run", "--json"))
    assert (row["calls"], row["dry_run"]) == (9, True)
    assert row["usd_at_most"] == pytest.approx((row["tokens_in"] * 2 + row["tokens_out_at_most"] * 10) / 1e6)
    assert fake.calls == []
    assert not list((home / "archive").glob("Claim/*"))


def test_the_summary_counts_outcomes_and_names_what_is_open(cli: Cli, fake: FakeLLM) -> None:
    fake.fault_of = lambda section, passages: "refusal" if section == "Results" else None
    done = cli(*ALL, "--llm", "fake")
    assert done.exit_code == 1
    assert "6 of 9 sections in 3 papers answered" in done.stdout
    assert "3 sections are open (3 refusal):" in done.stdout
    assert "doi:10.1101/p0v1, Results: refusal" in done.stdout
    fake.fault_of = lambda section, passages: None
    again = cli(*ALL, "--llm", "fake", "--json")
    assert again.exit_code == 0
    assert (last(again)["llm"]["asked"], last(again)["llm"]["open"]) == (3, [])


def test_caps_hold_and_one_on_money_needs_a_price(cli: Cli, fake: FakeLLM, home: Path) -> None:
    row = last(cli(*ALL, "--llm", "fake", "--max-calls", "2", "--json"))["llm"]
    assert (row["calls"], len(row["open"]), len(fake.calls)) == (2, 7, 2)
    assert last(cli(*ALL, "--llm", "fake", "--max-tokens", "100", "--json"))["llm"]["calls"] == 0
    refused = cli(*ALL, "--llm", "fake", "--max-usd", "1")
    assert refused.exit_code == 2
    assert "needs the price of fake" in " ".join(refused.stderr.split())
    (home / "llm_prices.toml").write_text('["fake"]\ninput = 2.0\noutput = 10.0\n', encoding="utf-8")
    assert last(cli(*ALL, "--llm", "fake", "--max-usd", "0.2", "--json"))["llm"]["usd"] <= 0.2


@pytest.mark.parametrize("option", [("--dry-run",), ("--max-calls", "3"), ("--max-tokens", "3"), ("--max-usd", "3")])
def test_options_of_a_model_need_one(cli: Cli, home: Path, option: tuple[str, ...]) -> None:
    result = cli(*ALL, *option)
    assert result.exit_code == 2
    assert "add --llm" in " ".join(result.stderr.split())


@pytest.mark.parametrize("source", ["setting", "openai"])
def test_the_key_is_sent_where_it_belongs_and_stands_in_nothing_that_is_printed_logged_or_written(
    cli: Cli, fake: FakeLLM, home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, source: str
) -> None:
    if source == "setting":
        monkeypatch.setenv("BIORXIVIST_LLM_API_KEY", KEY)
    fake.faults = every_third("too_long", "wrong_key", "429_long")
    said = ""
    with caplog.at_level(logging.DEBUG):
        for flags in ((), ("--verbose",)):
            for command in (
                (*ALL, "--llm", "fake"),
                (*ALL, "--llm", "fake", "--json"),
                ("doctor",),
                ("claims", "list"),
            ):
                result = cli(*flags, *command)
                said += result.stdout + result.stderr
                if result.exception is not None:
                    said += "".join(traceback.format_exception(result.exception)) + repr(result.exception)
    sent = [call.headers.get("authorization") for call in fake.calls]
    assert set(sent) == ({f"Bearer {KEY}"} if source == "setting" else {None})
    assert "[key]" in said or source == "openai", "the server has repeated the key"
    assert KEY not in said + caplog.text
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"llm.sqlite", "llm.jsonl"} or len(files) > 5
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
