"""Verdicts and relations, computed from the archive and written back to it.

What is computed is a function of the facts in the archive, so a verdict whose inputs have changed gets a new id; the
old one is removed by a tombstone, and so is a relation that no longer holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from typing import TYPE_CHECKING

from biorxivist.workspace.fingerprint import fingerprint_of
from graph.compare import relate
from graph.records import Claim, Evidence, Record, Relation, Result, Run, SaturationPoint, Tombstone

if TYPE_CHECKING:
    from graph.archive import Archive

__all__ = ["compute", "refresh", "rules"]

WRITER = "evidence"


def rules() -> str:
    """Fingerprint of what the computed records depend on besides the facts: the rules themselves, as code."""
    graph = resources.files("graph")
    return fingerprint_of(graph / "evidence", graph / "compare.py", graph / "vocabulary")


def compute(records: Iterable[Record]) -> list[Evidence | Relation]:
    """Verdict of every claim that stands after review, and how those that can be compared relate.

    The records are put in order first, so that the same facts give the same verdicts however they arrive.
    """
    from graph.evidence import judge

    kept: dict[type[Record], list[Record]] = {}
    for record in sorted(records, key=lambda record: record.id):
        kept.setdefault(type(record), []).append(record)
    everything = [claim for claim in kept.get(Claim, []) if isinstance(claim, Claim)]
    claims = [claim for claim in everything if claim.review not in ("rejected", "corrected")]
    evidence = judge(
        claims,
        results=[result for result in kept.get(Result, []) if isinstance(result, Result)],
        points=[point for point in kept.get(SaturationPoint, []) if isinstance(point, SaturationPoint)],
        runs=[run for run in kept.get(Run, []) if isinstance(run, Run)],
    )
    return [*evidence, *relate(claims)]


def refresh(archive: Archive, *, progress: Callable[[int, int, str], None] | None = None) -> int:
    """Compute verdicts and relations anew and write what has changed.

    Returns
    -------
    Number of records written, tombstones included.
    """
    if progress is not None:
        progress(0, 0, "judging the claims")
    fresh = compute(archive.read("Claim", "Result", "SaturationPoint", "Run"))
    written = archive.append(fresh, writer=WRITER)
    stale = _stale(list(archive.read("Evidence", "Relation")), fresh)
    return written + (archive.append(stale, writer=WRITER) if stale else 0)


def _stale(kept: Sequence[Record], fresh: Sequence[Record]) -> list[Tombstone]:
    ids = {record.id for record in fresh}
    return [
        Tombstone(target_record=type(record).__name__, target_id=record.id, reason="its inputs have changed")
        for record in kept
        if record.id not in ids
    ]
