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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from graph.archive.append import Appender, ArchiveUnwritable
from graph.archive.index import Index, instant, micros
from graph.archive.places import Place, Places
from graph.errors import ArchiveError, GraphError
from graph.records import RECORDS, Record, Tombstone
from graph.records.lines import BadLine, encode, fact, mark

__all__ = ["Archive", "ArchiveUnwritable"]

BATCH = 1000
WRITER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


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
        self._places = Places()
        self._indexes: dict[str, Index] = {}

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
            If the writer name is not a plain file name, or a record is too long for a line.
        """
        if not WRITER.fullmatch(writer):
            msg = f"Writer {writer!r} is not a plain name: use letters, digits, '.', '-' and '_', at most 64."
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
        ids = [record.id for record in records]
        index, _ = self._refresh(kind)
        standing = self._standing(index, ids)
        if all(self._stands(record, standing.get(record.id)) for record in records):
            return 0  # nothing to write: a read-only archive will do
        with Appender(self.folder / kind / f"{writer}.jsonl") as appender:
            if self._refresh(kind)[1]:  # another process was quicker
                standing = self._standing(index, ids)
            new = [record for record in records if not self._stands(record, standing.get(record.id))]
            stamps = [at] * len(new) if at else self._next_instants(index, new, standing)
            try:
                lines = [encode(record, stamp) for record, stamp in zip(new, stamps, strict=True)]
            except BadLine as error:
                msg = f"{error}; split or shorten it. Nothing of this batch was written."
                raise GraphError(msg) from error
            if lines:
                appender.append(lines)
        self._refresh(kind)
        return len(new)

    def sizes(self) -> dict[str, int]:
        """File, as ``<record>/<writer>.jsonl``, and how many bytes it has."""
        return {
            path.relative_to(self.folder).as_posix(): path.stat().st_size
            for path in sorted(self.folder.glob("*/*.jsonl"))
        }

    def read(self, *kinds: str, since: Mapping[str, int] | None = None) -> Iterator[Record]:
        """Records as they stand, kind by kind in the order in which a graph can be written.

        Parameters
        ----------
        kinds
            Names of record classes; all when left out, with the Tombstones that took effect last.
        since
            An earlier ``sizes()``: only what was appended since.

        Raises
        ------
        ArchiveError
            At the first line that is not a record, with file and number; a torn last line is skipped and reported in
            ``problems`` instead.
        """
        self.problems.clear()
        self._check_folder()
        for kind in self._kinds(kinds):
            index, _ = self._refresh(kind)
            self.problems += [problem for problem in index.torn if problem not in self.problems]
            for portion in index.lines():
                gone = self._gone(index, {entry.line.id: micros(entry.line.at) for entry in portion})
                for entry in portion:
                    if entry.line.id in gone or (since and entry.offset < since.get(index.name(entry.file), 0)):
                        continue
                    try:
                        yield entry.line.record()
                    except BadLine as error:
                        raise ArchiveError(index.path(entry.file), entry.number, str(error)) from error

    def find(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Records of one kind by their ids, as they stand; an id that is not there is left out."""
        index, _ = self._refresh(kind)
        standing = self._standing(index, ids)
        return dict(zip(standing, index.load_all(standing.values()), strict=True))

    def count(self, *kinds: str) -> int:
        """How many records ``read`` would yield, without validating them."""
        self._check_folder()
        total = 0
        for kind in self._kinds(kinds):
            index, _ = self._refresh(kind)
            if kind == "Tombstone":
                total += sum(len(self._standing(index, list(places))) for places in self._places.in_order(kind))
            else:
                total += self._places.count(kind)
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
            At the first line that is not a record.
        """
        self.problems.clear()
        self._check_folder()
        for kind in sorted(RECORDS):
            if canonical and kind in {"FetchLog", "Tombstone"}:
                continue
            index, _ = self._refresh(kind)
            self.problems += index.torn
            for places in self._places.in_order(kind):  # so that the lines are sorted as text, too
                standing = self._standing(index, list(places))
                counting = [place for record_id in places if (place := standing.get(record_id))]
                for place, record in zip(counting, index.load_all(counting), strict=True):
                    yield fact(record) if canonical else encode(record, instant(place.at)).decode().rstrip("\n")

    def digest(self) -> str:
        """sha256 of the canonical export: equal for archives with the same facts."""
        sha256 = hashlib.sha256()
        for line in self.export():
            sha256.update(line.encode() + b"\n")
        return sha256.hexdigest()

    def _kinds(self, kinds: tuple[str, ...]) -> list[str]:
        if unknown := sorted(set(kinds) - set(RECORDS)):
            msg = f"No records of kind {', '.join(unknown)}; kinds are {', '.join(RECORDS)}."
            raise GraphError(msg)
        return [kind for kind in RECORDS if not kinds or kind in kinds]

    def _check_folder(self) -> None:
        for path in sorted(self.folder.glob("*/*.jsonl")):
            if path.parent.name not in RECORDS:
                raise ArchiveError(path, 1, f"unknown record kind {path.parent.name!r}; known are {', '.join(RECORDS)}")

    def _refresh(self, kind: str) -> tuple[Index, bool]:
        """Index of a kind, read up to the end of its files and of the Tombstones, and whether anything was new."""
        changed = False
        for name in {kind, "Tombstone"}:
            changed |= self._indexes.setdefault(name, Index(self.folder, name, self._places)).update()
        return self._indexes[kind], changed

    def _standing(self, index: Index, ids: Sequence[str]) -> dict[str, Place]:
        """Places of those of these records that stand."""
        places = self._places.find(index.kind, ids)
        gone = self._gone(index, {record_id: place.at for record_id, place in places.items()})
        return {record_id: place for record_id, place in places.items() if record_id not in gone}

    def _gone(self, index: Index, learned: Mapping[str, int]) -> set[str]:
        """Those of these records (id -> at) that a Tombstone removed; a Tombstone is gone whose target stands."""
        ids = list(learned)
        if index.kind == "Tombstone":
            places = self._places.find(index.kind, ids)
            return {
                record_id
                for record_id in ids
                if record_id not in places or not self._in_effect(index.load(places[record_id]))
            }
        return {
            record_id for record_id, at in self._places.removed(index.kind, ids).items() if at >= learned[record_id]
        }

    def _in_effect(self, tombstone: Record) -> bool:
        if not isinstance(tombstone, Tombstone):
            return False
        if tombstone.target_record not in RECORDS or tombstone.target_record == "Tombstone":
            return True
        target, _ = self._refresh(tombstone.target_record)
        return not self._standing(target, [tombstone.target_id])

    def _stands(self, record: Record, place: Place | None) -> bool:
        """Whether the archive says exactly this already, at the place where this id stands."""
        if place is None:
            return False
        text = fact(record)
        return place.mark == mark(text.encode()) or fact(self._indexes[type(record).__name__].load(place)) == text

    def _next_instants(self, index: Index, records: Sequence[Record], standing: Mapping[str, Place]) -> list[datetime]:
        """Now, or just after what a record replaces: a clock that is behind must not make a new fact lose."""
        ids = [record.id for record in records]
        removed = self._places.removed(index.kind, ids)  # never before the place of what it removed
        places = self._places.find(index.kind, ids) if index.kind == "Tombstone" else standing
        instants = []
        for record in records:
            earlier = [micros(datetime.now(UTC))]
            if place := places.get(record.id):
                earlier.append(place.at + 1)
            if record.id in removed:
                earlier.append(removed[record.id] + 1)
            if isinstance(record, Tombstone) and record.target_record in RECORDS:
                self._refresh(record.target_record)
                earlier += [place.at for place in self._places.find(record.target_record, [record.target_id]).values()]
            instants.append(instant(max(earlier)))
        return instants
