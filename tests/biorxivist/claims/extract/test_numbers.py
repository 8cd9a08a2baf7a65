from __future__ import annotations

import pytest

from biorxivist.claims.extract.numbers import find_numbers

CASES = {
    "33 million cells": (33e6, 32.5e6, 33.5e6),
    "29.9 million": (29.9e6, 29.85e6, 29.95e6),
    "1.12M cells": (1.12e6, 1.115e6, 1.125e6),
    "68,450 cells": (68450, 68450, 68450),
    "0.595": (0.595, 0.5945, 0.5955),
    "0.766±0.013": (0.766, 0.753, 0.779),
    "95.8%": (95.8, 95.75, 95.85),
    "3.4 × 10^8 parameters": (3.4e8, 3.35e8, 3.45e8),
    "10^7 cells": (1e7, 1e7, 1e7),
    "half of the cells": (50, 50, 50),
    "twelve metrics": (12, 12, 12),
    "one billion parameters": (1e9, 1e9, 1e9),
    "0.62-0.80": (0.62, 0.62, 0.80),
}
BOUNDS = {
    "over 50 million": "at_least", "up to 112 million": "at_most", "about 22 million": "about", "~30 million": "about",
    "nearly 21.8 million": "about", "more than 100 million": "at_least", "33 million": "exact", "502M+": "at_least",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_a_number_has_its_value_and_the_interval_of_its_last_digit(
    text: str, expected: tuple[float, float, float]
) -> None:
    (number,) = find_numbers(text)
    assert (number.value, number.low, number.high) == pytest.approx(expected, rel=1e-12)
    assert text[number.start : number.end] == number.text


@pytest.mark.parametrize(("text", "bound"), BOUNDS.items())
def test_words_before_a_number_bound_it(text: str, bound: str) -> None:
    assert [number.bound for number in find_numbers(text)] == [bound]


def test_the_pronoun_one_and_parts_of_names_are_no_numbers() -> None:
    assert find_numbers("This one is scPRINT-2, CD8, H2O and v1.2.3.") == []


def test_millions_are_whole_where_they_are_printed_so() -> None:
    assert [number.value for number in find_numbers("4.1 million and 390.5 million")] == [4_100_000, 390_500_000]


def test_more_than_what_another_one_has_bounds_nothing() -> None:
    assert [number.bound for number in find_numbers("fewer than the 30 million, and more than 20 million")] == [
        "exact", "at_least",
    ]  # fmt: skip
