"""Where a harvest stands, without any service: each step is a function from one position to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from biorxivist.literature.harvest.position import (
    IDLE_PAGES,
    MOST_TURNS,
    Position,
    after_page,
    first_position,
    needs_a_look,
    next_turn,
)
from biorxivist.literature.sources.base import Hit, Page
from graph.records import Paper

TODAY = date(2026, 8, 20)
SINCE, UNTIL = date(2026, 8, 1), date(2026, 8, 10)


def page(*titles: str, total: int | None = None, cursor: str | None = "next") -> Page:
    hits = tuple(Hit(Paper(id=f"doi:10.1101/{title}", title=title)) for title in titles)
    return Page(hits, total, cursor, len(hits))


def test_a_harvest_of_past_days_that_is_whole_is_not_begun_again() -> None:
    done = Position(covered="2026-08-10")
    days = {"since": SINCE, "until": UNTIL, "today": TODAY}
    assert first_position(done, **days, is_whole=True) is None
    again = first_position(done, **days, is_whole=False)
    assert again is not None
    assert (again.since, again.until, again.running) == ("2026-08-01", "2026-08-10", True)


def test_an_open_harvest_goes_on_some_days_before_its_end_and_never_into_the_future() -> None:
    following = first_position(
        Position(covered="2026-08-10"), since=SINCE, until=date(2027, 1, 1), today=TODAY, is_whole=True
    )
    assert following is not None
    assert (following.since, following.until, following.covered) == ("2026-08-07", "2026-08-20", "2026-08-10")


def test_a_turn_ends_at_the_last_page_at_a_cursor_that_comes_back_or_when_pages_bring_nothing() -> None:
    start = Position(running=True)
    assert after_page(start, page("a", cursor=None), new=1, again=0).over
    assert after_page(replace(start, cursor="x"), page("a", cursor="x"), new=1, again=0).over
    at = start
    for number in range(IDLE_PAGES):
        assert not at.over
        at = after_page(at, page("a", cursor=str(number)), new=0, again=0)
    assert at.over


@pytest.mark.parametrize(
    ("before", "total", "again", "moved"),
    [(None, 5, 0, False), (5, 5, 0, False), (5, None, 0, False), (5, 6, 0, True), (None, None, 1, True)],
)
def test_a_row_that_comes_twice_or_a_total_that_changes_is_a_sign_of_moving_rows(
    before: int | None, total: int | None, again: int, *, moved: bool
) -> None:
    at = after_page(Position(expected=before), page("a", total=total), new=1, again=again)
    assert at.moved is moved
    assert at.expected == (total if total is not None else before)


def test_the_first_page_is_looked_at_only_where_rows_are_missing_without_a_sign() -> None:
    at = Position(expected=10, first=["a"])
    assert needs_a_look(at, got=9)
    assert not needs_a_look(at, got=10)
    assert not needs_a_look(replace(at, moved=True), got=9)
    assert not needs_a_look(replace(at, turn=2), got=9)
    assert next_turn(at, ["a"]) is None
    assert next_turn(at, ["b"]) is not None


def test_the_pages_are_gone_through_again_while_that_brings_something_and_not_for_ever() -> None:
    at = Position(moved=True, count=4, new=3, first=["a"], cursor="x", over=True)
    again = next_turn(at)
    assert again is not None
    assert (again.turn, again.cursor, again.first, again.new, again.over) == (2, None, None, 0, False)
    assert again.most == 2 * 4 + IDLE_PAGES
    assert next_turn(again) is None, "the second turn brought nothing"
    assert next_turn(replace(again, new=1, turn=MOST_TURNS)) is None
