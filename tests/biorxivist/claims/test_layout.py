from __future__ import annotations

import re
from typing import get_args

import pytest
from rich.console import Console

from biorxivist.claims.layout import MOST_CHARACTERS, STYLES, print_claims
from graph.records import Claim, Evidence, Gate, Verdict
from graph.vocabulary import load_vocabulary

STATEMENT = "Whole-transcriptome encoders by Tejada-Lapuerta and Ahlmann-Eltze outperform deliberately plain baselines."
WHY = (
    "gate `threshold` failed: task:cell_type_classification needs interchangeability of model:logistic_regression at "
    "https://www.nature.com/articles/s41592-024-02201-0 and 0.99 for 90 % of the curves"
)


def claim(statement: str = STATEMENT) -> Claim:
    return Claim(
        paper_id="doi:10.1101/1", version_id="doi:10.1101/1v1", statement=statement, kind="comparison",
        source_url="https://example.org", location="abstract",
    )  # fmt: skip


def verdict(name: Verdict = "same_direction_at_scale", **fields: object) -> Evidence:
    given = {"effect": 0.086, "ci_low": 0.049, "ci_high": 0.122, "scale_ratio": 0.001, "reasons": (WHY,)} | fields
    return Evidence(claim_id=claim().id, basis="experiment", verdict=name, rule="comparison@1", **given)  # type: ignore[arg-type]


def printed(width: int, *evidence: Evidence, statement: str = STATEMENT, colour: bool = False) -> str:
    console = Console(width=width, force_terminal=True, color_system="standard" if colour else None, no_color=False)
    with console.capture() as capture:
        print_claims(
            [(claim(statement), "Tejada-Lapuerta 2025 (in a commentary)", evidence)], console, load_vocabulary()
        )
    return capture.get()


@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 200])
def test_no_word_is_cut_at_any_width(width: int) -> None:
    text = printed(width, verdict())
    assert max(map(len, text.splitlines())) <= width
    pieces = set(re.findall(r"[\w+.%]+", text))
    sources = f"{STATEMENT} {WHY.partition('https')[0]} commentary interval +0.049 +0.122 corpus"
    words = {word for word in re.findall(r"[\w+.%]+", sources) if ":" not in word and "_" not in word}
    assert {word for word in words if word not in pieces} <= {"task", "model"}


@pytest.mark.parametrize("width", [60, 120])
def test_names_stand_for_ids_and_hosts_for_addresses(width: int) -> None:
    text = " ".join(printed(width, verdict()).split())
    assert "Logistic" in text
    assert "nature.com" in text
    assert not re.search(r"https?:|model:|task:", text)


def test_a_narrow_terminal_gets_cards_with_the_id_last() -> None:
    lines = printed(60, verdict()).splitlines()
    assert lines[0].startswith("Tejada-Lapuerta 2025")
    assert lines[-1].strip() == claim().id


def test_a_wide_terminal_gets_a_table_with_the_id_last() -> None:
    header, _, first, *_ = printed(100, verdict()).splitlines()
    assert header.split() == ["who", "says", "so", "claim", "verdict,", "and", "why", "id"]
    assert first.rstrip().endswith(claim().id.partition(":")[2][:8])


@pytest.mark.parametrize("width", [60, 120])
def test_every_verdict_on_a_claim_is_printed_with_its_numbers(width: int) -> None:
    missing = verdict("not_testable", effect=None, ci_low=None, ci_high=None, gates={"numbers": Gate(passed=False)})
    text = " ".join(printed(width, verdict("rising_at_scale"), missing).split())
    assert "rising at scale" in text
    assert "not testable" in text
    assert "+0.086" in text


@pytest.mark.parametrize("width", [60, 120])
def test_a_claim_without_a_verdict_says_so(width: int) -> None:
    assert "no rule was applied" in printed(width)


@pytest.mark.parametrize("width", [60, 120])
def test_text_of_a_paper_neither_drives_the_terminal_nor_fills_it(width: int) -> None:
    text = printed(width, statement="\x1b]0;owned\x07[red]" + "word " * 2000)
    assert "\x1b" not in text
    assert "[red]" in text
    assert text.count("word") <= MOST_CHARACTERS / len("word ")


@pytest.mark.parametrize("width", [60, 120])
def test_a_console_without_colours_gets_no_escape_code(width: int) -> None:
    assert "\x1b" not in printed(width, verdict())
    assert "\x1b" in printed(width, verdict(), colour=True)


def test_every_verdict_has_a_style_that_is_readable_on_light_and_dark() -> None:
    assert set(STYLES) == set(get_args(Verdict))
    assert not [style for style in STYLES.values() if re.search("yellow|white|black|bright", style)]
