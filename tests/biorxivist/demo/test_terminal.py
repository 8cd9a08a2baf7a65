from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from biorxivist.demo.model import Demo
from biorxivist.demo.terminal import print_everything, print_point

REPORT = Path("demo/report.html")
Print = Callable[..., None]


def printed(how: Print, demo: Demo, width: int, color_system: str | None = None) -> str:
    console = Console(width=width, force_terminal=True, color_system=color_system)  # type: ignore[arg-type]
    with console.capture() as capture:
        how(demo, console, report=REPORT)
    return capture.get()


@pytest.mark.parametrize(("width", "most"), [(60, 15), (80, 12), (120, 12)])
def test_the_point_fits_a_screen(demo: Demo, width: int, most: int) -> None:
    assert len(printed(print_point, demo, width).splitlines()) <= most


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_point_says_what_was_decided_who_disagrees_and_what_to_do_next(demo: Demo, width: int) -> None:
    text = " ".join(printed(print_point, demo, width).split())
    assert text.startswith(f"{len(demo.rows)} claims of {demo.papers} papers: ")
    assert len(demo.disagreements) == 3
    for disagreement in demo.disagreements:
        for claim in (disagreement.first, disagreement.second):
            assert demo.index.who(claim) in text
        assert ", ".join(disagreement.relation.fields) in text
    assert "training budget" in text
    assert f"Report: {REPORT}" in text
    assert "biorxivist demo --all" in text
    assert 1 <= len(re.findall(r"biorxivist (?:check|evidence|ask|graph)", text)) <= 2


@pytest.mark.parametrize("how", [print_point, print_everything])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_are_broken_between_words(demo: Demo, how: Print, width: int) -> None:
    text = printed(how, demo, width)
    assert max(map(len, text.splitlines())) <= width
    words = set(re.findall(r"\w+", text))
    spoken = " ".join(f"{d.first.statement} {d.second.statement}" for d in demo.disagreements)
    if how is print_everything:
        assert set(re.findall(r"\w+", spoken)) <= words
    assert {"training", "disagreements", "inconclusive", "saturation"} & words >= {"training", "inconclusive"}


def test_everything_has_the_claims_the_budgets_the_small_study_and_the_next_steps(demo: Demo) -> None:
    text = printed(print_everything, demo, 80)
    words = " ".join(text.split())
    for row in demo.selection:
        assert row.claim.id in text
    for arm in demo.arms:
        assert arm.describe() in words
        assert arm.describe_paper_points() in words
    assert "simulated cells" in words
    assert "judges nothing" in words
    assert "biorxivist graph query" in words
    titles = ["Where papers disagree", "training budget?", "Claims and verdicts", "small study", "Next"]
    assert [words.index(title) for title in titles] == sorted(words.index(title) for title in titles)


def test_papers_that_do_not_disagree_are_not_said_to(demo: Demo) -> None:
    agreeing = replace(demo, disagreements=())
    assert "says" not in printed(print_point, agreeing, 80)
    assert "No two papers disagree." in printed(print_everything, agreeing, 80)


@pytest.mark.parametrize("how", [print_point, print_everything])
def test_a_console_without_colours_gets_no_escape_code(demo: Demo, how: Print) -> None:
    assert "\x1b" not in printed(how, demo, 80)
    assert "\x1b" in printed(how, demo, 80, "standard")


def test_text_of_a_paper_does_not_drive_the_terminal(demo: Demo) -> None:
    first = demo.disagreements[0]
    hostile = first.first.model_copy(update={"statement": "\x1b]0;owned\x07[bold]", "unit": "\x1b[2J"})
    shown = replace(demo, disagreements=(replace(first, first=hostile),))
    for how in (print_point, print_everything):
        assert "\x1b" not in printed(how, shown, 80)
    assert "[bold]" in printed(print_everything, shown, 80)
