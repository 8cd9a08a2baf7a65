"""The experiments of the report: the shipped studies, published saturation points beside ours, the small study."""

from __future__ import annotations

from collections.abc import Iterable

from biorxivist.demo.budget import EvaluationSet, budget_caveat, headline
from biorxivist.demo.figures import LineKey, our_heatmaps, published_heatmaps, small_study_panels, study_panels
from biorxivist.demo.model import Demo
from biorxivist.demo.report.markup import figure, plain_table, section, text
from biorxivist.demo.small_study import caveat
from graph.records import Result, Run, SaturationPoint
from graph.vocabulary.protocol import ANY_RUN, EQUIVALENCE

__all__ = ["render_budget", "render_heatmaps", "render_small_study"]

DASH_PATTERNS = {"solid": "", "dotted": "1.5 2.5", "dashed": "6 3", "dash-dotted": "6 2.5 1.5 2.5"}
RULES = ((ANY_RUN, "by the paper's rule"), (EQUIVALENCE, "by the equivalence rule"))


def render_budget(demo: Demo) -> str:
    """Curves of the shipped studies, and their saturation points at each training budget by both rules."""
    if not demo.arms:
        return ""
    sets = _sets(demo)
    caption = (
        "Macro F1 of cell types by kNN on cells of studies that are not in the corpus, over the cells that the encoder "
        "was trained on, at the checkpoint that validation chose; band: 95 % interval over seeds, ring: saturation "
        "point by the equivalence rule. Every corpus size was trained for the same number of optimiser steps. "
        f"Corpora: {_corpora(demo.runs, sets)}."
    )
    curves = study_panels(demo.results, demo.points, sets)
    table = plain_table(
        ("Model and set", "Saturation point, equivalence rule", "Rule of the paper"),
        [(arm.name, arm.describe(), arm.describe_paper_points()) for arm in demo.arms],
        demo.index.vocabulary,
    )
    body = figure(curves.panels, caption, legend=_legend(curves.keys)) + table
    note = f"{headline(demo.arms)} {budget_caveat(demo.runs, demo.arms)}".strip()
    return section("Does the saturation point move with the training budget?", note, body)


def _corpora(runs: Iterable[Run], sets: Iterable[EvaluationSet]) -> str:
    """Cells and seeds of the studies whose sets are drawn."""
    drawn = {where.study for where in sets}
    seeds: dict[tuple[str, int], set[int | None]] = {}
    for run in runs:
        if run.study in drawn:
            seeds.setdefault((run.study, run.corpus_cells or 0), set()).add(run.seed_data)
    return "; ".join(f"{study} {cells:,} cells, {len(seeds[study, cells])} seeds" for study, cells in sorted(seeds))


def _sets(demo: Demo) -> list[EvaluationSet]:
    return list(dict.fromkeys(arm.where for arm in demo.arms))


def render_heatmaps(demo: Demo) -> str:
    """Saturation points as printed, and ours by both rules."""
    vocabulary = demo.index.vocabulary
    body = ""
    if published := published_heatmaps(demo.points, vocabulary):
        body += figure(
            published,
            "As printed: the smallest fraction of the 22.2 million cells of scTab at which any single run passes 95 % "
            "of the best score (DenAdel et al.).",
            large=True,
        )
    if sets := _sets(demo):
        for rule, words in RULES:
            body += figure(
                our_heatmaps(demo.points, sets, rule, vocabulary),
                f"Ours, {words}: the smallest fraction of the corpus at which a model saturates, at each training "
                "budget and at the checkpoints that validation chose. “rising”: no smaller corpus is as good as the "
                "whole; “budget”: the answer changes between budgets; “?”: not identified.",
            )
    note = (
        "The paper's rule at two scales (the published corpus is over a thousand times larger), then a stricter rule."
    )
    return section("Saturation points, published and ours", note, body)


def render_small_study(demo: Demo) -> str:
    """Curves of the study that the demo has run; empty if it has none."""
    results = [record for record in demo.small_study if isinstance(record, Result)]
    points = [record for record in demo.small_study if isinstance(record, SaturationPoint)]
    if not results:
        return ""
    seeds = len({result.seed_data for result in results if result.seed_data is not None})
    caption = f"Macro F1 of cell types by kNN within the set, over the cells trained on; {seeds} seeds."
    curves = small_study_panels(results, points)
    body = (
        "<p>Too few cells for a curve.</p>" if curves is None
        else figure(curves.panels, caption, legend=_legend(curves.keys))
    )  # fmt: skip
    return section("The small study of this run", caveat(demo), body)


def _legend(keys: Iterable[LineKey]) -> str:
    entries = "".join(f"<li>{_swatch(key)}{text(key.label)}</li>" for key in keys)
    return f'<ul class="legend lines">{entries}</ul>'


def _swatch(key: LineKey) -> str:
    stroke = f'stroke="{text(key.colour)}" stroke-width="2" stroke-dasharray="{DASH_PATTERNS[key.dash]}"'
    return f'<svg width="26" height="8" aria-hidden="true"><line x1="0" y1="4" x2="26" y2="4" {stroke}/></svg>'
