from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph import guard
from graph.errors import UnsafeCypher
from graph.schema import SCHEMA
from graph.stores.ladybug.store import LadybugStore
from tests.graph.conftest import small_field

from .guard_questions import QUESTIONS
from .guard_texts import HOSTILE, LEGITIMATE

VALUES: dict[str, Any] = {
    "id": "doi:10.1/one", "ids": ["doi:10.1/one", "x"], "since": "2020-01-01", "name": "mae", "call": "CALL",
    "delete": "DELETE",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadybugStore]:
    with LadybugStore(tmp_path_factory.mktemp("questions") / "store") as made:
        made.write(small_field())
        yield made


def accepted(text: str, *, dialect: Any, schema: Any) -> bool:
    try:
        guard.check(text, dialect=dialect, schema=schema)
    except UnsafeCypher:
        return False
    return True


@pytest.mark.parametrize("dialect", ["portable", "neo4j"])
def test_at_least_95_percent_of_200_legitimate_questions_are_accepted(dialect: str) -> None:
    found = [accepted(text, dialect=dialect, schema=None) for text in LEGITIMATE]
    found += [accepted(text, dialect=dialect, schema=SCHEMA) for text in QUESTIONS]
    print(f"{sum(found)} of {len(found)}")
    assert len(set(LEGITIMATE) | set(QUESTIONS)) == len(found) >= 200
    assert sum(found) >= 0.95 * len(found)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_answered_by_the_store_or_refused_with_what_was_meant(store: LadybugStore, text: str) -> None:
    values = {name: VALUES[name] for name in guard.parameters(text)}
    refused = {"(p:paper)": "Did you mean Paper"}
    if meant := next((meant for part, meant in refused.items() if part in text), None):
        with pytest.raises(UnsafeCypher, match=meant):
            store.query(text, values)
        return
    store.query(text, values)


def test_no_hostile_text_passes_a_store(store: LadybugStore) -> None:
    before = store.digest()
    for text in HOSTILE:
        with pytest.raises(UnsafeCypher):
            store.query(text)
    assert len(set(HOSTILE)) >= 150
    assert store.digest() == before
