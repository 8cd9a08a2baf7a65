"""How far the build of a corpus is, so that one that was interrupted goes on where it stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scaling.corpus.shards.layout import FORMAT, JOURNAL, MANIFEST, TABLES, read_manifest, write_json
from scaling.errors import CorpusError

__all__ = ["Journal", "locked", "open_journal"]

LOCK = ".lock"
SURVEYED = ("files", "layer", "min_genes")
"""Inputs that decide what `survey_file` finds."""


@dataclass
class Journal:
    """State of a build. ``inputs`` are what it was asked for: another build must not resume it."""

    inputs: dict[str, Any]
    files: list[dict[str, Any]] = field(default_factory=list)
    """What `survey_file` found, file by file."""
    shards: list[dict[str, Any]] = field(default_factory=list)
    studies: list[tuple[str, int]] = field(default_factory=list)
    """Name of each study and number of the file that it is in; a study of several files stands several times."""
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)
    """Name of a file -> reason -> cells, of the cells before ``next``."""
    next: tuple[int, int] = (0, 0)
    """File and cell that the next shard begins with."""

    def save(self, folder: Path) -> None:
        """Write the state; it is on the disk when this returns."""
        write_json(folder / JOURNAL, {"format": FORMAT, **asdict(self)})


def open_journal(folder: Path, inputs: Mapping[str, Any], *, restart: bool) -> Journal:
    """Go on with the build in this folder, or begin one.

    Raises
    ------
    CorpusError
        If the folder holds another build, or things that are no corpus.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = next((folder / name for name in (MANIFEST, JOURNAL) if (folder / name).is_file()), None)
    if restart and known is not None:
        for path in folder.iterdir():
            if path.name.startswith("shard-"):
                shutil.rmtree(path)
        for name in (MANIFEST, JOURNAL, *TABLES):
            (folder / name).unlink(missing_ok=True)
        known = None
    if known is None:
        strangers = sorted(path.name for path in folder.iterdir() if path.name != LOCK)
        if strangers:
            msg = f"{folder}: not empty ({', '.join(strangers[:5])}), and no corpus. Give a new folder (--out)."
            raise CorpusError(msg, folder)
        return Journal(dict(inputs))
    data = read_manifest(known)
    if known.name == JOURNAL and not data["shards"]:
        # Nothing is written yet: only what was seen of the files is worth keeping, if it would be the same now.
        same = all(data["inputs"][key] == inputs[key] for key in SURVEYED)
        return Journal(dict(inputs), files=data["files"] if same else [])
    changed = [key for key in inputs if data["inputs"].get(key) != inputs[key]]
    if changed:
        what = "a corpus" if known.name == MANIFEST else "an unfinished corpus"
        msg = (
            f"{folder}: holds {what} that was built otherwise: other {', '.join(changed)}. Give another folder "
            "(--out), or rebuild this one (--restart)."
        )
        raise CorpusError(msg, folder)
    if known.name == MANIFEST:
        return Journal(dict(inputs))
    fields = {key: value for key, value in data.items() if key != "format"}
    fields["studies"] = [(name, number) for name, number in fields["studies"]]
    fields["next"] = tuple(fields["next"])
    return Journal(**fields)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a second build out of the folder; the lock ends with the process, however it ends.

    Raises
    ------
    CorpusError
        If another process builds there.
    """
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"{folder}: another process is building there. Wait for it, or give another folder (--out)."
            raise CorpusError(msg, folder) from error
        yield
