"""Retractions, corrections and the like: whether a file is a notice about an article, and which ones an article has."""

from __future__ import annotations

import re

from lxml import etree

from biorxivist.literature.doi import find_doi
from biorxivist.literature.parse.text import all_text, plain

__all__ = ["notice_in", "notices_about"]

XLINK = "{http://www.w3.org/1999/xlink}href"
NOTICES = ("retraction", "partial-retraction", "withdrawal", "removal", "correction", "corrected-article", "addendum",
           "expression-of-concern")  # fmt: skip
TITLE = re.compile(
    r"\W*(?:(?:author|publisher|editor|editorial)(?:['’]s)?\s+)?(withdrawn|withdrawal|retracted|retraction|removed|removal"
    r"|errat(?:um|a)|corrigend(?:um|a)|correction|addendum|expression of concern)"
    r"(?:\s+(?:of|to|for|in|note|notice|article))*\s*[:\]—–-]",
    re.IGNORECASE,
)
OF_A_NOTICE = ("retracted-article", "corrected-article", "object-of-concern", "addended-article", "withdrawn-article",
               "removed-article")  # fmt: skip
ABOUT_THIS = re.compile(
    r"((?:partial-)?retraction|withdrawal|removal|correction|erratum|corrigendum|addendum|expression-of-concern|concern)"
    r"(?:-forward|-notice)|(retracted|withdrawn|removed|corrected)-by"
)
"""Kinds of a related article that is a notice about this one."""


def notice_in(article: etree._Element, meta: etree._Element, title: str) -> str:
    """What sort of notice the file is, and about what; empty for an article."""
    kind = (article.get("article-type") or "").lower()
    if kind not in NOTICES:
        match = TITLE.match(title)
        kind = match[1].lower() if match else ""
    if not kind:
        return ""
    about = [target for kind_of, target in _related(meta) if kind_of in OF_A_NOTICE]
    return f"{kind}{f', about {about[0]}' if about else ''}"


def notices_about(meta: etree._Element) -> list[str]:
    """Notices about the article that it points to: it was retracted, corrected, or is doubted."""
    matches = ((ABOUT_THIS.fullmatch(kind), target) for kind, target in _related(meta))
    return [f"{match[1] or match[2]}, {target}" for match, target in matches if match]


def _related(meta: etree._Element) -> list[tuple[str, str]]:
    """Kind and DOI of every related article that has both."""
    related = []
    for element in meta.iter("related-article", "related-object"):
        doi = find_doi(element.get(XLINK) or plain(all_text(element)))
        if doi and (kind := element.get("related-article-type")):
            related.append((kind.lower(), doi.name))
    return related
