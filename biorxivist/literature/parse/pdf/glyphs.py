"""The characters of a page, put together to words, as PDFium reads them.

What a reader of the printed page would not see (white, transparent, without ink, outside the page) is left out and
said: text can be hidden there that only a program reads.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2.raw as pdfium

from biorxivist.literature.parse.pdf.accents import ACCENTS, accented, as_typed
from biorxivist.literature.parse.pdf.shapes import UNMAPPED, Left, Page, Word
from biorxivist.literature.parse.text import INVISIBLE

MAX_CHARACTERS = 200_000
"""Characters of one page; a page of a journal has 8,000."""
LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
}  # fmt: skip
HYPHENS = frozenset((0x02, 0xAD, 0xFFFE))
"""What PDFium and soft hyphens give for a hyphen at the end of a line."""
BOLD = re.compile(r"bold|black|heavy|demi|medi(?!um)|cmbx|sfbx|cmssbx", re.I)
ITALIC = re.compile(r"ital|obli|slant|cmti|cmsl|sfti", re.I)
INVISIBLE_MODE = 3
SMALLEST = 1.0
"""Points."""
FAINTEST = 13
"""Of 255: less is taken for transparent."""
WHITE = 250
"""Of 255, in all three colours: more is taken for white."""


@dataclass(slots=True)
class _Style:
    """What the characters of one text object share."""

    size: float
    angle: int
    """Direction of the text: 0, 90, 180, 270, or -1 for any other."""
    bold: bool
    italic: bool
    font: str
    hidden: str
    """Why it cannot be seen; empty if it can."""


@dataclass(slots=True)
class _Glyph:
    """A character with its place in the page's own axes."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    x: float
    y: float
    style: _Style
    space: int
    """0 nothing before it, 1 a space that PDFium guessed, 2 a space in the file."""


_Placed = tuple[_Glyph, float, float, float]
"""A character with its left edge, right edge and baseline on the upright page."""


def read_words(
    page: Any, number: int, bounds: tuple[float, float, float, float], *, across: Container[str] = ()
) -> Page:
    """Words of a page.

    Parameters
    ----------
    page
        An open page of pypdfium2.
    number
        Its number, counted from 1.
    bounds
        Left, bottom, right, top of what is shown of it.
    across
        Texts that stand across on other pages: how this page stands does not follow from them.
    """
    glyphs, unmapped, shapeless = _read_glyphs(page)
    left, bottom, right, top = bounds
    visible = [g for g in glyphs if not g.style.hidden]
    if len(visible) < 0.1 * len(glyphs) and any(g.style.hidden == "without ink" for g in glyphs):
        visible = glyphs  # the text that a recogniser laid under the picture of a page
    turns: dict[int, list[_Glyph]] = {}
    for glyph in visible:
        turns.setdefault(glyph.style.angle, []).append(glyph)
    counts = {turn: len(own) for turn, own in turns.items() if not turn or _read_along(own, turn, bounds) not in across}
    angle = max(counts, key=lambda turn: (counts[turn], -abs(turn)), default=0)
    angle = max(angle, 0)
    width, height = right - left, top - bottom
    if angle in (90, 270):
        width, height = height, width
    read = Page(number, width, height, characters=len(glyphs), unmapped=sum(unmapped.values()))
    if visible is glyphs and glyphs and glyphs[0].style.hidden:
        read.left.append(Left("the text of this page lies without ink under a picture: it was recognised", "", number))
    else:
        _log_hidden(glyphs, read)
    upright: list[_Placed] = []
    outside: list[_Glyph] = []
    for glyph in turns.get(angle, ()):
        x0, x1, base = _turn(glyph, angle, bounds)
        if x1 < -1 or x0 > width + 1 or base < -1 or base - glyph.style.size > height + 1:
            outside.append(glyph)
        else:
            upright.append((glyph, x0, x1, base))
    read.words = _join(_with_accents(upright))
    for turn, own in turns.items():
        if turn != angle:
            read.stamps.append(_read_along(own, turn, bounds))
            read.left.append(Left("text that stands across", read.stamps[-1], number))
    if outside:
        read.left.append(Left("text outside the page", _text(outside), number))
    if shapeless:
        read.left.append(Left(f"{shapeless} invisible characters", "", number))
    for font, count in sorted(unmapped.items()):
        read.left.append(Left(f"{count} characters of font {font!r} have no Unicode map", "", number))
    return read


