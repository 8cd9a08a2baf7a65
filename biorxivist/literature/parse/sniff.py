"""What some bytes are, before any parser sees them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from biorxivist.literature.parse.errors import ParseError, UnreadableFile
from biorxivist.literature.parse.meca import MAX_BYTES, article_of

MAX_MARKUP = 3_000_000
"""Opening brackets in a file: each element costs memory, however short it is."""
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.I)
_PDF = b"%PDF-"
_ARCHIVE = b"PK\x03\x04"
_OTHERS = (
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"{", "JSON, not a paper; a search result or an API answer is read by the sources"),
    (b"[", "JSON, not a paper; a search result or an API answer is read by the sources"),
    (b"@", "BibTeX or similar, not a paper"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save it as JATS or HTML"),
)


def read_paper(source: Path | str | bytes) -> tuple[Literal["xml", "html", "pdf"], bytes]:
    """Kind and bytes of a paper; of an archive those of the article in it.

    Raises
    ------
    ParseError
        If it is no paper, or larger than any.
    UnreadableFile
        If there is no such file, or it may not be read; also an OSError.
    """
    data = source if isinstance(source, bytes) else _read_file(Path(source))
    if data.startswith(_ARCHIVE):
        data = article_of(source if isinstance(source, bytes) else Path(source))
    return what_is(data), data


def _read_file(path: Path) -> bytes:
    """Bytes of a file; of an archive only the first, because its reader opens it itself."""
    try:
        with path.open("rb") as file:
            data = file.read(4)
            if data == _ARCHIVE:
                return data
            if (size := path.stat().st_size) > MAX_BYTES:
                msg = f"{path} has {size:,} bytes; at most {MAX_BYTES:,} are read, more than papers have."
                raise ParseError(msg)
            return data + file.read()
    except OSError as error:
        raise UnreadableFile(path, error) from error


def what_is(data: bytes) -> Literal["xml", "html", "pdf"]:
    """Kind of a paper by its first bytes.

    Raises
    ------
    ParseError
        If it is none that can be read.
    """
    if _PDF in data[:1024]:  # readers allow for some bytes before it
        return "pdf"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "xml"
    start = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        msg = "The file is empty. Fetch or save it again."
        raise ParseError(msg)
    if b"html" in start.lower() and _HTML.search(start) and not start.startswith(b"<article"):
        return "html"
    if start.startswith(b"<"):
        return "xml"
    for magic, what in _OTHERS:
        if start.startswith(magic):
            msg = f"This is {what}."
            raise ParseError(msg)
    msg = (
        f"This is neither XML nor HTML nor PDF nor a MECA archive: it begins with {start[:40]!r}. "
        "Give a paper in JATS, HTML or PDF."
    )
    raise ParseError(msg)


def refuse_large(data: bytes) -> None:
    """Refuse what is larger than any paper, before a parser builds a tree of it.

    Raises
    ------
    ParseError
        If there are too many bytes or tags.
    """
    if len(data) > MAX_BYTES:
        msg = (
            f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read. "
            "Take out embedded images or supplements and try again."
        )
        raise ParseError(msg)
    if len(data) > MAX_MARKUP and (tags := data.count(b"<")) > MAX_MARKUP:
        msg = f"The file has {tags:,} tags; at most {MAX_MARKUP:,} are read. It is not a paper of a usual size."
        raise ParseError(msg)
