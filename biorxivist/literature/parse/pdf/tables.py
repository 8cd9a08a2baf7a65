"""Words of figures and tables, which are no text: inside of pictures, and rows of cells near a caption."""

from __future__ import annotations

from collections.abc import Sequence

from biorxivist.literature.parse.pdf.blocks import CAPTION, is_caption, text_of
from biorxivist.literature.parse.pdf.rows import rows_of, runs_of
from biorxivist.literature.parse.pdf.shapes import Block, Box, Left, Line, Page, Word

PROSE = 45
"""Characters of a run without a wide gap: longer ones are sentences, not labels of a figure."""
PROSE_SHARE = 0.5
MAX_CAPTION = 12
"""Lines between the label of a table and its first row."""


def strip_pictures(page: Page) -> None:
    """Take the words inside of images and drawings out; a frame around sentences is no picture."""
    boxes: list[Box] = []
    for box in page.pictures:
        inside = [word for word in page.words if box.holds(*word.middle)]
        if inside and _is_prose(inside):
            continue
        boxes.append(box)
        if inside:
            gone = {id(word) for word in inside}
            page.words = [word for word in page.words if id(word) not in gone]
            text = " ".join(row.text for row in rows_of(inside))
            page.left.append(Left("text inside a picture", text, page.number))
    page.pictures = boxes


def _is_prose(words: Sequence[Word]) -> bool:
    runs = [run for row in rows_of(words) for run in runs_of(row)]
    long = sum(len(run.text) for run in runs if len(run.text) > PROSE)
    return long > PROSE_SHARE * sum(len(run.text) for run in runs)


def strip_tables(lines: Sequence[Line]) -> tuple[list[Line], list[Left]]:
    """Lines without the rows of tables, and the rows."""
    gone: set[int] = set()
    left: list[Left] = []
    for index, line in enumerate(lines):
        match = CAPTION.match(text_of(line))
        if match is None or "able" not in match[1] or not is_caption(Block([line])):
            continue
        below = _rows(lines, range(index + 1, len(lines)), skip=MAX_CAPTION)
        rows = below or _rows(lines, range(index - 1, -1, -1), skip=0)
        if rows:
            gone.update(rows)
            cells = "\n".join(text_of(lines[row]) for row in sorted(rows))
            left.append(Left(f"cells of {match[1]}, which is read as an image", cells, line.page))
    return [line for index, line in enumerate(lines) if index not in gone], left


def _rows(lines: Sequence[Line], order: range, *, skip: int) -> list[int]:
    """Lines of a table from a caption on: rows with gaps, and short lines between them."""
    page = lines[order[0]].page if len(order) else 0
    rows: list[int] = []
    waiting: list[int] = []
    for index in order:
        line = lines[index]
        if line.page != page:
            break
        if line.gaps:
            rows += [*(waiting if rows else []), index]
            waiting = []
        elif len(waiting) >= (1 if rows else skip) or (rows and line.x1 - line.x0 > 0.8 * (line.right - line.left)):
            break
        else:
            waiting.append(index)
    return rows if len(rows) > 1 else []
