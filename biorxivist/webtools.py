"""The names of the 2023 package: search the bioRxiv site and read papers from it.

>>> from biorxivist.webtools import BioRxivDriver
>>> r = BioRxivDriver().search_biorxiv("Single Cell RNA Sequencing")  # doctest: +SKIP
>>> r.more()  # doctest: +SKIP
>>> r.results[0].abstract  # doctest: +SKIP

Every call of its README works as printed there, over the polite session: each search has its own results, a search
with a single page is no crash, and the text of a paper has no captions in it. New code is better served by
`biorxivist.literature.search` and `biorxivist.get`, which need no web pages.
"""

from __future__ import annotations

import warnings
from functools import cached_property
from typing import TYPE_CHECKING, overload
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag

from biorxivist.literature.errors import BadResponse, PaperNotFound
from biorxivist.literature.http import Response, Session
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.biorxiv_web import BASE, search_path
from biorxivist.literature.sources.fields import title_of

if TYPE_CHECKING:
    from langchain_core.documents import Document as LangChainDocument

    from biorxivist.literature.document import Document

__all__ = ["BioRxiv", "BioRxivDriver", "BioRxivPaper", "SearchResult"]

PRINTED = "https://biorxiv.org"


class BioRxiv:
    """What driver, results and papers have in common: the site, and the session that queries it.

    Parameters
    ----------
    sources
        Where the site is and how fast it may be queried; as the environment says when left out.
    """

    base_url = PRINTED

    def __init__(self, sources: Sources | None = None) -> None:
        self._sources = sources or Sources.configured()
        self.session: Session = self._sources.session
        site = self._sources.endpoints["biorxiv_web"].url.rstrip("/")
        if site != BASE:
            self.base_url = site

    @property
    def _site(self) -> str:
        return BASE if self.base_url == PRINTED else self.base_url

    def get_relative_link(self, link: str) -> requests.Response:
        """Fetch a page of the site.

        Raises
        ------
        TypeError
            If the link is not text.
        FetchError
            If the page cannot be fetched.
        """
        if not isinstance(link, str):
            msg = f"The link must be text that completes an address, not {type(link).__name__}."
            raise TypeError(msg)
        within = urlsplit(self._site).path  # a mirror may serve the site below a path
        below = link.startswith("/") and not link.startswith((f"{within}/", "//") if within else "//")
        url = self._site + link if below else urljoin(self._site, link)
        if urlsplit(url).netloc not in {urlsplit(self._site).netloc, urlsplit(PRINTED).netloc}:
            msg = f"{url[:200]} leads away from {self._site}; not followed."
            raise BadResponse(msg, url=url)
        return as_requests(self.session.get(url, expect="html", keep=False))


