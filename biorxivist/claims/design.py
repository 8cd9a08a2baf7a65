"""The claim that a study is to test: by its id, or by a sentence that says it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from biorxivist.claims.check import Search, check_statement
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.statement import read
from biorxivist.errors import InvalidInput, NotFound
from biorxivist.workspace.studies import require_scaling
from graph.records import Claim

if TYPE_CHECKING:
    from scaling.study.design.design import Design

__all__ = ["Chosen", "choose_claim", "design_study", "write_study"]

LISTED = 3
MOST_WORDS = 2_000
ID_LIKE = "claim:"


class Chosen(NamedTuple):
    """The claim that is meant."""

    claim: Claim
    who: str
    """Who makes it; empty where nobody in the graph does."""
    notes: tuple[str, ...] = ()
    """How it was chosen."""


def choose_claim(name: str, index: ClaimIndex, *, search: Search) -> Chosen:
    """Find the claim of an id, of the beginning of one, or of a sentence as `check_statement` reads it.

    Of a sentence it is the first claim that says the same, else the first that says the opposite; and where no claim
    can be compared with it, the sentence itself, as long as a rule reads it as a finding.

    Raises
    ------
    NotFound
        If there is no such claim.
    InvalidInput
        If the sentence is empty or too long.
    """
    text = name.strip()
    if not text or len(text) > MOST_WORDS:
        msg = f"The text has {len(text)} characters; give a claim id, or a sentence of 1 to {MOST_WORDS:,}."
        raise InvalidInput(msg)
    if text.startswith(ID_LIKE) or " " not in text:
        claim = index.claim(text)
        return Chosen(claim, index.who(claim))
    checked = check_statement(text, index, search=search)
    comparable = [finding for finding in checked.findings if finding.stand not in (None, "related")]
    if comparable:
        first, *others = sorted(comparable, key=lambda finding: finding.stand != "agrees")
        notes = [f"read as: {checked.reading}", f"The claim that {_STANDS[first.stand or '']}: {first.claim.id}."]
        if others:
            listed = ", ".join(finding.claim.id for finding in others[:LISTED])
            notes.append(f"Others that can be compared with it: {listed}; give an id to choose.")
        return Chosen(first.claim, first.who, tuple(notes))
    wording = read(text, index.vocabulary)
    if wording.first is not None:
        note = "No claim of the graph can be compared with this sentence, so that no verdict will name a paper."
        return Chosen(wording.first, "", (f"read as: {checked.reading}", note))
    kind = "claim"
    close = tuple(finding.claim.id for finding in checked.findings[:LISTED])
    raise NotFound(kind, text, close, hint=f"It was read as: {checked.reading}. `biorxivist evidence` lists claims.")


_STANDS = {
    "agrees": "says the same", "contradicts": "says the opposite",
    "differs_in_scope": "says the opposite in another scope",
}  # fmt: skip


def design_study(claim: Claim, index: ClaimIndex, **options: Any) -> Design:
    """Design the study that would test a claim (`scaling.design`), by the names of the index.

    Raises
    ------
    ExtraMissing
        If a part of the scaling extra is not installed.
    ScalingError
        If no run tests the claim, or cells or study cannot be used.
    """
    require_scaling("A study")
    import scaling

    return scaling.design(claim, vocabulary=index.vocabulary, **options)


def write_study(design: Design, path: Path) -> None:
    """Write the study file; another file of that name is kept, for its tests were named before its runs.

    Raises
    ------
    InvalidInput
        If there is another file already, or the place cannot be written.
    """
    text = design.text()
    try:
        if path.exists() and path.read_text(encoding="utf-8", errors="replace") != text:
            msg = f"{path} already exists and is another study: give another name (--out), or remove it."
            raise InvalidInput(msg)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror or error}). Give another place (--out)."
        raise InvalidInput(msg) from error
