"""Progress of a long step, reported through a plain function so that no library module prints."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "silent"]

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) while a long step runs; total is 0 where it is not known."""


def silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""
    del done, total, what
