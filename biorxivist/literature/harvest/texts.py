"""The full texts of a harvest: which are due, and fetching them several at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from biorxivist.literature.errors import FetchError, NotOpenAccess
from biorxivist.literature.get import read
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Hit

if TYPE_CHECKING:
    from biorxivist.literature.document import Document

__all__ = ["NONE", "NOT_KEPT", "Fetched", "fetch_texts", "is_due", "why_none"]

NONE = "none"
"""How the outcome of a paper begins that had no text."""
NOT_KEPT = "not kept"
"""How the outcome of a paper begins whose text was read and may not be kept."""
REASONS = (
    ("not queried", ""),
    ("NotOpenAccess", "{route} has no open full text"),
    ("PaperNotFound", "{route} does not know the paper"),
    ("ParseError", "{route} sent what cannot be read"),
    ("holds version", "{route} has another version"),
    ("sent the text of", "{route} sent another paper"),
    ("Blocked", "{route} lets no program in"),
    ("CloudflareLimit", "{route} lets no program in"),
    ("RateLimited", "{route} asked for a pause"),
)
"""How the answer of a route begins -> what it means; empty for a route that was not asked."""


def is_due(outcome: str | None) -> bool:
    """Whether a text has to be fetched, by how that ended before: one that was not there is asked for again."""
    return outcome is None or outcome.startswith(NONE)


def why_none(failure: FetchError) -> str:
    """Why there is no text, in words that are the same for all papers with the same reason."""
    routes = failure.routes if isinstance(failure, NotOpenAccess) else {}
    reasons = [reason for route, answer in routes.items() if (reason := _reason(route, answer))]
    return "; ".join(reasons) or f"not answered ({type(failure).__name__})"


def _reason(route: str, answer: str) -> str:
    for beginning, words in REASONS:
        if answer.startswith(beginning):
            return words.format(route=route)
    return f"{route} gave no text ({answer.partition(':')[0][:60]})"


@dataclass(frozen=True)
class Fetched:
    """How fetching a text ended: with a document, with the answer that there is none, or with a failure."""

    hit: Hit
    document: Document | None = None
    refusal: NotOpenAccess | None = None
    failure: FetchError | None = None


def fetch_texts(hits: Iterable[Hit], sources: Sources, *, routes: tuple[str, ...], threads: int) -> Generator[Fetched]:
    """Fetch full texts; as many are under way at a time as keep the threads busy.

    Yields
    ------
    How each ended, as they come.
    """
    waiting_hits = iter(hits)
    threads = max(1, threads)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        under_way: dict[Future[Document], Hit] = {}
        try:
            while True:
                for hit in islice(waiting_hits, 2 * threads - len(under_way)):
                    under_way[pool.submit(read, hit, sources, routes=routes)] = hit
                if not under_way:
                    return
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda future: under_way[future].paper.id):
                    yield _result(under_way.pop(future), future)
        finally:
            for future in under_way:
                future.cancel()


def _result(hit: Hit, future: Future[Document]) -> Fetched:
    try:
        return Fetched(hit, document=future.result())
    except NotOpenAccess as error:
        return Fetched(hit, refusal=error)
    except FetchError as error:
        return Fetched(hit, failure=error)
