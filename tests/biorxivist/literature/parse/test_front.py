"""What publishers write before the text: kinds of dates, versions, servers, notices, titles."""

from __future__ import annotations

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse

BIORXIV = '<journal-id journal-id-type="hwp">biorxiv</journal-id>'


def read(meta: str, *, journal: str = "", kind: str = "research-article") -> Document:
    return parse(
        (
            f'<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="{kind}"><front><journal-meta>{journal}'
            '</journal-meta><article-meta><article-id pub-id-type="doi">10.1234/abc</article-id>'
            f"{meta}</article-meta></front><body><p>a</p></body></article>"
        ).encode()
    )


def day(attributes: str, year: int = 2022) -> str:
    return f"<pub-date {attributes}><day>5</day><month>6</month><year>{year}</year></pub-date>"


EARLIER = {
    name: f"<pub-date {attributes}><day>1</day><month>1</month><year>2021</year></pub-date>"
    for name, attributes in {
        "submitted": 'pub-type="nihms-submitted"',
        "released": 'pub-type="pmc-release"',
        "accepted": 'date-type="accepted"',
        "retracted": 'date-type="retracted"',
        "updated": 'date-type="update"',
    }.items()
}


@pytest.mark.parametrize(
    "attributes",
    ['date-type="publication" publication-format="electronic"', 'date-type="pub" publication-format="electronic"',
     'date-type="published-online"', 'date-type="publication"', 'date-type="first-online"', 'date-type="print"',
     'pub-type="epub"', 'pub-type="aheadofprint"', ""],
)  # fmt: skip
@pytest.mark.parametrize("other", ["", *EARLIER.values()])
def test_the_day_of_publication_is_found_whatever_it_is_called(attributes: str, other: str) -> None:
    paper = read(other + day(attributes)).paper
    assert (str(paper.posted), paper.year) == ("2022-06-05", 2022)


@pytest.mark.parametrize("other", EARLIER.values())
def test_a_year_of_something_else_is_no_year_of_publication(other: str) -> None:
    assert read(f"{other}<pub-date><year>2022</year></pub-date>").paper.year == 2022
    assert read(other).paper.year == 2021


def test_the_day_of_the_preprint_is_none_of_the_article() -> None:
    history = (
        '<pub-history><event><date date-type="preprint" iso-8601-date="2021-01-02"/></event></pub-history>'
        '<pub-date pub-type="collection"><year>2022</year></pub-date>'
    )
    [version] = read(history).versions
    assert version.posted is None
    assert read(history).paper.year == 2022


@pytest.mark.parametrize(
    ("stated", "label"),
    [
        ('<article-version article-version-type="number">3</article-version>', "3"),
        ('<article-version-alternatives><article-version article-version-type="status">preprint</article-version>'
         '<article-version article-version-type="number">1.2</article-version></article-version-alternatives>', "2"),
        ("<article-version>VoR</article-version><article-version>v4</article-version>", "4"),
        ("<article-version>preprint</article-version>", "1"),
    ],
)  # fmt: skip
def test_of_several_statements_about_the_version_the_number_counts(stated: str, label: str) -> None:
    assert read(stated, journal=BIORXIV).versions[0].label == label


@pytest.mark.parametrize(
    ("title", "server"),
    [
        ("bioRxiv : the preprint server for biology", "bioRxiv"),
        ("medRxiv: The Preprint Server for Health Sciences", "medRxiv"),
        ("bioRxiv (Cold Spring Harbor)", "bioRxiv"),
        ("arXiv - Quantitative Biology", "arXiv"),
        ("Preprints in biology", None),
    ],
)
def test_a_server_is_known_by_its_name_whatever_is_printed_behind_it(title: str, server: str | None) -> None:
    assert read("", journal=f"<journal-title>{title}</journal-title>").paper.server == server


def notices(document: Document) -> list[str]:
    return [drop.reason.partition(": ")[2] for drop in document.log if "notice" in drop.reason]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Author Correction: A model", ["correction"]),
        ("Publisher Correction: A model", ["correction"]),
        ("Retraction Note to: A model", ["retraction"]),
        ("RETRACTED ARTICLE: A model", ["retracted"]),
        ("Editorial Expression of Concern: A model", ["expression of concern"]),
        ("Errata: A model", ["errata"]),
        ("Author correction of batch effects", []),
        ("Notes to a model: a retraction", []),
    ],
)
def test_a_title_that_announces_a_notice_makes_it_one(title: str, said: list[str]) -> None:
    assert notices(read(f"<title-group><article-title>{title}</article-title></title-group>")) == said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("retraction-forward", ["retraction, 10.1234/n"]),
        ("retracted-by", ["retracted, 10.1234/n"]),
        ("correction-forward", ["correction, 10.1234/n"]),
        ("expression-of-concern-notice", ["expression-of-concern, 10.1234/n"]),
        ("companion", []),
        ("commentary-forward", []),
    ],
)
def test_a_notice_about_the_article_itself_is_said(kind: str, said: list[str]) -> None:
    assert notices(read(f'<related-article related-article-type="{kind}" xlink:href="10.1234/n"/>')) == said


@pytest.mark.parametrize("mark", ["*", "†", "**", "*,†", "§"])
def test_a_raised_symbol_behind_a_title_is_no_part_of_it(mark: str) -> None:
    title = "<title-group><article-title>CD8<sup>+</sup> cells<sup>{}</sup></article-title></title-group>"
    assert read(title.format(mark)).paper.title == "CD8+ cells"
