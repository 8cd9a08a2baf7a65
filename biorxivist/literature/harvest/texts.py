"""The full texts of a harvest: several under way at a time, each kept when it is there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from biorxivist.literature.errors import FetchError, NotOpenAccess
from biorxivist.literature.get import read
from biorxivist.literature.harvest.state import State
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Hit
from biorxivist.literature.sources.fields import is_open
from graph.records import Record

if TYPE_CHECKING:
    from biorxivist.literature.document import Document

__all__ = ["fetch_texts"]

logger = logging.getLogger(__name__)

ASK_AGAIN = timedelta(days=7)
GIVE_UPS = 5


def fetch_texts(
    state: State,
    sources: Sources,
    *,
    routes: tuple[str, ...],
    threads: int = 4,
    progress: Callable[[int, int, str], None],
) -> Iterator[tuple[str, tuple[Record, ...]]]:
    """Fetch what has no text yet; what had none is asked for again after a week.

    Yields
    ------
    Work, and its passages and references; both empty where the licence does not let the text be kept.

    Raises
    ------
    FetchError
        After several failures in a row: the service is down, or has had enough of us.
    """
    done = state.texts()
    today = datetime.now(UTC).date()
    todo = [hit for works in state.works() for hit in works.hits if _is_due(done.get(hit.paper.id), today)]
    failures = 0
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        waiting: dict[Future[Document], Hit] = {}
        queue = iter(todo)
        finished = 0
        try:
            while True:
                while len(waiting) < 2 * threads and (hit := next(queue, None)) is not None:
                    waiting[pool.submit(read, hit, sources, routes=routes)] = hit
                if not waiting:
                    return
                ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in sorted(ready, key=lambda future: waiting[future].paper.id):
                    hit = waiting.pop(future)
                    finished += 1
                    try:
                        document = future.result()
                    except NotOpenAccess as error:
                        state.settle_text(hit.paper.id, f"none: {error}", today.isoformat())
                        failures = 0
                    except FetchError as error:
                        failures += 1
                        logger.warning("%s: no full text: %s", hit.paper.id, error)
                        if failures >= GIVE_UPS:
                            raise
                    else:
                        failures = 0
                        told, outcome, records = _kept(document)
                        state.add_text(told)
                        yield hit.paper.id, records
                        # Only now is it in the archive: a kill before this fetches it again, from the cache.
                        state.settle_text(hit.paper.id, outcome, today.isoformat())
                    progress(finished, len(todo), "full texts")
        finally:
            for future in waiting:
                future.cancel()


def _is_due(before: tuple[str, str] | None, today: date) -> bool:
    if before is None:
        return True
    outcome, day = before
    return outcome.startswith("none") and today - date.fromisoformat(day) > ASK_AGAIN


def _kept(document: Document) -> tuple[Hit, str, tuple[Record, ...]]:
    """What a text says of its paper, how it was had, and what of it may be kept."""
    version = next(version for version in document.versions if version.text_route)
    licence = version.license or document.paper.license
    route = version.text_route or ""
    told = Hit(document.paper, document.authors, (version,))
    if not route.startswith("local:") and not is_open(licence):
        return told, f"read by {route}, not kept: licence {licence}", ()
    return told, f"read by {route}", (*document.passages, *document.references)
