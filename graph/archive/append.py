"""Writing to one file of the archive, so that what was acknowledged survives whatever happens next."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from graph.errors import GraphError
from graph.records.lines import BadLine, decode

__all__ = ["Appender", "ArchiveUnwritable"]

logger = logging.getLogger(__name__)

CHUNK = 2**16


class ArchiveUnwritable(GraphError, OSError):
    """The archive cannot be written: the disk is full or read-only, or another process holds the file."""


class Appender:
    """One open file of the archive, held alone.

    Parameters
    ----------
    path
        The file; it and its folder are made if needed.
    patience
        Seconds to wait for another process that is appending to the same file.

    Raises
    ------
    ArchiveUnwritable
        If the file cannot be opened for writing, or stays held by another process.
    """

    def __init__(self, path: Path, *, patience: float = 10.0) -> None:
        self.path = path
        self._new = not path.exists()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("r+b" if path.exists() else "x+b", buffering=0)
        except FileExistsError:  # another process made it in between
            self._new = False
            self._file = path.open("r+b", buffering=0)
        except OSError as error:
            raise _unwritable(path, error, "nothing was written") from error
        try:
            self._lock(patience)
            self._repair()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()  # releases the lock

    def append(self, lines: Sequence[bytes]) -> list[int]:
        """Write a batch and return the offset of each line once all of them are on the disk.

        Raises
        ------
        ArchiveUnwritable
            If the disk refuses; the file is then as long as before.
        """
        start = self._file.seek(0, os.SEEK_END)
        try:
            data = memoryview(b"".join(lines))
            while data:
                data = data[self._file.write(data) :]
            os.fsync(self._file.fileno())
            if self._new:
                _sync_folder(self.path.parent)
                self._new = False
        except OSError as error:
            self._file.truncate(start)
            state = f"none of this batch of {len(lines)} records was written, all earlier ones were"
            raise _unwritable(self.path, error, state) from error
        offsets = []
        for line in lines:
            offsets.append(start)
            start += len(line)
        return offsets

    def _lock(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    msg = (
                        f"{self.path} has been held by another process for {patience:g} s; wait for it, or give this "
                        "one another writer name."
                    )
                    raise ArchiveUnwritable(msg) from None
                time.sleep(0.02)
            else:
                return

    def _repair(self) -> None:
        """Cut off a torn last line, which was never acknowledged; end a whole one that lacks its newline."""
        size = self._file.seek(0, os.SEEK_END)
        tail, position = b"", size
        while position > 0 and b"\n" not in tail:
            step = min(CHUNK, position)
            position -= step
            self._file.seek(position)
            tail = self._file.read(step) + tail
        torn = tail.rpartition(b"\n")[2]
        if not torn:
            return
        try:
            decode(torn)
        except BadLine:
            self._file.truncate(size - len(torn))
            logger.warning("%s: cut off a torn last line of %d bytes that was never acknowledged", self.path, len(torn))
        else:
            self.append([b"\n"])


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError, state: str) -> ArchiveUnwritable:
    return ArchiveUnwritable(
        f"{path} cannot be written ({error.strerror or error}): {state}. Free space, or set BIORXIVIST_HOME to a "
        "folder that you can write, and run the command again."
    )
