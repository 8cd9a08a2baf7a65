"""Licences: how one is read, whether a text under it may be kept, and what of a paper goes into the archive.

An address decides first, then the wording; what neither settles stays unknown, and unknown is not open. The text of
a version is judged by the licence of that version: version 1 may be open and version 2 not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from graph.records import Paper, Passage, Record, Reference, Version

if TYPE_CHECKING:
    from graph.archive import Archive

__all__ = [
    "choose_licence",
    "curated_papers",
    "is_open",
    "may_keep_text",
    "of_the_text",
    "printed_licence",
    "records_to_keep",
    "settle_licence",
]

LONGEST = 2_000
SPACE = re.compile(r"\s+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
UNSTATED = {"na", "n/a", "none", "null"}

ADDRESS = re.compile(r"(?:(?:https?:)?//|\bwww\.)[^\s<>\"]+", re.IGNORECASE)
OPEN_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licen[cs]es/by|publicdomain|share-your-work/public-domain)", re.IGNORECASE
)
CLOSED_ADDRESS = re.compile(r"nonexclusive-distrib|userlicense|/tdm|rights-?link|all-?rights", re.IGNORECASE)
OPEN_WORDING = re.compile(
    r"\ba?cc0\b|\ba?cc[ _-]?by\b|\ba?cc[ _-]by[ _-]|\bcc[ _-]?zero\b|public[ -]domain"  # bioRxiv prints "aCC-BY"
    r"|creative[ -]?commons(?:\W+(?:international|public|licen[cs]e|[1-4]\.0))*\W+"
    r"(?:attribution|atribu(?:ci|i[cç])|namensnennung|zero|cc\W?by)"  # also in Spanish, Portuguese, German
    r"|attribution(?:-\w+)* \d\.\d (?:international|unported|generic)",
    re.IGNORECASE,
)
# "not available under a Creative Commons licence": a denial in the same clause, shortly before the name.
DENIAL = re.compile(r"\b(?:not|no|never|nor|neither|without|unless|except|excluding)\b[^.;,]{0,60}$", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.;])\s+")
# What is said of a part lets nobody keep the text: "the waiver applies to the data", "the abstract is available under".
OF_A_PART = re.compile(
    r"\bappl(?:y|ies) (?:only )?to the (?:data|metadata|code|abstract|figures)|^(?:all |the |our )?(?:source )?"
    r"(?:data|metadata|code|software|abstracts?|figures?|images?|supplement\w*)\b[^,]{0,60}\b(?:available|licen[cs]ed|released|"
    r"distributed|published)\b",
    re.IGNORECASE,
)
OF_THE_WHOLE = re.compile(r"\b(?:article|paper|preprint|manuscript|publication|full text)s?\b", re.IGNORECASE)
FORBIDDING = re.compile(
    r"\bcc_no\b|all rights reserved|no re-?use|reproduction prohibited|nonexclusive-distrib", re.IGNORECASE
)
OF_PEOPLE = ("model_ids", "topic", "arxiv", "verified", "unverified_fields")


def printed_licence(value: object) -> str | None:
    """Licence as a source prints it, on one line; None where it states none (bioRxiv writes ``NA``)."""
    if not isinstance(value, str):
        return None
    text = SPACE.sub(" ", CONTROL.sub("", value[:LONGEST])).strip()
    return None if text.lower() in {"", *UNSTATED} else text


def choose_licence(addresses: Iterable[str], wording: str) -> str | None:
    """The statement that settles a licence, of all that a paper prints.

    Parameters
    ----------
    addresses
        Addresses in the licence element, in their order.
    wording
        Text of the element.

    Returns
    -------
    An address of an open licence, wherever it stands; else the wording, if it names one; else the first address,
    else the wording.
    """
    stated = [address for address in map(printed_licence, addresses) if address]
    wording = of_the_text(wording[:LONGEST])
    inside = ADDRESS.findall(wording)
    for address in (*stated, *inside):
        if OPEN_ADDRESS.search(address):
            return str(address).rstrip(".,;)")
    words = printed_licence(wording)
    return words if is_open(words) or not stated else stated[0]


@lru_cache(maxsize=512)
def of_the_text(wording: str) -> str:
    """A statement without the sentences that are about the data, the abstract or another part alone.

    >>> of_the_text("No reuse. The abstract is available under CC BY.")
    'No reuse.'
    """
    if not OF_A_PART.search(wording) and SENTENCE.search(wording) is None:
        return wording
    sentences = SENTENCE.split(wording)
    return " ".join(sentence for sentence in sentences if not _is_of_a_part(sentence))


def _is_of_a_part(sentence: str) -> bool:
    match = OF_A_PART.search(sentence)
    return match is not None and not OF_THE_WHOLE.search(sentence, 0, match.end())


def settle_licence(licences: Iterable[str | None]) -> str | None:
    """The licence that counts of several statements about one version: one that forbids, then an open one.

    Services and the text itself can disagree; a text that one of them forbids to keep is not kept.
    """
    stated = [licence for licence in licences if licence]
    return min(stated, key=_order, default=None)  # of equals the first


def _order(licence: str) -> int:
    if FORBIDDING.search(licence) and not OPEN_ADDRESS.search(licence):
        return 0
    return 1 if is_open(licence) else 2


def is_open(licence: str | None) -> bool:
    """Whether a licence lets the text be kept and passed on: Creative Commons or public domain."""
    if not licence:
        return False
    licence = of_the_text(licence)
    addresses = ADDRESS.findall(licence)
    if any(OPEN_ADDRESS.search(address) for address in addresses) or OPEN_ADDRESS.match(licence):
        return True
    if any(CLOSED_ADDRESS.search(address) for address in addresses):
        return False
    wording = ADDRESS.sub(" ", licence)
    return any(not DENIAL.search(wording, 0, match.start()) for match in OPEN_WORDING.finditer(wording))


def may_keep_text(version: Version, paper: Paper | None, versions: Iterable[Version] = ()) -> bool:
    """Whether the text of a version may be kept: it is the user's own file, or open.

    Parameters
    ----------
    version
        The version that was read.
    paper
        Its paper, whose licence counts only where no version has one of its own.
    versions
        All versions that are known of the paper.
    """
    if _is_own_file(version):
        return True
    stated_by_version = version.license or any(other.license for other in versions)
    return is_open(version.license if stated_by_version else paper.license if paper else None)


def records_to_keep(records: Iterable[Record], curated: Mapping[str, Paper]) -> list[Record]:
    """What of some papers goes into the archive.

    Passages and references stay where the text of their version may be kept, an abstract where the paper is open or
    the user's own file; authors, versions and all else are facts, and stay.

    Parameters
    ----------
    records
        Authors, papers, versions, passages, references. The version that a text was read in names its route.
    curated
        Papers that people have described by hand: their models, topic and marks stay.
    """
    all_records = list(records)
    papers = {record.id: record for record in all_records if isinstance(record, Paper)}
    versions: dict[str, list[Version]] = {}
    for record in all_records:
        if isinstance(record, Version):
            versions.setdefault(record.paper_id, []).append(record)
    readable = {
        version.id: version.paper_id
        for paper_id, known in versions.items()
        for version in known
        if version.text_route and may_keep_text(version, papers.get(paper_id), known)
    }
    papers_with_text = set(readable.values())
    own = {version.paper_id for known in versions.values() for version in known if _is_own_file(version)}
    keep: list[Record] = []
    for record in all_records:
        match record:
            case Paper():
                keep.append(_archived(record, curated.get(record.id), keeps_abstract=record.id in own))
            case Passage() if record.version_id not in readable:
                pass
            case Reference() if record.paper_id not in papers_with_text:
                pass
            case _:
                keep.append(record)
    return keep


def curated_papers(archive: Archive) -> dict[str, Paper]:
    """Papers of the archive that people have described by hand, by id."""
    papers = (record for record in archive.read("Paper") if isinstance(record, Paper))
    return {paper.id: paper for paper in papers if paper.model_ids or paper.topic or paper.verified}


def _is_own_file(version: Version) -> bool:
    return (version.text_route or "").removeprefix("pdf:").startswith("local:")


def _archived(paper: Paper, by_hand: Paper | None, *, keeps_abstract: bool) -> Paper:
    changes: dict[str, object] = {}
    if not keeps_abstract and not is_open(paper.license):
        changes["abstract"] = None
    if by_hand:
        changes |= {name: value for name in OF_PEOPLE if (value := getattr(by_hand, name))}
    return paper.model_copy(update=changes) if changes else paper
