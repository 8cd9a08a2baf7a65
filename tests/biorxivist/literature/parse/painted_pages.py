"""Small pages of which a browser paints a part, by what decides it: style, body, the words that are painted.

The style is that of a style element in the head. Words that are not painted are those that are not named.
"""

from __future__ import annotations

GONE = '<p class="x">b</p><p>a</p>'
"""A page whose first paragraph goes with its class."""
STAYS = '<p class="x">a</p>'
"""A page that keeps its only paragraph."""

PAGES: dict[str, list[tuple[str, str, str]]] = {
    "elements that are shown on demand": [
        ("", "<details><summary>a</summary>b <p>b</p></details><p>c</p>", "a c"),
        ("", "<details open><summary>a</summary><p>c</p></details>", "a c"),
        ("", "<details><p>b</p></details><p>a</p>", "a"),
        ("", "<details><summary>a</summary><details open><summary>b</summary></details></details>", "a"),
        ("details > * { display:block }", "<details><p>b</p></details><p>a</p>", "a"),
        ("", "<p hidden='until-found'>b</p><p>a</p>", "a"),
        ("", "<p popover>b</p><dialog>b</dialog><dialog open>a</dialog>", "a"),
        ("", "<p>a <progress value='1'>b</progress><meter>b</meter><canvas>b</canvas></p>", "a"),
        ("", "<template><p>b</p></template><noscript><p>b</p></noscript><p>a</p>", "a"),
        ("", "<p>a <title>b</title><datalist><option>b</option></datalist></p>", "a"),
    ],
    "attributes that hide, and those that do not": [
        ("p { display:block }", "<p hidden>a</p>", "a"),
        ("p { display:revert }", "<p hidden>a</p>", "a"),
        ("p { display:revert-layer }", "<p hidden>b</p><p>a</p>", "a"),
        ("p { display:revert }", "<p popover>b</p><p>a</p>", "a"),
        ("", "<p hidden style='display:block'>a</p>", "a"),
        ("", "<p inert>c</p><p role='none'>d</p>", "c d"),
        ("", "<p color='white'>a</p>", "a"),
        ("", "<p bgcolor='black' style='color:white'>b</p><p>a</p>", "a"),
        ("", "<table><tr bgcolor='black'><td style='color:white'>a</td><td>b</td></tr></table>", "a"),
        ("", "<form><p>a</p><fieldset>c</fieldset></form>", "a c"),
    ],
    "formulas and drawings": [
        ("", "<p>a = <math><semantics><mi>c</mi><annotation>b</annotation></semantics></math></p>", "a = c"),
        ("", "<p>a = <math><semantics><mi>c</mi><annotation-xml><ci>b</ci></annotation-xml></semantics></math></p>",
         "a = c"),
        ("", "<p>a = <math><mphantom><mi>b</mi></mphantom><mi>c</mi></math></p>", "a = c"),
        ("", "<p>a = <math><mi mathcolor='white'>b</mi><mi>c</mi></math></p>", "a = c"),
        ("", "<p>a = <math><maction><mi>c</mi><mi>b</mi></maction></math></p>", "a = c"),
        ("", "<p>a = <math style='display:none'><mi>b</mi></math></p>", "a ="),
        ("", "<p>a<math display='block'><mi>c</mi></math></p>", "a c"),
        ("", "<p>a<svg><title>b</title><desc>b</desc></svg></p>", "a"),
    ],
    "what a browser does not understand changes nothing": [
        ("", "<p style='display:block;display:none none'>a</p>", "a"),
        ("", "<p style='display:none;display:-webkit-box'>a</p>", "a"),
        ("", "<p style='display:none;display:inline flex'>a</p>", "a"),
        ("", "<p style='visibility:hidden visible'>a</p>", "a"),
        ("", "<p style='opacity:0px'>a</p>", "a"),
        ("", "<p style='font:0'>a</p><p style='font:0 serif'>b</p>", "a"),
        ("", "<p style='font-size:0;font:caption'>a</p>", "a"),
        ("", "<p style='width:0;width:foo;overflow:hidden'>b</p><p>a</p>", "a"),
        ("", "<p style='width:0;width:-5px;overflow:hidden'>b</p><p>a</p>", "a"),
        ("", "<p style='height:0;overflow:hidden foo'>a</p>", "a"),
        ("", "<p style='clip-path:inset(50%);clip-path:foo'>b</p><p>a</p>", "a"),
        ("", "<p style='position:absolute;clip:inset(50%)'>a</p>", "a"),
        ("", "<p style='transform:scale(0);transform:foo'>b</p><p>a</p>", "a"),
        ("", "<p style='transform:scale(0) foo'>a</p>", "a"),
        ("", "<p style='margin-left:-9999px;margin:foo'>b</p><p>a</p>", "a"),
        ("", "<p style='background:black;background-color:nonsense;color:white'>a</p>", "a"),
        ("", "<p style='background:black;background:nonsense;color:white'>a</p>", "a"),
        (".x { color:red; display:none !ie }", STAYS, "a"),
        (".x { *display:none }", STAYS, "a"),
        (".x { display:none\\9 }", STAYS, "a"),
        (".x { d\\69splay:none }", GONE, "a"),
        ("", "<p style='foo;display:none'>b</p><p style='{display:none}'>a</p>", "a"),
        ("", "<p style='background:(;display:none'>a</p>", "a"),
    ],
    "comments": [
        ("p/* */.x { display:/**/none }", GONE, "a"),
        ("p { dis/**/play:none } p { /* display:none */ }", STAYS, "a"),
        ("<!-- .x { display:none } -->", GONE, "a"),
    ],
    "shorthands, and all of it": [
        ("", "<p style='margin-left:-9999px;margin:0 auto'>a</p>", "a"),
        (".x { display:none }", "<p class='x' style='all:unset'>a</p>", "a"),
        ("", "<div style='visibility:hidden'>b<p style='all:initial'>a</p></div>", "a"),
        ("", "<div style='color:white'><p style='all:unset'>b</p></div><p>a</p>", "a"),
        ("p { font:italic bold 0px/2 Arial, sans-serif }", "<p>b</p><div>a</div>", "a"),
        ("p { font:12px/0 Arial }", "<p>a</p>", "a"),
        ("p { font:inherit }", "<p>a</p>", "a"),
    ],
    "custom properties": [
        ("", "<p style='display:none;display:var(--nothing)'>a</p>", "a"),
        ("", "<div style='color:white'><p style='color:black;color:var(--nothing)'>b</p></div><p>a</p>", "a"),
        (":root { --a:var(--b); --b:none } .x { display:var(--a) }", GONE, "a"),
        (":root { --a:var(--b); --b:var(--a) } .x { display:var(--a) }", STAYS, "a"),
        ("p { opacity:var(--o, 0) } div { --o:1 }", "<div><p>a</p></div>", "a"),
        (".x { --o:0; opacity:calc(var(--o) + 0) }", GONE, "a"),
        (".x { --c:255 255 255; color:rgb(var(--c) / 1) }", GONE, "a"),
    ],
    "inherited and not": [
        ("", "<p style='visibility:hidden'>b <span style='visibility:visible'>a</span></p>", "a"),
        ("", "<p style='opacity:0'>b <span style='opacity:1'>b</span></p><p>a</p>", "a"),
        ("", "<p style='font-size:0'>b <span style='font-size:16px'>a</span></p>", "a"),
        ("", "<p style='font-size:0'>b <span style='font-size:1em'>b</span></p><p>a</p>", "a"),
        ("", "<p style='display:none'>b <span style='display:block'>b</span></p><p>a</p>", "a"),
        ("", "<div style='-webkit-text-fill-color:transparent'><p style='color:black'>b</p></div><p>a</p>", "a"),
        ("html { visibility:hidden } p { visibility:visible }", "<p>a</p>", "a"),
        ("", "<p style='-webkit-text-security:disc'>b</p><p>a</p>", "a"),
    ],
    "colours": [
        ("", "<p style='color:red;background:currentcolor'>b</p><p>a</p>", "a"),
        ("", "<p style='color:light-dark(white,black)'>b</p><p>a</p>", "a"),
        ("", "<p style='color:color-mix(in srgb, white, #fff 30%)'>b</p><p>a</p>", "a"),
        ("p.x { color:#fff; text-shadow:1px 1px 1px }", GONE, "a"),
        ("p { color:#fff; text-shadow:1px 1px 1px #000 }", "<p>a</p>", "a"),
        ("p { color:#fff } .section { background:#123 }", "<p>a</p>", "a"),
        ("body { background:#000; color:#000 } p { background:#fff }", "<p>a</p>", "a"),
    ],
    "boxes and lines": [
        ("", "<p><span style='text-indent:-9999px;margin-top:-9999px'>a</span></p>", "a"),
        ("", "<div style='text-indent:-9999px'><p>b</p><p style='text-indent:0'>a</p></div>", "a"),
        ("", "<p style='height:0;overflow:hidden;min-height:50px'>a</p>", "a"),
        ("", "<p style='height:0;overflow:hidden;padding-bottom:40px'>a</p>", "a"),
        ("", "<p style='height:0;overflow:hidden;padding-top:40px'>b</p><p>a</p>", "a"),
        ("", "<p style='line-height:0;line-height:1.2;overflow:hidden'>a</p>", "a"),
        ("", "<p style='display:table-column'>b</p><p>a</p>", "a"),
        ("", "<div style='display:flex'><span style='height:0;overflow:hidden'>b</span><b>a</b></div>", "a"),
        ("", "<p><span style='height:0;overflow:hidden'>a</span></p>", "a"),
        ("", "<p style='position:absolute;left:calc(50% - 9999px)'>b</p><p>a</p>", "a"),
        ("p { position:relative; left:calc(50% - 300px) }", "<p>a</p>", "a"),
        ("p { position:absolute; left:50%; transform:translate(-50%, 0) scale(1) }", "<p>a</p>", "a"),
    ],
    "animations that have ended": [
        ("@keyframes k { to { opacity:1 } } .x { opacity:0; animation:k 10ms forwards }", STAYS, "a"),
        ("@keyframes k { to { opacity:0 } } .x { animation:k 0s forwards }", GONE, "a"),
        ("@keyframes k { from { opacity:0 } } .x { animation:k 10ms }", STAYS, "a"),
    ],
    "style elements that count": [
        ("", "<style media='print'>.x{display:none}</style>" + STAYS, "a"),
        ("", "<style media='not print'>.x{display:none}</style>" + GONE, "a"),
        ("", "<style media='screen and (max-width:500px)'>.x{display:none}</style>" + STAYS, "a"),
        ("", "<style type='text/less'>.x{display:none}</style>" + STAYS, "a"),
        ("", "<noscript><style>.x{display:none}</style></noscript>" + STAYS, "a"),
        ("", "<template><style>.x{display:none}</style></template>" + STAYS, "a"),
        ("", "<svg><style>.x{display:none}</style></svg>" + GONE, "a"),
    ],
    "groups of rules": [
        (".x { @media screen { display:none } }", GONE, "a"),
        (".x { @media print { display:none } }", STAYS, "a"),
        ("@media screen { @media (max-width:500px) { .x { display:none } } }", STAYS, "a"),
        ("@media screen { @supports (display:grid) { .x { display:none } } }", GONE, "a"),
        ("@media (min-resolution:2dppx), tv { .x { display:none } }", STAYS, "a"),
        ("@media (min-aspect-ratio:1/1) and (min-resolution:96dpi) { .x { display:none } }", GONE, "a"),
        ("@container (min-width:5000px) { .x { display:none } }", STAYS, "a"),
        ("@scope (.s) to (.t) { p { display:none } }",
         "<p>a</p><div class='s'><p>b</p><div class='t'><p>c</p></div></div>", "a c"),
        ("@layer a, b; @layer b { p { display:block } } @layer a { p.x { display:none } }", STAYS, "a"),
        ("@layer a { p.x { display:none !important } } p { display:block !important }", GONE, "a"),
        ("@layer a { p { display:block } @layer b { p.x { display:none } } }", STAYS, "a"),
        ("@page { p { display:none } } @import url(none.css);", STAYS, "a"),
    ],
    "selectors": [
        ("p { display:none !important } #y { display:block }", "<div>a</div><p id='y'>b</p>", "a"),
        ("p { display:none !important }", "<p style='display:block !important'>a</p>", "a"),
        ("#y { display:block } .x.x.x { display:none }", "<p id='y' class='x'>a</p>", "a"),
        (".x:where(.y, #q) { display:none } p { display:block }", "<p class='x y'>b</p><p>a</p>", "a"),
        (":where(.x) { display:none } p { display:block }", STAYS, "a"),
        (".x:hover { display:none }", STAYS, "a"),
        (".x:not(:hover):not(:focus-within) { display:none }", GONE, "a"),
        (".x:unknown, .x { display:none }", STAYS, "a"),
        (".x:is(:unknown, .x) { display:none }", GONE, "a"),
        (".x::details-content, .x:read-only { display:none }", GONE, "a"),
        ("div { > .x { display:none } }", "<div><p class='x'>b</p><p>a</p></div>", "a"),
        ("div { .x & { display:none } }", "<section class='x'><div><p>b</p></div></section><p>a</p>", "a"),
        ("& p.x { display:none }", GONE, "a"),
        ("p:has(b) { display:none }", "<p>b <b>b</b></p><p>a</p>", "a"),
    ],
}  # fmt: skip


def html_of(css: str, body: str) -> str:
    """The whole page."""
    return (
        "<!doctype html><html><head><meta charset='utf-8'><meta name='citation_title' content='T'>"
        f"<meta name='citation_doi' content='10.1101/1'><style>{css}</style></head><body>"
        f"<div class='article fulltext-view'><div class='section'><h2>A</h2>{body}</div></div></body></html>"
    )
