"""One contract over all sources: what each offers works in one way, what it does not is refused in one way."""

from __future__ import annotations

from datetime import date

import pytest

from biorxivist.literature.errors import FetchError, NotOffered, NotOpenAccess, PaperNotFound
from biorxivist.literature.search import pages
from biorxivist.literature.sources import NAMES
from graph.records import Author, Paper, Reference, Version

WEBSITES = {"biorxiv_web", "medrxiv_web"}
SINCE, UNTIL = date(2026, 7, 1), date(2026, 9, 30)


@pytest.fixture(params=NAMES)
def asked(request, fake, sources_of, tmp_path, shared):
    """A source of each kind over the same twelve papers, and the DOI of one that it holds with open text."""
    services = fake(12, open_every=4)
    if request.param == "medrxiv":
        for row in services.feed:
            row["server"] = "medRxiv"
    folder = tmp_path / "papers"
    folder.mkdir()
    for number, (_doi, jats) in enumerate(services.corpus.jats.items()):
        (folder / f"{number}.xml").write_bytes(jats)
    sources = sources_of(services, folder=folder)
    return sources.open(request.param), next(iter(services.corpus.jats)), services


def refusing(source, ability):
    return not ({"search", "feed"} if ability == "search" else {ability}) & source.can


def test_a_source_says_its_name_and_what_it_can(asked) -> None:
    source, _, _ = asked
    assert source.name in NAMES
    assert source.can


def test_search_brings_every_paper_once(asked) -> None:
    source, _, _ = asked
    if refusing(source, "search"):
        with pytest.raises(NotOffered, match="ask europepmc"):
            source.search("cells")
        return
    query = "" if "feed" in source.can else {"local": "sleep", "europepmc": "of"}.get(source.name, "cells")
    days = {} if source.name == "local" else {"since": SINCE, "until": UNTIL}  # the files are of 2020 to 2022
    found = list(pages(source, query, **days, size=5))
    hits = [hit for page in found for hit in page.hits]
    assert hits
    assert len({hit.key for hit in hits}) == len(hits)
    assert sum(page.received for page in found) == len(hits) == found[0].total
    assert found[-1].cursor is None
    for hit in hits:
        assert isinstance(hit.paper, Paper)
        assert hit.paper.id == f"doi:{hit.paper.dois[0]}"
        assert hit.paper.author_ids == tuple(author.id for author in hit.authors)
        assert all(isinstance(author, Author) for author in hit.authors)
        assert all(isinstance(version, Version) and version.paper_id == hit.paper.id for version in hit.versions)


def test_a_doi_is_looked_up_and_an_unknown_one_is_not_found(asked) -> None:
    source, doi, _ = asked
    if refusing(source, "lookup"):
        with pytest.raises(NotOffered):
            source.lookup(doi)
        return
    if source.name in WEBSITES:
        doi = "10.1101/574103"
    assert doi in source.lookup(f"https://doi.org/{doi.upper()}").paper.dois
    with pytest.raises(PaperNotFound):
        source.lookup("not a doi")
    if source.name not in WEBSITES:
        with pytest.raises(PaperNotFound):
            source.lookup("10.99999/no.such.doi")


def test_text_comes_with_its_route_or_not_at_all(asked) -> None:
    source, _, services = asked
    hit = _hit(asked)
    if refusing(source, "text"):
        with pytest.raises(NotOffered):
            source.text(hit)
        return
    text = source.text(hit)
    assert text.route.startswith(source.name)
    assert text.kind in {"jats", "html"}
    assert text.body.lstrip().startswith(b"<")
    closed = _closed(services)
    if source.name not in WEBSITES:
        with pytest.raises((NotOpenAccess, PaperNotFound)):
            source.text(closed)


def test_references_are_in_order_and_of_the_paper(asked) -> None:
    source, doi, _ = asked
    if refusing(source, "references"):
        with pytest.raises(NotOffered, match="crossref"):
            source.references(doi)
        return
    found = source.references(doi)
    assert len(found) > 40
    assert all(isinstance(reference, Reference) and reference.paper_id == f"doi:{doi}" for reference in found)
    assert len({reference.id for reference in found}) == len(found)


def test_citing_papers_are_hits(asked) -> None:
    source, doi, _ = asked
    if refusing(source, "cited_by"):
        with pytest.raises(NotOffered, match="openalex"):
            source.cited_by(doi)
        return
    assert all(hit.paper.title for hit in source.cited_by(doi))


def test_what_a_service_does_wrong_is_one_of_our_errors(asked) -> None:
    source, _, services = asked
    if source.name == "local":
        return
    for kind in ("empty_200", "html_200", "cut", "truncated_gzip", "503_text", "cloudflare_403"):
        services.fault(".", kind, times=4)
        with pytest.raises(FetchError):
            source.lookup("10.1101/2026.08.01.1")
        services._faults.clear()


def _hit(asked):
    from biorxivist.literature.sources.base import Hit

    _, doi, services = asked
    row = next(row for row in services.corpus.europepmc if row["doi"] == doi)
    paper = Paper(id=f"doi:{doi}", title=row["title"], dois=(doi,))
    return Hit(paper, versions=(Version(paper_id=paper.id, label="1"),), keys={"europepmc": row["id"]})


def _closed(services):
    from biorxivist.literature.sources.base import Hit

    row = next(row for row in services.corpus.europepmc if row["doi"] not in services.corpus.jats)
    return Hit(Paper(id=f"doi:{row['doi']}", title="Closed", dois=(row["doi"],)), keys={"europepmc": row["id"]})
