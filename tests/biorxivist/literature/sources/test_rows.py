"""Rows as the services really sent them, and rows that are made to hurt."""

from __future__ import annotations

import json
from datetime import date

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biorxivist.literature.doi import bare_doi, parse_doi
from biorxivist.literature.errors import PaperNotFound
from biorxivist.literature.licence import is_open
from biorxivist.literature.sources import biorxiv_api, biorxiv_web, crossref, europepmc, openalex
from biorxivist.literature.sources.fields import abstract_of, day, title_of
from biorxivist.literature.sources.local import LocalFolder

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "doi", "title", "date", "version", "authors", "published", "abstract", "license", "id", "source", "authorList",
    "authorString", "pubYear", "firstPublicationDate", "journalInfo", "bookOrReportDetails", "DOI", "author",
    "relation", "institution", "posted", "reference", "subtype", "authorships", "primary_location",
    "abstract_inverted_index", "preprint_doi", "preprint_title",
    "published_doi", "jatsxml", "pmcid", "versionNumber", "server", "category",
)  # fmt: skip


def sample(shared, name):
    return json.loads((shared / "samples/api" / name).read_text(encoding="utf-8"))


def test_a_details_row_is_read_whole(shared) -> None:
    row = sample(shared, "biorxiv_details_interval_2026-08-01_2026-08-02.trimmed.json")["collection"][0]
    hit = biorxiv_api.hit_of_details(row)
    assert hit.paper.id == "doi:10.64898/2026.07.31.741992"
    assert hit.paper.posted == date(2026, 8, 1)
    assert hit.paper.category == "animal behavior and cognition"
    assert [author.name for author in hit.authors] == ["Loconsole, M.", "Xue, C.", "Garcia-Pelegrin, E."]
    assert hit.versions[0].id == "doi:10.64898/2026.07.31.741992v1"
    assert hit.versions[0].license == "cc_by_nc_nd"
    assert hit.keys["jatsxml:1"].endswith(".source.xml")


def test_a_pubs_row_links_preprint_and_journal(shared) -> None:
    row = sample(shared, "biorxiv_pubs_2026-06-01_2026-06-05.trimmed.json")["collection"][0]
    hit = biorxiv_api.hit_of_pubs(row)
    assert hit.paper.published_doi == "10.1091/mbc.e25-09-0454"
    assert hit.versions[0].label == "journal"
    assert hit.versions[0].posted == date(2026, 6, 1)
    assert hit.paper.venue == "Molecular Biology of the Cell"


def test_europe_pmc_rows_of_both_depths_are_read(shared) -> None:
    rows = sample(shared, "europepmc_search_ppr_lite.trimmed.json")["resultList"]["result"]
    first = europepmc.hit_of(rows[0])
    assert first.paper.server == "bioRxiv"
    assert [author.name for author in first.authors] == ["Yasuda Y", "Miyaoka Y"]
    core = europepmc.hit_of(sample(shared, "europepmc_search_core_PPR110986.trimmed.json")["resultList"]["result"][0])
    assert core.paper.license == "cc by-nc-nd"
    assert core.keys["europepmc"] == "PPR110986"


def test_crossref_gives_fifty_references_all_with_a_doi_and_the_journal_copy(shared) -> None:
    work = sample(shared, "crossref_work_biorxiv_10.1101_2024.04.01.587366.json")["message"]
    hit = crossref.hit_of(work)
    assert hit.paper.published_doi == "10.1016/j.xgen.2025.100814"
    assert hit.paper.id == "doi:10.1101/2024.04.01.587366"
    assert hit.paper.category == "Genomics"
    assert hit.paper.abstract.startswith("Understanding the effects")
    references = [crossref._reference(entry, hit.paper.id, n) for n, entry in enumerate(work["reference"], 1)]
    assert len(references) == 50
    assert all(reference.doi for reference in references)
    journal = crossref.hit_of(sample(shared, "crossref_work_journal_10.1038_s42256-024-00832-8.json")["message"])
    assert journal.versions[0].label == "journal"
    assert journal.paper.venue == "Nature Machine Intelligence"


def test_an_openalex_work_is_read(shared) -> None:
    hit = openalex.hit_of(sample(shared, "openalex_work_10.1016_j.xgen.2025.100814.json"))
    assert hit.paper.id == "doi:10.1016/j.xgen.2025.100814"
    assert hit.authors[0].orcid == "0000-0002-5390-2695"
    assert hit.keys == {"openalex": "W4408732759"}


