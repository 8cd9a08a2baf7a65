"""What a person is shown of papers and claims: text that cannot drive a terminal, counts, and who read a claim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.records import Claim

__all__ = ["clean", "counted", "reader_of"]

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: object) -> str:
    """Text that cannot drive a terminal: control and direction characters replaced, line feeds and tabs kept.

    Papers and files are untrusted, so everything from them is cleaned before it is printed.
    """
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))


def counted(number: int, what: str) -> str:
    """A number and its noun: 1 claim, 2 claims."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def reader_of(claim: Claim) -> str:
    """Which program read a claim and how surely, in words; empty for one that a person has read."""
    if claim.extractor == "curated":
        return ""
    accepted = ", accepted" if claim.review == "accepted" else ""
    return f"read by {claim.extractor}, confidence {claim.confidence:.2g}{accepted}"
