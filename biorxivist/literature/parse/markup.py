"""Markup inside of the texts that services send: raised and lowered text and formulas in the plain form."""

from __future__ import annotations

import html
import re

from lxml import etree

from biorxivist.literature.parse.formulas import MATH, read_formula
from biorxivist.literature.parse.tex import put_small_formula
from biorxivist.literature.parse.writer import Buffer
from biorxivist.literature.scripts import is_exponent, lowered, raised

__all__ = ["BLOCK", "TAG", "plain_scripts"]

TAGS = (
    r"i|b|u|s|em|strong|sub|sup|inf|br|p|sec|title|italic|bold|sc|scp|span|div|h[1-6]|ul|ol|li|a|underline|overline|"
    r"list|list-item|abstract|inline-formula|disp-formula|tex-math|alternatives|tt|code|monospace|small|big|font|roman|"
    r"sans-serif|strike|named-content|styled-content|ext-link|xref|math|mml:[a-z]{1,20}"
)
# Attributes have a value, so that "a<b and c>d" is no tag.
ATTRIBUTES = r"""(?:\s+[\w:-]{1,60}\s*=\s*(?:"[^"]{0,500}"|'[^']{0,500}'|[^\s"'<>=]{1,200})){0,20}\s*/?"""
TAG = re.compile(rf"</?(?:jats:)?(?:{TAGS}){ATTRIBUTES}>", re.I)
BLOCK = re.compile(rf"</?(?:jats:)?(?:p|sec|div|ul|ol|li|br|list|list-item){ATTRIBUTES}>", re.I)
"""What a text is broken at."""
SCRIPT = re.compile(rf"<(/?)(?:jats:)?(sup|sub|inf){ATTRIBUTES}>", re.I)
FORMULA = re.compile(
    rf"<(mml:math|math){ATTRIBUTES}>.{{1,20000}}?</\1>|<((?:jats:)?tex-math){ATTRIBUTES}>(.{{1,5000}}?)</\2>",
    re.I | re.S,
)
CHOICE = re.compile(r"<((?:jats:)?alternatives)>(.{1,20000}?)</\1>", re.I | re.S)
ESCAPED = re.compile(r"&lt;(i|b|em|strong|sub|sup|italic|bold|sc|scp)&gt;.{1,300}?&lt;/\1&gt;", re.I | re.S)
"""Markup that was escaped on its way here, as some publishers deposit it."""
AROUND = 80
"""Characters before a script that are looked at for what it stands behind."""


def plain_scripts(text: str) -> str:
    """A text with its superscripts, subscripts and formulas in plain form, all other markup left as it is.

    Markup that was escaped counts as such.

    >>> plain_scripts("10<sup>5</sup> CO<inf>2</inf> <i>in vivo</i>")
    '10^5 CO2 <i>in vivo</i>'
    """
    if "&amp;lt;" in text:  # escaped twice
        text = text.replace("&amp;lt;", "&lt;").replace("&amp;gt;", "&gt;")
    text = ESCAPED.sub(lambda match: html.unescape(match[0]), text)
    if "<" not in text:
        return text
    text = FORMULA.sub(_formula, CHOICE.sub(_choice, text))
    parts: list[str] = []
    opened: list[tuple[str, int]] = []
    place = 0
    for tag in SCRIPT.finditer(text):
        parts.append(text[place : tag.start()])
        place = tag.end()
        kind = "sup" if tag[2].lower() == "sup" else "sub"
        if not tag[1]:
            opened.append((kind, len(parts)))
        elif opened and opened[-1][0] == kind:
            _, first = opened.pop()
            begin = opened[-1][1] if opened else 0  # what stands before the script around it is not its base
            before = "".join(parts[max(begin, first - 4) : first])[-AROUND:]
            parts[first:] = [_in_plain_form(kind, before, "".join(parts[first:]), text[place : place + AROUND])]
    return "".join((*parts, text[place:]))


def _in_plain_form(kind: str, before: str, inside: str, behind: str) -> str:
    base, written = (html.unescape(TAG.sub("", part)) for part in (before, inside))
    after = "" if SCRIPT.match(behind) else TAG.sub("", behind)[:1].replace("<", "")
    if kind == "sup" and base[-1:].isspace() and is_exponent(base.rstrip()[-1:], written, after):
        opening, closing = "^", ""
    else:
        opening, closing = (raised if kind == "sup" else lowered)(base[-1:], written, after)
    if not opening:
        return inside
    bare = inside.strip()
    return f"{opening}{bare}{closing}{inside[len(inside.rstrip()) :]}"


def _choice(match: re.Match[str]) -> str:
    """Of a formula in several forms the one in MathML, else the first."""
    forms = list(FORMULA.finditer(match[2]))
    best = next((form for form in forms if form[1]), forms[0] if forms else None)
    return best[0] if best else match[2]


def _formula(match: re.Match[str]) -> str:
    buf = Buffer()
    if match[1]:
        tree = etree.fromstring(
            match[0].encode(), etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
        )
        if tree is None:
            return match[0]
        for note in list(tree.iter("{*}annotation", "{*}annotation-xml", "annotation", "annotation-xml")):
            note.clear()
        for element in tree.iter(etree.Element):
            element.tag = MATH + re.split(r"[:}]", str(element.tag))[-1]
        read_formula(tree, buf)
    elif put_small_formula(html.unescape(match[3]).strip(), buf, before=match.string[: match.start()][-1:]) is None:
        return match[3].strip()
    return html.escape("".join(buf.pieces), quote=False)
