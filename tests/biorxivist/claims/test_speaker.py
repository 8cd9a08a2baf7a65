from __future__ import annotations

from typing import Any

import pytest

from biorxivist.claims.index import ClaimIndex
from graph.records import Author, Claim, Paper

ARTICLE, OTHER = "doi:10.1/article", "doi:10.1/other"


def index_of(**paper: Any) -> ClaimIndex:
    """An article by DenAdel, one by Bahrami, and a work of Theis of which the fields are given."""
    family = {"key:post": "Theis", ARTICLE: "DenAdel", OTHER: "Bahrami"}
    authors = {work: Author(family=name, paper_id=work, position=1) for work, name in family.items()}
    facts: dict[str, dict[str, Any]] = {"key:post": paper, ARTICLE: {}, OTHER: {}}
    papers = [
        Paper(id=work, title="A title", year=2026, author_ids=(authors[work].id,), **fields)
        for work, fields in facts.items()
    ]
    return ClaimIndex.of([*authors.values(), *papers])


def claim(**fields: Any) -> Claim:
    base = {"paper_id": "key:post", "version_id": "key:postv1", "statement": "It scales.", "kind": "qualitative",
            "source_url": "https://example.org", "location": "post"}  # fmt: skip
    return Claim.model_validate({**base, **fields})


@pytest.mark.parametrize("kind", ["commentary", "summary", "thread", "note"])
def test_whoever_retells_or_criticises_speaks_for_itself_and_the_article_is_named(kind: str) -> None:
    index = index_of(kind=kind, discusses_ids=(ARTICLE,))
    assert index.who(claim(evidence_type="commentary")) == f"Theis 2026 ({kind} on DenAdel 2026)"


def test_a_work_on_several_articles_names_the_first() -> None:
    index = index_of(kind="commentary", discusses_ids=(ARTICLE, OTHER))
    assert index.who(claim()) == "Theis 2026 (commentary on DenAdel 2026 and others)"


@pytest.mark.parametrize(
    ("evidence_type", "words"),
    [("author", ""), ("commentary", " (in a commentary)"), ("summary", " (as a summary reports)"),
     ("code", " (by its code)")],
)  # fmt: skip
def test_an_article_speaks_in_its_text_unless_the_claim_says_otherwise(evidence_type: str, words: str) -> None:
    assert index_of().who(claim(evidence_type=evidence_type)) == f"Theis 2026{words}"


def test_a_cited_finding_names_whose_it_is_where_that_is_known_and_not_said_already() -> None:
    cited = {"attribution": "cited"}
    assert index_of().who(claim(**cited)) == "Theis 2026 (citing others)"
    assert index_of().who(claim(**cited, attributed_to=OTHER)) == "Theis 2026 (citing Bahrami 2026)"
    note = index_of(kind="note", discusses_ids=(ARTICLE,))
    assert note.who(claim(**cited, attributed_to=ARTICLE)) == "Theis 2026 (note on DenAdel 2026)"
    assert note.who(claim(**cited, attributed_to=OTHER)) == "Theis 2026 (note on DenAdel 2026, citing Bahrami 2026)"
