"""PDFs that want to harm their reader, and such as hold no text that could be read."""

from __future__ import annotations

import zlib
from io import BytesIO

from tests.biorxivist.literature.parse.pdf.typeset import Typesetter, pdf_of

FONT = b"/F1 << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>"
TEXT = "The cells of the atlas were annotated by experts, and the models were trained on all of them. "


def stream(content: bytes, *, more: bytes = b"", packed: bool = False) -> bytes:
    """A stream object."""
    body = zlib.compress(content, 9) if packed else content
    flate = b" /Filter /FlateDecode" if packed else b""
    return b"<< /Length " + str(len(body)).encode() + flate + more + b" >>\nstream\n" + body + b"\nendstream"


def one_page(content: bytes, *, resources: bytes = b"", catalog: bytes = b"", more: tuple[bytes, ...] = ()) -> bytes:
    """A file of one page; further objects are numbered from 5."""
    return pdf_of([
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << " + FONT
        + b" >> " + resources + b" >> >>",
        content,
        *more,
    ])  # fmt: skip


def content_bomb() -> bytes:
    """Half a megabyte that unpacks to 500 MB of text operators."""
    piece = b"BT /F1 9 Tf 72 700 Td (bomb) Tj ET\n"
    packer = zlib.compressobj(9)
    part = piece * 30_000
    body = b"".join(packer.compress(part) for _ in range(480)) + packer.flush()
    content = b"<< /Length " + str(len(body)).encode() + b" /Filter /FlateDecode >>\nstream\n" + body + b"\nendstream"
    return one_page(content)


def form_bomb() -> bytes:
    """Forms that draw one another: ten times ten times ten ..."""
    forms = []
    for level in range(9):
        calls = b"/X Do\n" * 10 if level < 8 else b"BT /F1 9 Tf 72 700 Td (deep) Tj ET\n" * 10
        resources = (
            b"/XObject << /X " + str(6 + level).encode() + b" 0 R >>" if level < 8 else b"/Font << " + FONT + b" >>"
        )
        forms.append(
            stream(
                calls, more=b" /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << " + resources + b" >>"
            )
        )
    return one_page(stream(b"/X Do\n" * 10), resources=b"/XObject << /X 5 0 R >>", more=tuple(forms))


def many_pages(count: int = 10_000, *, lines: int = 1) -> bytes:
    """A file of many pages that share one content."""
    kids = b" ".join(str(number).encode() + b" 0 R" for number in range(4, 4 + count))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << "
        + FONT
        + b" >> >> >>"
    )
    return pdf_of([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count " + str(count).encode() + b" /Kids [" + kids + b"] >>",
        stream(b"BT /F1 10 Tf 12 TL 72 760 Td " + (b"(" + TEXT.encode() + b") Tj T*\n") * lines + b"ET"),
        *([page] * count),
    ])  # fmt: skip


def encrypted() -> bytes:
    """A file that opens with a password only."""
    data = paper()
    lock = b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R" + lock + b" /ID [<00> <00>]")


def with_scripts() -> bytes:
    """A paper with a script that runs when it is opened, and one with a name."""
    script = b"<< /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:1/'\\);while\\(true\\){}) >>"
    catalog = b"/OpenAction " + script + b" /Names << /JavaScript << /Names [(a) " + script + b"] >> >>"
    return paper().replace(b"/Type /Catalog", b"/Type /Catalog " + catalog)


def paper(sentences: int = 60) -> bytes:
    """A small paper that reads well."""
    setter = Typesetter()
    setter.across("A small paper that reads well and has a long title")
    for heading in ("Introduction", "Methods"):
        setter.block(heading, font="F2", size=13, before=8, after=4)
        setter.block(TEXT * (sentences // 2))
    return setter.data()


def scan() -> bytes:
    """A page that is a picture."""
    image = stream(
        b"\x80" * 100,
        more=b" /Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    return one_page(stream(b"595 0 0 842 0 0 cm /I Do"), resources=b"/XObject << /I 5 0 R >>", more=(image,))


def without_map() -> bytes:
    """Text in a font that says which shapes to draw and not which characters they are."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from matplotlib import font_manager

    font = TTFont(font_manager.findfont("DejaVu Sans"))
    picker = subset.Subsetter(subset.Options(glyph_names=False, notdef_outline=True))
    picker.populate(text=TEXT)
    picker.subset(font)
    glyphs = font.getBestCmap()
    codes = b"".join(font.getGlyphID(glyphs[ord(c)]).to_bytes(2, "big") for c in TEXT).hex().encode()
    del font["cmap"]
    file = BytesIO()
    font.save(file)
    lines = b"".join(
        b"BT /F2 10 Tf 40 " + str(780 - 14 * n).encode() + b" Td <" + codes + b"> Tj ET\n" for n in range(40)
    )
    return one_page(
        stream(lines),
        resources=b"/Font << /F2 5 0 R >>",
        more=(
            b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Nameless /Encoding /Identity-H "
            b"/DescendantFonts [6 0 R] >>",
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Nameless /CIDSystemInfo << /Registry (Adobe) "
            b"/Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R /DW 600 /CIDToGIDMap /Identity >>",
            b"<< /Type /FontDescriptor /FontName /AAAAAA+Nameless /Flags 4 /FontBBox [-200 -300 1200 1000] /Ascent 900 "
            b"/Descent -200 /ItalicAngle 0 /CapHeight 700 /StemV 80 /FontFile2 8 0 R >>",
            stream(file.getvalue(), packed=True, more=b" /Length1 " + str(len(file.getvalue())).encode()),
        ),
    )


def drawn_font() -> bytes:
    """Text in a font of drawings with names of its own, as old TeX writes it."""
    shapes = b" ".join(f"/g{n} 6 0 R".encode() for n in range(1, 60))
    names = b" ".join(f"/g{n}".encode() for n in range(1, 60))
    used = bytes(1 + ord(c) % 59 for c in TEXT if c != " ").hex().encode()
    lines = b"".join(
        b"BT /F2 10 Tf 40 " + str(780 - 14 * n).encode() + b" Td <" + used + b"> Tj ET\n" for n in range(40)
    )
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << "
        + shapes + b" >> /Encoding << /Type /Encoding /Differences [1 " + names + b"] >> /FirstChar 1 "
        + b"/LastChar 59 /Widths ["
        + b"600 " * 59 + b"] >>"
    )  # fmt: skip
    shape = stream(b"600 0 0 0 500 500 d1 0 0 500 500 re f")
    return one_page(stream(lines), resources=b"/Font << /F2 5 0 R >>", more=(font, shape))
