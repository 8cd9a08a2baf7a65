from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import ParseError, parse


@pytest.fixture(scope="module")
def page(shared: Path) -> Document:
    return parse(shared / "samples" / "html" / "biorxiv_fulltext_10.1101_574103v1.trimmed.html")


@pytest.mark.parametrize(
    ("name", "printed", "year"),
    [("citation_date", "2024/05", 2024), ("DC.Date", "2024", 2024), ("citation_publication_date", "2023/01/01", 2023),
     ("citation_date", "20240", None)],
)  # fmt: skip
def test_a_page_without_a_whole_date_has_its_year(name: str, printed: str, year: int | None) -> None:
    head = f"<head><meta name='citation_title' content='T'><meta name='{name}' content='{printed}'></head>"
    body = "<div class='article fulltext-view'><div class='section'><h2>A</h2><p>b</p></div></div>"
    paper = parse(f"<html>{head}<body>{body}</body></html>".encode()).paper
    assert (paper.year, paper.posted) == (year, None)


def test_the_head_of_a_page_is_read(page: Document) -> None:
    assert page.paper.id == "doi:10.1101/574103"
    assert page.paper.title.startswith("A systematic review of MERS-CoV")
    assert page.paper.posted == date(2019, 3, 11)  # citation_publication_date says 1 January
    assert page.paper.license == "http://creativecommons.org/licenses/by/4.0/"
    assert page.versions[0].id == "doi:10.1101/574103v1"
    assert [author.name for author in page.authors] == [
        "Amy Dighe", "Thibaut Jombart", "Maria D. Van Kerkhove", "Neil Ferguson"]  # fmt: skip
    assert page.authors[0].orcid == "0000-0001-5024-8061"


def test_affiliations_that_the_site_cut_in_two_are_whole(page: Document) -> None:
    assert page.authors[1].affiliations[1].startswith("Department of Infectious Disease Epidemiology, London")
    assert page.authors[2].affiliations == (
        "Department of Global Infectious Hazards Management, Health Emergencies Program, World Health Organization",
    )


def test_sections_paragraphs_and_captions_are_kept_apart(page: Document) -> None:
    assert [(s.path, s.depth) for s in page.sections if s.path] == [
        ("Abstract", 1),
        ("Introduction", 1),
        ("Methods", 1),
        ("Results", 1),
        ("Results > Seroprevalence – cross-sectional studies", 2),
        ("Supporting information captions", 1),
        ("Acknowledgements", 1),
        ("References", 1),
    ]
    assert [p.kind for p in page.passages if p.section == "Methods"] == ["title", "paragraph", "caption", "paragraph"]
    assert all(page.section(p.section).text[p.start : p.end] == p.text for p in page.passages)
    assert page.abstract.startswith("Human infection with Middle East")


def test_figures_and_tables_are_views_and_a_table_is_a_link(page: Document) -> None:
    figure, table = page.figures[0], page.tables[0]
    assert figure.label == "Figure 1."
    assert figure.graphics[0].endswith("F1.large.jpg")
    assert (table.label, table.kind) == ("Table 1:", "link")
    assert table.links[0].startswith("/highwire/markup/253954/expansion")
    assert table.caption == "Cross-sectional surveys of MERS-CoV seroprevalence and RNA prevalence in camels"


def test_references_and_citations_of_a_page_are_resolved(page: Document) -> None:
    assert [r.key for r in page.references] == ["1", "2", "3", "4"]  # the sample keeps four of them
    assert page.references[3].doi == "10.1016/s0140-6736(13)61492-0"
    assert page.identifiers["1"] == (("doi", "10.1056/nejmoa1211721"), ("pmid", "23075143"))
    assert [c.reference_keys for c in page.citations][:4] == [("1",), ("2",), ("3",), ("4",)]
    assert all(not c.reference_keys for c in page.citations[4:])


def test_a_page_of_search_results_is_refused_by_its_name(shared: Path) -> None:
    with pytest.raises(ParseError, match="search results"):
        parse(shared / "samples" / "html" / "biorxiv_search_coronavirus_page2.trimmed.html")


