from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biorxivist.cli.output import clean, print_rows, progress_bar

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