def test_the_search_page_of_the_site_is_read(shared) -> None:
    html = (shared / "samples/html/biorxiv_search_coronavirus_page2.trimmed.html").read_text(encoding="utf-8")
    hits, received = biorxiv_web.hits_of_search(BeautifulSoup(html, "html.parser"))
    assert received == len(hits) == 4
    assert hits[0].versions[0].label == "2"
    assert hits[0].versions[0].posted == date(2017, 12, 13)
    assert hits[3].paper.id == "doi:10.1101/2020.03.28.013672"
    assert [author.name for author in hits[1].authors][2] == "Maria D. Van Kerkhove"


def test_the_head_of_an_article_page_is_read(shared) -> None:
    html = (shared / "samples/html/biorxiv_fulltext_10.1101_574103v1.trimmed.html").read_text(encoding="utf-8")
    hit = biorxiv_web.hit_of_page(BeautifulSoup(html, "html.parser"))
    assert hit.paper.posted == date(2019, 3, 11), "not the first of January of citation_publication_date"
    assert hit.authors[0].orcid == "0000-0001-5024-8061"
    assert is_open(hit.paper.license) is False or "CC BY" in hit.paper.license


@pytest.mark.parametrize(
    "reader",
    [biorxiv_api.hit_of_details, biorxiv_api.hit_of_pubs, europepmc.hit_of, openalex.hit_of, crossref.hit_of],
    ids=["details", "pubs", "europepmc", "openalex", "crossref"],
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(row=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=12))
def test_a_row_of_any_shape_is_read_or_refused_never_a_crash(reader, row) -> None:
    reader(row)
    reader({"doi": "10.1101/2026.08.01.1", "DOI": "10.1101/2026.08.01.1", "title": "T", **row})


HOSTILE = [
    "10.1101/2026.08.01.1'}) DETACH DELETE n //",
    "10.1101/$(touch /tmp/owned)",
    "10.1101/<script>alert(1)</script>",
    "10.1101/2026.08.01.1\nHost: evil",
    "10.1101/" + "9" * 100_000,
]


@pytest.mark.parametrize("doi", HOSTILE)
def test_a_hostile_doi_is_no_doi_or_travels_escaped(doi, fake, sources_of) -> None:
    services = fake(2)
    source = sources_of(services).open("crossref")
    with pytest.raises(LookupError):
        source.lookup(doi)
    assert all(set(request.path) <= set(map(chr, range(33, 127))) - set("<>\"'\n") for request in services.requests)


PICTURE = (
    'O_FIG O_LINKSMALLFIG WIDTH=200 HEIGHT=100 SRC="FIGDIR/1.gif" ALT="Figure 1">\nView larger version (27K):'
    "\norg.highwire.dtl.DTLVardef@1b0cd84org.highwire.dtl.DTLVardef@c0_HPS_FORMAT_FIGEXP  M_FIG C_FIG"
)


@pytest.mark.parametrize(
    "sent",
    [
        f"We ask. {PICTURE} We do.",
        f"We ask. {PICTURE[: PICTURE.index('org')]} C_FIG We do.",
        "We ask. O_TBL View this table:\norg.highwire.dtl.DTLVardef@1 M_TBL C_TBL We do.",
        f"We ask. Graphical AbstractO_FIG{PICTURE.removeprefix('O_FIG')} We do.",
        f"We ask. We do. {PICTURE.removesuffix('C_FIG')}",
    ],
)
def test_what_is_left_of_a_picture_in_an_abstract_is_taken_out(sent: str) -> None:
    assert abstract_of(sent) == "We ask. We do."


def test_abstracts_lose_the_marks_of_flattening_and_keep_the_words() -> None:
    assert abstract_of("O_SCPCAPCells C_SCPCAPscale.") == "Cells scale."
    assert abstract_of("BackgroundAs cells grow, models do. ResultsWe find it.") == (
        "Background: As cells grow, models do. Results: We find it."
    )
    assert abstract_of("O_LIFirst point C_LIO_LISecond pointC_LI") == "First point\nSecond point"
    assert abstract_of("<h4>Background</h4>Cells with p&lt;0.05 and <i>q</i> < 3") == (
        "Background: Cells with p<0.05 and q < 3"
    )
    assert abstract_of("<jats:title>ABSTRACT</jats:title><jats:p>Rare <jats:italic>MLH1</jats:italic>.</jats:p>") == (
        "Rare MLH1."
    )
    assert abstract_of("Resultsful cells") == "Resultsful cells"
    assert abstract_of("&amp;lt;i&amp;gt;E. coli&amp;lt;/i&amp;gt; cells") == "E. coli cells"
    assert (
        abstract_of("Significance StatementWe ask. MethodsWe do.") == "Significance Statement: We ask. Methods: We do."
    )
    assert abstract_of("ResultsDB is a database. MethodsX too.") == "ResultsDB is a database. MethodsX too."
    assert (
        abstract_of("BackgroundAs cells grow. ResultsRNA is kept.")
        == "Background: As cells grow. Results: RNA is kept."
    )
    assert abstract_of("<sec><title>Results</title><p>Cells.</p></sec>") == "Results: Cells."
    assert abstract_of("Summary statistics are shared.") == "Summary statistics are shared."
    assert abstract_of(None) is None


