from __future__ import annotations

import pytest

from graph.errors import UnknownName, or_list


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ""),
        (("scGPT",), "scGPT"),
        (("scGPT", "scGPT, continually pretrained", "scTab"), "scGPT, 'scGPT, continually pretrained' or scTab"),
    ],
)
def test_near_names_are_alternatives_and_a_comma_in_one_does_not_make_it_two(
    names: tuple[str, ...], expected: str
) -> None:
    assert or_list(names) == expected


def test_an_unknown_name_says_the_command_that_adds_one() -> None:
    message = str(UnknownName("model", "scGTP", ("scGPT",)))
    assert "Did you mean scGPT?" in message
    assert "biorxivist vocabulary add model" in message
