"""A user's own papers into the archive: JATS, article pages, PDF, MECA archives, and their tables; one at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.errors import ExtraMissing
from biorxivist.literature.licence import curated_papers, records_to_keep
from biorxivist.literature.loaded import content_digest, known_contents, log_contents
from biorxivist.literature.references import resolve
from biorxivist.literature.shelf import Shelf
from biorxivist.literature.supplements import SUPPLEMENTS, UnreadableSupplement, read_supplement
from graph.archive import Archive
from graph.progress import Progress, silent
from graph.records import Passage, Record, Version

if TYPE_CHECKING:
    from biorxivist.literature.document import Document
    from biorxivist.literature.parse.long import LongPaper

__all__ = ["Ingested", "ingest", "paper_files"]

logger = logging.getLogger(__name__)

NO_PAPER = "load it together with the file of its paper, or name a paper of the archive with --of DOI"
XML_SUFFIXES = {".xml", ".nxml", ".jats"}
SUFFIXES = XML_SUFFIXES | {".html", ".htm", ".pdf", ".meca", ".zip"}
BATCH = 50
MOST_PENDING = 500
"""Papers that are read again before the texts that they replace are withdrawn."""
READER = "3"
"""Raise it when the reader gets better at files that it could read before: they are then read again."""


@dataclass(frozen=True)
class Ingested:
    """What was read."""

    papers: int
    """Files that were read."""
    unchanged: int
    """Files that were read by an earlier run, and not again."""
    written: int
    """Records that were new or different in the archive."""
    problems: tuple[str, ...]
    """Files that could not be read, and why."""
    paper_ids: tuple[str, ...] = ()
    """The works that the files are of."""
    tables: int = 0
    """Tables that were read in supplementary files."""
    passage_ids: tuple[str, ...] = ()
    """The passages of those files."""


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
    again: bool = False,
    of: str | None = None,
    writer: str = "files",
    progress: Progress = silent,
) -> Ingested:
    """Read papers into an archive; what is there already is not written again.

    A paper that is there already gains and never loses, whatever the order of the files: `biorxivist.literature.trust`
    says whose word counts for what. A file that is not a paper is reported and skipped, whatever is wrong with it.
    Tables (CSV, TSV, XLSX) that are named belong to the paper that is read with them.

    Parameters
    ----------
    paths
        Files, and folders of files.
    archive
        Where the records go.
    again
        Whether files are read that were read before and have not changed.
    of
        Id of the paper of the archive that tables belong to, where they do not come with its file.
    writer
        Name of the archive's file.
    progress
        Is told of every file.

    Raises
    ------
    FileNotFoundError
        If a path is not there.
    ExtraMissing
        If nothing else was given than files that an optional part reads, and it is not installed.
    """
    sources = list(paths)
    supplements = [path for path in sources if path.suffix.lower() in SUPPLEMENTS and path.is_file()]
    files = paper_files(path for path in sources if path not in supplements)
    known = set() if again else known_contents(archive, reader=READER)
    batch = _Batch(archive, writer)
    problems: list[str] = []
    missing: ExtraMissing | None = None
    unchanged = 0
    for number, path in enumerate(files, start=1):
        progress(number - 1, len(files), f"papers: {path.name}")
        try:
            digest = content_digest(path)
            if digest in known:
                unchanged += 1
            elif (long := _read_long(path)) is not None:
                batch.add_long(path, digest, long)
            else:
                batch.add(path, digest, _read(path))
        except Exception as error:
            missing = error if isinstance(error, ExtraMissing) else missing
            problems.append(f"{path}: {_words(error)}")
            logger.info("%s: %s", path, error, exc_info=True)
        if len(batch) >= BATCH:
            batch.flush()
    batch.flush()
    batch.settle()
    progress(len(files), len(files), "papers: references")
    if missing is not None and len(problems) == len(files) and not supplements:
        raise missing
    written = batch.written + (resolve(archive, writer=writer) if batch.read else 0)
    paper_ids = dict.fromkeys(batch.paper_ids)
    work = of or (next(iter(paper_ids)) if len(paper_ids) == 1 else None)
    version = _newest_version(archive, work) if work and supplements else None
    tables = 0
    passage_ids: list[str] = []
    for path in supplements:
        if version is None:
            problems.append(f"{path}: no paper is known that this table belongs to; {NO_PAPER}.")
            continue
        try:
            passages = read_supplement(path, paper_id=version.paper_id, version_id=version.id)
        except (UnreadableSupplement, OSError) as error:
            problems.append(f"{path}: {error}")
            continue
        written += archive.append(passages, writer=writer)
        tables += sum(passage.kind == "table" for passage in passages)
        passage_ids += [passage.id for passage in passages]
        paper_ids[version.paper_id] = None
    return Ingested(batch.read, unchanged, written, tuple(problems), tuple(paper_ids), tables, tuple(passage_ids))


def _read(path: Path) -> Document:
    from biorxivist.literature.parse import parse

    return parse(path, route=f"local:{path.name}")


def _read_long(path: Path) -> LongPaper | None:
    if path.suffix.lower() not in XML_SUFFIXES:
        return None
    from biorxivist.literature.parse.front import Origin
    from biorxivist.literature.parse.long import read_long

    return read_long(path, Origin(path.stem, f"local:{path.name}"))


def _words(error: Exception) -> str:
    """What is wrong with a file, in words."""
    if isinstance(error, ValueError | OSError | ExtraMissing):
        return str(error)
    return f"the reader failed on it ({type(error).__name__}: {error}); please report the file."


class _Batch:
    """Papers that are written together.

    Parameters
    ----------
    archive
        Where they go.
    writer
        Name of the archive's file.
    """

    def __init__(self, archive: Archive, writer: str) -> None:
        self.read = self.written = 0
        self.paper_ids: list[str] = []
        self._archive, self._writer = archive, writer
        self._curated = curated_papers(archive)
        self._shelf = Shelf(archive)
        self._records: list[Record] = []
        self._files: list[tuple[Path, str, int]] = []

    def __len__(self) -> int:
        return len(self._files)

    def add(self, path: Path, digest: str, document: Document) -> None:
        """Take in a paper, merged with what is known of it."""
        records = self._shelf.gain(records_to_keep(document.records(), self._curated), added=document.added)
        self._records += records
        self._files.append((path, digest, len(records)))
        self.paper_ids.append(document.paper.id)
        self.read += 1

    def add_long(self, path: Path, digest: str, paper: LongPaper) -> None:
        """Write a paper while it is read: a portion of its text at a time, none if it may not be kept."""
        self.flush()
        passages, added = next(paper.portions)
        records = self._shelf.gain(records_to_keep([*paper.head(), *passages], self._curated), added=added)
        self.written += self._archive.append(records, writer=self._writer)
        rows = len(records)
        if any(isinstance(record, Passage) for record in records):
            for passages, added in paper.portions:
                self._shelf.gain_more(paper.front.version.id, passages, added)
                self.written += self._archive.append(passages, writer=self._writer)
                rows += len(passages)
        self._shelf.forget_written()
        log_contents([(path, digest, rows)], self._archive, reader=READER, writer=self._writer)
        self.paper_ids.append(paper.front.paper.id)
        self.read += 1

    def flush(self) -> None:
        """Write what was taken in."""
        if not self._files:
            return
        # Of several records with one id the last: it has what the ones before it had.
        unique = {(type(record), record.id): record for record in self._records}
        self.written += self._archive.append(unique.values(), writer=self._writer)
        log_contents(self._files, self._archive, reader=READER, writer=self._writer)
        self._shelf.forget_written()
        self._records.clear()
        self._files.clear()
        if self._shelf.pending >= MOST_PENDING:
            self.settle()

    def settle(self) -> None:
        """Withdraw the texts that better ones have replaced."""
        self.written += self._archive.append(self._shelf.settle(), writer=self._writer)


def _newest_version(archive: Archive, paper_id: str) -> Version | None:
    """The version whose text is read: the newest that has one, else the newest."""
    versions = [each for each in archive.read("Version") if isinstance(each, Version) and each.paper_id == paper_id]
    return max(versions, key=lambda version: (bool(version.text_route), version.rank), default=None)
