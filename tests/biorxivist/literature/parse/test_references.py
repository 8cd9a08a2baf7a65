"""What an entry of a reference list says of the work that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse
from biorxivist.literature.parse.identifiers import year_in


def listed(entry: str) -> Document:
    data = (
        '<article xmlns:xlink="http://www.w3.org/1999/xlink"><body><p>As shown<xref ref-type="bibr" rid="r1">1</xref>.'
        f'</p></body><back><ref-list><ref id="r1"><label>1</label>{entry}</ref></ref-list></back></article>'
    )
    return parse(data.encode())


ELEMENT = (
    '<element-citation publication-type="journal"><name><surname>Lopez</surname><given-names>R</given-names></name>'
    "<article-title>Deep models of cells</article-title><source>Nat. Methods</source><year>2018</year>"
    '<pub-id pub-id-type="doi">10.1038/a</pub-id><pub-id pub-id-type="pmid">304</pub-id></element-citation>'
)
MIXED = "<mixed-citation>Lopez, R. Deep models of cells. Nat. Methods 15, 1053 (2018).</mixed-citation>"
TAGGED = (
    "<mixed-citation>Lopez, R. <article-title>Deep models of cells</article-title>. <source>Nat. Methods</source> 15 "
    "(<year>2018</year>).</mixed-citation>"
)


@pytest.mark.parametrize(
    "entry",
    [
        f"<citation-alternatives>{ELEMENT}{MIXED}</citation-alternatives>",
        f"<citation-alternatives>{MIXED}{ELEMENT}</citation-alternatives>",
        f"<citation-alternatives>{TAGGED}{ELEMENT}</citation-alternatives>",
        f"{ELEMENT}{MIXED}",
    ],
)
def test_of_two_forms_the_structured_one_gives_the_facts_and_the_printed_one_the_text(entry: str) -> None:
    document = listed(entry)
    [reference] = document.references
    assert (reference.title, reference.year, reference.doi) == ("Deep models of cells", 2018, "10.1038/a")
    assert ("pmid", "304") in document.identifiers["1"]
    assert reference.text.startswith("Lopez, R. Deep models of cells")
    assert reference.text.count("Deep") == 1
    assert [drop.reason for drop in document.log] == ["another form of the same reference"]


def test_two_works_under_one_number_stay_two() -> None:
    other = "<mixed-citation>Cui, H. Another work. Nature (2024).</mixed-citation>"
    assert "Another work" in listed(f"{ELEMENT}{other}").references[0].text
    assert "Nat. Methods" in listed(f"{ELEMENT}{other}").references[0].text


def test_the_alternatives_of_the_review_have_all_their_facts(shared: Path) -> None:
    document = parse(shared / "review1" / "papers" / "citation_alternatives.xml")
    [reference] = document.references
    assert reference.title == "Deep generative modeling for single-cell transcriptomics"
    assert (reference.year, reference.doi) == (2018, "10.1038/s41592-018-0229-2")
    assert dict(document.identifiers[reference.key]) == {"doi": "10.1038/s41592-018-0229-2", "pmid": "30504886"}
    assert reference.text == (
        "Lopez, R. Deep generative modeling for single-cell transcriptomics. Nat. Methods 15, 1053 (2018)."
    )


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ('<mixed-citation publication-type="journal"><source>Nature</source> <year>2020</year></mixed-citation>', None),
        ('<element-citation publication-type="article"><source>Ce</source><volume>1</volume></element-citation>', None),
        ("<mixed-citation>Ho A. <source>J. Stat.</source> <volume>5</volume>:<fpage>9</fpage></mixed-citation>", None),
        ("<mixed-citation>Ho A. <source>bioRxiv</source> 2020.</mixed-citation>", None),
        ('<mixed-citation publication-type="book"><source>A book</source>. MIT Press</mixed-citation>', "A book"),
        ("<mixed-citation><source>A book</source>. <publisher-name>MIT</publisher-name></mixed-citation>", "A book"),
        (
            '<mixed-citation publication-type="book"><chapter-title>Part</chapter-title>. In: <source>Whole</source>'
            "</mixed-citation>",
            "Part",
        ),
        ('<citation citation-type="thesis"><source>On cells</source></citation>', "On cells"),
    ],
)  # fmt: skip
def test_a_work_without_a_title_is_not_called_by_its_journal(entry: str, title: str | None) -> None:
    assert listed(entry).references[0].title == title


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Smith Z. A title. bioRxiv 2025.", 2025),
        ("Own A. 2020.", 2020),
        ("Lopez, R. Deep models. Nat. Methods 15, 1053 (2018).", 2018),
        ("Lopez R (2018a) Deep models of 2019 cells.", 2018),
        ("Wang W. The 2019 outbreak. Lancet 2020;395:1054.", None),
        ("Wang W. The outbreak of 2019. Lancet (Feb 2020).", 2020),
        ("Ho A. Cell 12, 1999-2010, 2014.", 2014),
        ("Ho A. Cell 12: 1987, 2014", 2014),
        ("Team. Software. https://x.org/2019/a, accessed 3 May 2021", None),
        ("Team. arXiv:2019.12345 (2022).", 2022),
        ("Ho A. doi:10.1101/2023.04.30.538439", None),
        ("No year at all", None),
        ("A corpus of 2048 cells", None),
        ("Ho A. Old work, 1905.", 1905),
    ],
)
def test_the_year_is_taken_from_the_text_where_only_one_number_can_be_it(text: str, year: int | None) -> None:
    assert year_in(text) == year
    assert listed(f"<mixed-citation>{text}</mixed-citation>").references[0].year == year


@pytest.mark.parametrize(
    ("label", "printed", "text"),
    [
        ("1", "1 A. Müller, Cerâmica 51 (2005).", "A. Müller, Cerâmica 51 (2005)."),
        ("[3]", "[3] H. Shirakawa, Science 16<sup>2</sup> (1977).", "H. Shirakawa, Science 16^2 (1977)."),
        ("13.", "13. Center. Play nicely.", "Center. Play nicely."),
        ("10", "10x Genomics. Chromium.", "10x Genomics. Chromium."),
        ("2", "20 Years of cells.", "20 Years of cells."),
    ],
)
def test_the_label_of_an_entry_is_no_part_of_its_text(label: str, printed: str, text: str) -> None:
    entry = f"<ref><label>{label}</label><mixed-citation>{printed}</mixed-citation></ref>"
    data = f"<article><back><ref-list>{entry}</ref-list></back></article>"
    document = parse(data.encode())
    assert document.references[0].text == text
    assert {text[place] for places in document.added.values() for place in places} <= {"^"}


def test_a_year_that_is_marked_up_is_the_year() -> None:
    assert listed("<mixed-citation>In 2001 (2002) <year>2003</year></mixed-citation>").references[0].year == 2003


def test_an_entry_that_is_hidden_is_none() -> None:
    ref = "<ref><citation>{0}</citation></ref>"
    data = f'<article><body/><back><ref-list><sec style="display:none">{ref.format("a")}</sec>{ref.format("b")}'
    assert [entry.text for entry in parse(f"{data}</ref-list></back></article>".encode()).references] == ["b"]


def test_two_entries_of_one_id_are_logged() -> None:
    data = b'<article><body/><back><ref-list><ref id="r"><citation>a</citation></ref><ref id="r"><citation>b</citation></ref></ref-list></back></article>'  # noqa: E501
    assert any("have the id 'r'" in drop.reason for drop in parse(data).log)


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("Sur A. bioRxiv 2023.04.30.538439 (2023)", "10.1101/2023.04.30.538439"),
        ("Sur A. Preprint at bioRxiv, 563100 (2019)", "10.1101/563100"),
        ("Sur A. medRxiv: 2020.02.02.20020016v2", "10.1101/2020.02.02.20020016"),
        ("Sur A. bioRxiv 2026.02.01.123456", "10.64898/2026.02.01.123456"),
        ("Sur A. bioRxiv 2025.11.01.123456", None),
        ("Sur A. bioRxiv (2017) 123456", None),
        ("Sur A. bioRxiv 2023:2023.04.30.538439", "10.1101/2023.04.30.538439"),
        ("Sur A. medRxiv (2020), 2020.02.02.20020016", "10.1101/2020.02.02.20020016"),
        ("Sur A. bioRxiv. 2023; 2023.04.30.538439v2", "10.1101/2023.04.30.538439"),
        ("Sur A. bioRxiv 2023; 2023: 12-20", None),
        ("Sur A. bioRxiv 2017", None),
        ("<source>bioRxiv</source> <elocation-id>2023.04.30.538439</elocation-id>", "10.1101/2023.04.30.538439"),
        ("bioRxiv 563100, now 10.1038/s41586-1", "10.1038/s41586-1"),
        ("Roe R. https://www.biorxiv.org/content/early/2018/03/30/292037", "10.1101/292037"),
        ("https://www.medrxiv.org/content/early/2020/05/01/2020.04.07.20030213.full", "10.1101/2020.04.07.20030213"),
    ],
)
def test_a_preprint_of_which_only_the_number_is_printed_has_its_doi(text: str, doi: str | None) -> None:
    assert listed(f"<mixed-citation>{text}</mixed-citation>").references[0].doi == doi


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (
            "<nlm-citation><person-group><name><surname>Sur</surname><given-names>A</given-names></name></person-group>"
            "<source>J Cell</source><year>2001</year><volume>3</volume></nlm-citation>",
            "Sur A J Cell 2001 3",
        ),
        ("<citation><source>J Cell</source><year>2001</year><volume>3</volume></citation>", "J Cell 2001 3"),
        ("<mixed-citation>\n<source>J Cell</source>\n<year>2001</year></mixed-citation>", "J Cell 2001"),
        ("<citation><source>J Cell</source>, <year>2001</year>:<fpage>3</fpage></citation>", "J Cell, 2001:3"),
        ("<mixed-citation>See <italic>J</italic><bold>3</bold></mixed-citation>", "See J3"),
        ("<mixed-citation><source>J Cell</source><x>, </x><year>2001</year><x>.</x></mixed-citation>", "J Cell, 2001."),
    ],
)
def test_parts_of_an_entry_run_together_only_where_it_is_printed(entry: str, text: str) -> None:
    assert listed(entry).references[0].text == text


@pytest.mark.parametrize(
    ("entry", "scheme", "value"),
    [
        ("<mixed-citation>X. PMID: 30504886; PMCID: PMC6289068.</mixed-citation>", "pmid", "30504886"),
        ("<mixed-citation>X. PMID 30504886, PMC PMC6289068.</mixed-citation>", "pmcid", "PMC6289068"),
        ("<mixed-citation>X. [PubMed: 30504886]</mixed-citation>", "pmid", "30504886"),
        ("<mixed-citation>At 7 PM in 1999, PubMed 3.5 was searched.</mixed-citation>", "pmid", None),
        ('<citation><uri>https://www.ncbi.nlm.nih.gov/pubmed/?term=30504886</uri></citation>', "pmid", "30504886"),
        ('<citation><uri>https://ncbi.nlm.nih.gov/pmc/articles/PMC6289068/</uri></citation>', "pmcid", "PMC6289068"),
        ('<citation><uri>https://pmc.ncbi.nlm.nih.gov/articles/PMC6289068</uri></citation>', "pmcid", "PMC6289068"),
        ('<citation><uri>https://europepmc.org/article/PMC6289068</uri></citation>', "pmcid", "PMC6289068"),
        ('<citation><pub-id pub-id-type="arxiv">arXiv:2306.00015v3</pub-id></citation>', "arxiv", "2306.00015"),
        ('<citation><pub-id pub-id-type="arxiv">q-bio/0401001v1</pub-id></citation>', "arxiv", "q-bio/0401001"),
        ('<citation><pub-id pub-id-type="doi">10.1038/s41586\u2013023\u201306139\u20139</pub-id></citation>', "doi",
         "10.1038/s41586-023-06139-9"),
    ],
)  # fmt: skip
def test_an_identifier_is_read_from_its_address_its_label_and_its_element(
    entry: str, scheme: str, value: str | None
) -> None:
    assert dict(listed(entry).identifiers["1"]).get(scheme) == value


@pytest.mark.parametrize(
    ("entry", "year"),
    [
        ("<mixed-citation>Site. <date-in-citation>March 1, 2020</date-in-citation></mixed-citation>", None),
        (
            '<element-citation publication-type="web"><source>Site</source><date-in-citation '
            'content-type="access-date">cited 2020 Mar 1</date-in-citation></element-citation>',
            None,
        ),
        ("<mixed-citation>Site (2018). <date-in-citation>March 1, 2020</date-in-citation></mixed-citation>", 2018),
    ],
)
def test_the_day_of_a_visit_is_no_year_of_publication(entry: str, year: int | None) -> None:
    assert listed(entry).references[0].year == year


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("Words of 2004. <mixed-citation>Sur A.</mixed-citation>", "Words of 2004. Sur A."),
        ("<mixed-citation>Sur A.</mixed-citation> Reviewed in 2.", "Sur A. Reviewed in 2."),
        ("<label>1</label> and <citation>Sur A.</citation>\n", "and Sur A."),
    ],
)
def test_loose_words_of_an_entry_are_a_part_of_it(entry: str, text: str) -> None:
    assert listed(entry).references[0].text == text
