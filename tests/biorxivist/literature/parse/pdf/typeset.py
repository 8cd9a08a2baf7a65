"""A small typesetter: papers as PDF without a browser or LaTeX, in one or two justified columns.

It sets the base fonts that every PDF reader has, so that files are small. Lines are broken one after the other, long
words are parted with a hyphen, ``fi`` and ``fl`` are ligatures; heads, page numbers, line numbers and the stamp of a
repository stand where papers have them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, TOP, BOTTOM = 72.0, 523.0, 760.0, 80.0
GUTTER = 18.0
LEADING = 1.2
LONGEST_WORD = 36
FONTS = {"F1": "Times-Roman", "F2": "Times-Bold", "F3": "Times-Italic"}
LIGATURES = {"fi": "\x01", "fl": "\x02"}


@cache
def widths(font: str) -> dict[str, float]:
    """Character -> width, in thousandths of the size."""
    import matplotlib as mpl
    from fontTools.agl import UV2AGL

    folder = Path(mpl.get_data_path()) / "fonts" / "pdfcorefonts"
    listed = (folder / f"{font}.afm").read_text(encoding="latin-1")
    named = {name: width for width, name in re.findall(r"WX (\d+) ; N (\w+)", listed)}
    known = {chr(code): float(named[name]) for code, name in UV2AGL.items() if name in named}
    return known | {"\x01": float(named["fi"]), "\x02": float(named["fl"])}


def printable(text: str) -> str:
    """A text with only what the base fonts have, without words that are wider than a column."""
    known = widths("Times-Roman")
    words = "".join(c if (c in known and _is_coded(c)) or c == " " else "?" for c in text).split()
    return " ".join(word for word in words if len(word) <= LONGEST_WORD)


def _is_coded(char: str) -> bool:
    try:
        return char == char.encode("cp1252").decode("cp1252") and ord(char) != 0xAD
    except UnicodeEncodeError:
        return False


def length(text: str, font: str, size: float) -> float:
    """Width of a text."""
    table = widths(FONTS[font])
    return sum(table.get(char, 500.0) for char in text) * size / 1000


def literal(text: str) -> bytes:
    """A text as a string of the PDF."""
    raw = text.encode("cp1252", "replace")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


@dataclass
class Typesetter:
    """Sets one paper."""

    columns: int = 1
    head: str = ""
    line_numbers: bool = False
    stamp: str = ""
    """Across the left margin of every page."""
    banner: str = ""
    """The repository's lines above every page."""
    hyphenates: bool = True
    pages: list[list[bytes]] = field(default_factory=list)
    y: float = 0.0
    column: int = 0
    number: int = 0
    start: float = TOP
    """Where the columns of this page begin."""

    @property
    def measure(self) -> float:
        """Width of a column."""
        return (RIGHT - LEFT - (self.columns - 1) * GUTTER) / self.columns

    @property
    def edge(self) -> float:
        """Left edge of the column."""
        return LEFT + self.column * (self.measure + GUTTER)

    def new_page(self) -> None:
        """Begin a page, with what stands around its text."""
        self.pages.append([])
        self.y, self.column, self.start = TOP, 0, TOP
        self.number = 0
        page = len(self.pages)
        if self.head:
            self.put(self.head, LEFT, HEIGHT - 45, "F3", 9)
        self.put(f"Page {page}", WIDTH / 2 - 15, 40, "F1", 9)
        for index, line in enumerate(self.banner.split("\n") if self.banner else ()):
            self.put(line, 60, HEIGHT - 12 - 9 * index, "F1", 7)
        if self.stamp:
            self.pages[-1].append(b"BT /F1 14 Tf 0 1 -1 0 30 250 Tm " + literal(self.stamp) + b" Tj ET")

    def put(self, text: str, x: float, y: float, font: str, size: float, *, spacing: float = 0.0) -> None:
        """One piece of text at a place."""
        self.pages[-1].append(
            f"BT /{font} {size} Tf {spacing:.4f} Tw {x:.3f} {y:.3f} Td ".encode() + literal(text) + b" Tj ET"
        )

    def line(self, text: str, font: str, size: float, *, stretch: bool, indent: float = 0.0) -> None:
        """One line of the column, in the next column or page if this one is full."""
        step = LEADING * size
        if not self.pages:
            self.new_page()
        if self.y - step < BOTTOM:
            if self.column + 1 < self.columns:
                self.column += 1
                self.y = self.start
            else:
                self.new_page()
        self.y -= step
        room = self.measure - indent - length(text, font, size)
        spaces = text.count(" ")
        self.put(text, self.edge + indent, self.y, font, size, spacing=room / spaces if stretch and spaces else 0.0)
        if self.line_numbers:
            self.number += 1
            label = str(self.number)
            self.put(label, self.edge - 6 - length(label, "F1", 6), self.y, "F1", 6)

    def block(self, text: str, *, font: str = "F1", size: float = 10.0, first: float = 0.0, hang: float = 0.0,
              before: float = 0.0, after: float = 0.0) -> None:  # fmt: skip
        """A paragraph, justified."""
        self.y -= before
        words = printable(text)
        for pair, glyph in LIGATURES.items():
            words = words.replace(pair, glyph)
        queue = words.split(" ")
        current, indent = "", first
        while queue:
            word = queue.pop(0)
            trial = f"{current} {word}" if current else word
            if length(trial, font, size) <= self.measure - indent:
                current = trial
                continue
            head, tail = self._parted(word, current, font, size, self.measure - indent)
            if tail:
                current = f"{current} {head}" if current else head
                queue.insert(0, tail)
            elif current:
                queue.insert(0, word)
            else:
                current = word
            self.line(current, font, size, stretch=True, indent=indent)
            current, indent = "", hang
        if current:
            self.line(current, font, size, stretch=False, indent=indent)
        self.y -= after

    def _parted(self, word: str, current: str, font: str, size: float, room: float) -> tuple[str, str]:
        """A long word in two, the first with a hyphen and as long as there is room for."""
        if not self.hyphenates or not word.isalpha() or len(word) < 8 or not word.islower():
            return word, ""
        for cut in range(len(word) - 3, 2, -1):
            head = f"{word[:cut]}-"
            if length(f"{current} {head}" if current else head, font, size) <= room:
                return head, word[cut:]
        return word, ""

    def cells(self, row: tuple[str, ...], *, size: float = 9.0) -> None:
        """One row of a table, its cells far apart."""
        self.y -= LEADING * size
        for index, cell in enumerate(row):
            self.put(cell, self.edge + 120 * index, self.y, "F1", size)

    def plot(self, labels: list[str]) -> None:
        """A drawing with bars, and words in it."""
        top = self.y - 10
        bars = b" ".join(f"{self.edge + 12 * n:.0f} {top - 120:.0f} 8 {20 + 8 * n} re f".encode() for n in range(12))
        frame = f"{self.edge:.0f} {top - 120:.0f} 150 120 re S".encode()
        joined = b" ".join(
            f"{self.edge + 12 * n:.0f} {top - 120:.0f} m {self.edge + 12 * n:.0f} {top:.0f} l S".encode()
            for n in range(12)
        )
        self.pages[-1] += [frame, bars, joined]
        for index, label in enumerate(labels):
            self.put(label, self.edge + 20, top - 20 - 20 * index, "F1", 7)
        self.y = top - 130

    def mixed(self, pieces: tuple[str, ...], *, size: float = 10.0) -> None:
        """A line whose every second piece is raised."""
        x = self.edge
        for index, piece in enumerate(pieces):
            raised = index % 2
            shown = 0.65 * size if raised else size
            self.put(piece, x, self.y + 0.35 * size * raised, "F1", shown)
            x += length(piece, "F1", shown)

    def across(self, text: str, *, font: str = "F2", size: float = 17.0) -> None:
        """A block over all columns, at the top of the page."""
        if not self.pages:
            self.new_page()
        columns, self.columns = self.columns, 1
        self.block(text, font=font, size=size, after=8)
        self.columns, self.start = columns, self.y

    def data(self, *, extra: dict[int, bytes] | None = None) -> bytes:
        """The file."""
        fonts = b" ".join(
            f"/{name} << /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding << /Type /Encoding "
            "/BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl] >> >>".encode()
            for name, font in FONTS.items()
        )
        objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
        kids: list[str] = []
        for page in self.pages:
            content = b"\n".join(page)
            objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {len(objects)} 0 R ".encode()
                + b"/Resources << /Font << " + fonts + b" >> >> >>"
            )  # fmt: skip
            kids.append(f"{len(objects)} 0 R")
        objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
        return pdf_of([*objects, *(extra or {}).values()])


def pdf_of(objects: list[bytes], *, root: bytes = b"/Root 1 0 R") -> bytes:
    """A file of these objects, numbered from 1."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} ".encode() + root + f" >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
