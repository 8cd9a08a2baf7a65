"""The generation before the current one, which becomes the next.

A copy of a whole generation for every record that is written would cost what the graph costs. So the generation that
was current stays, with a note of the records that led on from it; the next write brings it up to date with those and
adds its own, and what is written to the disk follows the records. Nobody reads the spare, and a writer that dies
leaves it as a build folder that is thrown away, so that a crash, a full disk and readers meet what they meet in a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from graph.records import Record
from graph.records.lines import fact, read_fact

__all__ = ["CHANGES", "Noted", "note_changes", "read_changes"]

CHANGES = "changes.jsonl"
MOST_RECORDS = 1000
"""A larger write leaves no spare: to repeat it would cost as much as a copy."""


class Noted:
    """Records that pass through, kept in ``few`` as long as they are few.

    Parameters
    ----------
    records
        Records on their way into a store.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = records
        self.few: list[Record] | None = []
        """None once there were too many."""

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            if self.few is not None:
                self.few.append(record)
                if len(self.few) > MOST_RECORDS:
                    self.few = None
            yield record


def note_changes(folder: Path, records: Iterable[Record]) -> None:
    """Write down, in a generation, the records that led to it from the one before."""
    (folder / CHANGES).write_text("".join(f"{fact(record)}\n" for record in records), encoding="utf-8")


def read_changes(folder: Path) -> list[Record]:
    """Records that led to a generation from the one before.

    Raises
    ------
    OSError
        If there is no note.
    graph.records.lines.BadLine
        If it is damaged.
    """
    return [read_fact(line) for line in (folder / CHANGES).read_bytes().splitlines()]
