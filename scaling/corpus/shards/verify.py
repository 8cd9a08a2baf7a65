"""Compare every file of a corpus with its checksum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from scaling.corpus.shards.layout import MANIFEST, file_digest, read_manifest

__all__ = ["Damage", "verify_corpus"]


class Damage(NamedTuple):
    """A file that is not what was written."""

    shard: str
    """Name of its shard; empty for a file of the whole corpus."""
    file: str
    what: str


def verify_corpus(folder: Path, *, progress: Callable[[int, int, str], None] | None = None) -> Iterator[Damage]:
    """Read all files of a corpus and yield those that are missing or damaged.

    Parameters
    ----------
    progress
        Called with shards that are done, all shards, and the shard at hand.

    Raises
    ------
    CorpusError
        If there is no finished corpus, or the manifest itself is damaged.
    """
    manifest = read_manifest(folder / MANIFEST)
    parts = [("", manifest["tables"]), *((shard["name"], shard["sha256"]) for shard in manifest["shards"])]
    for number, (shard, digests) in enumerate(parts):
        if progress:
            progress(number, len(parts), f"reading {shard or 'tables'}")
        for name, wanted in digests.items():
            path = folder / shard / name
            try:
                digest = file_digest(path)
            except OSError as error:
                yield Damage(shard, name, f"cannot be read ({error.strerror or error})")
                continue
            if digest != wanted:
                yield Damage(shard, name, "its content is not what was written")
