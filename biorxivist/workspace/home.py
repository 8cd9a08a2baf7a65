"""The home folder: the archive, the store that is built from it, and the state of both.

Changes are detected by the sizes of the archive's files, which only grow, so that a command on a home that is up to
date starts in milliseconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biorxivist.errors import unwritable
from biorxivist.workspace.fingerprint import shipped_facts, verdict_rules
from graph.progress import Progress, silent

if TYPE_CHECKING:
    from graph.archive import Archive
    from graph.stores.base import Login

__all__ = ["EVIDENCE_WRITER", "Home", "is_current", "lock", "open_home", "store_inputs"]

EVIDENCE_WRITER = "evidence"
"""Writer of verdicts and relations: its files are computed, so they do not count as a change of the facts."""


@dataclass(frozen=True)
class Home:
    """Folder of the archive, and the store that is built from it."""

    folder: Path
    """The home folder."""
    store_url: str
    """Address of the store."""
    progress: Progress = field(default=silent, compare=False)
    """Called during each long step."""
    login: Login | None = field(default=None, compare=False, repr=False)
    """User and password for the server of the store; never printed."""

    @property
    def archive(self) -> Archive:
        """The archive in this home."""
        from graph.archive import Archive

        return Archive(self.folder / "archive")

    def state(self) -> dict[str, Any]:
        """Read the fingerprints of what was seeded, judged and built.

        Empty where the file is missing or unreadable: then everything is computed again, which is slow and never wrong.
        """
        try:
            state = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def update_state(self, **entries: Any) -> None:
        """Replace entries of the state; by a rename, so that a reader never sees half a file."""
        text = json.dumps({**self.state(), **entries}, indent=1, sort_keys=True)
        draft = self.folder / "state.json.new"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.folder / "state.json")

    def fingerprint(self, *, leave_out: str = "") -> str:
        """Hash the names and sizes of the archive's files, without those of the writer ``leave_out``."""
        root = self.folder / "archive"
        files = sorted(path for path in root.glob("*/*.jsonl") if path.stem != leave_out)
        return _hash([[path.relative_to(root).as_posix(), path.stat().st_size] for path in files])


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


def store_inputs(home: Home) -> list[str]:
    """Fingerprint what the store depends on: the archive's records and the schema, which an upgrade can change."""
    from graph.stores.version import store_version

    return [home.fingerprint(), store_version()]


def is_current(home: Home) -> bool:
    """Whether archive, verdicts and store are up to date with each other and with the shipped facts."""
    state = home.state()
    return (
        state.get("stores", {}).get(home.store_url) == store_inputs(home)
        and state.get("judged") == [home.fingerprint(leave_out=EVIDENCE_WRITER), verdict_rules()]
        and ("seeds" not in state or state["seeds"] == shipped_facts())
        and (not home.store_url.startswith("ladybug:") or Path(home.store_url.removeprefix("ladybug:")).exists())
    )


@contextmanager
def lock(home: Home) -> Iterator[None]:
    """Lock the home for writing. Of two commands on an empty home, the second waits and finds the work done.

    The operating system releases the lock when the process ends, however it ends.

    Raises
    ------
    HomeNotWritable
        If the folder cannot be made or locked.
    """
    try:
        home.folder.mkdir(parents=True, exist_ok=True)
        with (home.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        if not_writable := unwritable(error, home.folder):
            raise not_writable from error
        raise


def open_home(*, folder: Path | None = None, store_url: str | None = None, progress: Progress = silent) -> Home:
    """Open the home of these arguments; what is left out comes from the settings."""
    from biorxivist.settings import load_settings

    settings = load_settings(home=folder, store=store_url)
    from graph.stores.base import Login

    login = Login(settings.neo4j_username, settings.neo4j_password, settings.neo4j_database)
    return Home(settings.home, settings.store_url, progress, login)
