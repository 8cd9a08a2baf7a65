"""The files of one kind of record in an archive: which line counts for which id, and reading it.

Files are read a portion at a time, and only what was appended since the last time. What is learned goes to
``graph.archive.places``, so nothing here grows with the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple

from graph.archive.places import Place, Places
from graph.errors import ArchiveError
from graph.records import Record, Tombstone
from graph.records.lines import MAX_LINE, BadLine, Line, decode, fact, mark

__all__ = ["Index", "instant", "micros"]

LINES_IN_A_PORTION, BYTES_IN_A_PORTION = 500, 2**20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """A line of a file."""

    line: Line
    file: int
    offset: int
    number: int


def micros(at: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(at: int) -> datetime:
    """The instant at so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=at)


class Index:
    """The files of one kind; what they say is in the places.

    Parameters
    ----------
    folder
        The archive.
    kind
        Name of a record class.
    places
        Where to note what is found.

    Attributes
    ----------
    torn
        Torn last lines that the last ``update`` met, in words.
    """

    def __init__(self, folder: Path, kind: str, places: Places) -> None:
        self.kind = kind
        self.folder = folder / kind
        self.torn: list[str] = []
        self._places = places
        self._files: list[Path] = []
        self._read_to: dict[Path, tuple[int, int]] = {}

    def update(self) -> bool:
        """Read what was appended since the last time, and say whether anything was.

        Everything is read again if a file has become shorter.

        Raises
        ------
        ArchiveError
            At the first line that is not a record of this kind.
        """
        self.torn.clear()
        changed = False
        sizes = {path: _size(path) for path in sorted(self.folder.glob("*.jsonl"))}
        if any(sizes.get(path, 0) < offset for path, (offset, _) in self._read_to.items()):
            self._places.forget(self.kind)
            self._files.clear()
            self._read_to.clear()
            changed = True
        for path, size in sizes.items():
            if path not in self._read_to:
                self._files.append(path)
                self._read_to[path] = (0, 0)
            if size > self._read_to[path][0]:
                self._scan(path)
                changed = True
        return changed

    def lines(self) -> Iterator[list[Entry]]:
        """Lines that ``update`` has seen and that count for their id, file by file, in portions.

        Raises
        ------
        ArchiveError
            At a line that has become unreadable since.
        """
        for path, file in sorted((path, file) for file, path in enumerate(self._files)):
            for portion in self._portions(path, file, self._read_to[path][0]):
                superseded = self._places.superseded(self.kind, file, portion[0].offset, portion[-1].offset)
                yield [entry for entry in portion if entry.offset not in superseded] if superseded else portion

    def path(self, file: int) -> Path:
        """File of a place."""
        return self._files[file]

    def name(self, file: int) -> str:
        """File of a place, as the archive names it."""
        return f"{self.kind}/{self._files[file].name}"

    def load(self, place: Place) -> Record:
        """The record at a place.

        Raises
        ------
        ArchiveError
            If that line is not a record.
        """
        (record,) = self.load_all([place])
        return record

    def load_all(self, places: Iterable[Place]) -> Iterator[Record]:
        """The records at places, each file of them opened once.

        Raises
        ------
        ArchiveError
            If a line is not a record.
        """
        with ExitStack() as opened:
            handles: dict[int, BinaryIO] = {}
            for place in places:
                path = self._files[place.file]
                handle = handles.get(place.file)
                if handle is None:
                    handle = handles[place.file] = opened.enter_context(path.open("rb"))
                handle.seek(place.offset)
                raw = handle.readline(MAX_LINE + 1)
                try:
                    yield decode(raw).record()
                except BadLine as error:
                    number = sum(1 for offset, _, _ in _lines(path, 0, 0) if offset <= place.offset)
                    raise ArchiveError(path, number, str(error)) from error

    def _scan(self, path: Path) -> None:
        file = self._files.index(path)
        portion: list[tuple[str, Place]] = []
        read_to = self._read_to[path]
        for offset, number, raw in _lines(path, *read_to):
            ended = raw.endswith(b"\n")
            if not ended and not _whole(raw):
                self.torn.append(f"{path}, line {number}: skipped a torn last line of {len(raw)} bytes")
                break
            if raw.strip():
                line = _decode(path, number, raw, self.kind)
                portion.append((line.id, Place(micros(line.at), file, offset, mark(raw))))
            # a whole line that lacks its newline is still that line when the newline comes
            read_to = offset + len(raw), number if ended else number - 1
            if len(portion) == LINES_IN_A_PORTION:
                self._note(portion)
                portion.clear()
                self._read_to[path] = read_to
        self._note(portion)
        self._read_to[path] = read_to

    def _note(self, portion: list[tuple[str, Place]]) -> None:
        """Keep of each id the place that counts; what a Tombstone removes is noted with it."""
        known = self._places.find(self.kind, [record_id for record_id, _ in portion])
        new: dict[str, Place] = {}
        superseded: list[Place] = []
        for record_id, place in portion:
            old = known.get(record_id)
            if old is not None:
                if not self._wins(place, old):
                    superseded.append(place)
                    continue
                superseded.append(old)
            known[record_id] = new[record_id] = place
        if self.kind == "Tombstone":
            loaded = ((self.load(place), place.at) for place in new.values())
            self._places.remove([(t.target_record, t.target_id, at) for t, at in loaded if isinstance(t, Tombstone)])
        self._places.put(self.kind, new, superseded)

    def _wins(self, new: Place, old: Place) -> bool:
        """Whether the later line counts: the later ``at``, and of equal ones the greater text."""
        if new.at != old.at:
            return new.at > old.at
        return new.mark != old.mark and fact(self.load(new)) > fact(self.load(old))

    def _portions(self, path: Path, file: int, end: int) -> Iterator[list[Entry]]:
        portion: list[Entry] = []
        size = 0
        for offset, number, raw in _lines(path, 0, 0):
            if offset >= end:
                break
            if raw.strip():
                portion.append(Entry(_decode(path, number, raw, self.kind), file, offset, number))
                size += len(raw)
            if len(portion) == LINES_IN_A_PORTION or size >= BYTES_IN_A_PORTION:
                yield portion
                portion, size = [], 0
        if portion:
            yield portion


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise ArchiveError(path, 1, f"cannot be read ({error.strerror})") from error


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
