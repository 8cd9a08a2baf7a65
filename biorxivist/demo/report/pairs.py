"""The sharpest disagreements of the report: both claims, and the conditions in which they differ, in words."""

from __future__ import annotations

from biorxivist.claims.disagreements import Disagreement
from biorxivist.demo.model import Demo
from biorxivist.demo.report.markup import plain_table, section, text
from graph.compare import scope

__all__ = ["condition", "render_pairs"]

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
        (NAMES.get(field, field), condition(field, first.get(field)), condition(field, second.get(field)))
        for field in disagreement.relation.fields
    ]
    table = plain_table(("They differ in", *citations), rows, demo.index.vocabulary)
    return f'<div class="pair">{sides}<div class="how">{table}</div></div>'


def condition(field: str, value: object) -> str:
    """A value of a scope in words; ids stay for the page to name."""
    if value is None:
        return "not stated"
    if isinstance(value, tuple):
        return ", ".join(condition(field, part) for part in value)
    if isinstance(value, int):
        return f"{value:,} cells"
    if isinstance(value, float):
        return f"{100 * value:.3g} %"
    return str(value) if ":" in str(value) else str(value).replace("_", " ")
