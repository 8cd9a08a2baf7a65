from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biorxivist.claims.present import clean
from biorxivist.cli.output import note, print_wrapped, progress_bar, stdout
from biorxivist.cli.rows import print_rows
from biorxivist.workspace.query import point_at

ROWS = [{"a": 1, "b": "x\ty", "c": [1, 2]}, {"a": 0.25, "b": None, "c": {"k": "é"}}]


def test_json_rows_are_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_rows(iter(ROWS), "json") == 2
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == ROWS


def test_a_pipe_gets_one_line_a_row_whatever_the_values_hold(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["a\tb\tc", "1\tx y\t[1, 2]", '0.25\t\t{"k": "é"}']


def test_csv_keeps_line_feeds_and_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"a": 'say "x"\nand y'}], "csv")
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [["a"], ['say "x"\nand y']]


@given(st.text())
def test_no_text_can_drive_a_terminal(text: str) -> None:
    kept = clean(text)
    assert len(kept) == len(text)
    assert not any(ord(mark) < 32 and mark not in "\n\t" for mark in kept)
    assert "\x1b" not in kept
    assert "\u202e" not in kept


def test_progress_without_a_terminal_is_a_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("load") as progress:
        for done in range(100):
            progress(done, 100, "nodes")
        progress(0, 0, "edges")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == ["load: nodes (0 of 100)", "load: edges"]


WIDE = [{"paper": "doi:10.1101/2023.10.19.563100", "title": "A title of several words and more", "claims": 82}]


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What a call prints on a terminal of some columns, as lines."""

    def lines(call: Callable[[], object], *, columns: int, colour: bool = False) -> list[str]:
        for stream in (sys.stdout, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("NO_COLOR", "" if colour else "1")
        call()
        captured = capsys.readouterr()
        return [line.rstrip() for line in (captured.out + captured.err).splitlines()]

    return lines


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_rows_cut_no_word_on_a_terminal_of_any_width(terminal: Callable[..., list[str]], columns: int) -> None:
    lines = terminal(lambda: print_rows(WIDE), columns=columns)
    assert max(map(len, lines)) <= columns
    words = {word for line in lines for word in line.split()}
    assert {word for value in WIDE[0].values() for word in str(value).split()} <= words


def test_a_narrow_terminal_gets_a_line_a_value(terminal: Callable[..., list[str]]) -> None:
    assert terminal(lambda: print_rows(WIDE), columns=40) == [
        "paper: doi:10.1101/2023.10.19.563100", "title: A title of several words and more", "claims: 82",
    ]  # fmt: skip


def test_prose_is_wrapped_between_words_and_keeps_its_indent(terminal: Callable[..., list[str]]) -> None:
    text = "  scale-free words\nand 10.1101/2023.10.19.563100.a.long.address"
    assert terminal(lambda: print_wrapped(text, indent=1, hang=2), columns=24) == [
        "   scale-free words", " and", "   10.1101/2023.10.19.563100.a.long.address",
    ]  # fmt: skip


def test_prose_in_a_pipe_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_wrapped("word " * 100 + "end", hang=2)
    assert capsys.readouterr().out == "word " * 100 + "end\n"


def test_no_color_leaves_no_escape_code_of_any_kind(terminal: Callable[..., list[str]]) -> None:
    def everything() -> None:
        print_rows(WIDE * 2)
        stdout().print("[bold green]fine[/]")
        with progress_bar("load") as progress:
            progress(1, 2, "nodes")

    assert not [line for line in terminal(everything, columns=120) if "\x1b" in line]
    assert [line for line in terminal(everything, columns=120, colour=True) if "\x1b" in line]


def test_a_step_of_unknown_length_does_not_show_the_total_of_the_step_before(
    terminal: Callable[..., list[str]],
) -> None:
    def two_steps() -> None:
        with progress_bar("load") as progress:
            progress(60, 60, "nodes")
            progress(0, 0, "edges")

    counted = [line for line in terminal(two_steps, columns=100, colour=True) if "edges" in line]
    assert counted
    assert not [line for line in counted if "/60" in line or "/?" in line]


@pytest.mark.parametrize("columns", [60, 80])
def test_a_message_is_wrapped_as_prose_is(terminal: Callable[..., list[str]], columns: int) -> None:
    lines = terminal(lambda: note("a message of many words " * 12), columns=columns)
    assert len(lines) > 3
    assert max(map(len, lines)) <= columns


def test_a_message_keeps_the_place_of_a_caret(terminal: Callable[..., list[str]]) -> None:
    query = "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title AS title, foo(c.statement) AS statement LIMIT 5"
    pointed, caret = terminal(lambda: note(point_at(query, query.index("foo"))), columns=60)
    assert pointed[caret.index("^") :].startswith("foo(")


def test_a_message_in_a_pipe_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    note("word " * 100 + "end")
    assert capsys.readouterr().err == "word " * 100 + "end\n"
