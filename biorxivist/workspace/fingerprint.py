"""Fingerprints of files that ship with the package: whether what was computed from them is still of today."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable

__all__ = ["fingerprint_of"]


def fingerprint_of(*folders: Traversable) -> str:
    """Hash of the names and contents of all files below these folders (or of files), byte code left out."""
    whole = hashlib.sha256()
    for folder in folders:
        for file in _files(folder):
            whole.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:32]


def _files(entry: Traversable) -> Iterator[Traversable]:
    if entry.is_file():
        yield entry
    elif entry.is_dir() and entry.name != "__pycache__":
        for inner in sorted(entry.iterdir(), key=lambda inner: inner.name):
            yield from _files(inner)
