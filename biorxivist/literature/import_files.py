"""A user's own papers into the archive: JATS files, article pages, MECA archives, and their tables; one at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from biorxivist.literature.licence import curated_papers, records_to_keep
from biorxivist.literature.references import resolve
from biorxivist.literature.supplements import SUPPLEMENTS, UnreadableSupplement, read_supplement
from biorxivist.progress import Progress, silent
from graph.archive import Archive
from graph.records import Record, Version

__all__ = ["Ingested", "ingest", "paper_files"]

logger = logging.getLogger(__name__)

NO_PAPER = "load it together with the file of its paper, or name a paper of the archive with --of DOI"
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
    paper_ids: tuple[str, ...] = ()
    """The works that the files are of."""
    tables: int = 0
    """Tables that were read in supplementary files."""


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
    of: str | None = None,
    writer: str = "files",
    progress: Progress = silent,
) -> Ingested:
    """Read papers into an archive; what is there already is not written again.

    Of several versions of a paper the newest describes it, whatever the order of the files. A file that is no paper
    is reported and skipped. Tables (CSV, TSV, XLSX) that are named belong to the paper that is read with them.

    Parameters
    ----------
    of
        Id of the paper of the archive that tables belong to, where they do not come with its file.
    """
    from biorxivist.literature.parse import ParseError, parse

    given = list(paths)
    supplements = [path for path in given if path.suffix.lower() in SUPPLEMENTS and path.is_file()]
    files = paper_files(path for path in given if path not in supplements)
    curated = curated_papers(archive)
    newest: dict[str, int] = {}
    problems: list[str] = []
    paper_ids: dict[str, None] = {}
    written = 0
    batch: list[Record] = []
    for number, path in enumerate(files, start=1):
        try:
            document = parse(path, route=f"local:{path.name}")
        except (ParseError, OSError) as error:
            problems.append(f"{path}: {error}")
            logger.warning("%s: %s", path, error)
        else:
            paper_ids[document.paper.id] = None
            label = max((int(v.label) for v in document.versions if v.label.isdigit()), default=0)
            is_newest = label >= newest.get(document.paper.id, label)
            if is_newest:
                newest[document.paper.id] = label
            batch += [record for record in document.records() if is_newest or record is not document.paper]
        if number % BATCH == 0 or number == len(files):
            # Of several records with one id the last: the newest version describes the paper.
            unique = {(type(record), record.id): record for record in records_to_keep(batch, curated)}
            written += archive.append(unique.values(), writer=writer)
            batch.clear()
            progress(number, len(files), "papers")
    written += resolve(archive, writer=writer)
    papers = len(files) - len(problems)
    work = of or (next(iter(paper_ids)) if len(paper_ids) == 1 else None)
    version = _newest_version(archive, work) if work and supplements else None
    tables = 0
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
        paper_ids[version.paper_id] = None
    return Ingested(papers, written, tuple(problems), tuple(paper_ids), tables)


def _newest_version(archive: Archive, paper_id: str) -> Version | None:
    """The version whose text is read: the newest that has one, else the newest."""
    versions = [each for each in archive.read("Version") if isinstance(each, Version) and each.paper_id == paper_id]

    def rank(version: Version) -> tuple[bool, bool, int]:
        is_number = version.label.isdigit()
        return bool(version.text_route), not is_number, int(version.label) if is_number else 0

    return max(versions, key=rank, default=None)
