"""A folder of files as a source: JATS, saved article pages, and saved answers of the services (JSON).

A user's own files are a full citizen: they can be searched, looked up and read like any service, without a network.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from biorxivist.literature.errors import BadResponse, NotOpenAccess, PaperNotFound
from biorxivist.literature.sources import biorxiv_api, biorxiv_web, crossref, europepmc, openalex
from biorxivist.literature.sources.base import Ability, Hit, Page, Partial, Text
from biorxivist.literature.sources.fields import require_doi, rows_of
from biorxivist.literature.works import merge
from graph.records import Reference

__all__ = ["LocalFolder"]

logger = logging.getLogger(__name__)

LARGEST = 64 * 2**20
PAGE = 100
WORD = re.compile(r"\w+")
MARKUP = {".xml": "jats", ".nxml": "jats", ".jats": "jats", ".html": "html", ".htm": "html"}


@dataclass(frozen=True)
class _Entry:
    hit: Hit
    words: frozenset[str]
    path: Path
    references: tuple[Reference, ...]


class LocalFolder(Partial):
    """Files below a folder; read at the first request, then held in memory.

    Parameters
    ----------
    folder
        Where the files are; subfolders count.

    Raises
    ------
    PaperNotFound
        If there is no such folder.
    """

    name = "local"
    can: frozenset[Ability] = frozenset({"search", "lookup", "text", "references"})

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder).expanduser()
        if not self._folder.is_dir():
            msg = f"There is no folder {self._folder}. Give the folder that holds your .xml, .html or .json files."
            raise PaperNotFound(msg)
        self.problems: list[str] = []

    def search(
        self,
        query: str,
        *,
        since: date | None = None,
        until: date | None = None,
        cursor: str | None = None,
        size: int | None = None,
    ) -> Page:
        """Papers with every word of the query, or one beginning so, anywhere in them; newest first."""
        wanted = frozenset(word.lower() for word in WORD.findall(query))
        words: dict[str, frozenset[str]] = {}
        for entry in self._entries:
            words[entry.hit.paper.id] = words.get(entry.hit.paper.id, frozenset()) | entry.words
        hits = [hit for hit in self._works if _fits(wanted, _known(words, hit)) and _between(hit, since, until)]
        hits.sort(key=lambda hit: (-(_day(hit) or date.min).toordinal(), hit.paper.id))
        start = int(cursor or 0)
        page = hits[start : start + (size or PAGE)]
        following = start + len(page)
        return Page(tuple(page), len(hits), str(following) if following < len(hits) else None, len(page))

    def lookup(self, doi: str) -> Hit:
        """The paper with this DOI."""
        bare = require_doi(doi).name
        for hit in self._works:
            if bare in hit.paper.dois:
                return hit
        msg = f"No file below {self._folder} has DOI {bare}; {len(self._works)} papers are there."
        raise PaperNotFound(msg, url=self._folder.as_uri() if self._folder.is_absolute() else str(self._folder))

    def text(self, hit: Hit, *, version: str | None = None) -> Text:
        """The file of this paper; of the version that is wanted, if files of several are there."""
        dois = set(hit.paper.dois)
        fitting = [e for e in self._entries if e.path.suffix.lower() in MARKUP and dois & set(e.hit.paper.dois)]
        if version is not None:
            fitting = [entry for entry in fitting if version in {known.label for known in entry.hit.versions}]
        if not fitting:
            which = f" version {version}" if version else ""
            msg = f"No file below {self._folder} holds the text of {hit.paper.id}{which}."
            raise NotOpenAccess(msg, url=str(self._folder))
        best = max(
            fitting, key=lambda entry: (_number(entry.hit), entry.path.suffix.lower() != ".html", str(entry.path))
        )
        kind = MARKUP[best.path.suffix.lower()]
        label = best.hit.versions[-1].label if best.hit.versions else None
        body = best.path.read_bytes()
        url = best.path.resolve().as_uri()
        return Text(body, "jats" if kind == "jats" else "html", url, f"{self.name}:{best.path.name}", label)

    def references(self, doi: str) -> tuple[Reference, ...]:
        """Reference list, from the file with the longest one."""
        bare = require_doi(doi).name
        lists = [entry.references for entry in self._entries if bare in entry.hit.paper.dois]
        if not lists:
            msg = f"No file below {self._folder} has DOI {bare}."
            raise PaperNotFound(msg)
        return max(lists, key=len)

    @cached_property
    def _works(self) -> tuple[Hit, ...]:
        return merge(entry.hit for entry in self._entries)

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        entries: list[_Entry] = []
        for path in sorted(self._folder.rglob("*")):
            if path.suffix.lower() not in {*MARKUP, ".json"} or not path.is_file():
                continue
            if path.stat().st_size > LARGEST:
                self._skip(path, f"larger than {LARGEST} bytes")
                continue
            try:
                entries += _read(path)
            except (OSError, ValueError, BadResponse) as error:
                self._skip(path, str(error))
        return tuple(entries)

    def _skip(self, path: Path, reason: str) -> None:
        self.problems.append(f"{path}: {reason}")
        logger.warning("skipped %s: %s", path, reason)


def _read(path: Path) -> Iterator[_Entry]:
    if path.suffix.lower() == ".json":
        for hit in _hits_of_json(json.loads(path.read_bytes())):
            yield _Entry(hit, _words(hit, ""), path, ())
        return
    from biorxivist.literature.parse import parse

    body = path.read_bytes()
    if b"highwire-cite-linked-title" in body and path.suffix.lower() in {".html", ".htm"}:
        from bs4 import BeautifulSoup

        for hit in biorxiv_web.hits_of_search(BeautifulSoup(body, "html.parser"))[0]:
            yield _Entry(hit, _words(hit, ""), path, ())
        return
    document = parse(body)
    hit = Hit(document.paper, document.authors, document.versions)
    yield _Entry(hit, _words(hit, document.text), path, document.references)


def _hits_of_json(answer: object) -> Iterator[Hit]:
    """Rows of a saved answer, whichever service sent it."""
    if not isinstance(answer, dict):
        return
    message = answer.get("message")
    results = answer.get("resultList")
    readers: list[tuple[list[object], Callable[[object], Hit | None]]] = [
        (
            rows_of(answer.get("collection")),
            lambda row: biorxiv_api.hit_of_details(row) or biorxiv_api.hit_of_pubs(row),
        ),
        (rows_of(results.get("result")) if isinstance(results, dict) else [], europepmc.hit_of),
        (rows_of(answer.get("results")), openalex.hit_of),
        ([answer] if "openalex.org" in str(answer.get("id")) else [], openalex.hit_of),
        ([message] if isinstance(message, dict) and "DOI" in message else [], _crossref),
        (rows_of(message.get("items")) if isinstance(message, dict) else [], _crossref),
    ]
    for rows, reader in readers:
        for row in rows:
            if hit := reader(row):
                yield hit


def _crossref(row: object) -> Hit | None:
    return crossref.hit_of(row) if isinstance(row, dict) else None


def _words(hit: Hit, text: str) -> frozenset[str]:
    names = " ".join(author.name for author in hit.authors)
    return frozenset(
        word.lower() for word in WORD.findall(f"{hit.paper.title} {hit.paper.abstract or ''} {names} {text}")
    )


def _known(words: dict[str, frozenset[str]], hit: Hit) -> frozenset[str]:
    known: frozenset[str] = frozenset()
    for doi in hit.paper.dois:
        known |= words.get(f"doi:{doi}", frozenset())
    return known | words.get(hit.paper.id, frozenset())


def _fits(wanted: frozenset[str], words: frozenset[str]) -> bool:
    """Whether every word that is wanted begins a word that is there."""
    return all(word in words or any(known.startswith(word) for known in words) for word in wanted)


def _day(hit: Hit) -> date | None:
    days = [version.posted for version in hit.versions if version.posted]
    return hit.paper.posted or min(days, default=None)


def _between(hit: Hit, since: date | None, until: date | None) -> bool:
    at = _day(hit)
    if at is None:
        return since is None and until is None
    return (since is None or at >= since) and (until is None or at <= until)


def _number(hit: Hit) -> int:
    return max((int(version.label) for version in hit.versions if version.label.isdigit()), default=0)
