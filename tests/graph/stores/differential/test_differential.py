"""Both stores answer generated questions over a generated graph with the same rows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from graph.cypher.parse import _parser, parse
from graph.stores.base import Store
from graph.stores.ladybug.engine import close_engine, open_engine
from graph.stores.ladybug.store import LadybugStore
from graph.stores.neo4j.store import Neo4jStore
from tests.graph.stores.neo4j.conftest import Address, address, wipe

from .comparison import LIMIT, difference, outcome
from .generated_graph import GRAPHS, records
from .generated_queries import Question, questions
from .planted import FAULTS, Fault, in_process

__all__ = ["address"]

SHOWN = 250
"""After so many questions the counts are printed."""


@pytest.fixture(scope="module", params=GRAPHS)
def stores(request: pytest.FixtureRequest, address: Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[
    tuple[Store, Store]
]:  # fmt: skip
    wipe(address)
    made = records(request.param)
    with (
        LadybugStore(tmp_path_factory.mktemp("differential") / "store") as embedded,
        Neo4jStore(address.url, address.login) as server,
    ):
        embedded.write(made)
        server.write(made)
        assert embedded.digest() == server.digest()
        yield embedded, server


def asked(stores: tuple[Store, Store], seed: int, number: int) -> Counter[str]:
    """How many questions had which outcome; each mismatch is printed as it is found."""
    found: Counter[str] = Counter()
    told: list[str] = []
    started = time.monotonic()
    for place, question in enumerate(questions(seed, number), 1):
        result, what = outcome(*stores, question)
        found[result] += 1
        found["rows"] += result == "same" and what != "0"
        if result in ("mismatch", "stopped"):
            told.append(f"{result} {seed}/{place - 1}: {question.cypher}\n  {question.parameters}\n  {what[:800]}")
            print(told[-1], flush=True)
        if place % SHOWN == 0 or place == number:
            print(f"{place} asked, {time.monotonic() - started:.0f} s: {dict(found)}", flush=True)
    assert not told, "\n".join(told[:5])
    return found


def test_150_generated_questions_on_each_graph_have_the_same_rows(stores: tuple[Store, Store]) -> None:
    found = asked(stores, 1, 150)
    assert found["same"] >= 120
    assert found["rows"] >= 75


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_500_generated_questions_on_each_graph_have_the_same_rows(stores: tuple[Store, Store], seed: int) -> None:
    """10,000 in all; a part can be run by itself."""
    found = asked(stores, seed, 500)
    assert found["same"] >= 450
    assert found["rows"] >= 0.6 * 500


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(stores: tuple[Store, Store], fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded, server = stores
    assert isinstance(embedded, LadybugStore)
    (graph,) = embedded.folder.glob("gen-*/graph.lbug")
    connection = open_engine(graph, read_only=True)
    production = fault(monkeypatch)
    for question in islice((each for each in questions(20, 10_000) if each.production == production), 150):
        expected = server.query(question.cypher, question.parameters, limit=LIMIT)
        found = in_process(connection, question)
        if found is not None and difference(found, expected, question)[0] == "mismatch":
            break
    else:
        pytest.fail(f"150 questions on {production} did not show it")
    close_engine(connection)


def test_the_generator_is_repeatable_and_hardly_repeats_itself() -> None:
    made = list(questions(3, 300))
    assert made == list(questions(3, 300))
    assert len({question.cypher for question in made}) >= 290


@pytest.mark.long
def test_every_rule_of_the_grammar_occurs_50_times_in_10_000_questions() -> None:
    # rules that are always replaced by their only child or have another name, and paths without a bound: refused
    never = {"expression", "clause", "atom", "row_count", "negation", "predicate", "signed"}
    never |= {"hops_unbounded", "hops_open"}
    rules = {rule.alias or str(rule.origin.name) for rule in _parser().rules}
    found: Counter[str] = Counter({name: 0 for name in rules - never if not name.startswith("_")})
    for seed in range(2, 12):
        for question in questions(seed, 1000):
            tree = parse(question.cypher)
            found.update({str(part.data) for part in tree.iter_subtrees()})
            found[question.production] += 1
    rare = {name: number for name, number in found.items() if number < 50}
    assert not rare


@pytest.mark.parametrize(
    ("first", "second", "cypher", "ordered", "same"),
    [
        ([{"a": 1}], [{"a": 1.0}], "", False, True),
        ([{"a": 1}], [{"a": True}], "", False, False),
        ([{"a": 1}], [{"a": "1"}], "", False, False),
        ([{"a": None}], [], "", False, False),
        ([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}], "", False, True),
        ([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}], "", True, False),
        ([{"a": 1}, {"a": 1}], [{"a": 1}], "", False, False),
        ([{"a": ["x", "y"]}], [{"a": ["y", "x"]}], "", False, False),
        ([{"a": ["x", "y"]}], [{"a": ["y", "x"]}], "RETURN collect(x) AS a", False, True),
        ([{"a": 0.1 + 0.2}], [{"a": 0.3}], "", False, True),
    ],
)
def test_a_difference_is_seen(
    first: list[dict[str, object]], second: list[dict[str, object]], cypher: str, *, ordered: bool, same: bool
) -> None:
    question = Question(cypher, {}, ordered, lists_in_order="collect(" not in cypher)
    assert difference(first, second, question)[0] == ("same" if same else "mismatch")


def test_the_generated_graphs_fit_the_schema_and_hold_nulls(tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "store") as store:
        counts = store.write(records(GRAPHS[0]))
        assert counts["missing_endpoints"] == 0
        rows = store.query("MATCH (p:Paper) RETURN count(*) AS papers, count(p.year) AS years")
        assert rows[0]["years"] < rows[0]["papers"]
