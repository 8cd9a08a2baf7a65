"""A paper that nobody wrote, and services on the loopback address that have it: bioRxiv, Europe PMC."""

from __future__ import annotations

from tests.fake_literature import Corpus, FakeLiterature

DOI = "10.64898/2026.08.01.700001"
TITLE = "Masked autoencoders of single cells go on gaining"
POSTED = "2026-08-01"
CLAIM = (
    "Zero-shot cell type classification with masked autoencoders does not reach a plateau within 20,000 pre-training "
    "cells."
)
JATS = f"""<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.2//EN"
  "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article"><front><journal-meta>
<journal-id journal-id-type="publisher-id">BIORXIV</journal-id></journal-meta><article-meta>
<article-id pub-id-type="doi">{DOI}</article-id>
<title-group><article-title>{TITLE}</article-title></title-group>
<contrib-group><contrib contrib-type="author">
<name><surname>Example</surname><given-names>Ada</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><day>1</day><month>8</month><year>2026</year></pub-date>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"/></permissions>
<abstract><p>We pre-train masked autoencoders on growing numbers of cells.</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>{CLAIM}</p></sec></body></article>"""


def services() -> FakeLiterature:
    """The services, which start with ``with`` and have this one paper."""
    row = {
        "title": TITLE, "authors": "Example, A.", "author_corresponding": "Ada Example",
        "author_corresponding_institution": "Nowhere", "doi": DOI, "date": POSTED, "version": "1",
        "type": "new results", "license": "cc_by", "category": "bioinformatics", "abstract": "", "funder": "NA",
        "jatsxml": f"https://www.biorxiv.org/content/early/2026/08/01/{DOI.split('/')[1]}.source.xml",
        "published": "NA", "server": "bioRxiv",
    }  # fmt: skip
    found = {
        "id": "PPR1700001", "source": "PPR", "doi": DOI, "title": TITLE, "authorString": "Example A.",
        "pubYear": "2026", "pubType": "preprint", "firstPublicationDate": POSTED, "isOpenAccess": "Y", "inEPMC": "Y",
        "license": "cc by", "hasPDF": "N", "citedByCount": 0,
        "bookOrReportDetails": {"publisher": "bioRxiv", "yearOfPublication": 2026},
    }  # fmt: skip
    return FakeLiterature(Corpus([row], [found], jats={DOI: JATS.encode()}))


def settings(fake: FakeLiterature) -> dict[str, str]:
    """Environment that makes the product talk to these services, without a pause between requests."""
    places = {
        "EUROPEPMC": "europepmc", "BIORXIV_API": "biorxiv", "BIORXIV_WEB": "web", "CROSSREF": "crossref",
        "OPENALEX": "openalex",
    }  # fmt: skip
    return {
        name: value
        for service, place in places.items()
        for name, value in (
            (f"BIORXIVIST_{service}_URL", fake.url(place)), (f"BIORXIVIST_{service}_RATE", "400"),
        )
    }  # fmt: skip
