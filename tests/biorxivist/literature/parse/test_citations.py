"""Which entries of the reference list a place in the text means: ranges as publishers print them, and what is none."""

from __future__ import annotations

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse

ENTRIES = "".join(
    f'<ref id="r{n}"><label>{n}</label><mixed-citation>Work {n}.</mixed-citation></ref>' for n in range(1, 131)
)


def read(paragraph: str) -> Document:
    data = f"<article><body><p>{paragraph}</p></body><back><ref-list>{ENTRIES}</ref-list></back></article>"
    return parse(data.encode())


def link(number: int, printed: str = "", rids: str = "") -> str:
    return f'<xref ref-type="bibr" rid="{rids or f"r{number}"}">{printed or number}</xref>'


def entries(low: int, high: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(low, high + 1))


@pytest.mark.parametrize(
    ("paragraph", "cited"),
    [
        (f"[{link(121, '121–5', 'r121 r122 r123 r124 r125')}]", [entries(121, 125)]),
        (f"[{link(21, '21–5')}]", [entries(21, 25)]),
        (f"[{link(121, '121–25')}]", [entries(121, 125)]),
        (f"[{link(98, '98–102')}]", [entries(98, 102)]),
        (f"[{link(6, '6–3')}]", [("6", "3")]),
        (f"cells<sup>{link(121)}–5</sup>.", [entries(121, 125)]),
        (f"[{link(3)}–7].", [entries(3, 7)]),
        (f"refs {link(3)}–7.", [entries(3, 7)]),
        (f"[{link(3)} – 7]", [entries(3, 7)]),
        (f"[{link(3)}~{link(6)}]", [("3",), ("4", "5", "6")]),
    ],
)
def test_a_range_is_expanded_however_its_end_is_printed(paragraph: str, cited: list[tuple[str, ...]]) -> None:
    assert [citation.reference_keys for citation in read(paragraph).citations] == cited


@pytest.mark.parametrize(
    "paragraph",
    [
        f"cells [{link(12)}] – 5 mM was added",
        f"cells<sup>{link(12)}</sup> – 15 of them",
        f"cells {link(12)} - 30 days later",
        f"at {link(12)}–17.5 mM",
        f"see {link(12)}–15a",
        f"[{link(12)}] ~ 15 cells",
    ],
)
def test_a_dash_and_a_number_that_is_no_entry_make_no_range(paragraph: str) -> None:
    assert [citation.reference_keys for citation in read(paragraph).citations] == [("12",)]
