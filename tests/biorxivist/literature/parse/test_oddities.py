"""Papers whose files say less, more, or other things than one would expect of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse
from biorxivist.literature.parse.html import holds_text


def article(body: str, *, meta: str = "", back: str = "") -> Document:
    return parse(
        (
            '<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>'
            f"{meta}</article-meta></front><body>{body}</body>{back}</article>"
        ).encode()
    )


OWN = '<back><ref-list><ref id="B1"><label>1</label><citation>Own A. 2020.</citation></ref></ref-list></back>'
REVIEW = (
    '<sub-article article-type="{kind}"><front-stub><title-group><article-title>Reviewer 1</article-title>'
    "</title-group><contrib-group><contrib><name><surname>Foe</surname></name></contrib></contrib-group></front-stub>"
    '<body><p>It does not outperform PCA [<xref ref-type="bibr" rid="r1">1</xref>].</p></body><back><ref-list>'
    '<ref id="r1"><label>1</label><citation>Foreign B. 2021.</citation></ref></ref-list></back></sub-article>'
)


@pytest.mark.parametrize("kind", ["reviewer-report", "decision-letter", "author-comment", "translation"])
def test_another_document_in_the_file_is_logged_and_no_part_of_the_paper(kind: str) -> None:
    document = article("<p>Our model outperforms PCA.</p>", back=OWN + REVIEW.format(kind=kind))
    assert [p.text for p in document.passages if p.kind == "paragraph"] == ["Our model outperforms PCA."]
    assert [r.text for r in document.references] == ["Own A. 2020."]
    assert not document.citations
    assert not document.authors
    [drop] = [drop for drop in document.log if "another document" in drop.reason]
    assert drop.reason == f"another document in the file: {kind}, 'Reviewer 1'"
    assert "It does not outperform PCA [1]." in drop.text


def test_a_response_is_another_document_too_and_one_inside_another_is_logged_once() -> None:
    inner = '<response response-type="reply"><body><p>We agree.</p></body></response>'
    outer = f'<sub-article article-type="letter"><body><p>Hm.</p></body>{inner}</sub-article>'
    document = article("<p>Own.</p>", back=outer + inner)
    assert [drop.reason.partition(": ")[2] for drop in document.log] == ["letter", "reply"]
    assert [p.text for p in document.passages if p.kind == "paragraph"] == ["Own."]


def test_the_review_of_the_review_is_not_the_paper(shared: Path) -> None:
    document = parse(shared / "review1" / "papers" / "review_as_paper.xml")
    assert [r.text for r in document.references] == ["Own A. 2020."]
    assert [p.text for p in document.passages if p.kind == "paragraph"] == ["Our model outperforms PCA."]


@pytest.mark.parametrize(
    ("content", "kind", "graphics", "links"),
    [
        ('<media xlink:href="m.csv" mimetype="text" mime-subtype="csv"/>', "link", (), ("m.csv",)),
        ('<media xlink:href="m.xlsx"/>', "link", (), ("m.xlsx",)),
        ('<media xlink:href="m.jpg"/>', "image", ("m.jpg",), ()),
        ('<media xlink:href="m" mimetype="image"/>', "image", ("m",), ()),
        ('<graphic xlink:href="t1"/>', "image", ("t1",), ()),
        ('<graphic xlink:href="t1.tif"/><media xlink:href="m.zip"/>', "image", ("t1.tif",), ("m.zip",)),
        ('<supplementary-material xlink:href="s.csv"/>', "link", (), ("s.csv",)),
    ],
)
def test_a_table_that_is_a_file_is_a_link_and_one_that_is_a_picture_an_image(
    content: str, kind: str, graphics: tuple[str, ...], links: tuple[str, ...]
) -> None:
    table = article(f"<table-wrap><label>Table 1</label>{content}</table-wrap>").tables[0]
    assert (table.kind, table.graphics, table.links) == (kind, graphics, links)


def test_the_csv_table_of_the_review_is_a_link(shared: Path) -> None:
    table = parse(shared / "review1" / "papers" / "media_csv_table.xml").tables[0]
    assert (table.kind, table.links) == ("link", ("media-3.csv",))


@pytest.mark.parametrize(
    "groups",
    [
        "<thead>{h}</thead><tfoot>{f}</tfoot><tbody>{b}</tbody>",
        "<tfoot>{f}</tfoot><thead>{h}</thead><tbody>{b}</tbody>",
        "<thead>{h}</thead><tbody>{b}</tbody><tfoot>{f}</tfoot>",
        "<thead>{h}</thead>{b}<tfoot>{f}</tfoot>",
        "{b}<tfoot>{f}</tfoot><thead>{h}</thead>",
    ],
)
def test_the_foot_of_a_table_is_below_its_body_wherever_it_is_written(groups: str) -> None:
    rows = {name: f"<tr><td>{name}1</td><td>{name}2</td></tr>" for name in "hbf"}
    table = article(f"<table-wrap><table>{groups.format(**rows)}</table></table-wrap>").tables[0]
    assert table.grid() == [["h1", "h2"], ["b1", "b2"], ["f1", "f2"]]
    assert [cell.header for cell in table.cells] == [1, 1, 0, 0, 0, 0]


LIST = "<list><list-item><p>{}</p></list-item><list-item><p>{}</p></list-item></list>"


@pytest.mark.parametrize(
    ("paragraph", "passages"),
    [
        (f"We compare {LIST.format('scVI', 'PCA')} and find nothing.", ["We compare scVI PCA and find nothing."]),
        (f"We use{LIST.format('a', 'b')}, which is <i>new</i>.", ["We use a b , which is new."]),
        (f"Both ({LIST.format('a', 'b')}) fail.", ["Both ( a b ) fail."]),
        (f"We compare: {LIST.format('scVI', 'PCA')} Then we stop.", ["We compare:", "scVI", "PCA", "Then we stop."]),
        (f"We compare: {LIST.format('scVI', 'PCA')}", ["We compare:", "scVI", "PCA"]),
        (f"We stop. {LIST.format('a', 'b')} and so on", ["We stop.", "a", "b", "and so on"]),
        ("He said <disp-quote><p>no</p></disp-quote> and left.", ["He said no and left."]),
    ],
)
def test_a_sentence_around_a_list_stays_whole(paragraph: str, passages: list[str]) -> None:
    read = [p.text for p in article(f"<p>{paragraph}</p>").passages if p.kind == "paragraph"]
    assert read == passages


@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        ('<pub-date pub-type="epub"><day>45</day><month>13</month><year>2020</year></pub-date>', "date that is none"),
        ('<pub-date iso-8601-date="2020-02-31"><year>2020</year></pub-date>', "date that is none: 2020-02-31"),
        ("<pub-date><year>two thousand</year></pub-date>", "date that is none"),
        (
            '<contrib-group><contrib contrib-type="author"><name><surname> </surname></name></contrib></contrib-group>',
            "contributor without a name: blank",
        ),
        ('<contrib-group><contrib contrib-type="author"/></contrib-group>', "contributor without a name"),
        ('<kwd-group id="x"/><kwd-group id="x"/>', "id that 2 elements have: 'x'"),
        ("<kwd-group id='x'/><kwd-group\nid = \"x\"/>", "id that 2 elements have: 'x'"),
        ('<kwd-group id="x"/><kwd-group id="&#120;"/>', "id that 2 elements have: 'x'"),
        ('<kwd-group id="x y"/><kwd-group id="x\ny"/>', "id that 2 elements have: 'x y'"),
    ],
)
def test_what_is_odd_in_the_front_is_logged(meta: str, reason: str) -> None:
    assert any(drop.reason.startswith(reason) for drop in article("<p>x</p>", meta=meta).log)


def test_what_is_usual_in_the_front_is_not_logged() -> None:
    meta = (
        '<kwd-group id="x" xml:id="y"/><kwd-group id="y" rid="x"/><!-- id="x" -->'
        '<contrib-group><contrib contrib-type="author"><name><surname>Foe</surname></name></contrib></contrib-group>'
        '<pub-date pub-type="ppub"><year>2020</year></pub-date><pub-date><month>Mar</month><year>2020</year></pub-date>'
        '<pub-date pub-type="epub"><day>4</day><month>March</month><year>2020</year></pub-date>'
    )
    assert not article("<p>x</p>", meta=meta).log


def page(inside: str) -> bytes:
    return (
        "<html><head><meta name='citation_title' content='T'><meta name='citation_doi' content='10.1101/1'></head>"
        f"<body><div class='article abstract-view fulltext-view'>{inside}</div></body></html>"
    ).encode()


ABSTRACT = "<div class='section abstract' id='abstract-1'><h2>Abstract</h2><p>We ask.</p></div>"


@pytest.mark.parametrize(
    ("inside", "holds"),
    [
        (ABSTRACT, False),
        (f"{ABSTRACT}<div class='section fn-group'><p>A note.</p></div>", False),
        (f"{ABSTRACT}<div class='section ref-list'><ol class='cit-list'><li><p>X</p></li></ol></div>", False),
        (f"{ABSTRACT}<div class='section'><h2>Intro</h2></div>", False),
        (f"{ABSTRACT}<div class='section'><h2>Intro</h2><p>Cells.</p></div>", True),
        (f"{ABSTRACT}<p>Cells without a heading.</p>", True),
    ],
)
def test_a_page_has_the_text_if_it_has_a_section_beside_the_abstract(inside: str, holds: bool) -> None:
    assert holds_text(page(inside)) is holds
    remarks = [drop.reason for drop in parse(page(inside)).log]
    assert ("the page holds no text beside the abstract" in remarks) is not holds


@pytest.mark.parametrize(
    ("permissions", "licence"),
    [
        (
            '<license xlink:href="http://www.elsevier.com/tdm/userlicense/1.0/"/>'
            '<license xlink:href="http://creativecommons.org/licenses/by/4.0/"/>',
            "http://creativecommons.org/licenses/by/4.0/",
        ),
        ('<license license-type="CC BY 4.0"/>', "CC BY 4.0"),
        ('<license license-type="open-access"><license-p>Free to read.</license-p></license>', "Free to read."),
        (
            '<ali:license_ref xmlns:ali="http://www.niso.org/schemas/ali/1.0/">'
            "https://creativecommons.org/licenses/by/4.0/</ali:license_ref>",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        ("<copyright-statement>© 2020 The Authors</copyright-statement>", "© 2020 The Authors"),
        (
            '<license><license-p>Reserved. The waiver (<ext-link xlink:href="http://creativecommons.org/publicdomain/'
            'zero/1.0/">CC0</ext-link>) applies to the data in this article.</license-p></license>',
            "Reserved.",
        ),
    ],
)
def test_a_licence_is_found_wherever_the_publisher_states_it(permissions: str, licence: str) -> None:
    assert article("<p>a</p>", meta=f"<permissions>{permissions}</permissions>").paper.license == licence


@pytest.mark.parametrize(
    ("printed", "year", "posted", "is_odd"),
    [
        ("<month>3</month><year>2024</year>", 2024, None, False),
        ("<string-date>5 March 2024</string-date>", 2024, "2024-03-05", False),
        ("<string-date>March 5, 2024</string-date>", 2024, "2024-03-05", False),
        ("<string-date><day>5</day> <month>Mar.</month> <year>2024</year></string-date>", 2024, "2024-03-05", False),
        ("<season>Spring</season><year>2024</year>", 2024, None, False),
        ("<day>31</day><month>2</month><year>2024</year>", 2024, None, True),
        ("<day>00</day><month>00</month><year>2024</year>", 2024, None, True),
        ("<day>1</day><month>1</month><year>20204</year>", None, None, True),
        ("<string-date>31 February 2024</string-date>", 2024, None, True),
        ("<string-date>April 31, 2024</string-date>", 2024, None, True),
        ("<string-date>5 Foo 2024</string-date>", 2024, None, True),
        ("<string-date>Spring 2024</string-date>", 2024, None, False),
    ],
)
def test_a_date_is_read_as_far_as_it_goes(printed: str, year: int | None, posted: str | None, *, is_odd: bool) -> None:
    document = article("<p>a</p>", meta=f'<pub-date pub-type="epub">{printed}</pub-date>')
    assert document.paper.year == year
    assert document.paper.posted == (date.fromisoformat(posted) if posted else None)
    assert any(drop.reason.startswith("date that is none") for drop in document.log) is is_odd


@pytest.mark.parametrize(
    ("stated", "year", "posted"),
    [("2024-03", 2024, None), ("20240305", 2024, "2024-03-05"), ("2024-03-05T09:00:00Z", 2024, "2024-03-05")],
)
def test_a_date_that_stands_in_an_attribute_alone_is_read(stated: str, year: int, posted: str | None) -> None:
    document = article("<p>a</p>", meta=f'<pub-date date-type="pub" iso-8601-date="{stated}"/>')
    assert document.paper.year == year
    assert str(document.paper.posted) == str(posted)
    assert not document.log


@pytest.mark.parametrize(
    ("kind", "title", "notice"),
    [
        ("retraction", "Notice", "retraction, about 10.1038/abc"),
        ("research-article", "WITHDRAWN: A model of cells", "withdrawn, about 10.1038/abc"),
        ("research-article", "[Retracted] A model", "retracted, about 10.1038/abc"),
        ("research-article", "Corrigendum to: A model", "corrigendum, about 10.1038/abc"),
        ("research-article", "Correction of batch effects", None),
        ("research-article", "Retraction of the axon", None),
    ],
)
def test_a_notice_about_a_paper_says_that_it_is_one(kind: str, title: str, notice: str | None) -> None:
    document = parse(
        (
            f'<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="{kind}"><front><article-meta>'
            f"<title-group><article-title>{title}</article-title></title-group>"
            '<related-article related-article-type="retracted-article" xlink:href="10.1038/abc"/></article-meta>'
            "</front><body><p>a</p></body></article>"
        ).encode()
    )
    said = [drop.reason.partition(": ")[2] for drop in document.log if "is a notice" in drop.reason]
    assert said == ([notice] if notice else [])


@pytest.mark.parametrize(
    "title", ["A<xref ref-type='fn' rid='f'>*</xref>", "A <sup><xref ref-type='fn' rid='f'>1</xref></sup>",
              "A<fn><p>Funded.</p></fn>", "A<sup><xref ref-type='corresp' rid='f'>†</xref></sup>"]
)  # fmt: skip
def test_the_marks_of_notes_are_no_part_of_a_title(title: str) -> None:
    document = article("<p>a</p>", meta=f"<title-group><article-title>{title}</article-title></title-group>")
    assert document.paper.title == "A"


def test_a_cell_without_an_end_covers_the_rows_that_are_left() -> None:
    table = "<table><tr><td rowspan='0'>A</td><td>B</td></tr><tr><td>C</td></tr><tr><td>D</td></tr></table>"
    grid = article(f"<table-wrap>{table}</table-wrap>").tables[0].grid()
    assert grid == [["A", "B"], ["A", "C"], ["A", "D"]]
