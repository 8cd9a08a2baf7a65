"""A PDF to blocks of text in reading order. Runs in a child process; what it returns is plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from biorxivist.literature.parse.pdf.blocks import body_size, make_blocks, text_of
from biorxivist.literature.parse.pdf.columns import read_lines
from biorxivist.literature.parse.pdf.entries import split_entries
from biorxivist.literature.parse.pdf.glyphs import read_words
from biorxivist.literature.parse.pdf.graphics import find_pictures
from biorxivist.literature.parse.pdf.headings import REFERENCES, mark_headings
from biorxivist.literature.parse.pdf.hyphens import Spelling
from biorxivist.literature.parse.pdf.margins import strip_margins
from biorxivist.literature.parse.pdf.shapes import Block, Left, Page
from biorxivist.literature.parse.pdf.tables import strip_pictures, strip_tables
from biorxivist.literature.parse.pdf.wording import join_wording

MAX_PAGES = 1_000
"""Pages of a file; a thesis has 300."""
MAX_CHARACTERS = 5_000_000
"""Characters of a file."""
FEWEST = 20
"""Characters per page; a scan has none, or a stamp."""
MOST_UNMAPPED = 0.1
"""Share of characters without a Unicode map; symbols of a formula are fewer."""
LETTERS = 0.5
"""Share of letters in a text; a font with a wrong map gives signs and digits."""
PASSWORD = 4
"""Code of PDFium for a file that opens with a password only."""


class Refused(Exception):
    """The file is a PDF that cannot be read; the message says why and what to do."""


def read_pdf(data: bytes) -> dict[str, Any]:
    """Text of a PDF: blocks, what was left out, stamps, pictures, and what the file says of itself.

    Raises
    ------
    Refused
        If it is broken, encrypted, a scan, too long, or its fonts do not say what their characters mean.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD or "assword" in str(error):
            msg = "The PDF is encrypted and opens with a password only. Save a copy without one and give that."
            raise Refused(msg) from error
        msg = f"The PDF is broken ({error}). Fetch it again, or print it to a new PDF and give that."
        raise Refused(msg) from error
    count = len(document)
    if not count:
        msg = "The PDF has no pages. Fetch it again."
        raise Refused(msg)
    if count > MAX_PAGES:
        msg = f"The PDF has {count:,} pages; at most {MAX_PAGES:,} are read. Give the paper alone."
        raise Refused(msg)
    pages = list(_read_pages(document))
    _refuse_unreadable(pages)
    reading = lay_out(pages)
    scripts = pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw)
    if scripts > 0:
        reading["left"].append([f"scripts in the file, which were not run: {scripts}", "", 0])
    reading["meta"] = document.get_metadata_dict(skip_empty=True)
    return reading


def _read_pages(document: pypdfium2.PdfDocument) -> Iterator[Page]:
    total = 0
    across: set[str] = set()
    for index in range(len(document)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            broken = Page(index + 1, 1.0, 1.0)
            broken.left.append(Left("a page that is broken", "", index + 1))
            yield broken
            continue
        bounds = page.get_bbox()
        words = read_words(page, index + 1, bounds, across=across)
        across.update(words.stamps)
        words.pictures = find_pictures(page, bounds) if abs(bounds[2] - bounds[0] - words.width) < 1 else []
        page.close()
        total += words.characters
        if total > MAX_CHARACTERS:
            msg = f"The PDF has more than {MAX_CHARACTERS:,} characters by page {index + 1}. It is not a paper."
            raise Refused(msg)
        yield words


def _refuse_unreadable(pages: Sequence[Page]) -> None:
    characters, unmapped = sum(p.characters for p in pages), sum(p.unmapped for p in pages)
    if characters < FEWEST * len(pages) and unmapped < LETTERS * max(characters, 1):
        msg = (
            f"The PDF has {characters} characters of text on {len(pages)} pages: it is a scan, a picture of text. Run "
            "a text recogniser over it (`ocrmypdf scan.pdf text.pdf`), or give the paper as JATS or HTML."
        )
        raise Refused(msg)
    letters = sum(c.isalpha() for p in pages for w in p.words for c in w.text)
    shown = sum(len(w.text) for p in pages for w in p.words)
    if unmapped > MOST_UNMAPPED * characters or letters < LETTERS * shown:
        share = 100 * unmapped / characters
        msg = (
            f"The fonts of the PDF do not say what their characters mean ({share:.0f} % have no Unicode map): what "
            "would be read is not what is printed. Give the paper as JATS or HTML, or run a text recogniser over it "
            "(`ocrmypdf --force-ocr paper.pdf text.pdf`)."
        )
        raise Refused(msg)


def lay_out(pages: Sequence[Page]) -> dict[str, Any]:
    """Blocks of pages in reading order, as plain data."""
    stamps = strip_margins(pages)
    for page in pages:
        strip_pictures(page)
    lines, cells = strip_tables(read_lines(pages))
    left = [entry for page in pages for entry in page.left] + cells
    # References are often set smaller, and in a short paper they are most of the text.
    end = next((n for n, line in enumerate(lines) if n and REFERENCES.fullmatch(text_of(line))), len(lines))
    blocks = make_blocks(lines)
    mark_headings(blocks, body_size(lines[:end]))
    blocks = list(_with_entries(blocks))
    spelling = Spelling.of([text_of(line) for line in lines])
    rows = []
    for block in blocks:
        wording = join_wording(block.lines, spelling)
        marks = [mark for mark in wording.marks if block.kind in ("text", "caption")]
        rows.append(
            {
                "kind": block.kind,
                "level": block.level,
                "text": wording.text,
                "page": block.page,
                "box": [round(edge, 1) for edge in block.box],
                "marks": marks,
            }
        )
    return {
        "pages": len(pages),
        "blocks": rows,
        "left": [list(entry) for entry in left],
        "stamps": stamps,
        "pictures": [[page.number, *map(round, box)] for page in pages for box in page.pictures],
    }


def _with_entries(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks, those of the reference list in the shape of its entries."""
    index = 0
    while index < len(blocks):
        block = blocks[index]
        yield block
        index += 1
        if block.kind != "heading" or not REFERENCES.fullmatch(" ".join(text_of(line) for line in block.lines)):
            continue
        below: list[Block] = []
        while index < len(blocks) and not (blocks[index].kind == "heading" and blocks[index].level <= block.level):
            if blocks[index].kind == "caption":
                yield blocks[index]
            else:
                below.append(blocks[index])
            index += 1
        for lines in split_entries(below):
            yield Block(lines, "reference")
