"""Reading the fields of rows: text, dates, names, abstracts; each function returns what is meant, or None.

All that a source needs to read a row is imported from here; DOIs and licences have modules of their own, because
papers and bibliographies hold them, too. Rows come from outside, so that a value of the wrong type, a date of the
year 99999 or a DOI with a line break is expected here, not exceptional.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from biorxivist.literature.doi import Doi, bare_doi, doi_address, parse_doi
from biorxivist.literature.errors import PaperNotFound
from biorxivist.literature.licence import choose_licence, printed_licence
from biorxivist.literature.parse.markup import BLOCK, TAG, plain_scripts

__all__ = [
    "abstract_of",
    "bare_doi",
    "choose_licence",
    "comma_names",
    "day",
    "doi_address",
    "orcid_of",
    "parse_doi",
    "printed_licence",
    "require_doi",
    "rows_of",
    "text_of",
    "title_of",
]

SPACE = re.compile(r"\s+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
HEADING = re.compile(r"<(?:jats:)?(?:h[1-6]|title)\b[^>]{0,200}>([^<]{0,200})</(?:jats:)?(?:h[1-6]|title)>"
                     r"(?:\s*<(?:jats:)?p>)?", re.I)  # fmt: skip
MARK = re.compile(
    r"[OC]_(?:SCPCAP|SCPLOW|ST_ABS|LINK[A-Z]*FIG|LI|UL|OL|QD|NF|TEXTBOX|TBL|FIG|INLINEFIG|DISPLAY|FLOATNO|TABLECAPTION)"
)
FIGURE = re.compile(
    r"(?:Graphical [Aa]bstract\s*)?O_(FIG|TBL|INLINEFIG)\b.{0,5000}?(?:C_\1\b|\Z)"
    r"|O_LINK[A-Z]*FIG\b[^<>]{0,500}>(?:\s*View larger version[^:]{0,40}:)?|\borg\.highwire\.\S{0,300}",
    re.DOTALL,
)
"""A picture of which only the marks and the links are left."""
GLUED = re.compile(
    r"(?:(?<=^)|(?<=[.!?]\s)|(?<=[.!?)]))(Background|Introduction|Motivations?|Objectives?|Aims?|Methods?|"
    r"Materials and Methods|Methodology|Results?|Findings|Conclusions?|Discussion|Significance|Interpretation|"
    r"Availability(?: and [Ii]mplementation)?|Significance [Ss]tatement|Author [Ss]ummary|Summary|Purpose|Rationale|"
    r"Importance|Teaser|Highlights|Key [Pp]oints|In [Bb]rief|One[- ][Ss]entence [Ss]ummary)(?=[A-Z0-9][\w-]*[\s,])"
)
WORD_START = re.compile(r"[A-Z][a-z]|[AI]\s")
OWN_HEADING = re.compile(r"^\s*(?:Abstract|ABSTRACT|Summary|SUMMARY)(?:\s*[:.]\s*|\s+(?=[A-Z])|(?=[A-Z][a-z]))")
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def text_of(value: object, limit: int = 100_000) -> str | None:
    """Text without control characters and outer space; None if there is none."""
    if not isinstance(value, str):
        return None
    return CONTROL.sub("", value[:limit]).strip() or None


def require_doi(text: str) -> Doi:
    """The DOI, and the version, that a user typed.

    Raises
    ------
    PaperNotFound
        If it is not a DOI.
    """
    doi = parse_doi(text)
    if doi is None:
        msg = f"{text[:200]!r} is not a DOI. A DOI looks like 10.1101/2023.10.19.563100."
        raise PaperNotFound(msg)
    return doi


def orcid_of(value: object) -> str | None:
    """ORCID iD without the address around it."""
    match = ORCID.search(str(value))
    return match.group() if match else None


def day(value: object) -> date | None:
    """Day of an ISO date, a date-time, or Crossref's ``date-parts`` (a missing day counts as the first)."""
    if isinstance(value, Mapping):
        parts = value.get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        numbers = [part for part in first if isinstance(part, int)] if isinstance(first, list) else []
        if not numbers:
            return None
        numbers = [*numbers, 1, 1][:3]
        try:
            return date(*numbers)
        except ValueError:
            return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip().replace("/", "-")[:10])
        except ValueError:
            return None
    return None


def title_of(value: object) -> str | None:
    """Title on one line, without inline markup."""
    text = text_of(value[0] if isinstance(value, list) and value else value, 5_000)
    return (
        SPACE.sub(" ", html.unescape(TAG.sub("", BLOCK.sub(" ", plain_scripts(text))))).strip() or None
        if text
        else None
    )


def abstract_of(value: object) -> str | None:
    """Abstract as plain text.

    Takes away HTML and JATS markup, and the marks that bioRxiv's API leaves where its abstract was flattened
    (``O_SCPCAP``, ``C_LIO_LI``), and sets headings off from the prose they were glued to (``BackgroundAs``).
    """
    text = text_of(value)
    if not text:
        return None
    text = HEADING.sub(lambda match: _heading(match.group(1)), plain_scripts(text))
    text = FIGURE.sub(" ", html.unescape(TAG.sub("", BLOCK.sub("\n", text))))
    text = re.sub(r"O_ST_ABS(.{0,60}?)C_ST_ABS", lambda match: _heading(match.group(1)), text)
    text = re.sub(r"C_LI\s*O_LI", "\n", text)
    text = MARK.sub("", text)
    text = _parted(text)
    text = OWN_HEADING.sub("", text) or text
    lines = (SPACE.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line) or None


def _parted(text: str) -> str:
    """Headings set off from the words that they were glued to (``BackgroundAs``), names left whole (``ResultsDB``).

    What begins like a sentence is one. Capitals and digits behind a heading may be a name with it, unless the abstract
    has other headings, of which one is surely glued or which are several, and this one only here.
    """
    glued = list(GLUED.finditer(text))
    headings = [match[1] for match in glued]
    has_headings = len(set(headings)) > 2 or any(WORD_START.match(text, match.end()) for match in glued)

    def part(match: re.Match[str]) -> str:
        is_sentence = WORD_START.match(text, match.end()) is not None
        is_one_of_several = has_headings and len(set(headings)) > 1 and headings.count(match[1]) == 1
        return f"{match[1]}: " if is_sentence or is_one_of_several else match[1]

    return GLUED.sub(part, text) if glued else text


def _heading(text: str) -> str:
    bare = MARK.sub("", TAG.sub("", text)).strip().rstrip(":.")
    return f"\n{bare}: " if bare and bare.lower() != "abstract" else "\n"


def comma_names(value: object) -> tuple[str, ...]:
    """Names of a list such as ``Sur, A. B.; Other, C.``, as printed."""
    text = text_of(value)
    if not text:
        return ()
    return tuple(name for part in text.split(";") if (name := SPACE.sub(" ", part).strip()))


def rows_of(value: object) -> list[Any]:
    """A list, or the empty list for anything else."""
    return value if isinstance(value, list) else []
