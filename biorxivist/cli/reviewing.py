"""The walk through the claims that wait for a person: each in its paragraph, with a key to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from biorxivist.claims.standing import why_held
from biorxivist.cli.options import parameters
from biorxivist.cli.output import note, print_text, print_wrapped
from biorxivist.errors import InvalidInput

if TYPE_CHECKING:
    from biorxivist.claims.index import ClaimIndex
    from biorxivist.claims.queue import Queued
    from biorxivist.claims.review import ReviewOutcome
    from graph.archive import Archive
    from graph.vocabulary import Vocabulary

__all__ = ["walk"]

KEYS = "a accept, c correct, r reject, s skip, q quit"
SAYS_SO = "The paper says so."
SHOWN = (
    "kind", "subject_ids", "comparator_ids", "direction", "polarity", "task_id", "dataset_id", "metric_id", "value",
    "regime", "factor", "fraction", "train_fraction", "hedging", "attribution", "attributed_to", "condition",
    "inferred",
)  # fmt: skip


def walk(archive: Archive, *, who: str | None, paper: str | None, limit: int | None) -> int:
    """Ask about one waiting claim after the other; returns how many were decided.

    Ctrl-D and q end the walk; every decision is written at once.
    """
    from biorxivist.claims.index import read_archived
    from biorxivist.claims.queue import queue
    from graph.records import Passage

    index = read_archived(archive)
    of = index.paper(paper).id if paper else None
    passages = (record for record in archive.read("Passage") if isinstance(record, Passage))
    queued = queue((claim for claim in index.claims.values() if of in {None, claim.paper_id}), passages)
    if not queued:
        note("No claim waits for a review; `biorxivist claims list` lists those that there are.")
        return 0
    decided = 0
    try:
        name = who or typer.prompt("Your name", err=True)
        for number, entry in enumerate(queued[:limit], start=1):
            print_text(f"\n{number} of {len(queued)}")
            _print(entry, index)
            done = _decide(archive, entry.claim.id, name)
            if done is not None:
                decided += 1
                note(
                    f"{done.claim.id} is {done.claim.review}."
                    + (f" {done.corrected.id} corrects it." if done.corrected else "")
                )
    except typer.Abort:
        note("")
    except _Quit:
        pass
    note(f"{decided} decided, {len(queued) - decided} still wait.")
    return decided


class _Quit(Exception):
    """The person has had enough."""


def _print(entry: Queued, index: ClaimIndex) -> None:
    claim = entry.claim
    print_wrapped(f"{index.who(claim)}: {claim.statement}", hang=2)
    print_wrapped(entry.section, indent=2, hang=2)
    print_wrapped(_facts(entry, index.vocabulary), indent=2, hang=2)
    if waits := why_held(claim):
        print_wrapped(f"Waits: {waits}", indent=2, hang=2)
    print_wrapped(f"{entry.before}>>{entry.quote}<<{entry.after}", indent=2)


def _facts(entry: Queued, vocabulary: Vocabulary) -> str:
    pairs = ((field, getattr(entry.claim, field)) for field in SHOWN)
    words = (
        f"{field}={', '.join(value) if isinstance(value, tuple) else value}"
        for field, value in pairs
        if value not in (None, (), "none", "own", "asserted")
    )
    return vocabulary.with_names("; ".join(words))


def _decide(archive: Archive, claim_id: str, who: str) -> ReviewOutcome | None:
    """One decision; what cannot be done is said, and the question comes again."""
    from biorxivist.claims.review import review

    while True:
        key = typer.prompt(KEYS, err=True).strip().lower()[:1]
        try:
            match key:
                case "a":
                    why = typer.prompt("Why", default=SAYS_SO, err=True)
                    return review(archive, claim_id, "accepted", who=who, why=why)
                case "r":
                    return review(archive, claim_id, "rejected", who=who, why=typer.prompt("Why", err=True))
                case "c":
                    fields = _corrections()
                    why = typer.prompt("Why", err=True)
                    return review(archive, claim_id, "corrected", who=who, why=why, corrections=fields)
                case "s":
                    return None
                case "q":
                    raise _Quit
                case _:
                    note(f"{key!r} is no key: {KEYS}.")
        except (InvalidInput, typer.BadParameter) as error:
            note(str(error))


def _corrections() -> dict[str, Any]:
    """Fields and their right values, one a line, until an empty line."""
    lines: list[str] = []
    while line := typer.prompt("FIELD=VALUE (empty: done)", default="", show_default=False, err=True).strip():
        lines.append(line)
    return parameters(lines)
