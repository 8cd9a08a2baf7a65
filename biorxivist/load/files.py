"""Load records from files, or the shipped facts, into the archive and from there into the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.refresh import VerdictChange, verdict_changes
from biorxivist.errors import InvalidInput
from biorxivist.load.prepare import ensure_seeded, prepare, update
from biorxivist.workspace.home import Home

if TYPE_CHECKING:
    from graph.records import Record

__all__ = ["ImportedResults", "load_files", "load_results", "load_shipped", "read_files"]

WRITER, USER = "loaded", "user"


def load_shipped(home: Home) -> dict[str, int]:
    """Write the shipped facts into the archive and build the graph.

    Returns
    -------
    Label or relationship -> count.
    """
    ensure_seeded(home)
    return update(home)


def load_files(home: Home, files: Iterable[Path]) -> dict[str, int]:
    """Write the records of JSON-lines files into the archive and build the graph.

    Every line of every file is checked before anything is written.

    Raises
    ------
    InvalidInput
        If a file does not exist, or a record is about an unknown model, dataset, task or metric.
    ArchiveError
        If a line is not a record, with file and line.
    """
    from biorxivist.workspace.names import require_known_names
    from biorxivist.workspace.vocabulary import RECORD_KINDS

    records = list(read_files(files))
    require_known_names(records, home.archive.read(*RECORD_KINDS))
    home.archive.append(records, writer=WRITER)
    return update(home)


@dataclass(frozen=True)
class ImportedResults:
    """Outcome of an import of scores."""

    results: int
    """Scores in the file."""
    new: int
    """New or changed ones among them."""
    changes: tuple[VerdictChange, ...]
    """Claims whose verdict they changed."""


def load_results(home: Home, path: Path) -> ImportedResults:
    """Import a user's scores; if any is new, compute the verdicts again and build the graph.

    Raises
    ------
    BadResults
        If a row cannot be imported; then none is.
    """
    from biorxivist.workspace.results import read_results
    from biorxivist.workspace.vocabulary import read_vocabulary

    results = read_results(path, vocabulary=read_vocabulary(home.archive))
    prepare(home)  # so that the difference is what the scores changed, and not what an upgrade changed before
    before = ClaimIndex.of(home.archive.read("Claim", "Evidence"))
    written = home.archive.append(results, writer=USER)
    prepare(home)
    changes = verdict_changes(before, ClaimIndex.of(home.archive.read("Claim", "Evidence"))) if written else []
    return ImportedResults(len(results), written, tuple(changes))


def read_files(files: Iterable[Path]) -> Iterator[Record]:
    """Read the records of JSON-lines files, as ``archive export`` and ``scaling run`` write them.

    Raises
    ------
    InvalidInput
        If a file does not exist.
    ArchiveError
        If a line is not a record, with file and line.
    """
    for path in files:
        if not path.is_file():
            msg = f"{path} is not a file. Give JSON-lines files, as `biorxivist archive export` writes them."
            raise InvalidInput(msg)
        yield from _read(path)


def _read(path: Path) -> Iterator[Record]:
    from graph.errors import ArchiveError
    from graph.records.lines import MAX_LINE, BadLine, read_fact

    with path.open("rb") as stream:
        number = 0
        while raw := stream.readline(MAX_LINE + 1):  # bounded: a file from outside may be one line of any length
            number += 1
            if not raw.strip():
                continue
            try:
                yield read_fact(raw)
            except BadLine as error:
                raise ArchiveError(path, number, str(error)) from error
