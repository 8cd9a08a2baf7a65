from __future__ import annotations

from datetime import date

import pytest

from biorxivist.literature.errors import Blocked, EmptyResponse, MissingPart, NotOffered, NotOpenAccess, PaperNotFound
from biorxivist.literature.get import get
from biorxivist.literature.search import search
from biorxivist.literature.table import COLUMNS, write_table

DOI = "10.64898/2026.07.01.600000"


def test_nothing_is_fetched_before_it_is_looked_at(fake, sources_of) -> None:
    services = fake(109)
    found = search("of", sources=sources_of(services), limit=20)
    assert services.count() == 0
    assert len(found) == 20
    assert services.count() == 1


def test_more_all_length_and_slices(fake, sources_of) -> None:
    services = fake(109, page_size=100)
    found = search("of", sources=sources_of(services), limit=20)
    assert len(found.more()) == 40
    assert len(found.more(5)) == 45
    assert [paper.id for paper in found[:3]] == [paper.id for paper in found][:3]
    assert found[-1] == found[44]
    assert found.total == 109
    assert not found.complete
    assert len(found.all()) == 109
    assert found.complete
    assert len({paper.id for paper in found}) == 109
    assert services.count() == 7, "six pages, and the empty one that says that it was the last"


def test_after_an_error_the_search_goes_on_with_the_page_that_failed(fake, sources_of) -> None:
    services = fake(50)
    found = search("of", sources=sources_of(services), limit=10)
    assert len(found) == 10
    services.fault("search", "empty_200", times=4)
    with pytest.raises(EmptyResponse):
        found.all()
    assert len(found) == 10
    assert len(found.all()) == 50


def test_two_searches_share_nothing(fake, sources_of) -> None:
    services = fake(40)
    sources = sources_of(services)
    first, second = search("cells", sources=sources), search("atlas", sources=sources)
    assert all("cells" in paper.title.lower() for paper in first)
    assert all("atlas" in paper.title.lower() for paper in second)
    assert len(first)
    assert len(second)


def test_a_search_without_hits_is_empty_not_an_error(fake, sources_of) -> None:
    found = search("nosuchword", sources=sources_of(fake(5)))
    assert len(found) == 0
    assert list(found.all()) == []
    assert found.total == 0


def test_days_bound_the_search(fake, sources_of) -> None:
    services = fake(20)
    found = search("of", since="2026-08-02", until=date(2026, 8, 2), sources=sources_of(services))
    assert 0 < len(found) < 20
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        search("x", since="yesterday", sources=sources_of(services))
    with pytest.raises(ValueError, match="swap them"):
        search("x", since="2026-08-02", until="2026-08-01", sources=sources_of(services))
    with pytest.raises(ValueError, match="empty query"):
        search(" ", sources=sources_of(services))


@pytest.mark.parametrize("source", ["europepmc", "biorxiv", "biorxiv_web"])
def test_every_source_that_can_search_gives_the_same_papers(source, fake, sources_of) -> None:
    services = fake(23)
    query = "" if source == "biorxiv" else "of"
    found = search(query, since="2026-08-01", until="2026-08-31", source=source, sources=sources_of(services), limit=10)
    assert {paper.dois[0] for paper in found.all()} == {row["doi"] for row in services.feed}


def test_a_source_that_cannot_search_says_who_can(fake, sources_of) -> None:
    with pytest.raises(NotOffered, match="europepmc"):
        len(search("x", source="crossref", sources=sources_of(fake(2))))
    with pytest.raises(NotOffered, match="there are europepmc"):
        search("x", source="pubmed", sources=sources_of(fake(2)))


def test_a_table_has_a_row_for_each_paper(fake, sources_of, tmp_path) -> None:
    found = search("of", sources=sources_of(fake(7)))
    frame = found.to_pandas()
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 7
    assert str(frame.posted.dtype).startswith("datetime64")
    assert write_table(found.hits, tmp_path / "papers.csv") == 7
    assert (tmp_path / "papers.csv").read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    with pytest.raises(ValueError, match=r"\.csv or \.parquet"):
        write_table(found.hits, tmp_path / "papers.xls")


def test_parquet_is_written_or_says_what_is_missing(fake, sources_of, tmp_path) -> None:
    found = search("of", sources=sources_of(fake(3)))
    try:
        import pyarrow.parquet as pq
    except ImportError:
        with pytest.raises(MissingPart, match="pyarrow"):
            write_table(found.hits, tmp_path / "papers.parquet")
    else:
        write_table(found.hits, tmp_path / "papers.parquet")
        assert pq.read_table(tmp_path / "papers.parquet").num_rows == 3


def test_a_spreadsheet_takes_no_title_for_a_formula(fake, sources_of, tmp_path) -> None:
    services = fake(2)
    services.corpus.europepmc[0]["title"] = '=HYPERLINK("http://evil") of'
    write_table(search("of", sources=sources_of(services)).hits, tmp_path / "papers.csv")
    assert "\"'=HYPERLINK" in (tmp_path / "papers.csv").read_text(encoding="utf-8")