CELLS = (
    "<table><tfoot><tr><td>all</td><td>3</td></tr></tfoot><thead><tr><th>cells</th>"
    "<th>F1<a class='xref-bibr' href='#ref-1'>1</a></th></tr></thead>"
    "<tbody><tr><td>10<sup>5</sup></td><td>.9 <i style='display:none'>or not</i></td></tr></tbody></table>"
)
"""As browsers show them: the foot last, the power a power, what is hidden not at all."""


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='table' id='T1'><div class='table-inline'><a>Fold</a> {CELLS} <a>up</a></div>"
        "<div class='table-caption'><span class='table-label'>Table 1:</span> <p>Scores.</p></div></div>",
        f"<p>Scores are here: {CELLS} and end there.</p>",
        f"<div class='section'>{CELLS}</div>",
    ],
)
def test_a_table_that_was_unfolded_in_the_page_is_a_grid(body: str) -> None:
    document = article(body)
    [table] = document.tables
    assert (table.kind, table.rows, table.cols) == ("grid", 3, 2)
    assert table.grid() == [["cells", "F1 [1]"], ["10^5", ".9"], ["all", "3"]]
    assert table.headings(0) == ("cells",)
    [cells] = [passage for passage in document.passages if passage.kind == "table"]
    assert all(cells.text[cell.start : cell.end] == cell.text for cell in table.cells)
    assert document.as_printed(cells) == "cells\tF11\n105\t.9\nall\t3"
    assert [citation.reference_keys for citation in document.citations] == [("#1",)]
    assert table.caption == ("Scores." if "Table 1" in body else "")
    assert [drop.text for drop in document.log if "furniture" in drop.reason] == ["Fold up"] * ("Fold" in body)


def test_a_table_that_lays_out_paragraphs_is_none() -> None:
    document = article("<table><tr><td><p>We train scVI.</p></td><td><div>It wins.</div></td></tr></table>")
    assert document.tables == ()
    assert [p.text for p in document.passages if p.kind == "paragraph"] == ["b", "We train scVI. It wins."]


FORMULA = "<span class='disp-formula'><span class='disp-formula-label'>(1)</span><math><mi>a</mi></math></span>"
FIGURE = (
    "<div class='fig' id='F1'><div class='fig-caption'><span class='fig-label'>Figure 1.</span>"
    "<span class='caption-title'>Cells.</span></div></div>"
)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (FIGURE, "caption", "Figure 1. Cells."),
        (f"<p>Set {FORMULA}so.</p>", "paragraph", "Set (1) a so."),
        ("<ul><li><p><a class='rev-xref' href='#x'>↵</a><span class='fn-label'>*</span>Equal.</p></li></ul>",
         "paragraph", "* Equal."),
        ("<p>A <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>", "paragraph", "A 漢 kan"),
    ],
)  # fmt: skip
def test_labels_and_formulas_stand_apart_and_links_back_are_no_text(body: str, kind: str, text: str) -> None:
    assert [p.text for p in article(body).passages if p.kind == kind][-1] == text


def test_a_box_is_a_section() -> None:
    document = article("<div class='boxed-text'><h3>Box 1</h3><p>In it.</p></div><p>Behind it.</p>")
    assert [(p.section, p.text) for p in document.passages][-4:-1] == [
        ("A > Box 1", "Box 1"), ("A > Box 1", "In it."), ("A", "Behind it.")]  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("<meta name='citation_id' content='2026.01.01.000001v3'>", "3"),
        ("<meta name='citation_public_url' content='https://biorxiv.org/content/10.1101/1v2.full'>", "2"),
        ("<meta property='og:url' content='https://www.biorxiv.org/content/10.1101/2026.01.01.1v4'>", "4"),
        ("<meta property='og:url' content='https://example.org/v'>", "1"),
    ],
)  # fmt: skip
def test_the_version_of_a_page_is_in_its_number_or_its_address(tag: str, version: str) -> None:
    body = "<div class='article fulltext-view'><div class='section'><h2>A</h2><p>b</p></div></div>"
    data = f"<html><head><meta name='citation_title' content='T'>{tag}</head><body>{body}</body></html>"
    assert parse(data.encode()).versions[0].label == version


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("<title>Networks | Nature</title>", "'Networks | Nature'.*none of bioRxiv or medRxiv.*Europe PMC"),
        ("<title>Networks - PMC</title>", "'Networks - PMC'.*none of bioRxiv or medRxiv.*PDF"),
        ("<title>Networks | bioRxiv</title>", "'Networks | bioRxiv'.*ends in .full"),
        ("<title>N</title><meta name='citation_journal_title' content='medRxiv'>", "'N'.*ends in .full"),
    ],
)
def test_a_page_without_a_text_is_refused_with_its_name_and_what_to_do(head: str, says: str) -> None:
    with pytest.raises(ParseError, match=says.replace("|", r"\|")):
        parse(f"<html><head>{head}</head><body><article><p>Words.</p></article></body></html>".encode())


def article(body: str) -> Document:
    entry = "<li><a id='ref-1'></a><div class='cit ref-cit'><cite>Work 1. 2001.</cite></div></li>"
    return parse(
        "<html><head><meta name='citation_title' content='T'></head><body><div class='article fulltext-view'>"
        f"<div class='section'><h2>A</h2><p>b</p>{body}</div><div class='section ref-list'><h2>References</h2>"
        f"<ol class='cit-list'>{entry}</ol></div></div></body></html>".encode()
    )
