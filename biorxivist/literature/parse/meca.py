"""A MECA archive (the zip that bioRxiv's bulk service holds): the article in it, read in memory, never unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from lxml import etree

from biorxivist.literature.parse.errors import ParseError

MAX_BYTES = 64 * 1024 * 1024
"""Size of a paper's file; the largest journal articles with their tables are below 20 MB."""
MAX_DIRECTORY = 2 * 1024 * 1024
"""Size of the list of files in an archive."""
_MANIFEST = "manifest.xml"
_TAIL = 65_557  # the end record of a zip with the longest comment


def article_of(source: Path | bytes) -> bytes:
    """Bytes of the article's XML in a MECA archive.

    Names in the archive are only compared, never used as paths, so a name such as ``../../x`` reaches nothing.

    Raises
    ------
    ParseError
        If the archive is broken, has no article, or holds more than is read.
    """
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                return _article(archive, archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, struct.error) as error:
        msg = f"The archive cannot be read ({error}). Fetch it again."
        raise ParseError(msg) from error


def _check_directory(file: BinaryIO) -> None:
    """Refuse an archive whose list of files is itself too large to read: it is read before anything else."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _TAIL))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    size = struct.unpack_from("<L", tail, at + 12)[0] if at >= 0 else 0
    if size > MAX_DIRECTORY or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        msg = f"The archive lists its files in {size:,} bytes; at most {MAX_DIRECTORY:,} are read: a paper has few."
        raise ParseError(msg)
    file.seek(0)


def _article(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bytes:
    named = {entry.filename: entry for entry in entries if not entry.is_dir()}
    wanted = _from_manifest(_read(archive, named[_MANIFEST])) if _MANIFEST in named else None
    if wanted in named:
        return _read(archive, named[wanted])
    texts = [n for n in named if n.lower().endswith(".xml") and PurePosixPath(n).name.lower() not in _OTHERS]
    inside = [n for n in texts if PurePosixPath(n).parts[:1] == ("content",)]
    for name in sorted(inside or texts):
        data = _read(archive, named[name])
        if b"<article" in data[:20_000]:
            return data
    msg = f"The archive has no article in JATS among its {len(named)} files. A MECA archive has one in content/."
    raise ParseError(msg)


_OTHERS = frozenset((_MANIFEST, "directives.xml", "transfer.xml", "reviews.xml", "mimetype.xml"))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One file of the archive, never more than `MAX_BYTES` whatever its header says."""
    with archive.open(entry) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        msg = f"{entry.filename!r} in the archive has more than {MAX_BYTES:,} bytes unpacked. It is not a paper."
        raise ParseError(msg)
    return data


def _from_manifest(data: bytes) -> str | None:
    """Name of the article's XML by the manifest."""
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    for item in root.iter("{*}item"):
        if item.get("type") in ("article", "article-metadata") or item.get("item-type") == "article":
            for instance in item.iter("{*}instance"):
                if "xml" in (instance.get("media-type") or "") and (href := instance.get("href")):
                    return str(href)
    return None
