from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from biorxivist.claims.bibliography import check_bibliography
from biorxivist.claims.check import CheckResult, check_paper, check_statement
from biorxivist.claims.index import ClaimIndex
from biorxivist.errors import NotFound
from biorxivist.load.prepare import open_graph
from biorxivist.workspace.home import Home
from graph.stores.base import Store


@pytest.fixture(scope="module")
def store(seeded_home: Home) -> Iterator[Store]:
    with open_graph(seeded_home) as opened:
        yield opened


@pytest.fixture
def check(known: ClaimIndex, store: Store) -> Any:
    def checked(text: str, **options: Any) -> CheckResult:
        return check_statement(text, known, search=store.search, **options)

    return checked


def stands(checked: CheckResult) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = {}
    for one in checked.findings:
        found.setdefault(one.claim.paper_id, set()).add(one.stand)
    return found


DENADEL = "doi:10.1101/2024.12.13.628448"


def test_both_sides_are_told_and_who_takes_them(check: Any) -> None:
    checked = check("More pre-training data improves single-cell foundation models", limit=100)
    assert "contradicts" in stands(checked)[DENADEL]
    assert any("agrees" in found for paper, found in stands(checked).items() if paper != DENADEL)
    assert "say the same" in checked.notes[0]


def test_the_opposite_statement_finds_the_opposite_stands(check: Any) -> None:
    one = check("More pre-training data improves single-cell foundation models", limit=200)
    other = check("Single-cell foundation models plateau with more pre-training data", limit=200)
    first = {found.claim.id: found.stand for found in one.findings if found.stand in {"agrees", "contradicts"}}
    second = {found.claim.id: found.stand for found in other.findings if found.stand in {"agrees", "contradicts"}}
    shared = set(first) & set(second)
    assert len(shared) >= 5
    assert all(first[claim] != second[claim] for claim in shared)


def test_a_cut_leaves_both_sides(check: Any) -> None:
    checked = check("More pre-training data improves single-cell foundation models", limit=4)
    assert {"agrees", "contradicts"} <= {found.stand for found in checked.findings}
    assert "--limit" in checked.notes[-1]


@pytest.mark.parametrize(
    ("statement", "stand"),
    [
        ("Pre-training improves scGPT.", "agrees"), ("Pre-training does not help scGPT.", "contradicts"),
        ("Pre-training improves scBERT.", "contradicts"),
    ],
)  # fmt: skip
def test_what_pretraining_gains_is_held_against_claims_that_leave_it_out(
    check: Any, statement: str, stand: str
) -> None:
    found = [
        one
        for one in check(statement, limit=40).findings
        if one.claim.kind == "effect" and (one.claim.ablation or "").startswith("no pre-training")
    ]
    assert len(found) >= 4
    assert {one.stand for one in found} == {stand}


@pytest.mark.parametrize("statement", ["scGPT from scratch", "scGPT trained from scratch", "Pre-training helps scGPT."])
def test_claims_on_several_forms_of_a_change_take_turns(check: Any, statement: str) -> None:
    changes = {one.claim.ablation for one in check(statement, limit=8).findings}
    assert {"no pre-training", "no pre-training, weights before the decoder frozen"} <= changes


def test_a_comparison_only_meets_claims_about_the_same_pair(check: Any) -> None:
    for found in check("scGPT outperforms logistic regression", limit=100).findings:
        if found.stand != "related":
            sides = {*found.claim.subject_ids, *found.claim.comparator_ids}
            assert sides & {"model:logistic_regression"} or any("baseline" in side for side in sides) or len(sides) > 1


def test_an_unknown_name_is_said_and_finds_nothing(check: Any) -> None:
    checked = check("scFoo outperforms everything")
    assert not checked.findings
    assert "'scFoo' is not in the vocabulary" in checked.notes[0]


def test_nothing_is_found_for_what_the_field_does_not_speak_of(check: Any) -> None:
    assert not check("Aspirin cures headaches").findings


def test_verdicts_and_relations_come_with_each_claim(check: Any) -> None:
    findings = check("More pre-training data improves single-cell foundation models", limit=100).findings
    assert all(found.verdicts for found in findings)
    assert any(relation.relation == "differs_in_scope" for found in findings for relation, _, _ in found.relations)


def test_a_paper_is_found_by_any_of_its_dois(known: ClaimIndex) -> None:
    paper = next(paper for paper in known.papers.values() if len(paper.dois) > 1)
    assert {check_paper(doi, known).paper for doi in paper.dois} == {paper}
    assert check_paper(f"https://doi.org/{paper.dois[0].upper()}", known).paper == paper


