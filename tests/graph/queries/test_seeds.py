"""The named queries on the shipped facts: each has an answer, and a change of the facts changes it."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from biorxivist.workspace.home import Home
from graph import queries
from graph.records import Record
from graph.stores.ladybug.store import LadybugStore
from tests.graph.queries.seed_changes import CHANGES, New
from tests.graph.queries.seed_changes import named as names_a_new_record

ALL = 1_000_000
DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def facts(seeded_home: Home) -> Sequence[Record]:
    return list(seeded_home.archive.read())


@pytest.fixture(scope="module")
def shipped(seeded_home: Home) -> Iterator[LadybugStore]:
    """The shipped graph; tests only read it."""
    with LadybugStore(Path(seeded_home.store_url.removeprefix("ladybug:")), read_only=True) as store:
        yield store


@pytest.fixture(scope="module")
def named(
    shipped: LadybugStore, facts: Sequence[Record], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LadybugStore, dict[str, list[Record]]]]:
    """A copy with all changes that show by a new name in the rows, and these: one write, not one copy for each."""
    written = {name: change.records(New(name, facts)) for name, change in CHANGES.items() if change.seen is None}
    with LadybugStore(copied(shipped, tmp_path_factory.mktemp("named"))) as made:
        made.write(record for records in written.values() for record in records)
        yield made, written


@pytest.fixture(scope="module")
def counted(shipped: LadybugStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadybugStore]:
    """A copy, to which the tests write the changes that show in a number, one after the other."""
    with LadybugStore(copied(shipped, tmp_path_factory.mktemp("counted"))) as made:
        yield made


def copied(store: LadybugStore, folder: Path) -> Path:
    return Path(shutil.copytree(store.folder, folder / "store"))


def test_at_least_28_questions_are_asked_and_each_has_a_change_that_is_named() -> None:
    assert len(queries.names()) >= 28
    assert set(CHANGES) == set(queries.names())
    assert len({queries.named(name).question for name in queries.names()}) == len(queries.names())


@pytest.mark.parametrize("name", sorted(name for name, change in CHANGES.items() if change.seen is None))
def test_the_shipped_facts_answer_it_and_a_named_change_of_the_records_is_named_in_the_rows(
    shipped: LadybugStore, named: tuple[LadybugStore, dict[str, list[Record]]], name: str
) -> None:
    changed, written = named
    before, after = shipped.run(name, limit=ALL), changed.run(name, limit=ALL)
    assert len(before) >= 3
    seen = names_a_new_record(written[name])
    assert seen(before, after), f"{CHANGES[name].name}: {name} does not show it"
    assert not seen(after, after)


@pytest.mark.parametrize("name", sorted(name for name, change in CHANGES.items() if change.seen is not None))
def test_the_shipped_facts_answer_it_and_a_named_change_of_the_records_changes_the_rows(
    counted: LadybugStore, facts: Sequence[Record], name: str
) -> None:
    before = counted.run(name, limit=ALL)
    assert len(before) >= 3
    change = CHANGES[name]
    counted.write(change.records(New(name, facts)))
    after = counted.run(name, limit=ALL)
    assert change.seen is not None
    assert change.seen(before, after), f"{change.name}: {name} does not show it"
    assert not change.seen(after, after)


def test_the_limit_bounds_the_rows(shipped: LadybugStore) -> None:
    assert [len(shipped.run(name, limit=1)) for name in queries.names()] == [1] * len(queries.names())


def test_the_page_of_the_queries_is_current_and_shows_a_row_of_each(shipped: LadybugStore) -> None:
    page = runpy.run_path(str(DOCS / "build_queries.py"))["page"](shipped.run)
    for name in queries.names():
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert queries.named(name).question in section
        assert all(f"`{parameter}` = " in section for parameter in queries.named(name).parameters)
        assert [line.split("|")[1].strip(" `") for line in section.splitlines() if line.startswith("| `")] == list(
            shipped.run(name, limit=1)[0]
        )
    assert (DOCS / "queries.md").read_text(encoding="utf-8") == page, "run `make docs` and commit docs/queries.md"
