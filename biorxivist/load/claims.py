"""The claims of papers that a user has just loaded, checked against what is known already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from biorxivist.claims.extract.archived import Extracted, extract_archived, of_passages
from biorxivist.claims.extract.unread import Unread
from biorxivist.claims.index import ClaimIndex, read_archived
from biorxivist.claims.present import counted
from biorxivist.load.prepare import judge
from biorxivist.workspace.home import Home, lock
from graph.progress import Progress, silent
from graph.records import Claim

__all__ = ["LoadedClaims", "load_claims"]

BATCH = 200
"""Papers whose claims are read and written at a time."""


@dataclass(frozen=True)
class LoadedClaims:
    """Claims of newly loaded papers."""

    extracted: Extracted
    """What was read."""
    opposed: tuple[tuple[Claim, str], ...]
    """Claims that contradict one that is known, with who makes that one."""
    testable: int
    """Claims on which the results at hand have something to say."""

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "claims": len(self.extracted.claims),
            "new_claims": self.extracted.new,
            "held_claims": self.extracted.held.total(),
            "contradicting": [{"claim": claim.id, "opposes": who} for claim, who in self.opposed],
            "testable": self.testable,
            "tables": self.extracted.tables,
            "tables_as_pictures": self.extracted.pictures,
            "tables_not_read": [_table(each) for each in self.extracted.unread],
            "tables_read_in_part": [_table(each) for each in self.extracted.partly],
            "introduced_models": [model.name for model in self.extracted.introduced],
            "unknown_names": [name for name, _ in self.extracted.unknown_names.most_common()],
        }

    def sentence(self) -> str:
        """What a reader wants to know first."""
        total = len(self.extracted.claims)
        if not total:
            return f"No claim was read{self._names()}.{self._tables()}"
        whom = sorted({who for _, who in self.opposed})
        against = (
            f", {len({claim.id for claim, _ in self.opposed})} of them against {', '.join(whom[:3])}" if whom else ""
        )
        return (
            f"{counted(total, 'claim')} read{against}; {self.testable} can be tested here"
            f"{self._held()}{self._names()}. `biorxivist claims list --extracted` lists them.{self._tables()}"
        )

    def _tables(self) -> str:
        said = self.extracted.tables_sentence()
        return f" {said}" if said else ""

    def _held(self) -> str:
        waiting = self.extracted.held.most_common()
        return "".join(f"; {n} {'waits' if n == 1 else 'wait'} for a review, as {why}" for why, n in waiting)

    def _names(self) -> str:
        said = [
            f"; {what}: {', '.join(names[:3])}"
            for what, names in (
                ("new in the vocabulary", [model.name for model in self.extracted.introduced]),
                ("not in the vocabulary", [name for name, _ in self.extracted.unknown_names.most_common(3)]),
            )
            if names
        ]
        return "".join(said)


def _table(table: Unread) -> dict[str, str]:
    return {"paper": table.paper_id, "table": table.table, "passage": table.passage_id, "why": table.why}


def load_claims(
    home: Home,
    paper_ids: Collection[str],
    *,
    passage_ids: Collection[str] | None = None,
    progress: Progress = silent,
) -> LoadedClaims:
    """Read the claims of papers of the archive, judge them, and say whom they contradict.

    The papers are read in batches: what was read of many stays if the program is stopped.

    Parameters
    ----------
    passage_ids
        Passages that the answer is about, where it is about less than the whole papers: tables that came alone.
    """
    extracted = Extracted()
    with lock(home):
        ordered = sorted(set(paper_ids))
        for start in range(0, len(ordered), BATCH):
            extracted.add(extract_archived(home.archive, ordered[start : start + BATCH]))
            progress(min(start + BATCH, len(ordered)), len(ordered), "papers")
        judge(home)
    if passage_ids is not None:
        extracted = of_passages(extracted, home.archive, passage_ids)
    index = read_archived(home.archive)
    own = {claim.id for claim in extracted.claims}
    opposed = [
        (index.claims[mine], index.who(index.claims[theirs]))
        for relation in index.relations
        if relation.relation == "contradicts"
        for mine, theirs in ((relation.claim_id, relation.other_id), (relation.other_id, relation.claim_id))
        if mine in own and theirs not in own and mine in index.claims and theirs in index.claims
    ]
    return LoadedClaims(extracted, tuple(opposed), _testable(index, own))


def _testable(index: ClaimIndex, own: Collection[str]) -> int:
    return sum(any(evidence.verdict != "not_testable" for evidence in index.verdicts(claim_id)) for claim_id in own)
