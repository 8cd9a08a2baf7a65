"""A user's own papers into the archive: JATS files, saved article pages, MECA archives; one in memory at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from biorxivist.literature.licence import curated_papers, records_to_keep
from biorxivist.literature.references import resolve
from biorxivist.literature.shelf import Shelf
from biorxivist.progress import Progress, silent
from graph.archive import Archive
from graph.records import Record

__all__ = ["Ingested", "ingest", "paper_files"]

logger = logging.getLogger(__name__)

SUFFIXES = {".xml", ".nxml", ".jats", ".html", ".htm", ".meca", ".zip"}
BATCH = 50
MOST_PENDING = 500
"""Papers that are read again before the texts that they replace are withdrawn."""


@dataclass(frozen=True)
class Ingested:
    """What was read."""

    papers: int
    """Files that were read."""
    written: int
    """Records that were new or different in the archive."""
    problems: tuple[str, ...]
    """Files that could not be read, and why."""


def paper_files(paths: Iterable[Path]) -> list[Path]:
    """Files of papers among these files and below these folders, sorted.

    Raises
    ------
    FileNotFoundError
        If a path is not there.
    """
    files: set[Path] = set()
    for path in paths:
        if path.is_dir():
            files |= {file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()}
        elif path.is_file():
            files.add(path)
        else:
            msg = f"There is no file or folder {path}."
            raise FileNotFoundError(msg)
    return sorted(files)


def ingest(
    paths: Iterable[Path],
    archive: Archive,
    *,
    writer: str = "files",
    progress: Progress = silent,
) -> Ingested:
    """Read papers into an archive; what is there already is not written again.

    A paper that is there already gains and never loses, whatever the order of the files: `biorxivist.literature.trust`
    says whose word counts for what. A file that is no paper is reported and skipped.
    """
    from biorxivist.literature.parse import ParseError, parse

    files = paper_files(paths)
    curated = curated_papers(archive)
    shelf = Shelf(archive)
    problems: list[str] = []
    written = 0
    batch: list[Record] = []
    for number, path in enumerate(files, start=1):
        try:
            document = parse(path, route=f"local:{path.name}")
        except (ParseError, OSError) as error:
            problems.append(f"{path}: {error}")
            logger.warning("%s: %s", path, error)
        else:
            batch += shelf.gain(records_to_keep(document.records(), curated), added=document.added)
        if number % BATCH == 0 or number == len(files):
            # Of several records with one id the last: it has what the ones before it had.
            unique = {(type(record), record.id): record for record in batch}
            written += archive.append(unique.values(), writer=writer)
            batch.clear()
            if shelf.pending >= MOST_PENDING:
                written += archive.append(shelf.settle(), writer=writer)
            progress(number, len(files), "papers")
    written += archive.append(shelf.settle(), writer=writer)
    written += resolve(archive, writer=writer)
    return Ingested(len(files) - len(problems), written, tuple(problems))
