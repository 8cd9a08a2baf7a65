"""The archive: an append-only folder of records, from which every store can be built again.

``<record>/<writer>.jsonl`` has one writer, so that files from several machines are put together by copying them into
one folder. Of several lines with one id the later ``at`` wins (with equal ``at`` the greater text, so that the order
of files does not matter), and a Tombstone removes what is not later than itself. A batch is on the disk before
``append`` goes on. A process that dies in the middle leaves at most a torn last line, which was never acknowledged:
readers skip and report it, the next append of that writer cuts it off.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from graph.appending import Appender, ArchiveUnwritable
from graph.errors import ArchiveError, GraphError
from graph.lines import MAX_LINE, BadLine, Line, decode, encode, fact, mark
from graph.records import RECORDS, Record, Tombstone, canonical_json

__all__ = ["Archive", "ArchiveUnwritable"]

BATCH = 1000
TICK = timedelta(microseconds=1)
WRITER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class _Place(NamedTuple):
    """Where the line that counts for an id stands."""

    at: datetime
    file: int
    offset: int
    mark: int


class _Index:
    """Where the records of one kind stand; grows with the files, never holds a record."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.folder = folder / kind
        self.files: list[Path] = []
        self.read_to: dict[Path, tuple[int, int]] = {}
        self.places: dict[str, _Place] = {}
        self.torn: list[str] = []

    def update(self) -> bool:
        """Read what was appended since the last time, and say whether anything was."""
        self.torn.clear()
        before = dict(self.read_to)
        for path in sorted(self.folder.glob("*.jsonl")):
            if path not in self.read_to:
                self.files.append(path)
                self.read_to[path] = (0, 0)
            self._scan(path)
        return self.read_to != before

    def _scan(self, path: Path) -> None:
        offset, number = self.read_to[path]
        file = self.files.index(path)
        for at, line_number, raw in _lines(path, offset, number):
            if not raw.endswith(b"\n") and not _whole(raw):
                self.torn.append(f"{path}, line {line_number}: skipped a torn last line of {len(raw)} bytes")
                break
            if raw.strip():
                line = _decode(path, line_number, raw, self.kind)
                self._add(line, _Place(line.at, file, at, mark(raw)))
            self.read_to[path] = (at + len(raw), line_number)

    def _add(self, line: Line, new: _Place) -> None:
        old = self.places.get(line.id)
        if old is not None and (new.at < old.at or (new.at == old.at and fact(line.record()) <= fact(self.load(old)))):
            return
        self.places[line.id] = new

    def load(self, place: _Place) -> Record:
        """The record at a place."""
        path = self.files[place.file]
        with path.open("rb") as handle:
            handle.seek(place.offset)
            raw = handle.readline(MAX_LINE + 1)
        try:
            return decode(raw).record()
        except BadLine as error:
            number = path.read_bytes()[: place.offset].count(b"\n") + 1
            raise ArchiveError(path, number, str(error)) from error


