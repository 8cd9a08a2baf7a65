"""The folder of an embedded store: generations that are built aside and put in place as one.

::

    store/
      current          name of the generation that is read, replaced by rename
      writer.lock      held by the one writer, with its process id
      gen-0007/        graph.lbug, ledger.sqlite, text.sqlite, vectors.npy, manifest.json, readers.lock
      gen-0006/        the one before, if the last write was small: the next write starts from it (`spare`)
      build/           the next generation while it is written; nobody reads it

A reader holds a shared lock on its generation, so that it stays until the last reader has gone; a writer that dies
leaves a ``build`` folder that the next one throws away.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Any

from graph.errors import StoreBusy, StoreCorrupt, StoreUnavailable

__all__ = ["Generations", "Lease"]

CURRENT, WRITER, READERS, MANIFEST, BUILD = "current", "writer.lock", "readers.lock", "manifest.json", "build"


class Lease:
    """A generation that cannot be removed before ``close``."""

    def __init__(self, path: Path, lock: BufferedReader) -> None:
        self.path = path
        self._lock = lock
        try:
            self.manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            lock.close()
            msg = f"{path} cannot be read ({error}); build the store again: `biorxivist graph rebuild`."
            raise StoreCorrupt(msg) from error

    @property
    def name(self) -> str:
        """Name of the generation."""
        return self.path.name

    def close(self) -> None:
        """Let the generation go."""
        self._lock.close()


class Generations:
    """The generations of one store.

    Parameters
    ----------
    folder
        The store; made by the first writer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> str | None:
        """Name of the generation that is to be read, or None if none was built."""
        try:
            return (self.folder / CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            msg = f"{self.folder} cannot be read ({error.strerror}); check the path and its permissions."
            raise StoreUnavailable(msg) from error

    def lease(self) -> Lease:
        """Hold the current generation.

        Raises
        ------
        StoreUnavailable
            If none was ever built.
        StoreCorrupt
            If the pointer names a generation that is not there.
        """
        while name := self.current():
            path = self.folder / name / READERS
            try:
                lock = path.open("rb")
            except FileNotFoundError as error:
                if self.current() == name:
                    msg = (
                        f"{self.folder} points to {name}, which is not there; `biorxivist graph rebuild` makes it new."
                    )
                    raise StoreCorrupt(msg) from error
                continue  # a writer replaced it in between
            fcntl.flock(lock, fcntl.LOCK_SH)
            try:
                same = os.path.samestat(os.fstat(lock.fileno()), path.stat())
            except FileNotFoundError:
                same = False
            if same:
                return Lease(self.folder / name, lock)
            lock.close()
        msg = (
            f"The store {self.folder} has never been built; `biorxivist graph rebuild` or `biorxivist demo` builds it."
        )
        raise StoreUnavailable(msg)

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Be the one writer, and clean up after writers that died.

        Raises
        ------
        StoreBusy
            If another process, or another store object of this one, is writing.
        StoreUnavailable
            If the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / WRITER).open("a+", encoding="utf-8")
        except OSError as error:
            raise self.unwritable(error) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read(32).strip() or "unknown"
                msg = (
                    f"{self.folder} is being written by process {holder}; wait for it, or stop it, then run this again."
                )
                raise StoreBusy(msg) from None
            try:
                lock.truncate(0)
                lock.write(str(os.getpid()))
                lock.flush()
                self._clean()
            except OSError as error:
                raise self.unwritable(error) from error
            yield

    @contextmanager
    def build(self) -> Iterator[Path]:
        """Make an empty folder for the next generation; gone at the end.

        Raises
        ------
        StoreUnavailable
            If the folder cannot be written.
        """
        target = self.folder / BUILD
        try:
            target.mkdir()
            yield target
        except OSError as error:
            raise self.unwritable(error) from error
        finally:
            shutil.rmtree(target, ignore_errors=True)

    def copy(self, build: Path, files: Iterable[str]) -> None:
        """Let a build start from these files of the current generation."""
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir()
        name = self.current()
        for path in (self.folder / name / file for file in files) if name else ():
            if path.exists():
                shutil.copyfile(path, build / path.name)

    def take(self, build: Path, name: str | None) -> bool:
        """Let a build start from an older generation itself; False if it is not there or somebody reads it."""
        old = next((path for path in self._generations() if path.name == name), None)
        if old is None or name == self.current():
            return False
        try:
            with (old / READERS).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                build.rmdir()
                old.rename(build)
        except (FileNotFoundError, BlockingIOError):
            return False
        return True

    def publish(self, build: Path, manifest: dict[str, Any]) -> None:
        """Put a built generation in place of the current one: a reader sees the one or the other, whole.

        The one that the manifest names under ``before`` is kept.

        Raises
        ------
        StoreUnavailable
            If the folder cannot be written; the current generation then stays.
        """
        numbers = [int(path.name[4:]) for path in self._generations()]
        name = f"gen-{max(numbers, default=0) + 1:04d}"
        try:
            (build / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            (build / READERS).touch()
            for path in (*build.iterdir(), build):
                _sync(path)
            build.rename(self.folder / name)
            pointer = self.folder / f"{CURRENT}.new"
            pointer.write_text(name, encoding="utf-8")
            _sync(pointer)
            pointer.replace(self.folder / CURRENT)
            _sync(self.folder)
        except OSError as error:
            raise self.unwritable(error) from error
        self._clean()

    def unwritable(self, error: OSError) -> StoreUnavailable:
        """What to say when the disk refuses."""
        what = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else error.strerror
        return StoreUnavailable(
            f"{self.folder} cannot be written ({what or error}); what was there before is kept. Free space, or set "
            "BIORXIVIST_STORE to ladybug:PATH in a folder that you can write, and run the command again."
        )

    def _generations(self) -> list[Path]:
        return [path for path in self.folder.glob("gen-*") if path.name[4:].isdigit()]

    def _clean(self) -> None:
        """Remove what a dead writer left, and generations that nobody reads or needs any more."""
        shutil.rmtree(self.folder / BUILD, ignore_errors=True)
        needed: set[str | None] = {self.current()}
        with suppress(StoreCorrupt, StoreUnavailable), closing(self.lease()) as lease:
            needed.add(lease.manifest.get("before"))
        for path in self._generations():
            if path.name in needed:
                continue
            try:
                with (path / READERS).open("rb") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path, ignore_errors=True)
            except FileNotFoundError:
                shutil.rmtree(path, ignore_errors=True)
            except BlockingIOError:
                continue  # somebody still reads it


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
