"""Prepare the home: write the shipped facts into the archive, compute the verdicts, build the store.

A newcomer gets answers at once, because the first command on an empty home fills it. A step is skipped if its inputs
have not changed since it last ran, by the fingerprints in the state of the home.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from biorxivist.workspace.fingerprint import shipped_facts, verdict_rules
from biorxivist.workspace.home import EVIDENCE_WRITER, Home, is_current, lock, store_inputs

if TYPE_CHECKING:
    from graph.archive import Archive
    from graph.records import Tombstone
    from graph.stores.base import Store

__all__ = ["ensure_seeded", "judge", "open_graph", "prepare", "rebuild", "seed", "update"]

SEED_WRITER = "seeds"
NOT_SHIPPED = "no longer shipped"
OLD_STORE = "building the graph again from the archive, since another version of BioRxivist built it"


def seed(home: Home) -> int:
    """Write the shipped facts into the archive, and remove those that only an earlier version shipped.

    Records that a user removed by a tombstone stay removed.

    Returns
    -------
    Number of records that were new or different.
    """
    from biorxivist.literature.shelf import Shelf
    from biorxivist.seeds import records
    from graph.records import Tombstone

    home.progress(0, 0, "reading the shipped facts")
    archive = home.archive
    # By the user only: a fact that was withdrawn by a version of the package may be shipped again by a later one.
    removed = {(tomb.target_record, tomb.target_id) for tomb in _tombstones(archive) if tomb.reason != NOT_SHIPPED}
    facts = [fact for fact in records() if (type(fact).__name__, fact.id) not in removed]
    written = archive.append(list(Shelf(archive).keep_read(facts)), writer=SEED_WRITER)
    shipped = {f"{type(fact).__name__} {fact.id}" for fact in facts}
    names_file = home.folder / "seeded.txt"
    shipped_before = names_file.read_text(encoding="utf-8").splitlines() if names_file.exists() else []
    withdrawn = [name.partition(" ") for name in shipped_before if name not in shipped]
    tombs = [Tombstone(target_record=kind, target_id=target, reason=NOT_SHIPPED) for kind, _, target in withdrawn]
    written += archive.append(tombs, writer=SEED_WRITER) if tombs else 0
    names_file.write_text("\n".join(sorted(shipped)), encoding="utf-8")
    home.update_state(seeds=shipped_facts())  # last: a command that is killed before this seeds again
    return written


def _tombstones(archive: Archive) -> Iterator[Tombstone]:
    from graph.records import Tombstone

    for record in archive.read("Tombstone"):
        if isinstance(record, Tombstone):
            yield record


def ensure_seeded(home: Home) -> None:
    """Write the shipped facts into the archive unless they are there; facts of the user stay beside them."""
    with lock(home):
        if home.state().get("seeds") != shipped_facts():
            seed(home)


def prepare(home: Home) -> bool:
    """Bring archive, verdicts and store up to date; returns at once if they are.

    An empty archive is filled with the shipped facts, and one that has them gets those of an upgrade. An archive that
    a user started without them never gets them unasked.

    Returns
    -------
    Whether anything had to be done.

    Raises
    ------
    HomeNotWritable
        If there is something to do and the home cannot be written.
    """
    if is_current(home):
        return False
    with lock(home):
        if is_current(home):  # another command did it while this one waited for the lock
            return False
        state = home.state()
        empty = not any((home.folder / "archive").glob("*/*.jsonl"))
        if (empty or "seeds" in state) and state.get("seeds") != shipped_facts():
            seed(home)
        judge(home)
        _build(home)
    return True


def judge(home: Home) -> int:
    """Compute verdicts and relations again if what they rest on has changed.

    Reviews are applied first to claims that were shipped or loaded again, which came without them.

    Returns
    -------
    Number of records written.
    """
    from biorxivist.claims.refresh import refresh
    from biorxivist.claims.review import apply_reviews

    apply_reviews(home.archive)
    inputs = [home.fingerprint(leave_out=EVIDENCE_WRITER), verdict_rules()]
    if home.state().get("judged") == inputs:
        return 0
    written = refresh(home.archive, progress=home.progress)
    home.update_state(judged=inputs)
    return written


def _build(home: Home, *, whole: bool = False) -> dict[str, int]:
    """Bring the store up to the archive: by what was appended since, where it is as it was left."""
    from graph.load import rebuild as rebuild_store
    from graph.stores.open import open_store
    from graph.stores.version import store_version

    inputs, sizes = store_inputs(home), home.archive.sizes()
    counts = None if whole else _append(home, sizes)
    if counts is None:
        version = home.state().get("stores", {}).get(home.store_url, inputs)[-1]
        home.progress(0, 0, "building the graph" if version == store_version() else OLD_STORE)
        counts = rebuild_store(home.archive, home.store_url, login=home.login, progress=home.progress)
    with open_store(home.store_url, read_only=True, login=home.login) as store:
        built = {"digest": store.digest(), "sizes": sizes}
    state = home.state()
    home.update_state(
        stores={**state.get("stores", {}), home.store_url: inputs},
        built={**state.get("built", {}), home.store_url: built},
    )
    return counts


def _append(home: Home, sizes: dict[str, int]) -> dict[str, int] | None:
    """Write what was appended to the archive; None if the store has to be rebuilt."""
    from graph.errors import StoreError
    from graph.stores.open import open_store

    built = home.state().get("built", {}).get(home.store_url)
    if built is None or any(sizes.get(name, 0) < size for name, size in built["sizes"].items()):
        return None
    try:
        with open_store(home.store_url, login=home.login) as store:
            # another home may have written into it, another version may have built it, somebody may have deleted it
            if store.digest() != built["digest"]:
                return None
            return store.write(home.archive.read(since=built["sizes"]), progress=home.progress)
    except StoreError:
        return None


def update(home: Home) -> dict[str, int]:
    """Bring verdicts and store up to the archive.

    Returns
    -------
    What was written.
    """
    with lock(home):
        judge(home)
        return _build(home)


def rebuild(home: Home) -> dict[str, int]:
    """Build the store again from the archive, whatever its state.

    Returns
    -------
    Label or relationship -> count.
    """
    with lock(home):
        judge(home)
        return _build(home, whole=True)


def open_graph(home: Home) -> Store:
    """Open the store read-only, after bringing it up to date."""
    from graph.stores.open import open_store

    prepare(home)
    return open_store(home.store_url, read_only=True, login=home.login)
