"""Reading the fields of rows: DOIs, dates, names, abstracts; each returns what is meant, or None.

Rows come from outside, so that a value of the wrong type, a date of the year 99999 or a DOI with a line break is
expected here, not exceptional.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from biorxivist.literature.errors import NotFound

__all__ = [
    "abstract_of",
    "checked_doi",
    "comma_names",
    "day",
    "doi_of",
    "is_open",
    "license_of",
    "orcid_of",
    "rows_of",
    "split_version",
    "text_of",
    "title_of",
]

DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>\x00-\x1f\x7f]{1,250}")
PREFIX = re.compile(r"^\s*(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.I)
VERSIONED = re.compile(r"(10\.(?:1101|64898)/(?:\d{4}\.\d{2}\.\d{2}\.)?\d+)v(\d{1,3})")
SPACE = re.compile(r"\s+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
TAGS = (
    r"i|b|u|em|strong|sub|sup|br|p|sec|title|italic|bold|sc|span|div|h[1-6]|ul|ol|li|a|underline|list|list-item|"
    r"abstract|inline-formula"
)
HEADING = re.compile(r"<(?:jats:)?(?:h[1-6]|title)\b[^>]{0,200}>([^<]{0,200})</(?:jats:)?(?:h[1-6]|title)>", re.I)
BLOCK = re.compile(r"</?(?:jats:)?(?:p|sec|div|ul|ol|li|br|list|list-item)\b[^>]{0,200}>", re.I)
TAG = re.compile(rf"</?(?:jats:)?(?:{TAGS})(?:\s[^>]{{0,500}})?/?>", re.I)
MARK = re.compile(r"[OC]_(?:SCPCAP|SCPLOW|ST_ABS|LI|UL|OL|QD|NF|TEXTBOX|TBL|FIG|INLINEFIG|LINKSMALLFIG|DISPLAY)")
GLUED = re.compile(
    r"(?:(?<=^)|(?<=[.!?]\s)|(?<=[.!?)]))(Background|Introduction|Motivations?|Objectives?|Aims?|Methods?|"
    r"Materials and Methods|Methodology|Results?|Findings|Conclusions?|Discussion|Significance|Interpretation|"
    r"Availability(?: and [Ii]mplementation)?|Summary|Purpose|Rationale|Importance)(?=[A-Z0-9][\w-]*[\s,])"
)
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
OPEN = re.compile(r"^cc0|^cc[ _-]?by|creativecommons\.org/(licenses/by|publicdomain)|public domain", re.I)


def text_of(value: object, limit: int = 100_000) -> str | None:
    """Text without control characters and outer space; None if there is none."""
    if not isinstance(value, str):
        return None
    return CONTROL.sub("", value[:limit]).strip() or None


def doi_of(value: object) -> str | None:
    """DOI in lower case, without the address around it; None if it is none."""
    if not isinstance(value, str):
        return None
    found = DOI.fullmatch(PREFIX.sub("", value[:400]).strip())
    return found.group().lower() if found else None


def checked_doi(text: str) -> str:
    """DOI in lower case.

    Raises
    ------
    NotFound
        If it is none.
    """
    bare = doi_of(text)
    if bare is None:
        msg = f"{text[:200]!r} is no DOI. A DOI looks like 10.1101/2023.10.19.563100."
        raise NotFound(msg)
    return bare


def orcid_of(value: object) -> str | None:
    """ORCID iD without the address around it."""
    found = ORCID.search(str(value))
    return found.group() if found else None


def split_version(text: str) -> tuple[str | None, str | None]:
    """DOI and version label of what a person typed: a DOI, a doi.org or bioRxiv address, with ``v2`` or without."""
    bare = re.sub(r"^https?://(?:www\.)?(?:bio|med)rxiv\.org/content/", "", text.strip(), flags=re.I)
    bare = re.split(r"[?#]", bare)[0] if bare != text.strip() else bare
    bare = re.sub(r"\.(?:full|abstract|full-text|full\.pdf|source\.xml|article-info)$", "", PREFIX.sub("", bare))
    if found := VERSIONED.fullmatch(bare.lower()):
        return found.group(1), found.group(2)
    return doi_of(bare), None


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
    return SPACE.sub(" ", html.unescape(TAG.sub("", text))).strip() or None if text else None


def abstract_of(value: object) -> str | None:
    """Abstract as plain text.

    Takes away HTML and JATS markup, and the marks that bioRxiv's API leaves where its abstract was flattened
    (``O_SCPCAP``, ``C_LIO_LI``), and sets headings off from the prose they were glued to (``BackgroundAs``).
    """
    text = text_of(value)
    if not text:
        return None
    text = HEADING.sub(lambda found: _heading(found.group(1)), text)
    text = html.unescape(TAG.sub("", BLOCK.sub("\n", text)))
    text = re.sub(r"O_ST_ABS(.{0,60}?)C_ST_ABS", lambda found: _heading(found.group(1)), text)
    text = re.sub(r"C_LI\s*O_LI", "\n", text)
    text = MARK.sub("", text)
    text = GLUED.sub(r"\1: ", text)
    text = re.sub(r"^\s*(?:abstract|summary)\s*[:.]?\s*(?=[A-Z])", "", text, flags=re.I) or text
    lines = (SPACE.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line) or None


def _heading(text: str) -> str:
    bare = MARK.sub("", TAG.sub("", text)).strip().rstrip(":.")
    return f"\n{bare}: " if bare and bare.lower() != "abstract" else "\n"


def comma_names(value: object) -> tuple[str, ...]:
    """Names of a list such as ``Sur, A. B.; Other, C.``, as printed."""
    text = text_of(value)
    if not text:
        return ()
    return tuple(name for part in text.split(";") if (name := SPACE.sub(" ", part).strip()))


def license_of(value: object) -> str | None:
    """Licence as printed, on one line; the word for ``not told`` counts as none."""
    text = text_of(value, 2_000)
    return None if not text or text.lower() in {"na", "n/a", "none", "null"} else SPACE.sub(" ", text)


def is_open(license_text: str | None) -> bool:
    """Whether a licence lets the text be kept and passed on: Creative Commons or public domain, by name."""
    return bool(license_text and OPEN.search(license_text))


def rows_of(value: object) -> list[Any]:
    """A list, or the empty list for anything else."""
    return value if isinstance(value, list) else []
