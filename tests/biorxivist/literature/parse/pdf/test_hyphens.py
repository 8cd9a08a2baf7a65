"""Words that a line end parts are put together, and hyphens of the author stay."""

from __future__ import annotations

import pytest

from biorxivist.literature.parse.pdf.hyphens import Spelling, heal

LINES = (
    "we show that a report was made on per-",
    "formance of models, and the perfor-",
    "mance grows; performance is what mat-",
    "ters. It matters that pre-training on",
    "whole-body scans is done at a time and in points",
    "of MATLAB, a plane of which the previously shown hemibrain and the",
    "hemibrain of one hemi-brain, of the HemiBrain",
)


@pytest.mark.parametrize(
    ("text", "following", "joined"),
    [
        ("individuals report-", "edly exhibit", "individuals reportedly exhibit"),
        ("the per-", "formance of", "the performance of"),
        ("a pre-", "training on", "a pre-training on"),
        ("both pre-", "and post-training", "both pre- and post-training"),
        ("short-", "or long-term", "short- or long-term"),
        ("whole-", "body scans", "whole-body scans"),
        ("IL-", "2 and", "IL-2 and"),
        ("in MAT-", "LAB it", "in MATLAB it"),
        ("of IL-", "A it", "of IL-A it"),
        ("a plane-", "to-plane metric", "a plane-to-plane metric"),
        ("a plane-to-", "plane metric", "a plane-to-plane metric"),
        ("a state-of-", "the-art model", "a state-of-the-art model"),
        ("a previously-", "established one", "a previously-established one"),
        ("of the hemi-", "brain", "of the hemibrain"),
        ("the per-", "formance-driven one", "the performance-driven one"),
        ("the M-", "step", "the M-step"),
    ],
)
def test_a_word_is_put_together_as_the_paper_writes_it(text: str, following: str, joined: str) -> None:
    assert heal(text, following, Spelling.of(LINES)) + following == joined


def test_the_rest_of_a_word_at_the_beginning_of_a_line_is_no_word_of_the_paper() -> None:
    words = Spelling.of(LINES).words
    assert "performance" in words
    assert not words.keys() & {"formance", "mance", "ters."}
