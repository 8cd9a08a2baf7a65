"""Scores and regimes in brackets: what a number that follows a bracket, or stands in one, goes with."""

from __future__ import annotations

import re

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number

__all__ = ["LEADS_BY", "is_of_number_before"]

# "A led in zero-shot learning (F1: 0.8)", "A achieved the best performance on B (F1: 0.8)": what it is best by
LEADS_BY = re.compile(
    r" (?:\w+ly )?(?:excel(?:s|led)|(?:led|leads)(?! to\b)|"
    r"(?:perform(?:s|ed)|rank(?:s|ed)|scor(?:es|ed)) (?:the )?(?:best|first|highest)|"
    r"(?:achiev|reach|attain|obtain|show|deliver)(?:e?s|ed) (?:the )?(?:best|highest|top|strongest) "
    r"(?:[\w-]+ ){0,2}?"
    r"(?:performance|results|scores?|accuracy))\b[^,;()]*",
    re.IGNORECASE,
)


def is_of_number_before(content: Content, mention: Mention, number: Number) -> bool:
    """Whether a regime in brackets goes with another number: "0.97 (frozen) and 0.95 (fine-tuned)"."""
    before = content.until(mention.start)
    if mention.kind != "regime" or not before.endswith("("):
        return False
    places = [n.start for n in content.numbers if n.end <= mention.start]
    return bool(places) and places[-1] != number.start and not before[:-1].rstrip()[-1:].isalpha()
