from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.cypher.regex import compiled_pattern
from graph.errors import UnsafeCypher

PATTERNS = (
    "a.*b", "(?i).*scgpt.*", "[a-c]+x?", "(ab|cd){2,3}", r"\d{4}-\d{2}", r"[^\s]+", "", "a|", ".*", "(?:a|b)*c",
    "x{0}y",
    r".*\bset\b.*", r"\Ba.*", r"a\.b", "a{2,}", "(a)(b)?", r".*[\]x]", "[]a]b", ".+?c",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PATTERNS), st.text("abcdxy .-]1é\nset", max_size=12))
def test_a_pattern_matches_the_texts_that_it_matches_elsewhere(pattern: str, text: str) -> None:
    if "\n" in text and "." in pattern:
        text = text.replace("\n", " ")
    flags = re.IGNORECASE if pattern.startswith("(?i)") else 0
    # Java, and so Neo4j, sees the edge of a word by Unicode, and classes of characters by ASCII
    expected = re.fullmatch(pattern.removeprefix("(?i)"), text, flags | (0 if r"\b" in pattern.lower() else re.ASCII))
    assert compiled_pattern(pattern)(text) == (expected is not None)


def test_a_text_that_takes_others_hours_takes_a_moment() -> None:
    started = time.perf_counter()
    assert not compiled_pattern(".*a.*b.*c")("ab" * 20_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("pattern", ["a^b", "a$", r"\Aa", r"(a)\1", "(?m)a", r"\p{L}", "(a{900}){900}"])
def test_what_is_not_recognised_in_linear_time_is_refused(pattern: str) -> None:
    with pytest.raises((UnsafeCypher, re.error)):
        compiled_pattern(pattern)


def test_a_dot_stops_at_every_end_of_a_line_as_in_java() -> None:
    assert [compiled_pattern("a.b")(f"a{end}b") for end in "\n\r\u0085\u2028x"] == [False] * 4 + [True]
