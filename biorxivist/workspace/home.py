"""The home folder: the archive, the store that is built from it, and what the store was built from.

A newcomer gets answers at once: when the archive is empty the facts that ship with the package are written into it,
verdicts are computed, and the store is built. Later calls see by the sizes of the archive's files, which only grow,
whether anything has changed, and do nothing if not.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biorxivist.cli.output import Progress, silent
from biorxivist.errors import unwritable
from biorxivist.workspace.fingerprint import fingerprint_of

if TYPE_CHECKING:
    from graph.archive import Archive
    from graph.records import Tombstone
    from graph.stores.base import Login, Store

__all__ = ["Home", "ensure_seeded", "is_current", "open_graph", "open_home", "prepare", "rebuild", "seed"]

SEEDS, EVIDENCE = "seeds", "evidence"
NOT_SHIPPED = "no longer shipped"
FACTS = (("biorxivist.seeds", "."), ("scaling.published", "."), ("graph", "vocabulary"))


@dataclass(frozen=True)
class Home:
    """Where the archive is and which store is built from it."""

    folder: Path
    """The home folder."""
    store_url: str
    """Address of the store."""
    progress: Progress = field(default=silent, compare=False)
    """Told about each long step."""
    login: Login | None = field(default=None, compare=False, repr=False)
    """Who asks a server."""

    @property
    def archive(self) -> Archive:
        """The archive in this home."""
        from graph.archive import Archive

        return Archive(self.folder / "archive")

    def state(self) -> dict[str, Any]:
        """What was seeded, judged and built, as fingerprints; empty for a new or unreadable state file."""
        try:
            state = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def remember(self, **entries: Any) -> None:
        """Write entries of the state, in one step."""
        text = json.dumps({**self.state(), **entries}, indent=1, sort_keys=True)
        fresh = self.folder / "state.json.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.folder / "state.json")

    def fingerprint(self, *, leave_out: str = "") -> str:
        """Names and sizes of the archive's files, hashed; a writer can be left out."""
        root = self.folder / "archive"
        files = sorted(path for path in root.glob("*/*.jsonl") if path.stem != leave_out)
        return _hash([[path.relative_to(root).as_posix(), path.stat().st_size] for path in files])


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


def shipped() -> str:
    """Fingerprint of the facts that ship with the package: it changes when an upgrade brings others."""
    return fingerprint_of(*(resources.files(package) / sub for package, sub in FACTS))


@contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    """Hold the home: the second of two first commands waits for the first, then finds the work done."""
    try:
        home.folder.mkdir(parents=True, exist_ok=True)
        with (home.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        if clear := unwritable(error, home.folder):
            raise clear from error
        raise


def seed(home: Home) -> int:
    """Write the shipped facts into the archive; what an earlier version shipped and this one does not is removed.

    What somebody else removed by a tombstone stays removed.

    Returns
    -------
    Number of records that were new or different.
    """
    from biorxivist.seeds import records
    from graph.records import Tombstone

    home.progress(0, 0, "reading the shipped facts")
    archive = home.archive
    removed = {(tomb.target_record, tomb.target_id) for tomb in _tombstones(archive) if tomb.reason != NOT_SHIPPED}
    facts = [fact for fact in records() if (type(fact).__name__, fact.id) not in removed]
    written = archive.append(facts, writer=SEEDS)
    now = {f"{type(fact).__name__} {fact.id}" for fact in facts}
    before = home.folder / "seeded.txt"
    known = before.read_text(encoding="utf-8").splitlines() if before.exists() else []
    gone = [name.partition(" ") for name in known if name not in now]
    tombs = [Tombstone(target_record=kind, target_id=target, reason=NOT_SHIPPED) for kind, _, target in gone]
    written += archive.append(tombs, writer=SEEDS) if tombs else 0
    before.write_text("\n".join(sorted(now)), encoding="utf-8")
    home.remember(seeds=shipped())
    return written


def _tombstones(archive: Archive) -> Iterator[Tombstone]:
    from graph.records import Tombstone

    for record in archive.read("Tombstone"):
        if isinstance(record, Tombstone):
            yield record


def ensure_seeded(home: Home) -> None:
    """Write the shipped facts into the archive, also beside facts of one's own, unless they are there."""
    with _one_at_a_time(home):
        if home.state().get("seeds") != shipped():
            seed(home)


def prepare(home: Home) -> bool:
    """Bring archive, verdicts and store up to date; quick when they are.

    An empty archive is filled with the shipped facts; one that holds them already gets those of an upgrade.

    Returns
    -------
    Whether anything had to be done.

    Raises
    ------
    HomeNotWritable
        If the home has to be written and cannot be.
    """
    if is_current(home):
        return False
    with _one_at_a_time(home):
        if is_current(home):
            return False
        state = home.state()
        empty = not any((home.folder / "archive").glob("*/*.jsonl"))
        if (empty or "seeds" in state) and state.get("seeds") != shipped():
            seed(home)
        judge(home)
        _build(home)
    return True


def is_current(home: Home) -> bool:
    """Whether archive, verdicts and store are up to date with each other and with the shipped facts."""
    from biorxivist.claims.refresh import rules

    state = home.state()
    return (
        state.get("stores", {}).get(home.store_url) == home.fingerprint()
        and state.get("judged") == [home.fingerprint(leave_out=EVIDENCE), rules()]
        and ("seeds" not in state or state["seeds"] == shipped())
        and (not home.store_url.startswith("ladybug:") or Path(home.store_url.removeprefix("ladybug:")).exists())
    )


def judge(home: Home) -> int:
    """Compute verdicts and relations anew if what they rest on has changed; returns the records written.

    Claims that were shipped or loaded again get their reviews back first.
    """
    from biorxivist.claims.refresh import refresh, rules
    from biorxivist.claims.review import restore

    restore(home.archive)
    inputs = [home.fingerprint(leave_out=EVIDENCE), rules()]
    if home.state().get("judged") == inputs:
        return 0
    written = refresh(home.archive, progress=home.progress)
    home.remember(judged=inputs)
    return written


def _build(home: Home) -> dict[str, int]:
    from graph.load import rebuild as rebuild_store

    home.progress(0, 0, "building the graph")
    counts = rebuild_store(home.archive, home.store_url, login=home.login, progress=home.progress)
    home.remember(stores={**home.state().get("stores", {}), home.store_url: home.fingerprint()})
    return counts


def rebuild(home: Home) -> dict[str, int]:
    """Build the store again from the archive, whatever its state; returns label or relationship -> count."""
    with _one_at_a_time(home):
        judge(home)
        return _build(home)


def open_home(*, folder: Path | None = None, store_url: str | None = None, progress: Progress = silent) -> Home:
    """The home of these arguments; what is not given comes from the settings."""
    from biorxivist.settings import load_settings

    settings = load_settings(home=folder, store=store_url)
    from graph.stores.base import Login

    login = Login(settings.neo4j_username, settings.neo4j_password, settings.neo4j_database)
    return Home(settings.home, settings.store_url, progress, login)


def open_graph(home: Home) -> Store:
    """Open the store read-only, after bringing it up to date."""
    from graph.stores.base import open_store

    prepare(home)
    return open_store(home.store_url, read_only=True, login=home.login)
