"""The sharpest disagreements of the report: both claims, and the conditions in which they differ, in words."""

from __future__ import annotations

from biorxivist.claims.disagreements import Disagreement
from biorxivist.demo.model import Demo
from biorxivist.demo.report.markup import plain_table, section, text
from graph.compare import condition_in_words, scope

__all__ = ["render_pairs"]

NAMES = {
    "train_fraction": "labels used", "size": "corpus size", "axis": "what grows", "dataset": "evaluation set",
    "fraction": "part of the corpus",
}  # fmt: skip
"""Words for fields of a scope whose own name says too little."""


def render_pairs(demo: Demo) -> str:
    """The pairs, sharpest first; empty if no papers disagree."""
    if not demo.disagreements:
        return ""
    pairs = "".join(_pair(disagreement, demo) for disagreement in demo.disagreements)
    return section(
        "Where papers disagree", "The sharpest pairs: opposite directions, in scopes as close as possible.", pairs
    )


def _pair(disagreement: Disagreement, demo: Demo) -> str:
    claims = (disagreement.first, disagreement.second)
    citations = [demo.index.who(claim) for claim in claims]
    sides = "".join(
        f'<p>{text(claim.statement)}<span class="who">{text(who)}</span></p>'
        for claim, who in zip(claims, citations, strict=True)
    )
    if not disagreement.relation.fields:
        how = '<p class="how">They contradict each other under the same conditions.</p>'
        return f'<div class="pair">{sides}{how}</div>'
    first, second = (scope(claim, demo.index.vocabulary) for claim in claims)
    rows = [
        (NAMES.get(field, field), condition_in_words(first.get(field)), condition_in_words(second.get(field)))
        for field in disagreement.relation.fields
    ]
    table = plain_table(("They differ in", *citations), rows, demo.index.vocabulary)
    return f'<div class="pair">{sides}<div class="how">{table}</div></div>'
