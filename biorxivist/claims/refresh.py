"""Verdicts and relations, computed from the archive and written back to it.

What is computed is a function of the facts in the archive, so a verdict whose inputs have changed gets a new id; the
old one is removed by a tombstone, and so is a relation that no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.standing import stands
from biorxivist.workspace.home import EVIDENCE_WRITER
from graph.compare import relate
from graph.evidence.verdict import sentence
from graph.progress import Progress, silent
from graph.records import Claim, Evidence, Record, Relation, Result, Run, SaturationPoint, Tombstone
from graph.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from graph.archive import Archive

__all__ = ["VerdictChange", "compute", "refresh", "verdict_changes"]

INPUTS = ("Model", "Dataset", "Task", "Metric", "Claim", "Result", "SaturationPoint", "Run")
"""Records that verdicts and relations are computed from."""
R = TypeVar("R", bound=Record)


def compute(records: Iterable[Record]) -> list[Evidence | Relation]:
    """Verdict of every claim that stands after review, and how those that can be compared relate.

    The records are put in order first, so that the same facts give the same verdicts in whatever order they arrive.
    Models, datasets, tasks and metrics among them join the shipped vocabulary.
    """
    from graph.evidence import judge

    ordered = sorted(records, key=lambda record: record.id)
    vocabulary = load_vocabulary().extend(ordered)
    claims = list(filter(stands, _of(Claim, ordered)))
    evidence = judge(
        claims,
        results=_of(Result, ordered),
        points=_of(SaturationPoint, ordered),
        runs=_of(Run, ordered),
        vocabulary=vocabulary,
    )
    return [*evidence, *relate(claims, vocabulary=vocabulary)]


def refresh(archive: Archive, *, progress: Progress = silent) -> int:
    """Recompute verdicts and relations and write what has changed.

    Returns
    -------
    Number of records written, tombstones included.
    """
    progress(0, 0, "judging the claims")
    current = compute(archive.read(*INPUTS))
    written = archive.append(current, writer=EVIDENCE_WRITER)
    stale = _stale(archive.read("Evidence", "Relation"), current)
    return written + (archive.append(stale, writer=EVIDENCE_WRITER) if stale else 0)


@dataclass(frozen=True)
class VerdictChange:
    """A claim whose verdict is another one than before."""

    claim: Claim
    before: Evidence | None
    """The most telling evidence before; none if the claim is new."""
    after: Evidence | None
    """The most telling evidence now; none if the claim no longer stands."""

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON; ``sentence`` says what decided the new verdict."""
        return {
            "claim_id": self.claim.id,
            "statement": self.claim.statement,
            "before": self.before.verdict if self.before else None,
            "after": self.after.verdict if self.after else None,
            "sentence": sentence(self.after) if self.after else "The claim no longer stands.",
        }


def verdict_changes(before: ClaimIndex, after: ClaimIndex) -> list[VerdictChange]:
    """Claims whose most telling verdict differs between two states of an archive, by claim id."""
    changes = []
    for claim_id in sorted(before.claims.keys() | after.claims.keys()):
        old, new = (next(iter(index.verdicts(claim_id)), None) for index in (before, after))
        if (old.verdict if old else None) != (new.verdict if new else None):
            claim = after.claims.get(claim_id) or before.claims[claim_id]
            changes.append(VerdictChange(claim, old, new))
    return changes


def _of(kind: type[R], records: Iterable[Record]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def _stale(written: Iterable[Record], current: Iterable[Record]) -> list[Tombstone]:
    """Tombstones for computed records that are no longer computed."""
    ids = {record.id for record in current}
    return [
        Tombstone(target_record=type(record).__name__, target_id=record.id, reason="its inputs have changed")
        for record in written
        if record.id not in ids
    ]
