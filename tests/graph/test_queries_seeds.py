"""The named queries on the shipped facts: each has an answer, and a change of the facts changes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from biorxivist.seeds import records
from biorxivist.verdicts import compute
from graph import queries
from graph.records import Record
from graph.stores.ladybug import LadybugStore
from tests.graph.seed_changes import CHANGES, New
from tests.graph.seed_changes import named as names_a_new_record

FEW = {"contradictions": 2}
"""Questions to which the shipped facts have fewer than three answers."""
ALL = 1_000_000


@pytest.fixture(scope="module")
def facts() -> Sequence[Record]:
    shipped = list(records())
    return [*shipped, *compute(shipped)]


@pytest.fixture(scope="module")
def store(facts: Sequence[Record], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadybugStore]:
    """The shipped graph; the tests write their changes to it, each with names of its own."""
    with LadybugStore(tmp_path_factory.mktemp("seeds") / "store") as made:
        made.write(facts)
        yield made


def test_at_least_28_questions_are_asked_and_each_has_a_change_that_is_named() -> None:
    assert len(queries.names()) >= 28
    assert set(CHANGES) == set(queries.names())
    assert len({queries.named(name).question for name in queries.names()}) == len(queries.names())


@pytest.mark.parametrize("name", queries.names())
def test_the_shipped_facts_answer_it_and_a_named_change_of_the_records_changes_the_rows(
    store: LadybugStore, facts: Sequence[Record], name: str
) -> None:
    before = store.run(name, limit=ALL)
    assert len(before) >= FEW.get(name, 3)
    change = CHANGES[name]
    written = change.records(New(name, facts))
    store.write(written)
    after = store.run(name, limit=ALL)
    seen = change.seen or names_a_new_record(written)
    assert seen(before, after), f"{change.name}: {name} does not show it"
    assert not seen(after, after)


def test_the_limit_bounds_the_rows(store: LadybugStore) -> None:
    assert [len(store.run(name, limit=1)) for name in queries.names()] == [1] * len(queries.names())
