"""Open the home and the graph for a command, bringing them up to date first and saying so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from biorxivist.cli.output import note, progress_bar

if TYPE_CHECKING:
    from biorxivist.workspace.home import Home
    from graph.stores.base import Store

__all__ = ["opened", "ready"]


def ready(home: Home) -> Home:
    """The home, up to date; says on stderr what it does when there is something to do."""
    from biorxivist.load.prepare import prepare
    from biorxivist.workspace.home import is_current

    if not is_current(home):
        fresh = not (home.folder / "archive").exists()
        why = "first use: building it from the facts that ship with this package" if fresh else "bringing it up to date"
        note(f"The graph in {home.folder}: {why} ...")
        with progress_bar("graph") as progress:
            prepare(replace(home, progress=progress))
    return home


@contextmanager
def opened(home: Home) -> Iterator[Store]:
    """The store of the home, read-only."""
    from graph.stores.open import open_store

    with open_store(ready(home).store_url, read_only=True, login=home.login) as store:
        yield store
