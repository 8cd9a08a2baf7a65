from __future__ import annotations

import json
from collections import Counter

from biorxivist.claims.verdicts import verdict_rows
from biorxivist.demo.model import FIRST_KINDS, Demo, JudgedClaim, choose, counts, rank, summary
from graph.evidence.verdict import verdict_row


def test_at_least_twenty_claims_of_ten_papers_are_chosen_each_with_a_verdict_or_why_not(demo: Demo) -> None:
    rows = demo.selection
    assert len(rows) >= 20
    assert len({row.claim.paper_id for row in rows}) >= 10
    assert all(row.evidence and row.reason for row in rows)
    assert any(row.verdict == "not_testable" for row in rows)


def test_a_paper_does_not_crowd_the_others_out(demo: Demo) -> None:
    papers = Counter(row.claim.paper_id for row in choose(demo.rows))
    assert max(papers.values()) <= 6


def test_claims_that_people_know_come_first(demo: Demo) -> None:
    first = demo.rows[:5]
    assert all(row.verdict not in ("inconclusive", "not_testable", "no_effect_at_scale") for row in first)
    assert all(row.claim.kind in FIRST_KINDS and row.claim.attribution == "own" for row in first)
    groups = [("inconclusive", "not_testable").index(row.verdict) if row.verdict in ("inconclusive", "not_testable")
              else -1 for row in demo.rows]  # fmt: skip
    assert groups == sorted(groups)


def test_the_order_does_not_depend_on_that_of_the_archive(demo: Demo) -> None:
    assert tuple(rank(reversed(demo.rows))) == demo.rows


def test_a_row_of_json_is_that_of_the_command_evidence(demo: Demo) -> None:
    assert list(demo.rows[0].plain()) == list(next(verdict_rows(demo.index)))
    for row in demo.rows:
        plain = json.loads(json.dumps(row.plain()))
        assert (plain["claim_id"], plain["statement"], plain["who"]) == (row.claim.id, row.claim.statement, row.who)
        assert set(verdict_row(row.evidence[0])) <= set(plain)
        assert plain["verdict"] == row.verdict


def test_a_claim_without_evidence_is_not_testable(demo: Demo) -> None:
    row = JudgedClaim(demo.rows[0].claim, "Wang 2025", ())
    assert row.plain()["verdict"] == row.verdict == "not_testable"
    assert row.reason == "no rule was applied"


def test_the_summary_counts_every_claim_once(demo: Demo) -> None:
    numbers = counts(demo.rows)
    assert sum(numbers.values()) == len(demo.rows)
    for verdict, number in numbers.items():
        assert f"{number} {verdict.replace('_', ' ')}" in summary(demo)
