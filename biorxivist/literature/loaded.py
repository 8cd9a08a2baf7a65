"""Which files were read before, by their content, so that a second run reads only what is new or changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from graph.archive import Archive
from graph.records import FetchLog

__all__ = ["content_digest", "known_contents", "log_contents"]

SOURCE = "files"
_MARK = "#sha256="
READ = "read"


def content_digest(path: Path) -> str:
    """SHA-256 of a file, read in parts.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def known_contents(archive: Archive, *, reader: str) -> set[str]:
    """Digests of the files that this version of the reader has read into an archive."""
    return {
        record.url.rpartition(_MARK)[2]
        for record in archive.read("FetchLog")
        if isinstance(record, FetchLog) and record.source_name == SOURCE and record.outcome == f"{READ} by {reader}"
    }


def log_contents(files: Iterable[tuple[Path, str, int]], archive: Archive, *, reader: str, writer: str) -> None:
    """Note that files were read.

    Parameters
    ----------
    files
        Path, digest and number of records of each.
    archive
        Where their records are.
    reader
        Version of the reader: another one reads the files again.
    writer
        Name of the archive's file.
    """
    now = datetime.now(UTC)
    archive.append(
        (
            FetchLog(
                source_name=SOURCE,
                url=f"{path.resolve().as_uri()}{_MARK}{digest}",
                at=now,
                outcome=f"{READ} by {reader}",
                rows=rows,
            )
            for path, digest, rows in files
        ),
        writer=writer,
    )
