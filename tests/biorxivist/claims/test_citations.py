"""Who cites a paper, what it cites, and which of them disagree with it."""

from __future__ import annotations

import pytest

from biorxivist.claims.citations import citations
from biorxivist.literature.errors import FetchError
from graph.archive import Archive
from graph.records import Claim, Paper, Reference, Relation
from tests.biorxivist.literature.conftest import fake, sources_of

__all__ = ["fake", "sources_of"]


@pytest.fixture
def field(fake, sources_of, tmp_path):
    """A paper with a reference list, two papers that cite it, one of which contradicts it."""
    services = fake(6)
    own, opponent, friend = (row["doi"] for row in services.feed[:3])
    archive = Archive(tmp_path / "archive")
    claims = {}
    for doi in (own, opponent, friend):
        work = f"doi:{doi}"
        claims[doi] = Claim(
            paper_id=work, version_id=f"{work}v1", statement="s", kind="qualitative", source_url="https://x.org",
            location=doi,
        )  # fmt: skip
        archive.append([Paper(id=work, title=f"Paper {doi}", year=2026, dois=(doi,)), claims[doi]], writer="a")
    for other, relation in ((opponent, "contradicts"), (friend, "agrees")):
        first, second = sorted((claims[own].id, claims[other].id))
        archive.append([Relation(claim_id=first, other_id=second, relation=relation, rule="r@1")], writer="a")
    entries = [
        Reference(paper_id=f"doi:{own}", key="2", text="Opponent 2020.", doi=opponent, title="The opponent"),
        Reference(paper_id=f"doi:{own}", key="10", text="A book of 1999.", year=1999),
        Reference(paper_id=f"doi:{own}", key="1", text="Unknown.", doi="10.1/unknown"),
    ]
    archive.append(entries, writer="a")
    return services, sources_of(services), archive, own, opponent, claims


def test_citing_papers_are_those_of_the_services_with_the_opponent_first(field) -> None:
    services, sources, archive, own, opponent, claims = field
    papers, problems = citations(own, archive, sources, directions=["in"])
    assert problems == []
    assert len(papers) == len(services.corpus.openalex)
    assert {paper.direction for paper in papers} == {"in"}
    assert (papers[0].doi, papers[0].contradicts, papers[0].claims) == (opponent, (claims[opponent].id,), 1)
    assert not any(paper.contradicts for paper in papers[1:])


def test_cited_papers_are_those_of_the_reference_list(field) -> None:
    services, sources, archive, own, opponent, claims = field
    papers, _ = citations(own, archive, sources, directions=["out"])
    assert [paper.title for paper in papers] == ["The opponent", "A book of 1999.", "Unknown."]
    assert papers[0].contradicts == (claims[opponent].id,)
    assert [paper.paper_id for paper in papers[1:]] == [None, None]
    assert services.count() == 0, "the archive has the list"


def test_without_a_list_in_the_archive_the_deposited_one_is_read(field) -> None:
    services, sources, archive, *_ = field
    other = services.feed[4]["doi"]
    papers, _ = citations(other, archive, sources, directions=["out"])
    assert len(papers) == len(services.corpus.crossref[other]["reference"])


def test_a_service_that_fails_is_said_and_the_other_one_is_enough(field) -> None:
    services, sources, archive, own, *_ = field
    services.fault("openalex", "404_empty", times=5)
    papers, problems = citations(own, archive, sources)
    assert len(papers) == 3
    assert len(problems) == 1


def test_without_any_answer_the_error_is_told(field) -> None:
    _, sources, archive, *_ = field
    with pytest.raises(FetchError):
        citations("10.1101/1999.01.01.000001", archive, sources)
