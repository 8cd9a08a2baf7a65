"""Words of a claim by which a question may mean it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from biorxivist.answers.evidence import Graph
from biorxivist.answers.retrieve import folded
from biorxivist.claims.index import entries_of
from graph.records import Claim

__all__ = ["claim_words"]


def claim_words(claim: Claim, graph: Graph) -> list[str]:
    """Words of a claim, of its quote, and of all that it is about by any of their names."""
    names = [name for each in entries_of(claim) for name in _names(graph.vocabulary.lineage(each), graph)]
    text = folded(" ".join((claim.statement, claim.quote or "", *names)))
    return re.findall(r"[a-z0-9]+", text.replace("-", " ")) + re.findall(r"[a-z0-9-]+", text)


def _names(ids: Iterable[str], graph: Graph) -> Iterable[str]:
    for each in ids:
        if entry := graph.vocabulary.get(each):
            yield from (entry.name, *entry.aliases)
