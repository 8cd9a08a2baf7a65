"""One's own papers into the archive: files of JATS, saved article pages, MECA archives; one in memory at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from biorxivist.literature.licence import kept, standing_papers
from biorxivist.literature.references import resolve
from graph.archive import Archive
from graph.records import Record

__all__ = ["Ingested", "ingest", "paper_files"]

logger = logging.getLogger(__name__)

SUFFIXES = {".xml", ".nxml", ".jats", ".html", ".htm", ".meca", ".zip"}
BATCH = 50


@dataclass(frozen=True)
class Ingested:
    """What was read."""

    papers: int
    """Files that were read."""
    written: int
    """Records that were new or different in the archive."""
    problems: tuple[str, ...]
    """Files that could not be read, and why."""


def _silent(done: int, total: int, what: str) -> None:
    del done, total, what


def paper_files(paths: Iterable[Path]) -> list[Path]:
    """Files of papers among these files and below these folders, sorted.

    Raises
    ------
    FileNotFoundError
        If a path is not there.
    """
    found: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found |= {file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()}
        elif path.is_file():
            found.add(path)
        else:
            msg = f"There is no file or folder {path}."
            raise FileNotFoundError(msg)
    return sorted(found)


def ingest(
    paths: Iterable[Path],
    archive: Archive,
    *,
    writer: str = "files",
    progress: Callable[[int, int, str], None] = _silent,
) -> Ingested:
    """Read papers into an archive; what is there already is not written again.

    Of several versions of a paper the newest describes it, whatever the order of the files. A file that is no paper
    is reported and passed over.
    """
    from biorxivist.literature.parse import ParseError, parse

    files = paper_files(paths)
    standing = standing_papers(archive)
    newest: dict[str, int] = {}
    problems: list[str] = []
    written = 0
    batch: list[Record] = []
    for number, path in enumerate(files, start=1):
        try:
            document = parse(path, route=f"local:{path.name}")
        except (ParseError, OSError) as error:
            problems.append(f"{path}: {error}")
            logger.warning("%s: %s", path, error)
            continue
        label = max((int(v.label) for v in document.versions if v.label.isdigit()), default=0)
        work = document.paper.id
        batch += document.authors
        if label >= newest.get(work, label):
            newest[work] = label
            batch.append(kept(document.paper, standing, own=True))
        batch += [*document.versions, *document.passages, *document.references]
        if number % BATCH == 0 or number == len(files):
            written += archive.append(_last(batch), writer=writer)
            batch.clear()
            progress(number, len(files), "papers")
    written += archive.append(_last(batch), writer=writer)
    written += resolve(archive, writer=writer)
    return Ingested(len(files) - len(problems), written, tuple(problems))


def _last(records: Iterable[Record]) -> Iterator[Record]:
    """Of several records with one id, the last."""
    yield from {(type(record), record.id): record for record in records}.values()
