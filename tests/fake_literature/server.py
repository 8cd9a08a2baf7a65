"""The fake services on one loopback port, each below a prefix of its own; every request is counted and timed."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.local_server import LocalServer

from . import faults
from .corpus import Corpus


@dataclass
class Request:
    """A request that came."""

    at: float
    path: str
    agent: str


@dataclass
class FakeLiterature(LocalServer):
    """The services. ``with FakeLiterature(corpus) as fake: fake.url("europepmc") ...``."""

    corpus: Corpus
    page_size: int = 30
    extra_total: int = 0
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    on_page: Callable[[FakeLiterature, int], None] | None = None
    """Called before each page of the feed with its number, to change the rows during a harvest."""

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.feed = list(self.corpus.details)
        self._faults: list[tuple[re.Pattern[str], str, int]] = []
        self._pages = 0

    def fault(self, path: str, kind: str, times: int = 1) -> None:
        """Let the next requests whose path fits go wrong."""
        self._faults.append((re.compile(path), kind, times))

    def url(self, service: str) -> str:
        """Address of a service."""
        return f"{self.address}/{service}"

    def count(self, path: str = "") -> int:
        """Requests whose path fits."""
        with self.lock:
            return sum(re.search(path, request.path) is not None for request in self.requests)

    def busiest(self, path: str = "", window: float = 1.0) -> int:
        """Most requests in any window of so many seconds."""
        with self.lock:
            times = sorted(request.at for request in self.requests if re.search(path, request.path))
        return max((sum(start <= at < start + window for at in times) for start in times), default=0)

    def repeats(self, path: str) -> dict[str, int]:
        """Paths that were requested more than once, and how often."""
        seen: defaultdict[str, int] = defaultdict(int)
        with self.lock:
            for request in self.requests:
                if re.search(path, request.path):
                    seen[request.path] += 1
        return {name: times for name, times in seen.items() if times > 1}

    def handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(_Handler):
            services = fake

        return Handler

    def take_fault(self, path: str) -> str | None:
        with self.lock:
            for number, (pattern, kind, times) in enumerate(self._faults):
                if pattern.search(path):
                    if times == 1:
                        del self._faults[number]
                    else:
                        self._faults[number] = (pattern, kind, times - 1)
                    return kind
        return None

    def answer(self, path: str) -> tuple[int, bytes, str]:
        """Status, body and content type of a right answer."""
        parts = urlsplit(path)
        service, _, rest = parts.path.lstrip("/").partition("/")
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        answerers = {
            "biorxiv": self._biorxiv,
            "europepmc": self._europepmc,
            "crossref": self._crossref,
            "openalex": self._openalex,
            "web": self._web,
        }
        if service not in answerers:
            return 404, b"", "text/plain"
        return answerers[service](unquote(rest) if service != "web" else rest, query)

    def _biorxiv(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        if found := re.fullmatch(r"(details|pubs)/((?:bio|med)rxiv)/([\d-]{10})/([\d-]{10})/(\d+)/json", path):
            return self._interval(found[1], found[2], found[3], found[4], int(found[5]), query.get("category"))
        if found := re.fullmatch(r"(details|pubs)/((?:bio|med)rxiv)/(10\.\S+)/na/json", path):
            doi = found[3].lower()
            if found[1] == "details":
                rows = [row for row in self.feed if row["doi"] == doi and row["server"].lower() == found[2]]
            else:
                rows = [row for row in self.corpus.pubs if doi in (row["preprint_doi"], row["published_doi"])]
            if not rows:
                return _json({"messages": [{"status": "no posts found"}], "collection": []})
            return _json({"messages": [{"status": "ok", "category": "all"}], "collection": rows})
        return 404, b"", "text/plain"

    def _interval(
        self, kind: str, server: str, since: str, until: str, start: int, category: str | None
    ) -> tuple[int, bytes, str]:
        with self.lock:
            self._pages += 1
            number = self._pages
        if self.on_page:
            self.on_page(self, number)
        rows = [r for r in self.feed if r["server"].lower() == server] if kind == "details" else self.corpus.pubs
        dated = [row for row in rows if since <= row.get("date", row.get("published_date", "")) <= until]
        if category:
            dated = [row for row in dated if row["category"].replace(" ", "_") == category]
        page = dated[start : start + self.page_size]
        if not page:
            return _json({"messages": [{"status": "no posts found", "category": "all"}]})
        message = {
            "status": "ok",
            "category": category or "all",
            "interval": f"{since}:{until}",
            "cursor": start,
            "count": len(page),
            "count_new_papers": str(sum(row.get("version", "1") == "1" for row in dated)),
            "total": str(len(dated) + self.extra_total),
        }
        return _json({"messages": [message], "collection": page})

    def _europepmc(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        if found := re.fullmatch(r"(PPR\d+)/fullTextXML", path):
            row = next((row for row in self.corpus.europepmc if row["id"] == found[1]), None)
            body = self.corpus.jats.get(row["doi"]) if row else None
            return (200, body, "application/xml") if body else (404, b"", "text/plain")
        if re.fullmatch(r"(PPR|MED)/\w+/citations", path):
            return _json({"version": "6.9", "hitCount": 0, "citationList": {"citation": []}})
        if path != "search":
            return 404, b"", "text/plain"
        size, text = int(query.get("pageSize", "25")), query.get("query", "")
        if not 1 <= size <= 1000:
            return _json({"errCode": 404, "errMsg": "Invalid page size provided. Valid size is between 1 and 1000"})
        rows = self.corpus.europepmc
        if found := re.search(r'DOI:"([^"]+)"', text):
            rows = [row for row in rows if row["doi"] == found[1].lower()]
        else:
            if found := re.search(r"FIRST_PDATE:\[(\S+) TO (\S+)\]", text):
                rows = [row for row in rows if found[1] <= row["firstPublicationDate"] <= found[2]]
            bare = re.sub(r"FIRST_PDATE:\[[^]]*\]|SRC:PPR|\bAND\b|[()\"]", " ", text).lower().split()
            rows = [row for row in rows if all(word in row["title"].lower() for word in bare)]
        mark = query.get("cursorMark", "*")
        start = 0 if mark == "*" else int(mark.removeprefix("AoII"))
        page = rows[start : start + min(size, self.page_size)]
        following = f"AoII{start + len(page)}" if page else mark
        found_rows = {"version": "6.9", "hitCount": len(rows) + self.extra_total, "nextCursorMark": following}
        return _json({**found_rows, "request": {"cursorMark": mark}, "resultList": {"result": page}})

    def _crossref(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        work = self.corpus.crossref.get(path.removeprefix("works/").lower())
        if work is None:
            return 404, b"Resource not found.", "text/plain"
        return _json({"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": work})

    def _openalex(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        if path == "works" and query.get("filter", "").startswith("cites:"):
            rows = list(self.corpus.openalex.values())[: self.page_size]
            return _json({"meta": {"count": len(rows), "next_cursor": None}, "results": rows})
        work = self.corpus.openalex.get(path.removeprefix("works/doi:").lower())
        if work is None:
            return 404, b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n", "text/html"
        return _json(work)

    def _web(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        if path.startswith("search/"):
            return self._site_search(path, int(query.get("page", "0")))
        if found := re.fullmatch(r"content/early/\d+/\d+/\d+/(\S+)\.source\.xml", path):
            for doi, body in self.corpus.jats.items():
                if doi.endswith(found[1]):
                    return 200, body, "application/xml"
            return 404, b"", "text/html"
        if re.fullmatch(r"content/10\.\S+", path):
            return 200, self.corpus.article_html.encode(), "text/html; charset=utf-8"
        return 404, b"<html><title>Page not found</title></html>", "text/html"

    def _site_search(self, path: str, page: int) -> tuple[int, bytes, str]:
        """The captured search page, with as many of our rows as were requested in place of its four."""
        wanted = re.search(r"numresults(?::|%3A)(\d+)", path)
        size = int(wanted[1]) if wanted else 10
        rows = self.corpus.europepmc
        shown = rows[page * size : (page + 1) * size]
        html = self.corpus.search_html
        first = re.search(r'<li class="first odd search-result.*?</li>', html, re.S)
        assert first is not None
        items = []
        for row in shown:
            item = first[0].replace("10.1101/185876v2", f"{row['doi']}v1").replace("10.1101/185876", row["doi"])
            item = item.replace(
                "Complemented palindrome small RNAs first discovered from SARS coronavirus", row["title"]
            )
            items.append(item)
        start, end = (
            html.index('<ul class="highwire-search-results-list">'),
            html.index('<h2 class="element-invisible">'),
        )
        html = html[:start] + '<ul class="highwire-search-results-list">' + "".join(items) + "</ul>" + html[end:]
        html = html.replace("701 Results", f"{len(rows):,} Results")
        here = f"/{path}"
        last = (len(rows) - 1) // size
        pager = html.index('<div class="pager-wrapper')
        html = html[:pager] + _pager(here, page, last) + "</div></body></html>"
        return 200, html.encode(), "text/html; charset=utf-8"


def _pager(path: str, page: int, last: int) -> str:
    """The site's pager; none at all when there is one page."""
    if last < 1:
        return ""
    following = (
        f'<li class="pager-next first last odd"><a href="{path}?page={page + 1}" class="link-icon">Next</a></li>'
    )
    return (
        '<div class="pager-wrapper"><ul class="pager pager-items-last">'
        f'{following if page < last else ""}</ul><ul><li class="pager-current even">{page + 1}</li></ul></div>'
    )


def _json(value: object) -> tuple[int, bytes, str]:
    return 200, json.dumps(value).encode(), "application/json;charset=UTF-8"


class _Handler(BaseHTTPRequestHandler):
    services: FakeLiterature
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        at = time.monotonic()
        services = self.services
        with services.lock:
            services.requests.append(Request(at, self.path, self.headers.get("User-Agent", "")))
        fault = services.take_fault(self.path)
        try:
            if fault in {"redirect_loop", "redirect_ladder"}:
                services.fault(re.escape(self.path), fault)
            status, body, kind = (
                (0, b"", "") if fault and "cut" not in fault and "gzip" not in fault else services.answer(self.path)
            )
            if fault:
                faults.apply(fault, self, body)
            else:
                faults.send(self, status, body, kind)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Print nothing."""