def test_a_paper_is_fetched_with_its_text_and_the_log_says_how(fake, sources_of) -> None:
    services = fake(4, open_every=4)
    document = get(DOI, sources=sources_of(services))
    assert document.paper.id == f"doi:{DOI}"
    assert document.paper.category == "animal behavior and cognition", "from the API, not in the text"
    assert document.paper.title == services.feed[0]["title"]
    assert len(document.references) == 62
    assert {passage.paper_id for passage in document.passages} == {f"doi:{DOI}"}
    version = next(version for version in document.versions if version.label == "1")
    assert version.text_route == "europepmc:PPR1300000"
    assert any("full text by europepmc" in drop.reason for drop in document.log)
    ids = {passage.id for passage in document.passages}
    assert {citation.passage_id for citation in document.citations} <= ids
    assert {figure.passage_id for figure in document.figures if figure.passage_id} <= ids


def test_the_second_time_it_comes_from_the_cache(fake, sources_of) -> None:
    services = fake(4, open_every=4)
    sources = sources_of(services)
    first = get(DOI, sources=sources)
    asked = services.count()
    assert get(DOI, sources=sources).passages == first.passages
    assert services.count() == asked
    assert get(DOI, sources=sources_of(services, offline=True)).passages == first.passages


def test_without_full_text_the_services_are_enough(fake, sources_of) -> None:
    services = fake(4, revised=4)
    document = get(DOI, full_text=False, sources=sources_of(services))
    assert [version.label for version in document.versions] == ["1", "2", "3"]
    assert document.passages == ()
    assert services.count("fullTextXML") == 0


def test_a_text_that_is_not_open_says_which_routes_were_tried(fake, sources_of) -> None:
    services = fake(4)
    with pytest.raises(NotOpenAccess) as caught:
        get(DOI, sources=sources_of(services))
    assert set(caught.value.routes) == {"europepmc", "biorxiv_web", "local"}
    assert "has to be chosen" in caught.value.routes["biorxiv_web"]


def test_the_site_is_asked_when_it_was_chosen_and_only_then(fake, sources_of) -> None:
    services = fake(4, open_every=4)
    services.corpus.europepmc[0]["doi"] = "10.9999/other"  # Europe PMC does not know it
    services.corpus.jats = dict(services.corpus.jats)
    with pytest.raises(NotOpenAccess):
        get(DOI, sources=sources_of(services))
    assert services.count("^/web/") == 0
    document = get(DOI, web=True, sources=sources_of(services))
    assert next(v for v in document.versions if v.text_route).text_route == "biorxiv_web:jats"
    assert any("europepmc" in drop.reason for drop in document.log)


def test_the_article_page_is_read_where_there_is_no_jats(fake, sources_of) -> None:
    document = get("10.1101/574103", web=True, sources=sources_of(fake(2)))
    assert next(v for v in document.versions if v.text_route).text_route == "biorxiv_web:html"
    assert document.paper.title.startswith("A systematic review of MERS-CoV")
    assert document.passages
    assert document.references


def test_a_version_that_is_not_there_is_not_found(fake, sources_of) -> None:
    services = fake(4, revised=4)
    with pytest.raises(PaperNotFound, match="there are 1, 2, 3"):
        get(f"{DOI}v7", sources=sources_of(services))


def test_the_text_of_another_version_is_not_passed_off(fake, sources_of) -> None:
    services = fake(4, revised=4, open_every=4)
    assert get(f"{DOI}v3", sources=sources_of(services)).passages
    with pytest.raises(NotOpenAccess, match="holds version 3, version 1 was asked"):
        get(DOI, version=1, sources=sources_of(services))


def test_the_users_own_files_are_a_route(fake, sources_of, tmp_path, shared) -> None:
    from tests.fake_literature.corpus import rename

    services = fake(4)
    raw = (shared / "samples/jats/biorxiv_2022.03.15.484463.xml").read_bytes()
    (tmp_path / "mine.xml").write_bytes(rename(raw, DOI, 1))
    document = get(DOI, sources=sources_of(services, folder=tmp_path))
    assert next(v for v in document.versions if v.text_route).text_route == "local:mine.xml"


def test_a_wall_at_the_only_route_is_told_as_a_wall(fake, sources_of) -> None:
    services = fake(4, open_every=4)
    services.fault("fullTextXML", "cloudflare_403", times=9)
    with pytest.raises(Blocked):
        get(DOI, sources=sources_of(services))


def test_a_journal_doi_leads_to_the_preprint_and_its_versions(fake, sources_of) -> None:
    services = fake(8, revised=3)
    row = services.corpus.pubs[0]
    for details in services.feed:
        details["published"] = "NA"  # the feed has not heard of it yet, pubs has
    by_journal = get(row["published_doi"], full_text=False, sources=sources_of(services))
    by_preprint = get(row["preprint_doi"], full_text=False, sources=sources_of(services))
    assert by_journal.paper.id == by_preprint.paper.id == f"doi:{row['preprint_doi']}"
    assert by_journal.paper.published_doi == row["published_doi"]
    assert [version.label for version in by_journal.versions] == ["1", "2", "3", "journal"]


def test_an_unknown_doi_is_not_found_and_what_is_none_is_said(fake, sources_of) -> None:
    services = fake(2)
    with pytest.raises(PaperNotFound, match="No source knows"):
        get("10.1101/2001.01.01.000001", sources=sources_of(services))
    with pytest.raises(PaperNotFound, match="is not a DOI"):
        get("Geneformer", sources=sources_of(services))
