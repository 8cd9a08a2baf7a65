from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
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


def natural_queries() -> list[str]:
    """Queries as analysts and language models write them, habits of other dialects included."""
    text = Path(__file__).with_name("natural_queries.cypher").read_text(encoding="utf-8")
    return [part for part in text.strip().split("\n\n") if not part.startswith("//")]


def test_natural_queries_are_answered_but_for_these_refused_with_what_to_write(store: LadybugStore) -> None:
    refused = {}
    queries = natural_queries()
    for text in queries:
        try:
            store.query(text)
        except UnsafeCypher as problem:
            refused[problem.reason] = problem.hint
    assert len(queries) == 102
    assert refused == {
        "duration.inDays() is refused: functions with a prefix are":
            "Return both days; their years are b.year - a.year.",
        "the function datetime() is not known":
            "For a day write date('2024-01-31'), or pass the time as a $parameter.",
        "date.truncate() is refused: functions with a prefix are":
            "Use the parts of the day: date({year: d.year, month: d.month}).",
        "id() of the engine differs between the stores": "Use the property: n.id.",
        "keys() differs between the stores": "The properties of a label are in the schema (graph schema).",
        "apoc.text.join() is refused: functions with a prefix are":
            "Write reduce(s = '', x IN list | s + CASE WHEN s = '' THEN '' ELSE '; ' END + x).",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("MATCH (p:Paper) WHERE p.year NOT IN [2024] RETURN p.id", "Write NOT x IN list"),
        ("MATCH (p:Paper) WHERE p.title LIKE '%scaling%' RETURN p.id", "CONTAINS"),
        ("MATCH (p:Paper) WHERE p.year == 2024 RETURN p.id", "one sign: ="),
        ("MATCH (p:Paper) WHERE p.year BETWEEN 2023 AND 2025 RETURN p.id", "<= x <="),
        ("MATCH (p:Paper) RETURN p.year, count(*) GROUP BY p.year", "beside an aggregate"),
        ("MATCH (p:Paper) RETURN p.id ORDER BY p.id NULLS LAST", "Null comes last"),
        ("MATCH (p:Paper) RETURN string_agg(p.title, ', ') AS t", "collect"),
    ],
)
def test_habits_of_other_query_languages_are_refused_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(UnsafeCypher) as caught:
        guard.check(text)
    assert hint in caught.value.hint


def test_no_hostile_text_passes_a_store(store: LadybugStore) -> None:
    before = store.digest()
    for text in HOSTILE:
        with pytest.raises(UnsafeCypher):
            store.query(text)
    assert len(set(HOSTILE)) >= 150
    assert store.digest() == before
