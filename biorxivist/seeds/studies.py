"""Read the studies that ship with the package: ``studies/<name>/records.jsonl``, as the scaling engine wrote them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

from graph.records import Record
from graph.records.lines import BadLine, read_fact

__all__ = ["names", "read", "records", "testing"]


def _folders() -> list[Traversable]:
    root = resources.files("biorxivist.seeds") / "studies"
    if not root.is_dir():
        return []
    return sorted((f for f in root.iterdir() if (f / "records.jsonl").is_file()), key=lambda folder: folder.name)


def names() -> tuple[str, ...]:
    """List the names of the shipped studies."""
    return tuple(folder.name for folder in _folders())


def testing() -> tuple[str, ...]:
    """List the names of those that named what they test before they ran; the others can be looked at."""
    return tuple(
        folder.name
        for folder in _folders()
        if "hypotheses" in tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    )


def records() -> Iterator[Record]:
    """Read the records of all shipped studies, each id once (studies share datasets)."""
    seen: set[str] = set()
    for folder in _folders():
        for record in read(folder):
            if record.id not in seen:
                seen.add(record.id)
                yield record


def read(folder: Traversable) -> Iterator[Record]:
    """Read the records of one study's folder.

    Raises
    ------
    ValueError
        If a line is not a record, with its study and number.
    """
    for number, line in enumerate((folder / "records.jsonl").read_bytes().splitlines(), start=1):
        try:
            yield read_fact(line)
        except BadLine as error:
            msg = f"study {folder.name}, records.jsonl, line {number}: {error}"
            raise ValueError(msg) from error
