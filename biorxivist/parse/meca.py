"""A MECA archive (the zip that bioRxiv's bulk service holds): the article in it, read in memory, never unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from lxml import etree

from biorxivist.parse.errors import ParseError
from biorxivist.parse.limits import MAX_BYTES, MAX_ENTRIES

_MANIFEST = "manifest.xml"


def article_of(data: bytes) -> bytes:
    """Bytes of the article's XML in a MECA archive.

    Names in the archive are only compared, never used as paths, so a name such as ``../../x`` reaches nothing.

    Raises
    ------
    ParseError
        If the archive is broken, has no article, or holds more than is read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                msg = f"The archive has {len(entries):,} files; at most {MAX_ENTRIES:,} are looked at."
                raise ParseError(msg)
            return _article(archive, entries)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        msg = f"The archive cannot be read ({error}). Fetch it again."
        raise ParseError(msg) from error


def _article(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bytes:
    named = {entry.filename: entry for entry in entries if not entry.is_dir()}
    wanted = _from_manifest(_read(archive, named[_MANIFEST])) if _MANIFEST in named else None
    if wanted in named:
        return _read(archive, named[wanted])
    texts = [n for n in named if n.lower().endswith(".xml") and PurePosixPath(n).name.lower() not in _OTHERS]
    inside = [n for n in texts if PurePosixPath(n).parts[:1] == ("content",)]
    for name in sorted(inside or texts):
        found = _read(archive, named[name])
        if b"<article" in found[:20_000]:
            return found
    msg = f"The archive has no article in JATS among its {len(named)} files. A MECA archive has one in content/."
    raise ParseError(msg)


_OTHERS = frozenset((_MANIFEST, "directives.xml", "transfer.xml", "reviews.xml", "mimetype.xml"))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One file of the archive, never more than `MAX_BYTES` whatever its header says."""
    with archive.open(entry) as file:
        found = file.read(MAX_BYTES + 1)
    if len(found) > MAX_BYTES:
        msg = f"{entry.filename!r} in the archive has more than {MAX_BYTES:,} bytes unpacked. It is not a paper."
        raise ParseError(msg)
    return found


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
