"""Names, types and checksums of the files of a corpus."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from graph.records import canonical_json
from scaling.errors import CorpusError

__all__ = [
    "ARRAYS",
    "BARCODE",
    "FORMAT",
    "JOURNAL",
    "MANIFEST",
    "OVERFLOW",
    "OVERFLOWN",
    "SHARD_FILES",
    "TABLES",
    "file_digest",
    "index_type",
    "is_corpus",
    "read_manifest",
    "shard_name",
    "write_json",
]

FORMAT = "biorxivist-corpus@1"
MANIFEST, JOURNAL = "corpus.json", "building.json"
ARRAYS = ("indptr", "indices", "counts", "overflow", "study")
TABLES = ("genes.parquet", "measured.npy")
SHARD_FILES = (*(f"{name}.npy" for name in ARRAYS), "obs.parquet")
BARCODE = "barcode"
"""Column of obs that every corpus has; a column of a file with this name gives way to it."""
OVERFLOW = np.iinfo(np.uint16).max
"""Stands for a count of this size or larger."""
OVERFLOWN = np.dtype([("entry", "<i8"), ("count", "<u4")])
CHUNK = 1 << 22


def shard_name(number: int) -> str:
    """Name of the folder of a shard."""
    return f"shard-{number:05d}"


def index_type(genes: int) -> np.dtype[Any]:
    """Smallest type that holds the numbers of so many genes."""
    return np.dtype("<u2") if genes <= 1 << 16 else np.dtype("<u4")


def is_corpus(folder: Path) -> bool:
    """Whether a folder holds a finished corpus."""
    return (folder / MANIFEST).is_file()


def file_digest(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    state = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            state.update(chunk)
    return state.hexdigest()


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write an object with a checksum of its own; whole or not at all, and on the disk when this returns."""
    text = json.dumps({**data, "checksum": _checksum(data)}, indent=1)
    draft = path.with_name(f"{path.name}.part")
    with draft.open("w", encoding="utf-8") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote.

    Raises
    ------
    CorpusError
        If the file is missing, damaged or of another format.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        checksum = data.pop("checksum")
    except FileNotFoundError as error:
        unfinished = (path.parent / JOURNAL).is_file()
        advice = (
            "The corpus there is unfinished: run the same `scaling corpus build` again."
            if unfinished
            else "Build one: biorxivist scaling corpus build FILES --out FOLDER."
        )
        msg = f"{path.parent}: no corpus in this folder ({path.name} is missing). {advice}"
        raise CorpusError(msg, path) from error
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        msg = f"{path}: damaged ({error}). Copy it again from where the corpus was built, or build it anew."
        raise CorpusError(msg, path) from error
    if checksum != _checksum(data):
        msg = f"{path}: damaged: its checksum is not that of its content. Copy it again, or rebuild the corpus."
        raise CorpusError(msg, path)
    if data.get("format") != FORMAT:
        msg = f"{path}: format {data.get('format')!r}, this version reads {FORMAT!r}. Rebuild the corpus."
        raise CorpusError(msg, path)
    return data


def _checksum(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()
