"""How surely a clause says what it says."""

from __future__ import annotations

import re
from typing import Literal

from biorxivist.claims.extract.lexicon import alternatives, phrases

__all__ = ["Hedging", "hedging_of"]

Hedging = Literal["none", "weak", "strong"]

# What a modal verb must stand before to be a hedge of the clause: "can assess" in a side remark is none.
REPORTED = phrases(
    # comparison: "may outperform"
    "out-?perform",
    "surpass",
    "exceed",
    "beat",
    "match",
    "under-?perform",
    "rival",
    "overtake",
    "lead",
    "fall",
    "lag",
    # change: "may improve"
    "improv",
    "help",
    "benefit",
    "gain",
    "increas",
    "degrad",
    "hurt",
    "harm",
    "reduc",
    "lower",
    "enhanc",
    "boost",
    "affect",
    "matter",
    "limit",
    "plateau",
    "saturat",
    "scale",
    # score: "may reach"
    "perform",
    "achiev",
    "reach",
    "yield",
    "provide",
    "generali[sz]e",
    # quality: "may be competitive"
    "better",
    "worse",
    "competitive",
    "comparable",
    "superior",
    "inferior",
    # others
    "face",
    "make",
    "serve",
)
MODIFIED = rf"(?:\w+ly |further |also |even |still |thus |then |be |have |not |already )*{REPORTED}"
STRONG = alternatives(
    # "scGPT could outperform scVI."
    rf"\b(?:might|could) {MODIFIED}",
    # "Perhaps scGPT is better."
    r"\bmay (?:possibly|perhaps)\b",
    r"\b(?:perhaps|possibly|conceivabl[ey]|potentially)\b",
    r"\bspeculat\w+\b",
    r"\bin some cases .{0,30}\bmay\b",
)
WEAK = alternatives(
    # "scGPT may outperform scVI."
    rf"\b(?:may|can) {MODIFIED}",
    # "These results suggest that scGPT is better."
    r"\bsuggest(?:s|ed|ing)?\b",
    r"\bhints?\b",
    # "scGPT seems better."
    r"\bappear(?:s|ed)?\b",
    r"\bseem(?:s|ed|ingly)?\b",
    r"\btend(?:s|ed)? to\b",
    # "It is probably better."
    r"\b(?:likely|probably|presumably|arguably)\b",
    # "It is not necessarily better."
    r"\bnot (?:necessarily|always)\b",
    r"\bin (?:some|certain) (?:cases|settings|instances)\b",
)


CONCEDED = re.compile(r"^\s*(?:although|though|even though|while) [^,]*, ", re.IGNORECASE)


# "We demonstrate that A could outperform B": a turn of phrase
SHOWN = re.compile(
    r"\b(?:demonstrat|show|prov|verif|confirm)\w* that (?P<who>[^,;.]{0,80}?\b)(?:can|could) ", re.IGNORECASE
)


def hedging_of(text: str) -> Hedging:
    """Say how much a clause hedges what it says; a concession that it opens with is hedged for itself."""
    text = SHOWN.sub(r"\g<who>", CONCEDED.sub("", text))
    if STRONG.search(text):
        return "strong"
    return "weak" if WEAK.search(text) else "none"
