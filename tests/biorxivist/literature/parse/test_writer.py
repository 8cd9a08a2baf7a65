"""Pieces that are put between others move what stands behind them, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from biorxivist.literature.parse import parse
from biorxivist.literature.parse.writer import Buffer

PLACES = st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=12)


@given(pieces=st.lists(st.booleans(), min_size=1, max_size=20), steps=PLACES)
def test_what_was_added_and_what_is_cited_is_found_again_after_every_change(
    pieces: list[bool], steps: list[tuple[bool, int]]
) -> None:
    buffer = Buffer()
    for number, is_cited in enumerate(pieces):
        if is_cited:
            buffer.marks.append((number, number + 1, etree.Element("xref")))
        buffer.pieces.append(f"<{number}>" if is_cited else f"{number}")
    for is_insertion, draw in steps:
        if is_insertion:
            buffer.insert(draw % (len(buffer.pieces) + 1), "+")
        elif behind := [place for place in buffer.added if not buffer.marks or place >= buffer.marks[-1][1]]:
            buffer.remove(behind[draw % len(behind)])
    assert buffer.added == [place for place, piece in enumerate(buffer.pieces) if piece == "+"]
    assert all(buffer.has_added(place) == (piece == "+") for place, piece in enumerate(buffer.pieces))
    cited = [piece for piece in buffer.pieces if piece.startswith("<")]
    assert ["".join(buffer.pieces[a:b]).replace("+", "") for a, b, _ in buffer.marks] == cited


def test_a_paragraph_of_thousands_of_citations_and_powers_is_read() -> None:
    number = 20_000  # with a list that is made anew for each of them this would take minutes
    unit = '95<xref ref-type="bibr" rid="B1"><sup>1</sup></xref> genes, 10 <sup>5</sup> cells '
    data = (
        f"<article><body><p>{unit * number}</p></body><back><ref-list><ref id='B1'><label>1</label><mixed-citation>X"
        "</mixed-citation></ref></ref-list></back></article>"
    )
    document = parse(data.encode())
    assert document.passages[-1].text == " ".join(["95 [1] genes, 10 ^5 cells"] * number)
    assert len(document.citations) == number
