"""The same archive in both stores: every named query, the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from biorxivist import seeds
from graph import queries
from graph.stores.ladybug.store import LadybugStore
from graph.stores.neo4j.store import Neo4jStore
from tests.graph.stores.neo4j.conftest import Address, wipe

NARROWED: dict[str, tuple[dict[str, Any], ...]] = {
    "claims_by_objective_on_scaling": ({"objective": "masked"}, {"objective": "contrastive"}),
    "claims_about_model": ({"model": "model:scgpt"}, {"model": "scVI"}),
    "claims_without_evidence": ({"kind": "scaling"},),
    "saturation_by_model": ({"source": ""},),
    "papers": ({"limit": 3},),
}
"""Parameters besides the defaults."""
QUESTIONS = (
    "does more pre-training data help foundation models?", "zero-shot cell type annotation",
    "perturbation prediction against linear baselines", "how many cells were in the training corpus",
)  # fmt: skip

SYNTAX = (
    "NOT", "AND OR NOT", "scaling NOT saturation", "saturation AND annotation", "saturation OR annotation",
    '"batch correction"', "+saturation -annotation", "saturat*", "?aturation", "saturation~", "title:saturation",
    "statement:saturation text:annotation", "(saturation", "annotation)", "[saturation TO z]", "{saturation}",
    "saturation^", "saturation && annotation", "saturation || annotation", "!saturation", "NEAR(saturation)",
    "\\saturation\\", "/saturation/", "the of and", "* ? ~ : ^",
)  # fmt: skip
NOTHING = {"NOT", "AND OR NOT", "the of and", "* ? ~ : ^", "saturat*", "?aturation"}

Stores = tuple[LadybugStore, Neo4jStore]


@pytest.fixture(scope="module")
def stores(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    wipe(address)
    records = list(seeds.records())
    embedded = LadybugStore(tmp_path_factory.mktemp("both") / "store")
    with embedded, Neo4jStore(address.url, address.login) as server:
        embedded.write(records)
        server.write(records)
        yield embedded, server


def rounded(value: Any) -> Any:
    """Numbers to 12 digits: a sum of doubles depends on the order of its terms in the last one."""
    match value:
        case float():
            return float(f"{value:.12g}")
        case dict():
            return {name: rounded(item) for name, item in value.items()}
        case list():
            return [rounded(item) for item in value]
    return value


def test_both_stores_have_one_digest(stores: Stores) -> None:
    embedded, server = stores
    assert embedded.digest() == server.digest()
    assert embedded.counts() == server.counts()


def test_every_named_query_gives_identical_rows(stores: Stores, capsys: pytest.CaptureFixture[str]) -> None:
    embedded, server = stores
    compared, different = 0, []
    asked = [(name, params) for name in queries.names() for params in ({}, *NARROWED.get(name, ()))]
    for name, params in asked:
        rows = rounded(embedded.run(name, **params))
        if rows != rounded(server.run(name, **params)):
            different.append((name, params))
        compared += len(rows)
    with capsys.disabled():
        print(f"\n{len(queries.names())} named queries, {len(asked)} calls, {compared} rows: {len(different)} differ")
    assert different == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_full_text_finds_the_same_best_texts(stores: Stores, question: str) -> None:
    """Stemming and the statistics of one field against those of four differ a little; the best of a kind do not.

    Between kinds they may: a word that many titles hold weighs less in a title on the server, and in all texts here.
    """
    found = (store.search(question, 50) for store in stores)
    ours, theirs = ([hit["id"] for hit in hits if hit["label"] == "Passage"][:5] for hits in found)
    assert len(ours) == len(theirs) == 5
    assert ours[0] in theirs
    assert theirs[0] in ours
    assert len(set(ours) & set(theirs)) >= 2


@pytest.mark.parametrize("text", SYNTAX)
def test_a_text_with_operators_has_the_same_hits_in_both(stores: Stores, text: str) -> None:
    embedded, server = stores
    hits = [{hit["id"] for hit in store.search(text, 10_000)} for store in (embedded, server)]
    assert hits[0] == hits[1]
    assert bool(hits[0]) == (text not in NOTHING)
