"""Where a block of lines ends and the next one begins."""

from __future__ import annotations

from biorxivist.literature.parse.pdf.blocks import make_blocks, text_of
from biorxivist.literature.parse.pdf.shapes import Block, Line, Word


def lines(*texts: tuple[str, float, float], size: float = 10.0) -> list[Line]:
    """Lines of one column from 60 to 540: text, left edge and right edge of each."""
    return [
        Line([Word(text, x0, x1, 100 + 1.2 * size * number, size)], 1, 100 + 1.2 * size * number, size, 60, 540)
        for number, (text, x0, x1) in enumerate(texts)
    ]


def written(blocks: list[Block]) -> list[tuple[str, str]]:
    return [(block.kind, " ".join(text_of(line) for line in block.lines)) for block in blocks]


def test_a_line_that_begins_as_a_caption_does_goes_on_with_its_sentence() -> None:
    found = make_blocks(lines(("as it is done in Step 9 of", 60, 540), ("Algorithm 2. This is preferred.", 60, 400)))
    assert written(found) == [("text", "as it is done in Step 9 of Algorithm 2. This is preferred.")]


def test_a_caption_behind_the_end_of_a_sentence_is_one() -> None:
    found = make_blocks(lines(("as it is done elsewhere.", 60, 540), ("Figure 2. What is done.", 60, 400)))
    assert written(found) == [("text", "as it is done elsewhere."), ("caption", "Figure 2. What is done.")]


def test_the_lines_of_a_title_in_the_middle_are_one_block() -> None:
    found = make_blocks(lines(("Timely sleep coupling is linked to", 64, 516), ("early burden", 104, 476), size=17))
    assert written(found) == [("text", "Timely sleep coupling is linked to early burden")]


def test_an_indented_line_behind_a_sentence_begins_a_paragraph() -> None:
    found = make_blocks(
        lines(("as it is done elsewhere.", 60, 300), ("We then did more and", 72, 540), ("more", 60, 90))
    )
    assert [text for _, text in written(found)] == ["as it is done elsewhere.", "We then did more and more"]