class Archive:
    """A folder of records that only grows.

    Parameters
    ----------
    folder
        The archive; made by the first ``append``.

    Attributes
    ----------
    problems
        What the last ``read`` skipped: torn last lines, with file and line.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.problems: list[str] = []
        self._indexes: dict[str, _Index] = {}
        self._removed: dict[tuple[str, str], datetime] = {}

    def append(self, records: Iterable[Record], *, writer: str, at: datetime | None = None) -> int:
        """Write records that are not there yet, and return how many were written.

        Parameters
        ----------
        records
            Records, in any order; one that stands with equal data is skipped.
        writer
            Name of this writer's files: letters, digits, dots, hyphens and underscores.
        at
            When the facts were learned (naive means UTC); now, or just after the line it replaces, when left out.

        Raises
        ------
        ArchiveUnwritable
            If the disk is full or read-only, or another process appends under this writer name.
        ArchiveError
            If what stands there cannot be read.
        GraphError
            If the writer name is no plain file name, or a record is too long for a line.
        """
        if not WRITER.fullmatch(writer):
            msg = f"Writer {writer!r} is no plain name: use letters, digits, '.', '-' and '_', at most 64."
            raise GraphError(msg)
        if at is not None and at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        written = 0
        waiting: dict[str, dict[str, Record]] = {}
        for record in records:
            batch = waiting.setdefault(type(record).__name__, {})
            if batch.get(record.id) == record:
                continue
            if record.id in batch or len(batch) == BATCH:
                written += self._flush(batch, writer, at)
            batch[record.id] = record
        for kind in RECORDS:
            written += self._flush(waiting.get(kind, {}), writer, at)
        return written

    def _flush(self, batch: dict[str, Record], writer: str, at: datetime | None) -> int:
        if not batch:
            return 0
        records = list(batch.values())
        batch.clear()
        kind = type(records[0]).__name__
        self._refresh(kind)
        if all(self._stands(record) for record in records):  # nothing to write: a read-only archive will do
            return 0
        path = self.folder / kind / f"{writer}.jsonl"
        with Appender(path) as appender:
            self._refresh(kind)
            new = [record for record in records if not self._stands(record)]
            stamps = [at or self._next_instant(record) for record in new]
            try:
                lines = [encode(record, stamp) for record, stamp in zip(new, stamps, strict=True)]
            except BadLine as error:
                msg = f"{error}; split or shorten it. Nothing of this batch was written."
                raise GraphError(msg) from error
            if lines:
                appender.append(lines)
        self._refresh(kind)
        return len(new)

    def read(self, *kinds: str) -> Iterator[Record]:
        """Records as they stand, kind by kind in the order in which a graph can be written.

        Parameters
        ----------
        kinds
            Names of record classes; all when left out, with the Tombstones that took effect last.

        Raises
        ------
        ArchiveError
            At the first line that is no record, with file and number; a torn last line is skipped and reported in
            ``problems`` instead.
        """
        self.problems.clear()
        self._check_folder()
        for kind in self._kinds(kinds):
            index = self._refresh(kind)
            self.problems += [problem for problem in index.torn if problem not in self.problems]
            for number, path in sorted(enumerate(index.files), key=lambda item: item[1]):
                yield from self._read_file(index, number, path)

    def _read_file(self, index: _Index, number: int, path: Path) -> Iterator[Record]:
        end = index.read_to[path][0]
        for offset, line_number, raw in _lines(path, 0, 0):
            if offset >= end:
                return
            if not raw.strip():
                continue
            line = _decode(path, line_number, raw, index.kind)
            if index.places[line.id][1:3] == (number, offset) and self._live(index, line.id):
                try:
                    yield line.record()
                except BadLine as error:
                    raise ArchiveError(path, line_number, str(error)) from error

    def count(self, *kinds: str) -> int:
        """How many records ``read`` would yield, without validating them."""
        self._check_folder()
        total = 0
        for kind in self._kinds(kinds):
            index = self._refresh(kind)
            total += sum(self._live(index, record_id) for record_id in index.places)
        return total

    def export(self, *, canonical: bool = True) -> Iterator[str]:
        """Lines as they stand, sorted, without newline.

        Parameters
        ----------
        canonical
            Leave out ``at``, FetchLog and Tombstone: archives with the same facts then export byte-equal.

        Raises
        ------
        ArchiveError
            At the first line that is no record.
        """
        self.problems.clear()
        self._check_folder()
        for kind in sorted(RECORDS):
            if canonical and kind in {"FetchLog", "Tombstone"}:
                continue
            index = self._refresh(kind)
            self.problems += index.torn
            # by the id as JSON prints it: then the lines are sorted as text, too
            for record_id in sorted(index.places, key=canonical_json):
                if self._live(index, record_id):
                    place = index.places[record_id]
                    record = index.load(place)
                    yield fact(record) if canonical else encode(record, place.at).decode().rstrip("\n")

    def digest(self) -> str:
        """sha256 of the canonical export: equal for archives with the same facts."""
        found = hashlib.sha256()
        for line in self.export():
            found.update(line.encode() + b"\n")
        return found.hexdigest()

    def _kinds(self, kinds: tuple[str, ...]) -> list[str]:
        if unknown := sorted(set(kinds) - set(RECORDS)):
            msg = f"No records of kind {', '.join(unknown)}; kinds are {', '.join(RECORDS)}."
            raise GraphError(msg)
        return [kind for kind in RECORDS if not kinds or kind in kinds]

    def _check_folder(self) -> None:
        for path in sorted(self.folder.glob("*/*.jsonl")):
            if path.parent.name not in RECORDS:
                raise ArchiveError(path, 1, f"unknown record kind {path.parent.name!r}; known are {', '.join(RECORDS)}")

    def _refresh(self, kind: str) -> _Index:
        index = self._indexes.setdefault(kind, _Index(self.folder, kind))
        changed = index.update()
        if kind != "Tombstone":
            self._refresh("Tombstone")
        elif changed:
            for place in index.places.values():
                tombstone = index.load(place)
                if isinstance(tombstone, Tombstone):
                    self._removed[tombstone.target_record, tombstone.target_id] = place.at
        return index

    def _live(self, index: _Index, record_id: str) -> bool:
        """Whether a record stands; of the Tombstones those stand whose target does not."""
        place = index.places[record_id]
        if index.kind == "Tombstone":
            tombstone = index.load(place)
            return isinstance(tombstone, Tombstone) and not self._target_lives(tombstone)
        removed = self._removed.get((index.kind, record_id))
        return removed is None or removed < place.at

    def _target_lives(self, tombstone: Tombstone) -> bool:
        if tombstone.target_record not in RECORDS or tombstone.target_record == "Tombstone":
            return False
        target = self._refresh(tombstone.target_record)
        return tombstone.target_id in target.places and self._live(target, tombstone.target_id)

    def _stands(self, record: Record) -> bool:
        """Whether the archive says exactly this already (``_refresh`` came before)."""
        index = self._indexes[type(record).__name__]
        place = index.places.get(record.id)
        if place is None or not self._live(index, record.id):
            return False
        text = fact(record)
        return place.mark == mark(text.encode()) or fact(index.load(place)) == text

    def _next_instant(self, record: Record) -> datetime:
        """Now, or just after what this record replaces: a clock that is behind must not make a new fact lose."""
        kind = type(record).__name__
        earlier = [datetime.now(UTC)]
        if place := self._indexes[kind].places.get(record.id):
            earlier.append(place.at + TICK)
        if removed := self._removed.get((kind, record.id)):
            earlier.append(removed + TICK)
        if isinstance(record, Tombstone) and record.target_record in RECORDS:
            target = self._refresh(record.target_record).places.get(record.target_id)
            earlier += [target.at] if target else []
        return max(earlier)


def _lines(path: Path, offset: int, number: int) -> Iterator[tuple[int, int, bytes]]:
    """Lines of a file from an offset: offset, number, bytes; never more than ``MAX_LINE`` in memory."""
    try:
        with path.open("rb") as handle:
            handle.seek(offset)
            while raw := handle.readline(MAX_LINE + 1):
                number += 1
                if len(raw) > MAX_LINE:
                    raise ArchiveError(path, number, f"longer than {MAX_LINE} bytes")
                yield offset, number, raw
                offset += len(raw)
    except OSError as error:
        raise ArchiveError(path, number + 1, f"cannot be read ({error.strerror})") from error


def _whole(raw: bytes) -> bool:
    try:
        decode(raw)
    except BadLine:
        return False
    return True


def _decode(path: Path, number: int, raw: bytes, kind: str) -> Line:
    try:
        line = decode(raw)
    except BadLine as error:
        raise ArchiveError(path, number, str(error)) from error
    if line.kind != kind:
        raise ArchiveError(path, number, f"a {line.kind} in the folder of {kind}")
    return line
