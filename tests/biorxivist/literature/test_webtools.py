"""Every call of the README of the 2023 package, with what it printed there."""

from __future__ import annotations

import pytest
import requests

from biorxivist.literature.errors import BadResponse, Blocked
from biorxivist.webtools import BioRxivDriver, BioRxivPaper, SearchResult


@pytest.fixture
def driver(fake, sources_of):
    services = fake(160)
    return BioRxivDriver(sources_of(services)), services


def test_the_readme_of_2023_works_as_printed(driver) -> None:
    driver, services = driver
    r = driver.search_biorxiv("Single Cell RNA Sequencing")
    assert r.response.request.url.endswith("/search/Single+Cell+RNA+Sequencing%20numresults:75")
    assert type(r) is SearchResult
    r.load_results()
    assert len(r.results) == 75
    r.more()
    assert len(r.results) == 150
    first = r.results[0]
    assert repr(r.results[0:1]) == f"[[{first.title}]({first.uri})]"
    assert first.title == services.corpus.europepmc[0]["title"].replace("  ", " ")
    assert first.uri.endswith(f"/content/{services.corpus.europepmc[0]['doi']}v1")
    r.more()
    assert len(r.results) == 160
    r.more()
    assert len(r.results) == 160, "after the last page nothing happens"


def test_a_paper_gives_title_abstract_text_and_documents(driver, capsys) -> None:
    driver, _ = driver
    paper = driver.search_biorxiv("MERS").results[0]
    assert "dromedary-to-human" in paper.abstract
    assert paper.text.startswith(paper.abstract[:40])
    print(paper)
    assert capsys.readouterr().out == paper.text + "\n"
    assert paper[0:20] == paper.text[0:20]
    documents = paper.langchain_doc
    assert documents
    assert documents[0].metadata["title"] == paper.title
    assert documents[0].metadata["source"].startswith("http")
    assert "\n\n".join(document.page_content for document in documents) == paper.text


def test_captions_are_not_mixed_into_the_text(driver) -> None:
    driver, _ = driver
    paper = driver.search_biorxiv("MERS").results[0]
    captions = [passage.text for passage in paper.document.passages if passage.kind == "caption"]
    assert captions
    assert not any(caption in paper.text for caption in captions)


def test_a_paper_is_fetched_once(driver) -> None:
    driver, services = driver
    paper = driver.search_biorxiv("MERS").results[0]
    before = services.count()
    for _ in range(2):
        assert paper.abstract
        assert paper.text
        assert paper.langchain_doc
    assert services.count() - before <= 2


def test_a_paper_can_be_made_by_hand_and_learns_its_title(driver) -> None:
    driver, _ = driver
    paper = BioRxivPaper("/content/10.1101/574103v1", sources=driver._sources)
    assert paper.title.startswith("A systematic review of MERS-CoV")
    assert BioRxivPaper("/content/x", title="Given").title == "Given"
    assert repr(BioRxivPaper("/content/10.1101/2023.10.19.563100v1", title="A Deep Dive")) == (
        "[A Deep Dive](https://biorxiv.org/content/10.1101/2023.10.19.563100v1)"
    )
    with pytest.raises(ValueError, match="must start with"):
        BioRxivPaper("content/x")
    with pytest.raises(TypeError):
        BioRxivPaper(None)


def test_two_searches_have_their_own_results(driver) -> None:
    driver, _ = driver
    first = driver.search_biorxiv("one", num_results=10)
    second = driver.search_biorxiv("two", num_results=25)
    assert first.results is not second.results
    assert (len(first.results), len(second.results)) == (10, 25)


def test_a_single_page_is_no_crash(fake, sources_of) -> None:
    driver = BioRxivDriver(sources_of(fake(3)))
    r = driver.search_biorxiv("few")
    assert (len(r.results), r.page) == (3, "1")
    r.more()
    assert len(r.results) == 3


def test_all_fetches_every_page(driver) -> None:
    driver, _ = driver
    assert len(driver.search_biorxiv("x", num_results=50).all()) == 160


def test_a_result_is_made_of_a_response(driver) -> None:
    driver, _ = driver
    with pytest.raises(TypeError, match=r"requests\.Response"):
        SearchResult("<html>")
    assert isinstance(driver.get_relative_link("/search/x%20numresults:10"), requests.Response)


def test_a_bot_wall_is_told_and_not_evaded(driver) -> None:
    driver, services = driver
    services.fault("search", "cloudflare_403", times=9)
    with pytest.raises(Blocked, match="europepmc"):
        driver.search_biorxiv("cells")
    assert services.count() == 1


def test_a_link_away_from_the_site_is_not_followed(driver) -> None:
    driver, services = driver
    with pytest.raises(BadResponse, match="leads away"):
        driver.get_relative_link("https://evil.example/x")
    with pytest.raises(BadResponse, match="leads away"):
        driver.get_relative_link("http://evil.example")
    assert services.count() == 0


def test_a_query_travels_as_words_whatever_is_in_it(driver) -> None:
    driver, services = driver
    driver.search_biorxiv('a/b?c#d&e "f" <g> numresults:9')
    assert services.requests[-1].path.startswith(
        "/web/search/a%2Fb%3Fc%23d%26e+%22f%22+%3Cg%3E+numresults%3A9%20numresults:75"
    )


def test_the_page_of_an_abstract_is_no_full_text_whatever_its_class(driver) -> None:
    driver, services = driver
    paper = driver.search_biorxiv("MERS").results[0]
    whole = paper.fetch_home_page()
    page = whole.content
    begin, end = page.index(b'<div class="section" id="sec-1"'), page.rindex(b'<div class="section ref-list"')
    whole._content = page[:begin] + page[end:]
    assert b"fulltext-view" in whole.content
    paper.__dict__["_homepage_response"] = whole
    before = services.count()
    assert "seroprevalence" in paper.text.removeprefix(paper.abstract)
    assert services.count() == before + 1
