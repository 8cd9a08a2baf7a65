"""How claims and what is found about them are put before a person: names for ids, text that cannot drive a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.vocabulary import Vocabulary

__all__ = ["clean", "with_names"]

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: object) -> str:
    """Text that cannot drive a terminal: control and direction characters replaced, line feeds and tabs kept.

    Papers and files are untrusted, so everything from them is cleaned before it is printed.
    """
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))


def with_names(text: str, vocabulary: Vocabulary | None = None) -> str:
    """Text with ids of the vocabulary replaced by the names that they stand for; unknown ids stay."""
    from graph.vocabulary import load_vocabulary

    return (vocabulary or load_vocabulary()).with_names(text)