def test_identifiers_are_read_in_every_form_people_type_them() -> None:
    assert bare_doi("https://doi.org/10.1101/2023.10.19.563100") == "10.1101/2023.10.19.563100"
    assert bare_doi("doi: 10.64898/2026.07.31.741992") == "10.64898/2026.07.31.741992"
    assert parse_doi("10.1101/2023.10.19.563100v2") == ("10.1101/2023.10.19.563100", "2")
    assert parse_doi("https://www.biorxiv.org/content/10.1101/574103v1.full") == ("10.1101/574103", "1")
    assert parse_doi("10.1038/s41586-023-06139-9") == ("10.1038/s41586-023-06139-9", None)
    assert parse_doi("10.1016/j.x.2020v2") == ("10.1016/j.x.2020v2", None)
    assert bare_doi("11.1101/x") is None


def test_days_are_read_and_impossible_ones_are_none() -> None:
    assert day("2026-08-01") == date(2026, 8, 1)
    assert day({"date-parts": [[2024, 4]]}) == date(2024, 4, 1)
    assert day({"date-parts": [[None]]}) is None
    assert day("2026-13-40") is None
    assert day(99999) is None


def test_a_title_keeps_what_is_no_markup() -> None:
    assert title_of("Cells<br/>and genes") == "Cells and genes"
    assert title_of("The <i>FOXP2</i> gene &amp; p < 0.05") == "The FOXP2 gene & p < 0.05"
    assert title_of("<script>alert(1)</script>") == "<script>alert(1)</script>", "data, escaped where it is shown"
    assert title_of("line\nbreak") == "line break"


def test_saved_answers_of_every_service_are_papers_of_a_local_folder(shared) -> None:
    source = LocalFolder(shared / "samples" / "api")
    known = {doi for hit in source.search("").hits for doi in hit.paper.dois}
    assert {
        "10.64898/2026.07.31.741992",
        "10.1101/2025.09.17.676679",
        "10.1101/2020.01.30.927871",
        "10.1101/2024.04.01.587366",
        "10.1016/j.xgen.2025.100814",
    } <= known
    work = source.lookup("10.1016/j.xgen.2025.100814").paper
    assert work.id == "doi:10.1101/2024.04.01.587366", "Crossref's relation makes preprint and article one work"


def test_nothing_found_in_words_is_not_an_error(fake, sources_of) -> None:
    services = fake(2)
    services.fault("pubs", "words")
    with pytest.raises(PaperNotFound):
        sources_of(services).open("biorxiv").published("10.1101/2026.08.02.600001")
    assert services.count("pubs") == 1


@pytest.mark.parametrize(
    "text",
    ["a<b and c>d cells", "p<i and q>s", "x <sub or y> z", "we saw n<p and p>q", "if a<b then b>a"],
)
def test_comparisons_are_no_markup(text: str) -> None:
    assert abstract_of(text) == text
    assert title_of(text) == text


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("ResultsDB is a database.", "ResultsDB is a database."),
        ("MethodsHub was built. It is MethodsHub.", "Methods: Hub was built. It is MethodsHub."),
        ("SummaryDB was built.", "SummaryDB was built."),
        ("BackgroundAs cells grow. ResultsDNA is lost.", "Background: As cells grow. Results: DNA is lost."),
        ("BackgroundWe ask. ResultsDB is used. ResultsWe find it.",
         "Background: We ask. ResultsDB is used. Results: We find it."),
        ("ConclusionsA new way.", "Conclusions: A new way."),
    ],
)  # fmt: skip
def test_a_heading_is_told_from_a_name_that_begins_like_one(sent: str, text: str) -> None:
    assert abstract_of(sent) == text
