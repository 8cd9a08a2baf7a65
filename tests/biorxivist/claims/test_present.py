from __future__ import annotations

from biorxivist.claims.present import clean


def test_what_could_drive_a_terminal_is_replaced_and_lines_are_kept() -> None:
    assert clean("a\x1b[31mred\u202e\nb\tc") == "a\ufffd[31mred\ufffd\nb\tc"