def test_a_doi_that_is_not_in_the_graph_is_not_guessed(known: ClaimIndex) -> None:
    with pytest.raises(NotFound, match="628448"):
        check_paper("10.1101/2024.12.13.628449", known)


def test_a_bibliography_is_matched_by_doi_arxiv_and_exact_title_only(known: ClaimIndex, tmp_path: Path) -> None:
    paper = known.papers[DENADEL]
    bib = tmp_path / "refs.bib"
    bib.write_text(
        f"@article{{doi, doi = {{10.1101/2024.12.13.628448v2}}}}\n"
        f"@article{{title, title = {{{paper.title.upper()}}}}}\n"
        f"@article{{near, title = {{{paper.title[:-5]}}}}}\n"
        "@article{nothing, year = 2020}\n@article{open, title = {x}\n",
        encoding="utf-8",
    )
    found = {one.query: one.paper.id if one.paper else None for one in check_bibliography(bib, known)}
    assert found == {"doi": DENADEL, "title": DENADEL, "near": None, "nothing": None, str(bib): None}


def test_a_claim_that_a_person_rejected_or_corrected_no_longer_speaks(known: ClaimIndex) -> None:
    statement = "More pre-training data improves single-cell foundation models"
    (first, second, *_) = check_statement(statement, known, search=lambda text, k: []).findings
    claims = dict(known.claims)
    for finding, review in ((first, "rejected"), (second, "corrected")):
        claims[finding.claim.id] = finding.claim.model_copy(update={"review": review})
    reviewed = dataclasses.replace(known, claims=claims)
    remaining = {
        f.claim.id for f in check_statement(statement, reviewed, search=lambda text, k: [], limit=1000).findings
    }
    assert remaining
    assert remaining.isdisjoint({first.claim.id, second.claim.id})


def test_a_version_that_the_graph_does_not_know_is_said_and_the_work_answered_for(known: ClaimIndex) -> None:
    unknown = check_paper("10.1101/2024.12.13.628448v9", known)
    assert unknown.notes == (
        "The graph knows no version 9 of doi:10.1101/2024.12.13.628448 (known: v1, v2, the journal version); this is "
        "about all versions of the work.",
    )
    for name in ("10.1101/2024.12.13.628448v2", "10.1101/2024.12.13.628448", DENADEL):
        known_version = check_paper(name, known)
        assert known_version.notes == ()
        assert known_version.findings == unknown.findings


def test_the_reading_of_a_statement_is_english(check: Any) -> None:
    assert check("Pre-training improves scGPT").reading == (
        "about scGPT, Pre-training; scGPT does better with pre-training"
    )
    assert check("scGPT is a transformer").reading.endswith("; nothing that a rule reads as a finding")


@pytest.mark.parametrize(
    ("statement", "stand"),
    [
        ("Geneformer was pretrained on 300 million cells", "contradicts"),
        ("Geneformer was pretrained on 29.9 million cells", "agrees"),
    ],
)
def test_numbers_are_held_against_the_sizes_that_papers_state(check: Any, statement: str, stand: str) -> None:
    first = check(statement).findings[0]
    assert first.claim.unit == "cells"
    assert first.stand == stand


@pytest.mark.parametrize(
    "statement",
    [
        "It remains unclear whether scGPT outperforms logistic regression",
        "Whether scGPT outperforms logistic regression is an open question",
        "scGPT should be compared with logistic regression",
    ],
)
def test_what_asserts_nothing_is_neither_agreed_with_nor_contradicted(check: Any, statement: str) -> None:
    assert {finding.stand for finding in check(statement).findings} <= {"related"}


def test_a_denial_is_never_answered_as_the_claim_that_it_denies(check: Any) -> None:
    asserted = {f.claim.id: f.stand for f in check("scGPT outperforms logistic regression", limit=100).findings}
    denied = {f.claim.id: f.stand for f in check("scGPT does not outperform logistic regression", limit=100).findings}
    judged = {name for name, stand in asserted.items() if stand != "related"} & denied.keys()
    assert judged
    assert all(asserted[name] != denied[name] for name in judged)


def test_reasons_put_the_statement_before_the_claim(check: Any) -> None:
    checked = check("More pre-training data improves single-cell foundation models", limit=100)
    directions = {one.reasons[0] for one in checked.findings if one.reasons and one.reasons[0].startswith("directions")}
    assert directions
    assert all(reason.startswith("directions + and ") for reason in directions)


def test_a_cut_list_says_the_limit_that_shows_all(check: Any) -> None:
    checked = check("More pre-training data improves single-cell foundation models", limit=3)
    assert any(re.fullmatch(r"\d+ more claims; --limit \d+ shows them\.", note) for note in checked.notes)
