"""What a browser does not show is in no passage, and what it shows is in one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.parse import ParseError, parse


def page(body: str, css: str = "", attributes: str = "") -> Document:
    return parse(
        f"<html><head><meta name='citation_title' content='T'><meta name='citation_doi' content='10.1101/1'>"
        f"<style>{css}</style></head><body {attributes}><div class='article fulltext-view'>"
        f"<div class='section'><h2>A</h2>{body}</div></div></body></html>".encode()
    )


def prose(document: Document) -> str:
    read = (passage.text for passage in document.passages if passage.kind in ("paragraph", "table"))
    return " ".join(" ".join(read).split())


def hidden(document: Document) -> dict[str, str]:
    return {drop.text: drop.reason for drop in document.log if drop.reason.startswith("hidden")}


SHOWN = (
    "font-size:0.9em", "font-size:1rem", "font-size: 80%", "font-size:.8em", "font:0.9em/1.2 serif",
    "font-size:x-small", "line-height:0", "min-width:0", "border-width:0", "border-bottom-width:0;", "padding:0",
    "max-height:100%", "height:0", "width:0;height:0", "height:0;overflow:visible", "left:-9999px",
    "margin-left:-20px", "position:absolute;left:50%;margin-left:-480px", "color:#333",
    "color:white;background:#036", "color:#fff;background-image:linear-gradient(#036, #069)",
    "background-color:white", "opacity:0.9", "opacity:1.0", "visibility:visible", "clip:rect(0,0,0,0)",
    "clip-path:none", "clip-path:inset(0)", "transform:scale(1)", "transform:translate(0, -50%)", "text-indent:-2em",
    "display:flex", "display:none;display:block", "color:transparent;text-shadow:0 0 1px black",
    "border-color:white", "overflow:hidden", "filter:blur(0)",
    "background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent",
    "width:100%;overflow:auto", "--ink: white; color: black", "color:var(--undefined-name, black)",
    "font-size:calc(1em * 0.9)", "zoom:0", "font-size:max(0px, 1em)", "font-size:clamp(10px, 2vw, 20px)",
    "width:calc(100% - 1px);overflow:hidden", "letter-spacing:-0.02em", "rotate:90deg", "transform:rotate(90deg)",
    "color:canvastext", "opacity:calc(1 / 2)", "margin-inline-start:-20px", "inline-size:0", "mask-image:url(a.svg)",
    "mask-image:linear-gradient(black, transparent)", "font-size:calc(10px + 1%)", "position:fixed;left:90%",
)  # fmt: skip
UNSEEN = (
    "display:none", "display : none !important", "DISPLAY:NONE", "display:none;display:nonsense",
    "visibility:hidden", "visibility:collapse", "opacity:0", "opacity:.01", "opacity:0%", "filter:opacity(0)",
    "content-visibility:hidden", "font-size:0", "font-size:1px", "font-size:0.01em", "font-size:.1pt", "font:0/0 a",
    "font-size:calc(1em * 0)", "color:white", "color:#fefefe", "color:rgb(255 255 255)", "color:hsl(0,0%,100%)",
    "color:transparent", "color:rgba(0,0,0,0.02)", "color:#0000", "-webkit-text-fill-color:transparent",
    "color:#036;background:#036", "clip-path:inset(50%)", "clip-path:circle(0)", "clip-path:polygon(0 0, 0 0, 0 0)",
    "clip-path: inset(0 100% 0 0)", "position:absolute;clip:rect(0,0,0,0)",
    "position:absolute;clip:rect(1px, 1px, 1px, 1px)", "height:0;overflow:hidden",
    "width:1px;height:1px;overflow:hidden", "max-height:0;overflow:hidden", "line-height:0;overflow:hidden",
    "text-indent:100%;overflow:hidden;white-space:nowrap", "position:absolute;left:-9999px",
    "position:fixed;top:-1000px", "margin-left:-9999em", "margin-top:-1000px", "margin:-5000px 0 0",
    "text-indent:-9999px", "transform:translateX(-200vw)", "transform:scale(0)", "scale:0",
    "position:absolute;right:-9999px", "position:absolute;inset:-3000px auto auto 0", "translate:-100vw -100vh",
    "--ink: white; color: var(--ink)", "color:var(--undefined-name, white)",
    "font-size:min(0px, 1em)", "font-size:clamp(0px, 0px, 1px)", "opacity:calc(0)", "opacity:calc((1 - 1) * 2)",
    "-webkit-filter:opacity(0)", "position:absolute;left:calc(-100vw - 10px)",
    "position:absolute;inset-inline-start:-9999px",
    "margin-inline-start:-9999px", "margin-block-start:-9999px", "transform:rotateY(90deg)", "rotate:x 0.25turn",
    "zoom:0.0001", "block-size:0;overflow:hidden", "max-inline-size:0;overflow:clip", "letter-spacing:-9999px",
    "letter-spacing:-1em", "mask-image:linear-gradient(transparent, transparent)", "position:fixed;left:101%",
    "color:canvas", "scale:1 0",
)  # fmt: skip


@pytest.mark.parametrize("style", SHOWN)
def test_a_style_that_hides_nothing_on_a_screen_leaves_the_text(style: str) -> None:
    read = page(f'<p>before</p><p style="{style}">shown words</p><p>after</p>')
    assert prose(read) == "before shown words after"
    assert not hidden(read)


@pytest.mark.parametrize("style", UNSEEN)
def test_a_style_that_a_browser_hides_by_takes_the_text_out_and_says_which_it_was(style: str) -> None:
    read = page(f'<p>before</p><p style="{style}">obey <b>me</b></p><p>after</p>')
    assert prose(read) == "before after"
    assert list(hidden(read)) == ["obey me"]


@pytest.mark.parametrize("style", UNSEEN)
def test_the_same_style_in_a_style_element_hides_too(style: str) -> None:
    read = page('<p>before</p><p class="note x">obey <b>me</b></p><p>after</p>', f".note.x {{ {style} }}")
    assert prose(read) == "before after"
    assert list(hidden(read)) == ["obey me"]


@pytest.mark.parametrize(
    ("css", "body", "seen"),
    [
        ("@media print { .x { display:none } }", '<p class="x">a</p>', "a"),
        ("@media screen and (min-width: 700px) { .x { display:none } }", '<p class="x">a</p>', ""),
        ("@media (max-width: 600px) { .x { display:none } }", '<p class="x">a</p>', "a"),
        (".x { display:none } #y { display:block }", '<p class="x" id="y">a</p><p class="x">b</p>', "a"),
        (".x { display:none } p { display:block }", '<p class="x">a</p>', ""),
        ("p { display:block !important }", '<p style="display:none">a</p>', "a"),
        (".x { color:white } .x b { color:black }", '<p class="x">obey <b>a</b> me</p>', "a"),
        ("tr { background:#036 } td { color:#fff }", "<table><tr><td>a</td></tr></table>", "a"),
        ("body { background:#000; color:#eee }", "<p>a</p>", "a"),
        ("body { background:#000; color:#eee }", '<p>a</p><p style="color:#0a0a0a">b</p>', "a"),
        ("p:nth-child(3) > span { font-size:0 }", "<p>a <span>b</span></p><p>c <span>d</span></p>", "a b c"),
        (".x { & span { display:none } }", '<p class="x">a <span>b</span></p>', "a"),
        (":root { --paper: #fff } .x { color: var(--paper) }", '<p class="x">b</p><p>a</p>', "a"),
        (".hidden { color: #333 }", '<p class="hidden">a</p>', "a"),
        (".x::before { display:none }", '<p class="x">a</p>', "a"),
        ("[data-k='1'] { visibility:hidden }", '<p data-k="1">b <i style="visibility:visible">a</i></p>', "a"),
        ("@media (width < 700px) { .x { display:none } }", '<p class="x">a</p>', "a"),
        ("@media (400px <= width <= 1400px) { .x { display:none } }", '<p class="x">b</p><p>a</p>', "a"),
        ("@media (prefers-color-scheme: dark) { .x { display:none } }", '<p class="x">a</p>', "a"),
        ("@media (hover: none) and (pointer: coarse) { .x { display:none } }", '<p class="x">a</p>', "a"),
        ("@media not print { .x { display:none } }", '<p class="x">b</p><p>a</p>', "a"),
        ("@media (max-width: 9em) or (not (hover: none)) { .x { display:none } }", '<p class="x">b</p><p>a</p>', "a"),
        ("@media (no-such-feature: 1) { .x { display:none } }", '<p class="x">a</p>', "a"),
        ("@supports not (display: grid) { .x { display:none } }", '<p class="x">a</p>', "a"),
        ("@supports (display: grid) and (not (color: red)) { .x { display:none } }", '<p class="x">a</p>', "a"),
        (".x { display:block } @layer base { p.x { display:none } }", '<p class="x">a</p>', "a"),
        ("@layer base { p.x { display:none } }", '<p class="x">b</p><p>a</p>', "a"),
        ("@starting-style { .x { opacity:0 } }", '<p class="x">a</p>', "a"),
        (".x { color:white }", '<p class="x">obey <a href="#r">a</a> me</p>', "a"),
        (".x, .x a { color:white }", '<p class="x">obey <a href="#r">b</a> me</p><p>a</p>', "a"),
        ("[hidden] { display:block }", "<p hidden>a</p>", "a"),
        ("} .x { display:none", '<p>a</p><p class="x">b</p>', "a b"),
    ],
)
def test_rules_are_weighed_against_each_other_as_a_browser_does(css: str, body: str, seen: str) -> None:
    assert prose(page(body, css)) == seen


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ('<p hidden="false">b</p><p>a</p>', "a"),
        ('<p class="sr-only">b</p><p>a</p>', "a"),
        ('<p class="visually-hidden other">b</p><p>a</p>', "a"),
        ('<p class="u-visuallyhidden">b</p><p class="cdk-visually-hidden">b</p><p>a</p>', "a"),
        ('<p class="d-none d-md-block">a</p><p class="hidden md:block">c</p>', "a c"),
        ('<p class="not-sr-only">a</p>', "a"),
        ('<p class="overflow-hidden">a</p><p class="hidden-xs">c</p>', "a c"),
        ('<p><font color="white">b</font> a</p>', "a"),
        ('<table bgcolor="#000000"><tr><td><font color="white">a</font></td></tr></table>', "a"),
        ("<p>a<dialog>b</dialog></p>", "a"),
        ('<p>E = <span class="katex"><span class="katex-mathml">b</span><span class="katex-html" aria-hidden="true">m'
         "</span></span></p>", "E = m"),
    ],
)  # fmt: skip
def test_attributes_and_the_usual_class_names_hide_too(body: str, seen: str) -> None:
    assert prose(page(body)) == seen


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ('<p aria-hidden="true">b</p><p>a</p>', "a"),
        ('<p>a <span aria-hidden=" TRUE ">b <i>b</i></span>c</p>', "a c"),
        ('<div aria-hidden="true"><h3>b</h3> <p>b</p></div><p>a, and much more text than that</p>',
         "a, and much more text than that"),
        ('<p aria-hidden="true"><span style="visibility:visible">b</span></p><p>a</p>', "a"),
        ('<p aria-hidden="false">a</p><p aria-hidden>c</p>', "a c"),
        ('<p>a <span aria-hidden="true">c</span><span class="sr-only">b</span></p>', "a c"),
        ('<p>a <span aria-hidden="true">c</span><span style="position:absolute;left:-9999px">b</span></p>', "a c"),
        ('<p>a <span role="img" aria-label="b"><span aria-hidden="true">c</span></span></p>', "a c"),
        ('<p>a <mjx-container><mjx-math aria-hidden="true">c</mjx-math><mjx-assistive-mml class="mjx-assistive-mml">b'
         "</mjx-assistive-mml></mjx-container></p>", "a c"),
        ('<p>a <span class="MathJax"><nobr aria-hidden="true"><span class="math">c</span></nobr></span></p>', "a c"),
        ('<p>a <math aria-hidden="true"><mi>c</mi></math></p>', "a c"),
        ('<div aria-hidden="true"><h3>d</h3><p>a</p></div>', "a"),
    ],
)  # fmt: skip
def test_what_the_author_keeps_from_machines_that_read_aloud_is_read_only_where_it_is_all_there_is(
    body: str, seen: str
) -> None:
    read = page(body)
    assert prose(read) == seen
    assert len(re.findall(r"\bb\b", " ".join(hidden(read)))) == len(re.findall(r"\bb\b", re.sub("<[^>]*>", " ", body)))


def test_a_jats_file_is_no_exception() -> None:
    read = parse(b'<article><body><p>a <named-content aria-hidden="true">b</named-content></p></body></article>')
    assert prose(read) == "a"
    assert hidden(read) == {"b": "hidden text: marked as hidden (aria-hidden)"}


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ('<tr style="background-color:#003366"><th style="color:#ffffff">Model</th></tr>', ["Model"]),
        ('<tr><td style="border-width:0">scGPT</td><td style="border-bottom-width:0;">1</td></tr>', ["scGPT", "1"]),
        ('<tr style="background:navy;color:white"><td>a</td><td style="background:white">b</td></tr>', ["a", ""]),
        ('<tr><td style="color:white">x</td><td>y</td></tr>', ["y"]),
    ],
)  # fmt: skip
def test_cells_are_read_by_what_is_painted_behind_them(row: str, cells: list[str]) -> None:
    data = f"<article><body><table-wrap><table>{row}</table></table-wrap></body></article>"
    assert [cell.text for cell in parse(data.encode()).tables[0].cells] in (cells, [c for c in cells if c])


def test_the_papers_of_the_review_keep_what_is_shown(shared: Path) -> None:
    folder = shared / "review1" / "papers"
    read = parse(folder / "hidden_style.html")
    assert prose(read) == (
        "A paragraph at 0.9em. A paragraph at 1rem. A paragraph with min-width 0. Before^12 after line-height. "
        "A paragraph with border-width 0."
    )
    assert hidden(read) == {"x": "hidden text: moved off the page (margin-top: -1000px)"}
    assert parse(folder / "hidden_style.xml").tables[0].grid() == [["Model", "F1"], ["scGPT", "0.81"]]


@pytest.mark.parametrize("formula", [
    "<m:mphantom><m:mi>b</m:mi></m:mphantom>", "<m:mi mathcolor='#ffffff'>b</m:mi>",
    "<m:maction><m:mrow/><m:mi>b</m:mi></m:maction>",
])  # fmt: skip
def test_what_a_formula_of_a_jats_file_does_not_show_is_logged(formula: str) -> None:
    data = (
        '<article xmlns:m="http://www.w3.org/1998/Math/MathML"><body><p>a = <inline-formula><m:math><m:mi>c</m:mi>'
        f"{formula}</m:math></inline-formula></p></body></article>"
    )
    read = parse(data.encode())
    assert prose(read) == "a = c"
    assert list(hidden(read)) == ["b"]


def test_more_style_than_any_page_needs_is_refused() -> None:
    with pytest.raises(ParseError, match="style"):
        page("<p>a</p>", "p{color:red}" * 400_000)
    with pytest.raises(ParseError, match="rules"):
        page("<p>a</p>" * 20_000, ":not(.a) { display:none } " * 15_000)


def test_what_is_seen_again_deep_inside_of_what_is_not_stays() -> None:
    read = page("<span style='color:white'>b " * 200 + "<i style='color:black'>a</i>" + "</span>" * 200)
    assert prose(read) == "a"
