from __future__ import annotations

from typing import Any

from biorxivist.claims.disagreements import disagreements
from biorxivist.claims.index import ClaimIndex
from graph.compare import relate
from graph.records import Claim, Paper


def claim(paper: str, direction: str, **fields: Any) -> Claim:
    given: dict[str, Any] = {
        "kind": "scaling",
        "subject_ids": ("model:scvi",),
        "task_id": "task:downstream",
        "metric_id": "metric:performance",
        "unit": "cells",
        "corpus_id": "dataset:sctab",
    }
    return Claim(
        paper_id=f"key:{paper}", version_id=f"key:{paper}v1", statement=f"{paper} says {direction}",
        direction=direction, source_url="https://example.org", **{"location": paper, **given, **fields},
    )  # fmt: skip


def known(*claims: Claim) -> ClaimIndex:
    papers = [Paper(id=one.paper_id, title=one.paper_id) for one in claims]
    return ClaimIndex.of([*papers, *claims, *relate(claims)])


def test_a_planted_contradiction_comes_before_a_difference_of_scope() -> None:
    rises, plateaus, other = claim("a", "+"), claim("b", "plateau"), claim("c", "plateau", subject_ids=("model:scgpt",))
    found = disagreements(known(other, plateaus, rises))
    assert [one.relation.relation for one in found] == ["contradicts", "differs_in_scope"]
    assert found[0].describe() == "contradict each other under the same conditions"
    assert "subject" in found[1].describe()


def test_a_pair_of_papers_comes_once_and_a_paper_does_not_disagree_with_itself() -> None:
    versions = claim("a", "+", corpus_id="dataset:sctab", location="other")
    found = disagreements(known(claim("a", "+"), versions, claim("a", "plateau"), claim("b", "plateau")))
    assert len(found) == 1
    assert {found[0].first.paper_id, found[0].second.paper_id} == {"key:a", "key:b"}


def test_agreement_is_no_disagreement() -> None:
    assert disagreements(known(claim("a", "+"), claim("b", "+"))) == []


def test_no_more_are_given_than_asked_for() -> None:
    claims = [claim("a", "+"), claim("b", "plateau"), claim("c", "plateau"), claim("d", "plateau")]
    assert len(disagreements(known(*claims), most=2)) == 2
