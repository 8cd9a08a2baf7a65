"""Politeness: how fast, and how many at a time, requests go to one host, by all threads and processes of this machine.

Places in the queue of a host are reserved one after the other, each ``1.1 / rate`` seconds after the one before: the
tenth keeps the rate at the server below the limit when two requests do not take equally long to get there.
With a folder, the next free place is kept in a file under a lock, so that a process that starts right after another
one was killed, or beside it, waits its turn, too.
"""

from __future__ import annotations

import fcntl
import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from biorxivist.literature.errors import RateLimited

__all__ = ["Pace", "Pacer", "host_of"]

logger = logging.getLogger(__name__)

MARGIN = 1.1
COOLDOWN_PLACES = 20


@dataclass(frozen=True)
class Pace:
    """What a host allows.

    Parameters
    ----------
    rate
        Requests per second, at most 1,000.
    concurrency
        Requests under way at a time.
    """

    rate: float = 1.0
    concurrency: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.rate <= 1000 or self.concurrency < 1:
            msg = (
                f"A pace of {self.rate} requests per second, {self.concurrency} at a time, is not a pace: give a rate "
                "above 0 and at most 1000, and at least one request at a time."
            )
            raise ValueError(msg)

    @property
    def cooldown(self) -> float:
        """Seconds of silence after a bot wall's limit: 60 at one request per three seconds, in proportion else."""
        return COOLDOWN_PLACES / self.rate


def host_of(url: str) -> str:
    """Host and port of an address, lower case."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


class Pacer:
    """Hands out the places in each host's queue.

    Parameters
    ----------
    paces
        Host, or host and first part of the path -> its pace; several services of one host may have their own.
    default
        Pace of hosts that are not named.
    folder
        Where the queues are shared with other processes; in memory when left out.
    max_wait
        Longest time to stand in a queue, in seconds; beyond it `RateLimited` is raised at once.
    """

    def __init__(
        self,
        paces: Mapping[str, Pace] | None = None,
        *,
        default: Pace | None = None,
        folder: Path | None = None,
        max_wait: float = 120.0,
    ) -> None:
        self._paces = {scope.lower().rstrip("/"): pace for scope, pace in (paces or {}).items()}
        self._default = default or Pace()
        self._folder = folder
        self._max_wait = max_wait
        self._lock = threading.Lock()
        self._gates: dict[str, threading.BoundedSemaphore] = {}
        self._free: dict[str, float] = {}

    def scope(self, url: str) -> str:
        """Whose queue a request stands in: the longest name that was given a pace, else the host."""
        parts = urlsplit(url)
        place = host_of(url) + parts.path
        fitting = [scope for scope in self._paces if f"{place}/".startswith(f"{scope}/")]
        return max(fitting, key=len, default=host_of(url))

    def pace(self, url: str) -> Pace:
        """Pace of the requests to an address."""
        return self._paces.get(self.scope(url), self._default)

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait for this request's turn, and hold one of the host's places while it is under way.

        Raises
        ------
        RateLimited
            If the turn would come later than the longest wait.
        """
        scope, pace = self.scope(url), self.pace(url)
        with self._lock:
            gate = self._gates.setdefault(scope, threading.BoundedSemaphore(pace.concurrency))
        with gate:
            self._wait(scope, url, pace)
            yield

    def _wait(self, scope: str, url: str, pace: Pace) -> None:
        with self._queue(scope) as queue:
            now = time.time()
            place = max(now, queue.read(now))
            if place - now > self._max_wait:
                msg = (
                    f"{host_of(url)} asked for a pause of which {place - now:.0f} s are left, longer than the "
                    f"{self._max_wait:.0f} s that we wait. Try again later, or ask another source."
                )
                raise RateLimited(msg, url=url, retry_after=place - now)
            queue.write(place + MARGIN / pace.rate)
        time.sleep(max(0.0, place - time.time()))

    def pause(self, url: str, seconds: float) -> None:
        """Ask nothing of the host of ``url`` for so many seconds."""
        with self._queue(self.scope(url)) as queue:
            now = time.time()
            queue.write(max(queue.read(now), now + seconds))

    @contextmanager
    def _queue(self, scope: str) -> Iterator[_Queue]:
        handle = self._open(scope)
        if handle is None:
            with self._lock:
                yield _Memory(self._free, scope)
            return
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield _Shared(handle)

    def _open(self, scope: str) -> TextIO | None:
        """The file of a queue; None without a folder, or where it cannot be written."""
        if self._folder is None:
            return None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return (self._folder / re.sub(r"[^a-z0-9.-]", "_", scope)).open("a+", encoding="ascii")
        except OSError as error:
            logger.warning("%s: other processes cannot see our pace (%s)", self._folder, error)
            self._folder = None
            return None


class _Memory:
    """The queue of one host, in this process."""

    def __init__(self, free: dict[str, float], scope: str) -> None:
        self._free, self._scope = free, scope

    def read(self, now: float) -> float:
        return self._free.get(self._scope, now)

    def write(self, free: float) -> None:
        self._free[self._scope] = free


class _Shared:
    """The queue of one host, in a locked file: the time at which its next place is free."""

    LONGEST = 86_400.0

    def __init__(self, handle: TextIO) -> None:
        self._handle = handle

    def read(self, now: float) -> float:
        self._handle.seek(0)
        try:
            free = float(self._handle.read() or 0)
        except ValueError:  # not written by us: the queue starts again
            return now
        # A clock that was set back must not close a host forever.
        return free if free <= now + self.LONGEST else now

    def write(self, free: float) -> None:
        self._handle.seek(0)
        self._handle.truncate()
        self._handle.write(f"{free:.6f}")
        self._handle.flush()


_Queue = _Memory | _Shared
