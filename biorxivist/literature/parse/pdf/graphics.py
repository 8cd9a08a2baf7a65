"""Where images and drawings stand on a page, so that the words in them are not read as text."""

from __future__ import annotations

from typing import Any

import pypdfium2.raw as pdfium

from biorxivist.literature.parse.pdf.shapes import Box

MAX_OBJECTS = 20_000
"""Objects of one page that are looked at."""
CELL = 8.0
"""Points; drawings that share a cell of such a grid, or touch in one, belong together."""
FEWEST = 8
"""Parts of a drawing; a frame or a rule has fewer."""
SMALLEST = 40.0
"""Points, both ways, of a drawing."""
LARGEST = 0.7
"""Share of the page; what is larger lies behind the text."""


def find_pictures(page: Any, bounds: tuple[float, float, float, float]) -> list[Box]:
    """Images and drawings of a page, of those that a figure or a table may be made of.

    Parameters
    ----------
    page
        An open page of pypdfium2.
    bounds
        Left, bottom, right, top of what is shown of it.
    """
    left, bottom, right, top = bounds
    area = max((right - left) * (top - bottom), 1.0)
    images: list[Box] = []
    parts: list[Box] = []
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), MAX_OBJECTS)):
        thing = pdfium.FPDFPage_GetObject(page.raw, index)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind not in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        box = _bounds_of(thing)
        if box is None:
            continue
        x0, y0, x1, y1 = (max(box[0], left), max(box[1], bottom), min(box[2], right), min(box[3], top))
        if x1 < x0 or y1 < y0 or (x1 - x0) * (y1 - y0) > LARGEST * area:
            continue
        placed = Box(x0 - left, top - y1, x1 - left, top - y0)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            parts.append(placed)
        elif (kind == pdfium.FPDF_PAGEOBJ_IMAGE and min(x1 - x0, y1 - y0) > SMALLEST / 2) or (
            kind == pdfium.FPDF_PAGEOBJ_FORM and min(x1 - x0, y1 - y0) > SMALLEST
        ):
            images.append(placed)
    return images + _drawings(parts)


def _bounds_of(thing: Any) -> tuple[float, float, float, float] | None:
    from ctypes import c_float

    x0, y0, x1, y1 = c_float(), c_float(), c_float(), c_float()
    if not pdfium.FPDFPageObj_GetBounds(thing, x0, y0, x1, y1):
        return None
    return x0.value, y0.value, x1.value, y1.value


def _drawings(parts: list[Box]) -> list[Box]:
    """Rectangles around lines and areas that touch; rules and underlines alone make no drawing."""
    cells: dict[tuple[int, int], int] = {}
    parent: list[int] = list(range(len(parts)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, part in enumerate(parts):
        for column in range(int((part.x0 - 2) // CELL), int((part.x1 + 2) // CELL) + 1):
            for row in range(int((part.y0 - 2) // CELL), int((part.y1 + 2) // CELL) + 1):
                parent[root(index)] = root(cells.setdefault((column, row), index))
    groups: dict[int, list[Box]] = {}
    for index, part in enumerate(parts):
        groups.setdefault(root(index), []).append(part)
    boxes: list[Box] = []
    for group in groups.values():
        box = Box(
            min(p.x0 for p in group), min(p.y0 for p in group), max(p.x1 for p in group), max(p.y1 for p in group)
        )
        standing = sum(part.y1 - part.y0 > 3 for part in group)
        if standing >= FEWEST and box.x1 - box.x0 > SMALLEST and box.y1 - box.y0 > SMALLEST:
            boxes.append(box)
    return boxes
