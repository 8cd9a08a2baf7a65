"""Fingerprints of files that ship with the package: they say whether what was computed from them is still valid."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

__all__ = ["fingerprint_of", "shipped_facts", "verdict_rules"]

FACTS = (
    ("biorxivist.seeds", "."), ("scaling.published", "."), ("graph", "vocabulary"), ("graph", "records/moved_ids.csv"),
)  # fmt: skip
"""Places of the shipped facts: package, and folder or file within it."""


def fingerprint_of(*folders: Traversable) -> str:
    """Hash the names and contents of all files in these folders (or of these files), without byte code."""
    state = hashlib.sha256()
    for folder in folders:
        for file in _files(folder):
            state.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return state.hexdigest()[:32]


def shipped_facts() -> str:
    """Fingerprint the facts that ship with the package; an upgrade with other facts changes it."""
    return fingerprint_of(*(resources.files(package) / folder for package, folder in FACTS))


def verdict_rules() -> str:
    """Fingerprint what verdicts and relations depend on besides the facts: the rules, as source code.

    Source code, because a version number that someone forgets to raise would leave verdicts of old rules in the graph.
    """
    graph = resources.files("graph")
    return fingerprint_of(graph / "evidence", graph / "compare.py", graph / "vocabulary")


def _files(entry: Traversable) -> Iterator[Traversable]:
    if entry.is_file():
        yield entry
    elif entry.is_dir() and entry.name != "__pycache__":
        for child in sorted(entry.iterdir(), key=lambda child: child.name):
            yield from _files(child)
