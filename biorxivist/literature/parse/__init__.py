"""Reading papers: bytes to a `biorxivist.literature.document.Document`.

`parse` looks at the content, not at the name: JATS XML, a saved bioRxiv article page, or a MECA archive of either
prepress server. Papers are untrusted: nothing in them is loaded, run or obeyed, and each reader bounds what it takes
(the names of the limits begin with ``MAX_``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.literature.parse.errors import ParseError, UnreadableFile

if TYPE_CHECKING:
    from biorxivist.literature.document import Document

__all__ = ["ParseError", "UnreadableFile", "parse"]


def parse(
    source: Path | str | bytes,
    *,
    name: str = "",
    route: str | None = None,
    source_url: str | None = None,
    paper_id: str | None = None,
    version: str | None = None,
) -> Document:
    """Read a paper.

    Parameters
    ----------
    source
        Path of a file, or its bytes: JATS XML, a bioRxiv article page (HTML), or a MECA archive.
    name
        Name for a paper without any identifier; the file's name if left out.
    route
        Which source answered with the text; recorded in the version.
    source_url
        Where the text was read; recorded in the paper and its passages.
    paper_id, version
        Work and label of its version, where the caller knows them; else the text says what it is. All records are
        made under this identity.

    Raises
    ------
    ParseError
        If the bytes are no such paper; the message says what they are.
    UnreadableFile
        If there is no such file, or it may not be read; also an OSError.
    """
    from biorxivist.literature.parse.front import Origin
    from biorxivist.literature.parse.sniff import read_paper

    kind, data = read_paper(source)
    if not name and not isinstance(source, bytes):
        name = Path(source).stem
    origin = Origin(name, route, source_url, paper_id, version)
    if kind == "html":
        from biorxivist.literature.parse.html import parse_html

        return parse_html(data, origin)
    from biorxivist.literature.parse.jats import parse_jats

    return parse_jats(data, origin)
