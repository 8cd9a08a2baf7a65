"""An answer stands on what the graph holds: take a cited claim out of it, and the answer is another, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.answers import Answer, answer
from biorxivist.claims.index import read_index
from graph.records import Claim, Model, Paper, Tombstone
from graph.stores.base import Store
from graph.stores.open import open_store

QUESTION = "Is logistic regression better than scGPT?"
NAMES = [
    Model(id="model:scgpt", name="scGPT", source_url="https://example.org"),
    Model(
        id="model:logistic_regression", name="logistic regression", role="baseline", source_url="https://example.org"
    ),
]
PAPERS = [Paper(id=f"doi:10.1101/{name}", title=f"The {name} comparison") for name in ("first", "second")]
CLAIMS = [
    Claim(
        paper_id=paper.id,
        version_id=f"{paper.id}v1",
        source_url="https://example.org",
        location="abstract",
        statement=f"Logistic regression {verb} scGPT.",
        kind="comparison",
        subject_ids=("model:logistic_regression",),
        comparator_ids=("model:scgpt",),
        direction=direction,
    )
    for paper, verb, direction in zip(PAPERS, ("beats", "falls behind"), (">", "<"), strict=True)
]


def cited(found: Answer) -> set[str]:
    return {source for sentence in found.sentences for source in sentence.sources} & {claim.id for claim in CLAIMS}


def ask(store: Store) -> Answer:
    return answer(QUESTION, index=read_index(store), store=store)


def take_out(store: Store, claim: Claim) -> None:
    store.write([Tombstone(target_record="Claim", target_id=claim.id, reason="taken out")])


@pytest.mark.long
def test_an_answer_changes_when_a_cited_claim_leaves_the_graph_and_is_refused_without_any(tmp_path: Path) -> None:
    with open_store(f"ladybug:{tmp_path / 'graph'}") as store:
        store.write([*NAMES, *PAPERS, *CLAIMS])
        both = ask(store)
        assert cited(both) == {claim.id for claim in CLAIMS}
        take_out(store, CLAIMS[0])
        one = ask(store)
        assert cited(one) == {CLAIMS[1].id}
        assert one.sentences != both.sentences
        take_out(store, CLAIMS[1])
        assert (ask(store).status, ask(store).sentences) == ("refused", ())