class BioRxivPaper(BioRxiv):
    """A paper by its place on the site; abstract and text are fetched when they are first looked at.

    Parameters
    ----------
    relative_uri
        Place on the site, such as ``/content/10.1101/2023.10.19.563100v1``.
    title
        Title, if it is known.
    sources
        Where the site is.
    """

    def __init__(self, relative_uri: str, title: str | None = None, *, sources: Sources | None = None) -> None:
        super().__init__(sources)
        self.relative_uri = relative_uri
        self._title = title

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"[{self.title}]({self.uri})"

    @overload
    def __getitem__(self, idx: int) -> str: ...

    @overload
    def __getitem__(self, idx: slice) -> str: ...

    def __getitem__(self, idx: int | slice) -> str:
        return self.text[idx]

    @property
    def relative_uri(self) -> str:
        """Place on the site."""
        return self._relative_uri

    @relative_uri.setter
    def relative_uri(self, uri: str) -> None:
        if not isinstance(uri, str):
            msg = f"The relative uri must be text, not {type(uri).__name__}."
            raise TypeError(msg)
        if not uri.startswith("/"):
            msg = f'The relative uri must start with "/", {uri[:100]!r} does not.'
            raise ValueError(msg)
        self._relative_uri = uri

    @classmethod
    def from_anchortag(cls, tag: Tag, sources: Sources | None = None) -> BioRxivPaper:
        """The paper that a link leads to."""
        return cls(relative_uri=str(tag["href"]), title=title_of(tag.get_text()), sources=sources)

    @property
    def uri(self) -> str:
        """Address of the paper's page."""
        return self.base_url + self.relative_uri

    @property
    def title(self) -> str | None:
        """Title; from the paper's page if the paper was made without one."""
        if self._title is None:
            self._title = self._document_of_homepage.paper.title
        return self._title

    @title.setter
    def title(self, title: str | None) -> None:
        self._title = title

    @cached_property
    def _homepage_response(self) -> requests.Response:
        return self.fetch_home_page()

    @cached_property
    def homepage(self) -> BeautifulSoup:
        """The paper's page."""
        return BeautifulSoup(self._homepage_response.content, "html.parser")

    @cached_property
    def _document_of_homepage(self) -> Document:
        return _parsed(self._homepage_response)

    @cached_property
    def document(self) -> Document:
        """The paper with sections, figures, citations and references."""
        return _parsed(self.fetch_full_text_html())

    @cached_property
    def abstract(self) -> str:
        """Abstract, its paragraphs separated by empty lines."""
        shown = self.homepage.find("div", class_="abstract")
        paragraphs = [p.get_text(" ", strip=True) for p in shown.find_all("p")] if isinstance(shown, Tag) else []
        return "\n\n".join(part for part in paragraphs if part) or self._document_of_homepage.abstract

    @cached_property
    def text(self) -> str:
        """Abstract and paragraphs, separated by empty lines; no headings, captions, tables or references."""
        return self.fetch_text()

    @property
    def pdf_link(self) -> Tag | None:
        """The ``link`` element of the PDF."""
        link = self.homepage.find("link", {"title": "Full Text (PDF)"})
        return link if isinstance(link, Tag) else None

    @property
    def full_text_html_link(self) -> str | None:
        """Place of the full text on the site; None if the paper has none."""
        return self.find_anchor({"data-panel-name": "article_tab_full_text"})

    def find_anchor(self, tag_dict: dict[str, str]) -> str | None:
        """Target of the first link with these attributes; None, with a warning, if there is none."""
        anchor = self.homepage.find("a", attrs=dict(tag_dict))
        if isinstance(anchor, Tag) and anchor.get("href"):
            return str(anchor["href"])
        warnings.warn(f"{self.uri} has no link with {tag_dict}.", stacklevel=2)
        return None

    def fetch_home_page(self) -> requests.Response:
        """Fetch the paper's page."""
        return self.get_relative_link(self.relative_uri)

    def fetch_full_text_html(self) -> requests.Response:
        """Fetch the page with the full text; the paper's own page, if that holds it already."""
        from biorxivist.literature.parse.html import holds_text

        if holds_text(self._homepage_response.content):
            return self._homepage_response
        anchor = self.homepage.find("a", attrs={"data-panel-name": "article_tab_full_text"})
        link = str(anchor["href"]) if isinstance(anchor, Tag) and anchor.get("href") else f"{self.relative_uri}.full"
        return self.get_relative_link(link)

    def parse_full_text_response(self, response: requests.Response) -> str:
        """Abstract and paragraphs of a page."""
        passages = _parsed(response).passages
        return "\n\n".join(passage.text for passage in passages if passage.kind in ("abstract", "paragraph"))

    def fetch_text(self) -> str:
        """Fetch the full text and take it apart."""
        return self.parse_full_text_response(self.fetch_full_text_html())

    def fetch_pdf(self) -> bytes:
        """Fetch the PDF.

        Raises
        ------
        PaperNotFound
            If the page names none.
        """
        meta = self.homepage.find("meta", {"name": "citation_pdf_url"})
        address = str(meta["content"]) if isinstance(meta, Tag) and meta.get("content") else ""
        if not address:
            msg = f"{self.uri} names no PDF. Its full text may be there: try .text."
            raise PaperNotFound(msg, url=self.uri)
        answer = self.session.get(self._site + urlsplit(address).path)
        if not answer.body.startswith(b"%PDF-"):
            msg = f"{answer.url} is not a PDF. Its full text may be there: try .text."
            raise BadResponse(msg, url=answer.url, status=answer.status)
        return answer.body

    @cached_property
    def langchain_doc(self) -> list[LangChainDocument]:
        """The text in LangChain documents of about a thousand characters, with title and source."""
        from biorxivist.langchain import chunks

        anchor = self.homepage.find("a", attrs={"data-panel-name": "article_tab_full_text"})
        link = str(anchor["href"]) if isinstance(anchor, Tag) and anchor.get("href") else self.relative_uri
        source = link if urlsplit(link).scheme else self.base_url + link
        return chunks(self.text, metadata={"title": self.title, "source": source})


