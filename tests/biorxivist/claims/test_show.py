from __future__ import annotations

import pytest

from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.show import ClaimPage, EntryPage, PaperPage, show
from biorxivist.errors import NotFound
from graph.records import Claim, Model

DENADEL = "doi:10.1101/2024.12.13.628448"


def test_a_paper_is_shown_by_its_doi_an_address_its_title_or_a_citation(known: ClaimIndex) -> None:
    paper = known.papers[DENADEL]
    for name in (DENADEL, "https://doi.org/10.1101/2024.12.13.628448v1", paper.title.upper(), known.cite(DENADEL)):
        page = show(name, known)
        assert isinstance(page, PaperPage)
        assert page.paper == paper


def test_the_page_of_a_paper_holds_its_claims_authors_versions_and_citation(known: ClaimIndex) -> None:
    page = show(DENADEL, known)
    assert isinstance(page, PaperPage)
    assert {line.claim.id for line in page.claims} == {claim.id for claim in known.claims_of(DENADEL)}
    assert all(line.verdict is not None and line.verdict.claim_id == line.claim.id for line in page.claims)
    assert {version.paper_id for version in page.versions} == {DENADEL}
    assert page.authors[0].endswith("DenAdel")
    assert page.bibtex.startswith("@article{")
    assert page.disagreements
    for disagreement in page.disagreements:
        sides = {disagreement.first.paper_id, disagreement.second.paper_id}
        assert DENADEL in sides
        assert len(sides) == 2


def test_a_model_is_shown_with_facts_claims_about_it_and_papers(known: ClaimIndex) -> None:
    page = show("scgpt", known)
    assert isinstance(page, EntryPage)
    assert (page.kind, page.entry.id) == ("model", "model:scgpt")
    facts = {fact.name: fact for fact in page.facts}
    assert facts["corpus_cells"].value == 33_000_000
    assert all(fact.source for name, fact in facts.items() if name not in ("parent_id", "role"))
    assert "scGPT brain" in page.variants
    assert "scGPT brain" not in page.members
    scgpt = {"model:scgpt", *known.vocabulary.variants("model:scgpt")}
    for line in page.claims:
        assert scgpt & {*line.claim.subject_ids, *line.claim.comparator_ids}
    assert {line.claim.paper_id for line in page.claims} <= {paper_id for paper_id, _ in page.papers}


def test_a_name_of_two_things_shows_the_model_and_names_the_other(known: ClaimIndex) -> None:
    page = show("scTab", known)
    assert isinstance(page, EntryPage)
    assert page.entry.id == "model:sctab"
    assert page.also == ("dataset:sctab",)
    corpus = show("dataset:sctab", known)
    assert isinstance(corpus, EntryPage)
    assert corpus.kind == "dataset"


def test_a_claim_and_evidence_are_shown_by_their_ids_or_beginnings(known: ClaimIndex) -> None:
    evidence = next(iter(known.evidence.values()))
    for name in (evidence.claim_id, evidence.claim_id[:14], evidence.id):
        page = show(name, known)
        assert isinstance(page, ClaimPage)
        assert page.claim.id == evidence.claim_id
        assert evidence in page.verdicts
        assert [row["claim_id"] for row in page.explanations] == [page.claim.id] * len(page.verdicts)


@pytest.mark.parametrize(
    ("name", "near"), [("scGTP", "scGPT"), ("Genformer", "Geneformer"), ("DenAdl 2026", "DenAdel 2026")]
)
def test_an_unknown_name_suggests_similar_ones(name: str, near: str, known: ClaimIndex) -> None:
    with pytest.raises(NotFound) as caught:
        show(name, known)
    assert near in caught.value.suggestions


def test_an_entry_of_the_users_own_is_shown_with_the_claims_about_it() -> None:
    model = Model(id="model:mynet", name="MyNet", source_url="https://example.org/mynet", parameters=7)
    claim = Claim(
        paper_id="doi:10.1/own", version_id="doi:10.1/ownv1", statement="MyNet gains.", kind="scaling",
        subject_ids=("model:mynet",), direction="+", source_url="https://example.org", location="p. 1",
    )  # fmt: skip
    page = show("mynet", ClaimIndex.of([model, claim]))
    assert isinstance(page, EntryPage)
    assert ("parameters", 7, "https://example.org/mynet") in page.facts
    assert [(line.claim, line.verdict) for line in page.claims] == [(claim, None)]
    assert page.papers == (("doi:10.1/own", "doi:10.1/own"),)


def test_the_row_of_a_page_is_plain_values(known: ClaimIndex) -> None:
    import json

    for name in (DENADEL, "scGPT", next(iter(known.evidence))):
        row = show(name, known).row()
        assert json.loads(json.dumps(row)) == row