def _read_glyphs(page: Any) -> tuple[list[_Glyph], Counter[str], int]:
    """Characters in the order of the file; font -> number without a Unicode map; number of those without a shape."""
    textpage = page.get_textpage()
    raw = textpage.raw
    rect, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    styles = _Styles(raw)
    objects: dict[int, _Style] = {}
    glyphs: list[_Glyph] = []
    unmapped: Counter[str] = Counter()
    space, high, shapeless = 2, 0, 0
    for index in range(min(pdfium.FPDFText_CountChars(raw), MAX_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if pdfium.FPDFText_IsGenerated(raw, index) == 1:
            if code not in HYPHENS:
                space = max(space, 1)
            continue
        if code in (0x20, 0x09, 0x0A, 0x0D, 0xA0) or 0x2000 <= code <= 0x200A:
            space = 2
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if code > 0xFF and code not in HYPHENS and INVISIBLE.match(chr(code)):
            shapeless += 1
            continue
        thing = pdfium.FPDFText_GetTextObject(raw, index)
        if not thing:
            continue
        key = ctypes.addressof(thing.contents)
        style = objects.get(key)
        if style is None:
            style = objects[key] = styles.of(index, thing)
        pdfium.FPDFText_GetLooseCharBox(raw, index, rect)
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        if code in HYPHENS:
            text = "-"
        elif _is_unknown(code) or pdfium.FPDFText_HasUnicodeMapError(raw, index) == 1:
            unmapped[style.font] += 1
            text = UNMAPPED
        else:
            text = LIGATURES.get(code) or chr(code)
        glyphs.append(_Glyph(text, rect.left, rect.bottom, rect.right, rect.top, x.value, y.value, style, space))
        space = 0
    textpage.close()
    return glyphs, unmapped, shapeless


def _is_unknown(code: int) -> bool:
    """Whether a code says nothing: none, a control character, a surrogate alone, or one of a font's own."""
    return code < 0x20 or code == 0xFFFD or 0x7F <= code < 0xA0 or 0xD800 <= code <= 0xF8FF or code > 0xEFFFF


class _Styles:
    """Styles of the text objects of a page; many files have an object per character, so fonts are looked up once."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._matrix = pdfium.FS_MATRIX()
        self._colour = tuple(ctypes.c_uint() for _ in range(4))
        self._fonts: dict[int, str] = {}
        self._known: dict[tuple[object, ...], _Style] = {}

    def of(self, index: int, thing: Any) -> _Style:
        """Style of the text object that a character belongs to."""
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(self._raw, index, matrix)
        size = round(float(pdfium.FPDFText_GetFontSize(self._raw, index)) * (math.hypot(matrix.c, matrix.d) or 1.0), 3)
        font = pdfium.FPDFTextObj_GetFont(thing)
        name = self._name(font) if font else ""
        key = (
            name,
            size,
            (matrix.b == 0 and matrix.a > 0) or math.atan2(matrix.b, matrix.a),
            self._hidden(index, thing),
        )
        style = self._known.get(key)
        if style is None:
            degrees = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
            nearest = round(degrees / 90) * 90
            angle = nearest % 360 if abs(degrees - nearest) < 5 else -1
            hidden = f"smaller than {SMALLEST:g} point" if size < SMALLEST else key[3]
            style = _Style(size, angle, bool(BOLD.search(name)), bool(ITALIC.search(name)), name, hidden)
            self._known[key] = style
        return style

    def _name(self, font: Any) -> str:
        place = ctypes.addressof(font.contents)
        name = self._fonts.get(place)
        if name is None:
            buffer = ctypes.create_string_buffer(200)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, 200)
            name = re.sub(r"^[A-Z]{6}\+", "", buffer.value.decode("utf-8", "replace"))
            self._fonts[place] = name
        return name

    def _hidden(self, index: int, thing: Any) -> str:
        """Why a character cannot be seen; empty if it can."""
        if pdfium.FPDFTextObj_GetTextRenderMode(thing) == INVISIBLE_MODE:
            return "without ink"
        red, green, blue, alpha = self._colour
        if pdfium.FPDFText_GetFillColor(self._raw, index, red, green, blue, alpha):
            if alpha.value < FAINTEST:
                return "transparent"
            if red.value >= WHITE and green.value >= WHITE and blue.value >= WHITE:
                return "white"
        return ""


def _log_hidden(glyphs: list[_Glyph], page: Page) -> None:
    reasons: dict[str, list[_Glyph]] = {}
    for glyph in glyphs:
        if glyph.style.hidden:
            reasons.setdefault(glyph.style.hidden, []).append(glyph)
    for reason, hidden in reasons.items():
        page.left.append(Left(f"text that cannot be seen: {reason}", _text(hidden), page.number))


def _text(glyphs: list[_Glyph]) -> str:
    return "".join((" " if glyph.space else "") + glyph.text for glyph in glyphs).strip()


def _read_along(glyphs: list[_Glyph], turn: int, bounds: tuple[float, float, float, float]) -> str:
    """Text that runs in one direction; spaces that PDFium guesses in it are held against the gaps."""
    if turn < 0:
        return _text(glyphs)
    words = _join(_with_accents([(glyph, *_turn(glyph, turn, bounds)) for glyph in glyphs]))
    return "".join((" " if word.spaced else "") + word.text for word in words).strip()


def _turn(glyph: _Glyph, angle: int, bounds: tuple[float, float, float, float]) -> tuple[float, float, float]:
    """Left edge, right edge and baseline of a glyph on the upright page."""
    left, bottom, right, top = bounds
    if angle == 90:
        return glyph.y0 - bottom, glyph.y1 - bottom, glyph.x - left
    if angle == 180:
        return right - glyph.x1, right - glyph.x0, glyph.y - bottom
    if angle == 270:
        return top - glyph.y1, top - glyph.y0, right - glyph.x
    return glyph.x0 - left, glyph.x1 - left, top - glyph.y


def _with_accents(glyphs: list[_Placed]) -> list[_Placed]:
    """Glyphs, those that are accents over the letter behind or before them made one with it."""
    joined: list[_Placed] = []
    for place in glyphs:
        before = joined[-1] if joined else None
        if before is not None and (text := _one_of(before, place)):
            first, letter = before[0], place if before[0].text in ACCENTS else before
            joined[-1] = (replace(letter[0], text=text, space=first.space), *letter[1:])
        else:
            joined.append(place)
    for glyph, *_ in joined:
        glyph.text = as_typed(glyph.text)
    return joined


def _one_of(first: _Placed, second: _Placed) -> str:
    """A letter and the accent that is drawn over it, as one character; empty if they are not."""
    for accent, letter in ((first, second), (second, first)):
        if accent[0].text not in ACCENTS:
            continue
        middle, size = (accent[1] + accent[2]) / 2, letter[0].style.size
        if letter[1] < middle < letter[2] and abs(accent[3] - letter[3]) < 0.5 * size:
            return accented(accent[0].text, letter[0].text)
    return ""


def _join(glyphs: list[_Placed]) -> list[Word]:
    """Words, in the order of the file."""
    words: list[Word] = []
    last: _Style | None = None
    for glyph, x0, x1, base in glyphs:
        style, word = glyph.style, words[-1] if words else None
        size = style.size
        touches = False
        if word is not None and last is not None:
            gap = x0 - word.x1
            # A guessed space counts where there is some room; without any, only a clear gap parts two words.
            widest = (0.2, 0.1, -9.0)[glyph.space] * max(size, word.size)
            touches = -0.5 * size < gap < widest and abs(base - word.base) < 0.8 * max(size, word.size)
            if (
                touches
                and abs(base - word.base) < 0.05 * size
                and abs(size - word.size) < 0.05 * size
                and (style is last or (style.bold, style.italic) == (last.bold, last.italic))
            ):
                word.text += glyph.text
                word.x1 = max(word.x1, x1)
                last = style
                continue
        words.append(Word(glyph.text, x0, x1, base, size, style.bold, style.italic, not touches))
        last = style
    return words
