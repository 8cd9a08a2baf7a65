"""Formulas in one line: nothing runs together that the page keeps apart, and accents are no operators."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from biorxivist.literature.document import Document
from biorxivist.literature.parse import parse
from biorxivist.literature.parse.operands import is_enclosed, is_single


def read(inside: str) -> Document:
    data = (
        '<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><body><p>x <inline-formula>'
        f"{inside}</inline-formula> y</p></body></article>"
    )
    return parse(data.encode())


def formula(inside: str) -> str:
    named = re.sub(r"<(/?)(?=m|none)", r"<\1mml:", inside)
    return text(f"<mml:math>{named}</mml:math>")


def text(inside: str) -> str:
    [passage] = read(inside).passages
    return passage.text.removeprefix("x ").removesuffix(" y")


HALF = "<mfrac><mn>1</mn><mn>2</mn></mfrac>"
RATIO = "<mfrac><mi>a</mi><mi>b</mi></mfrac>"


@pytest.mark.parametrize(
    ("inside", "plain"),
    [
        (HALF, "1/2"),
        (f"<mn>3</mn>{HALF}", "3(1/2)"),
        (f"{HALF}<mi>x</mi>", "(1/2)x"),
        (f"{HALF}{HALF}", "(1/2)(1/2)"),
        (f"<mrow>{HALF}</mrow><mo>\u2062</mo><mi>x</mi>", "(1/2)x"),
        (f"<mo>−</mo>{HALF}<mo>=</mo><mi>x</mi>", "−1/2=x"),
        (f"<msup>{RATIO}<mn>2</mn></msup>", "(a/b)^2"),
        (f"<msup><mrow><mo>(</mo>{RATIO}<mo>)</mo></mrow><mn>2</mn></msup>", "(a/b)^2"),
        (f"<msup><mi>e</mi><mrow><mo>−</mo>{RATIO}</mrow></msup>", "e^(−a/b)"),
        (f"<mfrac>{RATIO}<mi>c</mi></mfrac>", "(a/b)/c"),
        ("<msup><mrow><mo>(</mo><mi>a</mi><mo>)</mo><mo>+</mo><mo>(</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>",
         "((a)+(b))^2"),
        ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", "(n; k)"),
        ("<mo>(</mo><mfrac linethickness='0pt'><mi>n</mi><mi>k</mi></mfrac><mo>)</mo>", "(n; k)"),
    ],
)  # fmt: skip
def test_a_fraction_keeps_its_borders(inside: str, plain: str) -> None:
    assert formula(inside) == plain


@pytest.mark.parametrize(
    ("inside", "plain"),
    [
        ("<mn>5</mn><mspace width='0.3em'/><mn>6</mn>", "5 6"),
        ("<mn>5</mn><mspace width='thinmathspace'/><mi>mM</mi>", "5 mM"),
        ("<mn>5</mn><mspace width='0em'/><mn>6</mn><mspace width='-1em'/><mn>7</mn>", "567"),
        ("<mi>y</mi><mspace width='1em'/><mo>∈</mo><mspace width='1em'/><mi>Y</mi>", "y∈Y"),
        ("<mi>f</mi><mo>(</mo><mi>x</mi><mo>)</mo><mtext>\u00a0for all </mtext><mi>x</mi>", "f(x) for all x"),
        ("<mi>x</mi><mtext>\n if \n</mtext><mn>3</mn>", "x if 3"),
        ("<msub><mi>x</mi><mtext> max </mtext></msub>", "xmax"),
        ("<mi>log</mi><mo>\u2061</mo><mi>x</mi>", "log x"),
        ("<msub><mi>log</mi><mn>2</mn></msub><mn>8</mn>", "log2 8"),
        ("<mi>sin</mi><mo>(</mo><mi>x</mi><mo>)</mo>", "sin(x)"),
        ("<mrow><msup><mn>10</mn><mn>2</mn></msup></mrow><mn>4</mn>", "10^(2)4"),
    ],
)
def test_words_and_numbers_that_a_space_parts_stay_apart(inside: str, plain: str) -> None:
    assert formula(inside) == plain


BARS = "<mrow><mo>{0}</mo><mi>x</mi><mo>{0}</mo></mrow>"


@pytest.mark.parametrize(
    ("inside", "plain"),
    [
        (f"<msup>{BARS.format('|')}<mn>2</mn></msup>", "|x|^2"),
        (f"<msup>{BARS.format('|')}<mn>2</mn></msup><mi>y</mi>", "|x|^2y"),
        (f"<msubsup>{BARS.format('‖')}<mn>2</mn><mn>2</mn></msubsup>", "‖x‖2^2"),
        ("<mi>p</mi><mo>|</mo><msup><mrow/><mn>13</mn></msup><mi>C</mi>", "p|13C"),
        ("<menclose notation='radical'><mi>x</mi></menclose>", "√(x)"),
    ],
)
def test_what_bars_end_carries_its_power(inside: str, plain: str) -> None:
    assert formula(inside) == plain


def hat(letter: str, accent: str) -> str:
    return f"<mover accent='true'><mi>{letter}</mi><mo>{accent}</mo></mover>"


@pytest.mark.parametrize(
    ("inside", "plain", "printed"),
    [
        (f"<msub>{hat('x', '^')}<mi>i</mi></msub>", "x̂i", "^"),
        (f"<msup>{hat('R', '^')}<mn>2</mn></msup>", "R̂^2", "^"),
        (f"{hat('x', '-')}<mi>y</mi>", "x̄y", "-"),
        (f"{hat('y', '→')}<mtext>node</mtext>", "y⃗node", "→"),
        (f"{hat('p', '~')}<mo>=</mo>{hat('q', '¯')}", "p̃=q̄", "~¯"),
        (f"<mfrac>{hat('x', '˙')}<mn>2</mn></mfrac>", "x\u0307/2", "˙"),
        (hat("f", "*"), "f*", ""),
        ("<mover><mo>→</mo><mi>k</mi></mover>", "→^k", ""),
    ],
)
def test_an_accent_joins_its_letter_and_is_no_operator(inside: str, plain: str, printed: str) -> None:
    assert formula(inside) == plain
    named = re.sub(r"<(/?)(?=m)", r"<\1mml:", inside)
    log = read(f"<mml:math>{named}</mml:math>").log
    assert "".join(drop.text for drop in log) == printed


def test_no_character_of_such_a_formula_is_lost_or_doubled(unaccounted) -> None:
    inside = f"{hat('x', '^')}<mn>3</mn>{HALF}<mspace width='1em'/><mtext> if </mtext>{hat('y', '→')}"
    named = re.sub(r"<(/?)(?=m)", r"<\1mml:", inside)
    data = f'<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><body><p><mml:math>{named}</mml:math></p></body>'
    assert unaccounted(f"{data}</article>".encode()) == ("", "")


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        (r"$3\frac{1}{2}$", "3(1/2)"),
        (r"$\dfrac{1}{2}x$", "(1/2)x"),
        (r"$\tfrac12\alpha$", "(1/2)α"),
        (r"$\frac{1}{2}$", "1/2"),
        (r"$\frac{\frac{a}{b}}{c}$", "(a/b)/c"),
        (r"$e^{\frac{x}{2}}$", "e^(x/2)"),
        (r"$\hat{y}_i$", "y\u0302i"),
        (r"$\bar x$", "x̄"),
        (r"$\overline{AB}$", "AB̄"),
        (r"$\sqrt{n}$", "√(n)"),
        (r"$\sqrt[3]{n}$", r"$\sqrt[3]{n}$"),
        (r"$|x|^2$", "|x|^2"),
        (r"$\|x\|_2$", "‖x‖2"),
        (r"$n \lt 3$", "n < 3"),
        (r"$\mu$m at $37^{\circ}$C", r"$\mu$m at $37^{\circ}$C"),
    ],
)
def test_tex_has_the_same_form(source: str, plain: str) -> None:
    escaped = source.replace("&", "&amp;").replace("<", "&lt;")
    assert text(f"<tex-math>{escaped}</tex-math>") == plain


@pytest.mark.parametrize("single", ["12", "0.5", "TP", "x̂", "β"])
def test_one_number_or_word_needs_no_brackets(single: str) -> None:
    assert is_single(single)
    assert not is_single(f"{single}+1")


@pytest.mark.parametrize(
    ("written", "whole"),
    [("(a+b)", True), ("[a]", True), ("‖x‖", True), ("P(x|y)", True), ("(a)(b)", False), ("|a|+|b|", False),
     ("(a", False), ("ab", False), ("(a]", False)],
)  # fmt: skip
def test_brackets_around_all_of_it_are_told_from_others(written: str, *, whole: bool) -> None:
    assert is_enclosed(written) is whole


MATH = "http://www.w3.org/1998/Math/MathML"
TAGS = [
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "msup",
    "msub",
    "msubsup",
    "mfrac",
    "mover",
    "munder",
    "munderover",
    "msqrt",
    "mroot",
    "mfenced",
    "mtable",
    "mtr",
    "mtd",
    "mmultiscripts",
    "mprescripts",
    "none",
    "menclose",
    "mstyle",
    "semantics",
    "annotation",
    "mphantom",
    "maction",
]
TOKENS = st.sampled_from(
    ["x", "i", "2", "10", "log", "^", "-", "→", "|", "‖", "(", ")", " ", "\u2061", "\u2062", " if ", ""]
)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 0) -> etree._Element:
    element = etree.Element(f"{{{MATH}}}{draw(st.sampled_from(TAGS))}")
    if draw(st.booleans()):
        element.set(draw(st.sampled_from(["width", "linethickness", "notation"])), draw(st.sampled_from(["0", "1em"])))
    inside = draw(st.integers(0, 3 if depth < 4 else 0))
    if not inside:
        element.text = draw(TOKENS)
    for _ in range(inside):
        element.append(draw(formulas(depth=depth + 1)))
    return element


@given(parts=st.lists(formulas(), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_stands_in_a_formula_no_character_is_lost_or_doubled(parts: list[etree._Element], unaccounted) -> None:
    article = etree.Element("article")
    paragraph = etree.SubElement(etree.SubElement(article, "body"), "p")
    paragraph.text = "10"
    etree.SubElement(paragraph, f"{{{MATH}}}math").extend(parts)
    assert unaccounted(etree.tostring(article, encoding="utf-8")) == ("", "")
