"""Text of papers and files as it is put before a person: it cannot drive a terminal."""

from __future__ import annotations

import re

__all__ = ["clean"]

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: object) -> str:
    """Text that cannot drive a terminal: control and direction characters replaced, line feeds and tabs kept.

    Papers and files are untrusted, so everything from them is cleaned before it is printed.
    """
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))