class SearchResult(BioRxiv):
    """Results of one search.

    Parameters
    ----------
    response
        Answer of the site to a search.
    sources
        Where the site is.
    """

    def __init__(self, response: requests.Response, *, sources: Sources | None = None) -> None:
        super().__init__(sources)
        self._results: list[BioRxivPaper] = []
        self._loaded: set[str] = set()
        self.response = response
        self.load_results()

    def __len__(self) -> int:
        return len(self._results)

    @property
    def response(self) -> requests.Response:
        """The page that was fetched last."""
        return self._response

    @response.setter
    def response(self, response: requests.Response) -> None:
        if not isinstance(response, requests.Response):
            msg = f"A search result is made of a requests.Response, not of {type(response).__name__}."
            raise TypeError(msg)
        self._response = response
        self._soup: BeautifulSoup | None = None

    @property
    def soup(self) -> BeautifulSoup:
        """The page that was fetched last, parsed."""
        if self._soup is None:
            self._soup = self.parse_response(self._response)
        return self._soup

    @staticmethod
    def parse_response(response: requests.Response) -> BeautifulSoup:
        """A page, parsed."""
        response.raise_for_status()
        return BeautifulSoup(response.content, "html.parser")

    @property
    def page(self) -> str:
        """Number of the page that was fetched last, from 1; there is no pager when all results fit on one."""
        current = self.soup.find("li", class_="pager-current")
        return current.get_text(strip=True) if isinstance(current, Tag) else "1"

    @property
    def results(self) -> list[BioRxivPaper]:
        """Papers of all pages that were fetched."""
        return self._results

    def load_results(self) -> None:
        """Take the papers from the page that was fetched last; each page counts once."""
        if self.page in self._loaded:
            return
        self._loaded.add(self.page)
        known = {paper.relative_uri for paper in self._results}
        for link in self.soup.select("a.highwire-cite-linked-title[href^='/']"):
            paper = BioRxivPaper.from_anchortag(link, self._sources)
            if paper.relative_uri not in known:
                known.add(paper.relative_uri)
                self._results.append(paper)

    def more(self) -> None:
        """Fetch the next page; nothing happens after the last one."""
        following = self._next()
        if following is not None:
            self.response = self.get_relative_link(following)
            self.load_results()

    def all(self) -> list[BioRxivPaper]:
        """Fetch all pages that are left, and return all papers."""
        while self._next() is not None:
            before = len(self._results)
            self.more()
            if len(self._results) == before:  # the site sends us in circles
                break
        return self._results

    def _next(self) -> str | None:
        link = self.soup.select_one("li.pager-next a[href]")
        return str(link["href"]) if link else None


class BioRxivDriver(BioRxiv):
    """Searches the bioRxiv site."""

    def search_biorxiv(self, query: str, num_results: int = 75) -> SearchResult:
        """Search for a query, so many results a page.

        Raises
        ------
        FetchError
            If the site does not answer; `Blocked` if it keeps scripts out.
        """
        if not query.strip():
            msg = "An empty query: give the words to search for."
            raise ValueError(msg)
        answer = self.get_relative_link(search_path(query, num_results))
        return SearchResult(answer, sources=self._sources)


def as_requests(response: Response) -> requests.Response:
    """An answer of our session in the shape that requests gives its own."""
    made = requests.Response()
    made.status_code = response.status
    made.url = response.url
    made.headers.update({name: text for name, text in response.headers.items() if name.lower() != "content-encoding"})
    made.encoding = "utf-8"
    made._content = response.body
    made.request = requests.Request("GET", response.url).prepare()
    return made


def _parsed(response: requests.Response) -> Document:
    from biorxivist.literature.parse import parse

    return parse(response.content, source_url=response.url)
