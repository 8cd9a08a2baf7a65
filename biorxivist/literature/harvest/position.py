"""Where a harvest stands, and how it moves: from page to page, and through the pages again.

Everything here is a function from one position to the next; `biorxivist.literature.harvest.run` fetches and
writes.

Rows can move while they are paged. A row that comes twice, or a total that changes, is a sign of it, and the harvest
goes through the pages again until that brings nothing new. A total that is merely too high (the bioRxiv API is
known for it) is settled by one look at the first page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from biorxivist.literature.sources.base import Page

__all__ = ["Position", "after_page", "first_position", "needs_a_look", "next_turn"]

MOST_TURNS = 3
MOST_PAGES = 100_000
IDLE_PAGES = 2
OVERLAP = timedelta(days=3)
"""Days before the last one that are harvested again: services post late."""


@dataclass(frozen=True)
class Position:
    """Where a harvest stands; days are ISO text, as they are stored."""

    running: bool = False
    """Whether it was begun and is not done."""
    since: str | None = None
    until: str | None = None
    covered: str | None = None
    """Last day up to which everything was harvested before."""
    turn: int = 1
    """Which time the pages are gone through."""
    cursor: str | None = None
    """Next page; none at the first one."""
    first: list[str] | None = None
    """Keys of the rows of the first page of this turn."""
    count: int = 0
    """Pages of this turn."""
    most: int = MOST_PAGES
    """Pages after which the turn ends, whatever is sent."""
    new: int = 0
    """Rows that this turn brought and no page before had."""
    idle: int = 0
    """Pages in a row that brought nothing new."""
    moved: bool = False
    """Whether there was a sign that rows move."""
    expected: int | None = None
    """Rows that the source says there are."""
    over: bool = False
    """Whether the turn is at its end."""


def first_position(
    before: Position, *, since: date | None, until: date | None, today: date, is_whole: bool
) -> Position | None:
    """Position at which a harvest sets out; None if everything was harvested before.

    Parameters
    ----------
    before
        Where the last harvest of the same days ended.
    since, until
        Days that are wanted.
    today
        The last day that can be covered.
    is_whole
        Whether the last harvest got all rows that it expected.
    """
    covered = date.fromisoformat(before.covered) if before.covered else None
    if covered is not None:
        is_past = until is not None and until <= covered and covered < today - OVERLAP
        if is_past and is_whole:
            return None
        if not is_past:
            since = max(since or date.min, covered - OVERLAP)
    return Position(
        running=True,
        since=since.isoformat() if since else None,
        until=min(until, today).isoformat() if until else None,
        covered=before.covered,
    )


def after_page(at: Position, page: Page, *, new: int, again: int) -> Position:
    """Position after a page whose rows were ``new``, or had come before (``again``)."""
    is_first_turn = at.turn == 1
    total_changed = at.expected is not None and page.total not in {None, at.expected}
    idle = 0 if new else at.idle + 1
    count = at.count + 1
    is_stuck = count >= at.most or (is_first_turn and idle >= IDLE_PAGES)
    return replace(
        at,
        cursor=page.cursor,
        first=[hit.key for hit in page.hits] if at.first is None else at.first,
        count=count,
        new=at.new + new,
        idle=idle,
        moved=at.moved or (is_first_turn and again > 0) or total_changed,
        expected=at.expected if page.total is None else page.total,
        over=page.cursor is None or page.cursor == at.cursor or is_stuck,
    )


def needs_a_look(at: Position, *, got: int) -> bool:
    """Whether the first page has to be looked at again: rows are missing, and nothing says that they moved."""
    return at.turn == 1 and not at.moved and at.expected is not None and got < at.expected


def next_turn(at: Position, first_page: Sequence[str] | None = None) -> Position | None:
    """Position from which the pages are gone through again; None if that would bring nothing.

    Parameters
    ----------
    at
        The end of a turn.
    first_page
        Keys of the first page as it is now, if it was looked at.
    """
    has_moved = at.moved or (first_page is not None and list(first_page) != at.first)
    if not has_moved or at.turn >= MOST_TURNS or (at.turn > 1 and not at.new):
        return None
    most = 2 * at.count + IDLE_PAGES  # going through again ends, whatever is sent
    return replace(at, turn=at.turn + 1, cursor=None, first=None, count=0, most=most, new=0, idle=0, over=False)
