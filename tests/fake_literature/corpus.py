"""Papers for the fake services: real captured rows and files, edited, so that the fake cannot mirror its client."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST_DAY = date(2026, 8, 1)
WORDS = (
    "cells", "atlas", "scaling", "transformer", "perturbation", "annotation", "batch", "donor",
    "saturation", "embedding",
)  # fmt: skip


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@dataclass
class Corpus:
    """Rows as the services send them."""

    details: list[dict[str, Any]]
    """bioRxiv ``details`` rows, one per version, in the order of the feed."""
    europepmc: list[dict[str, Any]]
    """Europe PMC rows of the same papers."""
    jats: dict[str, bytes] = field(default_factory=dict)
    """DOI -> JATS of its newest version, where it is open."""
    crossref: dict[str, dict[str, Any]] = field(default_factory=dict)
    """DOI -> Crossref work."""
    openalex: dict[str, dict[str, Any]] = field(default_factory=dict)
    """DOI -> OpenAlex work."""
    pubs: list[dict[str, Any]] = field(default_factory=list)
    """bioRxiv ``pubs`` rows."""
    article_html: str = ""
    search_html: str = ""


def build(samples: Path, papers: int = 109, *, revised: int = 0, open_every: int = 0) -> Corpus:
    """So many papers; every ``revised``-th has three versions, every ``open_every``-th open full text.

    The feed holds one row per version. Every other DOI has the prefix of 2025 and before, every other the new one.
    """
    row = _load(samples / "api/biorxiv_details_interval_2026-08-01_2026-08-02.trimmed.json")["collection"][0]
    lite = _load(samples / "api/europepmc_search_ppr_lite.trimmed.json")["resultList"]["result"][0]
    work = _load(samples / "api/crossref_work_biorxiv_10.1101_2024.04.01.587366.json")["message"]
    article = _load(samples / "api/openalex_work_10.1016_j.xgen.2025.100814.json")
    link = _load(samples / "api/biorxiv_pubs_2026-06-01_2026-06-05.trimmed.json")["collection"][0]
    files = [(samples / f"jats/{name}").read_bytes() for name in JATS]
    corpus = Corpus([], [])
    for number in range(papers):
        doi = f"{('10.64898', '10.1101')[number % 2]}/2026.{7 + number % 2:02d}.{number % 28 + 1:02d}.{600000 + number}"
        title = f"{WORDS[number % 10].capitalize()} of {row['title'][:39].lower()} {number}"
        published = f"10.1016/j.fake.2026.{number}" if number % 10 == 3 else "NA"
        versions = 3 if revised and number % revised == 0 else 1
        for version in range(1, versions + 1):
            edited = copy.deepcopy(row)
            posted = FIRST_DAY + timedelta(days=number % 2)
            edited.update(
                doi=doi,
                title=title if version == versions else f"{title} (draft {version})",
                version=str(version),
                date=str(posted + timedelta(days=version - 1 if versions > 1 and number % 2 == 0 else 0)),
                published=published,
                license="cc_by" if open_every and number % open_every == 0 else row["license"],
                jatsxml=f"https://www.biorxiv.org/content/early/2026/08/01/{doi.split('/')[1]}.source.xml",
            )
            corpus.details.append(edited)
        found = copy.deepcopy(lite)
        found.update(id=f"PPR{1300000 + number}", doi=doi, title=title, firstPublicationDate=str(posted))
        corpus.europepmc.append(found)
        if open_every and number % open_every == 0:
            found.update(isOpenAccess="Y", inEPMC="Y", license="cc by")
            corpus.jats[doi] = rename(files[number // open_every % len(files)], doi, versions)
        known = copy.deepcopy(work)
        known.update(DOI=doi, title=[title])
        known["relation"] = {}
        if published != "NA":
            known["relation"] = {
                "is-preprint-of": [{"id-type": "doi", "id": published.upper(), "asserted-by": "subject"}]
            }
            corpus.pubs.append({**link, "preprint_doi": doi, "published_doi": published, "preprint_title": title})
        corpus.crossref[doi] = known
        corpus.openalex[doi] = {**article, "doi": f"https://doi.org/{doi}", "id": f"https://openalex.org/W{number + 1}"}
    corpus.article_html = (samples / "html/biorxiv_fulltext_10.1101_574103v1.trimmed.html").read_text(encoding="utf-8")
    corpus.search_html = (samples / "html/biorxiv_search_coronavirus_page2.trimmed.html").read_text(encoding="utf-8")
    return corpus


JATS = ("biorxiv_2022.03.15.484463.xml", "biorxiv_2021.11.17.469032.xml", "biorxiv_2020.04.07.030213.xml")


def rename(jats: bytes, doi: str, version: int) -> bytes:
    """A JATS sample under another DOI and version."""
    text = jats.decode("utf-8")
    old = re.search(r'<article-id pub-id-type="doi"[^>]*>([^<]+)<', text)
    assert old is not None
    bare, number = old.group(1).split("/")[1], doi.split("/")[1]
    text = text.replace(old.group(1), doi).replace(bare, number)
    return re.sub(rf"({re.escape(number)})v\d+", rf"\1v{version}", text).encode()
