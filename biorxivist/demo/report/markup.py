"""Pieces of HTML. Everything that is put into the page passes `text`: it comes from papers and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from biorxivist.claims.present import clean
from graph.vocabulary import Vocabulary

__all__ = ["figure", "link", "named", "plain_table", "section", "text"]

LINK = re.compile(r"https?://\S+")


def text(value: object) -> str:
    """The value as text of the page, safe inside elements and quoted attributes."""
    return escape(clean(value)).replace(" %", "\N{NO-BREAK SPACE}%")


def named(value: object, vocabulary: Vocabulary) -> str:
    """As `text`, with names in place of ids."""
    return text(vocabulary.with_names(str(value)))


def link(address: str | None) -> str:
    """A link to a web address; anything else that stands in place of one is shown as text only."""
    if address and LINK.fullmatch(address):
        return f'<a href="{text(address)}" rel="noopener noreferrer">{text(address)}</a>'
    return text(address or "")


def section(title: str, note: str, body: str) -> str:
    """A part of the page with its heading and an introductory sentence."""
    return f'<section><h2>{text(title)}</h2><p class="note">{text(note)}</p>{body}</section>'


def figure(panels: Iterable[str], caption: str, *, legend: str = "", large: bool = False) -> str:
    """Pictures that stand side by side where there is room, with a legend above and a caption below.

    Large pictures stand two in a row, others three.
    """
    pictures = "".join(f'<div class="panel">{panel}</div>' for panel in panels)
    size = " large" if large else ""
    return (
        f'<figure>{legend}<div class="panels{size}">{pictures}</div><figcaption>{text(caption)}</figcaption></figure>'
    )


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[str]], vocabulary: Vocabulary) -> str:
    """A table of text with names in place of ids, which a narrow screen shows as one block per row."""
    head = "".join(f"<th>{text(column)}</th>" for column in columns)
    body = "".join(f"<tr>{_cells(columns, row, vocabulary)}</tr>" for row in rows)
    return f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(columns: Sequence[str], row: Sequence[str], vocabulary: Vocabulary) -> str:
    pairs = zip(columns, row, strict=True)
    return "".join(f'<td data-column="{text(column)}">{named(cell, vocabulary)}</td>' for column, cell in pairs)
