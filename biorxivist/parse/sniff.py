"""What some bytes are, before any parser sees them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from biorxivist.parse.errors import ParseError
from biorxivist.parse.limits import MAX_ARCHIVE, MAX_BYTES

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.I)
_OTHERS = (
    (b"%PDF", "a PDF; give its JATS XML (Europe PMC, source.xml) or the article page instead"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"{", "JSON, not a paper; a search result or an API answer is read by the sources"),
    (b"[", "JSON, not a paper; a search result or an API answer is read by the sources"),
    (b"@", "BibTeX or similar, not a paper"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save it as JATS or HTML"),
)


def read_bytes(source: Path | str | bytes) -> bytes:
    """Bytes of a paper; a file that is larger than any paper is not opened.

    Raises
    ------
    ParseError
        If the file is too large.
    OSError
        If it cannot be read.
    """
    if isinstance(source, bytes):
        return source
    path = Path(source)
    size = path.stat().st_size
    if size > MAX_ARCHIVE:
        msg = f"{path} has {size:,} bytes; at most {MAX_ARCHIVE:,} are read."
        raise ParseError(msg)
    with path.open("rb") as file:
        head = file.read(4)
        if size > MAX_BYTES and head[:2] != b"PK":
            msg = f"{path} has {size:,} bytes; at most {MAX_BYTES:,} are read. It is not a paper of a usual size."
            raise ParseError(msg)
        return head + file.read()


def what_is(data: bytes) -> Literal["xml", "html", "meca"]:
    """Kind of a paper by its first bytes.

    Raises
    ------
    ParseError
        If it is none that can be read.
    """
    if data.startswith(b"PK\x03\x04"):
        return "meca"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "xml"
    start = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        msg = "The file is empty. A source that answers with nothing has to be asked again."
        raise ParseError(msg)
    if _HTML.search(start) and not start.startswith(b"<article"):
        return "html"
    if start.startswith(b"<"):
        return "xml"
    for magic, what in _OTHERS:
        if start.startswith(magic):
            msg = f"This is {what}."
            raise ParseError(msg)
    msg = (
        f"This is neither XML nor HTML nor a MECA archive: it begins with {start[:40]!r}. Give a paper in JATS or HTML."
    )
    raise ParseError(msg)
