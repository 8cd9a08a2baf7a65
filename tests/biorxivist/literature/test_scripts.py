"""Superscripts, subscripts and small formulas have one plain form, wherever they come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse
from biorxivist.literature.sources.fields import abstract_of, title_of

REFERENCES = "".join(
    f'<ref id="r{n}"><label>{n}</label><mixed-citation>Work {n} on 10<sup>{n}</sup> cells.</mixed-citation></ref>'
    for n in range(1, 10)
)


def read(body: str) -> Document:
    data = (
        '<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><front><article-meta><title-group><article-title>'
        "Up to 10<sup>8</sup> CD8<sup>+</sup> cells</article-title></title-group></article-meta></front>"
        f"<body><sec><title>At 10<sup>5</sup></title>{body}</sec></body>"
        f"<back><ref-list>{REFERENCES}</ref-list></back></article>"
    )
    return parse(data.encode())


def text_of(paragraph: str) -> str:
    return next(p.text for p in read(f"<p>{paragraph}</p>").passages if p.kind == "paragraph")


def cite(number: int | str) -> str:
    return f'<xref ref-type="bibr" rid="r{number}">{number}</xref>'


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("10<sup>5</sup> cells", "10^5 cells"),
        ("1.73 m<sup>2</sup>.", "1.73 m^2."),
        ("3 × 10<sup>−6</sup>", "3 × 10^−6"),
        ("10<sup>-1.5</sup>", "10^-1.5"),
        ("10<sup>−</sup><sup>5</sup>", "10^−5"),
        ("kg m<sup>−1</sup> s<sup>−2</sup>", "kg m^−1 s^−2"),
        ("10<sup> 5 </sup>cells", "10 ^5 cells"),
        ("10<bold><sup>5</sup></bold>", "10^5"),
        ("10<sup><italic>n</italic>+1</sup>", "10^(n+1)"),
        ("(a+b)<sup>2</sup>", "(a+b)^2"),
        ("2<sup>10</sup>24", "2^(10)24"),
        ("CD8<sup>+</sup> T", "CD8+ T"),
        ("p53<sup>−/−</sup>", "p53−/−"),
        ("Ca<sup>2+</sup> and Cl<sup>–</sup>", "Ca2+ and Cl–"),
        ("SO<sub>4</sub><sup>2−</sup>", "SO4^2−"),
        ("H<sub>2</sub>O, CO<sub>2</sub>", "H2O, CO2"),
        ("log<sub>2</sub> and log<sub>10</sub>(x)", "log2 and log10(x)"),
        ("log<sub>10</sub>100", "log_(10)100"),
        ("10<sub>2</sub>", "10_2"),
        ("x<sub>i</sub>, x<sub>i+1</sub>", "xi, x_(i+1)"),
        ("x<sup>2</sup><sub>i</sub>", "x^2_i"),
        ("F<sub>(1,95)</sub>", "F(1,95)"),
        ("the 1<sup>st</sup> and 20<sup>th</sup>", "the 1st and 20th"),
        ("<sup>13</sup>C in [<sup>18</sup>F]FDG", "13C in [18F]FDG"),
        ("Kras<sup>G12D</sup>", "Kras^G12D"),
        ("0.81<sup>*</sup>", "0.81*"),
        ("10⁵ m²", "10⁵ m²"),
        ("10 <sup>5</sup> cells", "10 ^5 cells"),
        ("cells s <sup>−1</sup>", "cells s ^−1"),
        ("from 10 <sup>13</sup>C atoms", "from 10 13C atoms"),
        ("10<sup>10<sup>2</sup></sup>", "10^(10^2)"),
        ("x<sub>a<sup>2</sup></sub>", "x_(a^2)"),
        ("10<sup><sup>5</sup></sup>", "10^5"),
        ("37<sup>o</sup>C", "37^oC"),
        ("10<sup>\u200b5</sup> cells", "10^5 cells"),
        ('10<styled-content style="font-size:small; vertical-align: super">5</styled-content> cells', "10^5 cells"),
        ('CO<named-content content-type="subscript">2</named-content>', "CO2"),
    ],
)
def test_what_is_raised_or_lowered_keeps_its_meaning(printed: str, plain: str) -> None:
    assert text_of(printed) == plain


@pytest.mark.parametrize(
    ("printed", "plain", "cited"),
    [
        (f"95<sup>{cite(1)}</sup> genes", "95 [1] genes", [("1",)]),
        ('95<xref ref-type="bibr" rid="r1"><sup>1</sup></xref> genes', "95 [1] genes", [("1",)]),
        (f"95{cite(1)} genes", "95 [1] genes", [("1",)]),
        (f"scVI<sup>{cite(1)}</sup>", "scVI [1]", [("1",)]),
        (f"cells.<sup>{cite(1)},{cite(2)}</sup> Then", "cells. [1,2] Then", [("1",), ("2",)]),
        (f"cells<sup>{cite(2)}–{cite(5)}</sup>Then", "cells [2–5] Then", [("2",), ("3", "4", "5")]),
        (f"cells<sup>{cite(2)}–4</sup>.", "cells [2–4].", [("2", "3", "4")]),
        (f"cells<sup>{cite(2)}</sup><sup>–</sup><sup>{cite(4)}</sup>", "cells [2]–[4]", [("2",), ("3", "4")]),
        (f"10<sup>6</sup> cells<sup>{cite(3)}</sup>", "10^6 cells [3]", [("3",)]),
        (f"10<sup>6</sup><sup>{cite(3)}</sup> cells", "10^6 [3] cells", [("3",)]),
        (f"95 [{cite(1)}] genes ({cite(2)})", "95 [1] genes (2)", [("1",), ("2",)]),
        (f"95<sup>[{cite(1)}]</sup> genes", "95 [1] genes", [("1",)]),
        ('0.81<xref ref-type="table-fn" rid="t"><sup>a</sup></xref>', "0.81 [a]", []),
        ('0.81<sup><xref ref-type="fn" rid="t">2</xref></sup>', "0.81 [2]", []),
        (f"as in {cite(1)}, {cite(2)}", "as in 1, 2", [("1",), ("2",)]),
    ],
)
def test_a_citation_touches_no_number_and_no_word(printed: str, plain: str, cited: list[tuple[str, ...]]) -> None:
    document = read(f"<p>{printed}</p>")
    passage = next(p for p in document.passages if p.kind == "paragraph")
    assert passage.text == plain
    assert [c.reference_keys for c in document.citations] == cited
    assert all(passage.text[c.start : c.end] == c.text for c in document.citations)


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("<mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>5</mml:mn></mml:msup></mml:math>", "10^5"),
        ("<mml:math><mml:msub><mml:mi>H</mml:mi><mml:mn>2</mml:mn></mml:msub><mml:mi>O</mml:mi></mml:math>", "H2O"),
        ("<mml:math><mml:mfrac><mml:mn>1</mml:mn><mml:mn>12</mml:mn></mml:mfrac></mml:math>", "1/12"),
        (
            "<mml:math><mml:mfrac><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mn>1</mml:mn></mml:mrow>"
            "<mml:mi>b</mml:mi></mml:mfrac></mml:math>",
            "(a+1)/b",
        ),
        ("<mml:math><mml:msqrt><mml:mi>n</mml:mi></mml:msqrt></mml:math>", "√(n)"),
        (
            "<mml:math><mml:msubsup><mml:mi>x</mml:mi><mml:mi>i</mml:mi><mml:mn>2</mml:mn></mml:msubsup></mml:math>",
            "xi^2",
        ),
        ("<tex-math>$10^{5}$</tex-math>", "10^5"),
        ("10</inline-formula><inline-formula><tex-math>$^{5}$</tex-math>", "10^5"),
        ("CO</inline-formula><inline-formula><tex-math>$_{2}$</tex-math>", "CO2"),
        (r"<tex-math>$3 \times 10^{-6}$</tex-math>", "3 × 10^-6"),
        (r"<tex-math>\(\mathrm{CO}_2\)</tex-math>", "CO2"),
        (r"<tex-math>$R^2 = 0.9$</tex-math>", "R^2 = 0.9"),
        (r"<tex-math>$\frac{1}{12}$</tex-math>", "1/12"),
        (r"<tex-math>$\begin{cases} a \end{cases}$</tex-math>", r"$\begin{cases} a \end{cases}$"),
        (
            "<alternatives><tex-math>$$10^{5}$$</tex-math><mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>5</mml:mn>"
            "</mml:msup></mml:math></alternatives>",
            "10^5",
        ),
    ],
)
def test_a_small_formula_is_plain_text(formula: str, plain: str) -> None:
    assert text_of(f"<inline-formula>{formula}</inline-formula>") == plain


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("<mn>2</mn><mo>\u2062</mo><mn>3</mn>", "2·3"),
        ("<msup><mi>s</mi><mn>2</mn></msup><mo>\u2062</mo><mn>2</mn><mo>\u2062</mo><mi>p</mi>", "s^2·2p"),
        ("<msub><mi>x</mi><mrow><mn>1</mn><mo>\u2063</mo><mn>2</mn></mrow></msub>", "x_(1,2)"),
        ("<mn>3</mn><mo>\u2064</mo><mn>1</mn>", "3+1"),
        ("<mn>2</mn><mo>\u2062</mo><mi>x</mi>", "2x"),
        ("<munder><mo>∑</mo><mi>n</mi></munder><mi>c</mi>", "∑_(n)c"),
        ("<munder><mo>∑</mo><mi>n</mi></munder><mo>|</mo>", "∑_n|"),
    ],
)
def test_what_has_no_shape_in_a_formula_still_parts_its_numbers(formula: str, plain: str) -> None:
    named = formula.replace("</", "</mml:").replace("<m", "<mml:m")
    assert text_of(f"<inline-formula><mml:math>{named}</mml:math></inline-formula>") == plain


def test_the_scripts_before_a_base_stand_before_it() -> None:
    carbon = (
        "<mml:mmultiscripts><mml:mi>C</mml:mi>{}<mml:mprescripts/><mml:none/><mml:mn>13</mml:mn></mml:mmultiscripts>"
    )
    assert text_of(f"<inline-formula><mml:math>{carbon.format('')}</mml:math></inline-formula>") == "13C"
    assert text_of(f"<mml:math>{carbon.format('<mml:mn>2</mml:mn><mml:mo>+</mml:mo>')}</mml:math>") == "13C2+"


def test_a_saved_page_has_the_same_form_in_its_text_headings_and_references() -> None:
    marked = (
        "10<sup>10<sup>2</sup></sup> CO<span class='sub'>2</span> <math><msup><mi>R</mi><mn>2</mn></msup></math>"
        "<a class='xref-bibr' href='#ref-1'>1</a>"
    )
    plain = "10^(10^2) CO2 R^2"
    read = parse(
        "<html><head><meta name='citation_title' content='T'></head><body><div class='article fulltext-view'>"
        f"<div class='section'><h2>{marked}</h2><p>{marked}</p></div><div class='section ref-list'>"
        "<ol class='cit-list'><li><span class='ref-label'>1</span><a class='rev-xref-ref' id='ref-1'>1</a><cite>A. "
        "<span class='cit-article-title'>On 10<sup>5</sup> cells</span>. 2001.</cite></li>"
        "</ol></div></div></body></html>".encode()
    )
    assert next(p.text for p in read.passages if p.kind == "paragraph") == f"{plain} [1]"
    assert read.sections[1].path.startswith(plain)
    assert read.citations[-1].reference_keys == ("1",)
    (reference,) = read.references
    assert (reference.text, reference.title) == ("A. On 10^5 cells. 2001.", "On 10^5 cells")
    assert read.as_printed(reference) == "A. On 105 cells. 2001."


def test_a_formula_in_a_title_or_an_entry_has_the_same_form_and_its_other_forms_are_logged() -> None:
    formula = (
        "<inline-formula><alternatives><tex-math>$10^{5}$</tex-math><mml:math><mml:msup><mml:mn>10</mml:mn>"
        "<mml:mn>5</mml:mn></mml:msup></mml:math></alternatives></inline-formula>"
    )
    document = parse(
        '<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><front><article-meta><title-group><article-title>'
        f"Of {formula} cells</article-title></title-group></article-meta></front><body><sec><title>At {formula}</title>"
        f"<p>a</p></sec></body><back><ref-list><ref id='r'><mixed-citation>On {formula} cells</mixed-citation></ref>"
        "</ref-list></back></article>".encode()
    )
    assert document.paper.title == "Of 10^5 cells"
    assert document.passages[-1].section == "At 10^5"
    assert document.references[0].text == "On 10^5 cells"
    assert ("$10^{5}$", "References") in {(drop.text, drop.section) for drop in document.log}


def test_titles_headings_cells_and_references_have_the_same_form() -> None:
    document = read(
        "<table-wrap><table><tr><td>10<sup>3</sup></td>"
        '<td>5<xref ref-type="bibr" rid="r1"><sup>1</sup></xref></td></tr></table></table-wrap>'
    )
    assert document.paper.title == "Up to 10^8 CD8+ cells"
    assert "At 10^5" in [section.path for section in document.sections]
    assert document.tables[0].grid() == [["10^3", "5 [1]"]]
    assert document.references[2].text == "Work 3 on 10^3 cells."
    assert document.as_printed(document.references[2]) == "Work 3 on 103 cells."


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("10<sup>8</sup> CD8<jats:sup>+</jats:sup> cells", "10^8 CD8+ cells"),
        ("CO<sub>2</sub> and H<sub>2</sub>O", "CO2 and H2O"),
        ("<p>1.73 m<sup>2</sup>, n<sup><i>k</i></sup></p>", "1.73 m^2, n^k"),
        ('10<sup class="x">5</sup> <scp>RNA</scp> in CO<inf>2</inf>', "10^5 RNA in CO2"),
        ("10<sup>10<sup>2</sup></sup> or 10 <sup>5</sup>", "10^(10^2) or 10 ^5"),
        ("<mml:math><mml:msup><mml:mi>R</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math> &gt; 0.9", "R^2 > 0.9"),
        (
            "<jats:alternatives><jats:tex-math>$k$</jats:tex-math><mml:math><mml:mi>k</mml:mi></mml:math>"
            "</jats:alternatives>-means",
            "k-means",
        ),
        (r"<inline-formula><tex-math>$10^{5}$</tex-math></inline-formula> cells", "10^5 cells"),
        (r"10<tex-math>$^{5}$</tex-math> cells", "10^5 cells"),
        ("&lt;i&gt;E. coli&lt;/i&gt; at 10&lt;sup&gt;5&lt;/sup&gt;", "E. coli at 10^5"),
        ("if a<b and c>d cells", "if a<b and c>d cells"),
    ],
)
def test_what_services_send_has_the_same_form(sent: str, plain: str) -> None:
    assert title_of(sent) == plain
    assert abstract_of(sent) == plain


def test_the_paper_of_the_review_keeps_its_numbers(shared: Path) -> None:
    document = parse(shared / "review1" / "papers" / "sup_number.xml")
    passage = document.passages[-1]
    assert passage.text == "Kept 10^5 cells, 1.73 m^2, scVI [1] with 95 [1] genes."
    assert document.as_printed(passage) == "Kept 105 cells, 1.73 m2, scVI1 with 951 genes."


PARTS = st.lists(
    st.sampled_from(
        ("10", "x", " ", "cells", "<sup>5</sup>", "<sub>2</sub>", f"<sup>{cite(1)}</sup>", cite(2), "<sup>+</sup>", ".",
         "<sup> n+1</sup>", "<bold>7</bold>", "<sup>a<sub>2</sub></sup>")
    ),
    max_size=12,
)  # fmt: skip


@given(parts=PARTS)
def test_offsets_lead_to_the_same_place_both_ways(parts: list[str]) -> None:
    document = read(f"<p>begin {' '.join(parts)} {''.join(parts)}</p>")
    for passage in document.passages:
        printed = document.as_printed(passage)
        added = set(document.added.get(passage.id, ()))
        for offset, character in enumerate(printed):
            place = document.from_printed(passage.id, offset)
            assert passage.text[place] == character
            assert document.to_printed(passage.id, place) == offset
            assert place not in added
        assert document.from_printed(passage.id, len(printed)) >= len(passage.text) - len(added)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        (f"95<sup>[</sup><sup>{cite(1)}</sup><sup>]</sup> genes", "95 [1] genes"),
        (f"95<sup>(</sup><sup>{cite(1)},{cite(2)}</sup><sup>)</sup>genes", "95 (1,2) genes"),
        (f"10<sup>5</sup><sup>[</sup><sup>{cite(3)}</sup><sup>]</sup> cells", "10^5 [3] cells"),
        (f"CD8<sup>+</sup><sup>[</sup><sup>{cite(3)}</sup><sup>]</sup>", "CD8+ [3]"),
        ("x<sup>(</sup><sup>n</sup><sup>)</sup>", "x^(n)"),
        ("10<sup>5</sup><sup>(a)</sup>", "10^(5(a))"),
    ],
)
def test_brackets_that_are_raised_apart_from_a_mark_belong_to_it(printed: str, plain: str) -> None:
    assert text_of(printed) == plain


@pytest.mark.parametrize(
    ("style", "plain"),
    [
        ("vertical-align:15%;font-size:70%", "10^5 cells"),
        ("font-size: 6pt; vertical-align: .4em", "10^5 cells"),
        ("VERTICAL-ALIGN: 3px; FONT: 6pt serif", "10^5 cells"),
        ("vertical-align:-2pt;font-size:smaller", "10_5 cells"),
        ("vertical-align:0;font-size:6pt", "105 cells"),
        ("vertical-align:3px", "105 cells"),
        ("vertical-align:middle;font-size:6pt", "105 cells"),
    ],
)
def test_what_a_style_raises_by_a_length_in_smaller_letters_is_a_script(style: str, plain: str) -> None:
    assert text_of(f'10<styled-content style="{style}">5</styled-content> cells') == plain
    page = (
        "<html><head><meta name='citation_title' content='T'></head><body><div class='article fulltext-view'>"
        f"<div class='section'><h2>A</h2><p>10<span style='{style}'>5</span> cells</p></div></div></body></html>"
    )
    assert [p.text for p in parse(page.encode()).passages if p.kind == "paragraph"] == [plain]
