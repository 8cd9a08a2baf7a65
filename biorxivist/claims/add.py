"""A claim that a person has read, written down by hand: curated, with its source and the place in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biorxivist.claims.fields import parse_value, reason_of
from biorxivist.claims.index import ClaimIndex
from biorxivist.errors import InvalidInput
from biorxivist.workspace.vocabulary import read_vocabulary
from graph.records import Claim

if TYPE_CHECKING:
    from graph.archive import Archive

__all__ = ["add_claim"]

WRITER = "added"


def add_claim(
    archive: Archive, paper: str, statement: str, *, source_url: str, location: str, fields: Mapping[str, Any]
) -> Claim:
    """Write a claim of a paper into the archive.

    Parameters
    ----------
    paper
        DOI or id of a paper of the archive.
    statement
        What it claims, in one sentence of one's own.
    source_url, location
        Where it was read, and the place there: a section, a figure, a table.
    fields
        Field -> value; ``kind`` among them. Names of the vocabulary are understood.

    Raises
    ------
    NotFound
        If the archive has no such paper.
    InvalidInput
        If a name is unknown (similar ones are suggested), a field or value does not fit, or the claim is there.
    """
    index = ClaimIndex.of(archive.read("Paper", "Version", "Claim"))
    work = index.paper(paper)
    vocabulary = read_vocabulary(archive)
    values = {name: parse_value(name, value, vocabulary) for name, value in fields.items()}
    data = {
        "paper_id": work.id,
        "version_id": _version(index, work.id),
        "statement": statement.strip(),
        "source_url": source_url.strip(),
        "location": location.strip(),
        **values,
    }
    if not data["statement"]:
        msg = "A claim needs a statement: one sentence of your own that says what the paper claims."
        raise InvalidInput(msg)
    try:
        claim = Claim.model_validate(data)
    except ValueError as error:
        msg = f"That is not a valid claim: {reason_of(error)} Nothing was written."
        raise InvalidInput(msg) from error
    if claim.id in index.claims:
        msg = f"{claim.id} already says so: {index.claims[claim.id].statement} Nothing was written."
        raise InvalidInput(msg)
    archive.append([claim], writer=WRITER)
    return claim


def _version(index: ClaimIndex, paper_id: str) -> str:
    """The newest preprint version that is known, else the version of record, else the first."""
    versions = [version for version in index.versions.values() if version.paper_id == paper_id]
    numbers = [int(version.label) for version in versions if version.label.isdigit()]
    if numbers:
        return f"{paper_id}v{max(numbers)}"
    return versions[0].id if versions else f"{paper_id}v1"
