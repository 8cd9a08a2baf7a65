"""medRxiv is served beside bioRxiv, by the same API under another name; a DOI does not say whose it is."""

from __future__ import annotations

import pytest

from biorxivist.literature.errors import NotOpenAccess, PaperNotFound
from biorxivist.literature.get import get, look_up
from biorxivist.literature.harvest.run import sync
from biorxivist.literature.search import search
from graph.archive import Archive
from graph.records import Paper


@pytest.fixture
def mixed(fake):
    """Twelve papers, of which every third is of medRxiv, unknown to Europe PMC."""
    services = fake(12)
    for number, row in enumerate(services.feed):
        if number % 3 == 0:
            row["server"] = "medRxiv"
    medical = [row for row in services.feed if row["server"] == "medRxiv"]
    names = {row["doi"] for row in medical}
    services.corpus.europepmc[:] = [row for row in services.corpus.europepmc if row["doi"] not in names]
    return services, medical


@pytest.mark.parametrize(("source", "papers"), [("medrxiv", 4), ("biorxiv", 8)])
def test_a_feed_has_the_papers_of_its_server(source: str, papers: int, mixed, sources_of, tmp_path) -> None:
    services, _ = mixed
    archive = Archive(tmp_path / "archive")
    report = sync(since="2026-08-01", until="2026-08-31", source=source, archive=archive, state=tmp_path / "sync",
                  sources=sources_of(services))  # fmt: skip
    assert (report.source, report.expected, report.got, report.papers) == (source, papers, papers, papers)
    servers = {paper.server for paper in archive.read("Paper") if isinstance(paper, Paper)}
    assert servers == {"medRxiv" if source == "medrxiv" else "bioRxiv"}
    assert services.count(f"details/{source}/") == services.count("details")


@pytest.mark.parametrize("number", range(4))
def test_a_doi_is_found_whichever_server_has_it(number: int, mixed, sources_of) -> None:
    services, medical = mixed
    hit, answers = look_up(medical[number]["doi"], sources_of(services))
    assert hit.paper.server == "medRxiv"
    assert hit.paper.source_url == f"https://www.medrxiv.org/content/{medical[number]['doi']}v1"
    assert answers["medrxiv (lookup)"] == "answered"


def test_a_paper_of_biorxiv_is_not_asked_of_medrxiv(mixed, sources_of) -> None:
    services, _ = mixed
    doi = next(row["doi"] for row in services.feed if row["server"] == "bioRxiv")
    assert look_up(doi, sources_of(services))[0].paper.server == "bioRxiv"
    assert services.count("medrxiv") == 0


def test_a_doi_of_neither_is_said_to_be_of_neither(mixed, sources_of) -> None:
    services, _ = mixed
    with pytest.raises(PaperNotFound, match="No source knows"):
        look_up("10.64898/2026.01.01.999999", sources_of(services))


def test_the_site_of_the_server_is_asked_for_a_text(mixed, sources_of) -> None:
    services, medical = mixed
    with pytest.raises(NotOpenAccess) as caught:
        get(medical[0]["doi"], web=True, sources=sources_of(services))
    assert caught.value.routes["medrxiv_web"] == "sent the text of 10.1101/574103"
    assert "biorxiv_web" not in caught.value.routes


def test_the_feed_of_medrxiv_is_searched_by_day(mixed, sources_of) -> None:
    services, _ = mixed
    found = search("", since="2026-08-01", until="2026-08-31", source="medrxiv", sources=sources_of(services))
    assert len(found.all()) == 4
    assert {paper.venue for paper in found} == {"medRxiv"}
