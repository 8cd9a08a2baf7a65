"""Gates on how an experiment was set up: what it named before it ran, which errors it knows, whether metrics agree.

They hold for every rule, so that no rule has to ask: the judge applies them to what a rule found.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.evidence.assay import Assay
from graph.evidence.measured import FEWEST_GROUPS
from graph.evidence.outcome import Outcome
from graph.records import Dataset
from graph.vocabulary import Vocabulary
from graph.vocabulary.protocol import DELTA

__all__ = ["hold_to_the_design"]


def hold_to_the_design(outcome: Outcome, assay: Assay, others: Mapping[str, Outcome], vocabulary: Vocabulary) -> None:
    """Gate what a rule found by the metric that decides, and note both errors of the effect.

    Parameters
    ----------
    outcome, assay
        What the rule found, and the scores that it found it in.
    others
        Metric -> what the same rule found by every other metric that the study reports.
    vocabulary
        Facts of the sets: which are of one experiment, where their labels come from.
    """
    if not outcome.inputs:  # a gate of the rule stopped it before any score was used
        return
    _hypotheses_gate(outcome, assay)
    _test_cells_gate(outcome, assay)
    _independence_gate(outcome, assay, vocabulary)
    _double_dipping_gate(outcome, assay, vocabulary)
    _metrics_gate(outcome, assay, others)
    outcome.named_tests = assay.named.tests
    if outcome.effect is not None and outcome.effect.cell_error is not None:
        outcome.details["error"] = {
            "seeds": round(outcome.effect.seed_error, 6), "test_cells": round(outcome.effect.cell_error, 6),
        }  # fmt: skip


def _independence_gate(outcome: Outcome, assay: Assay, vocabulary: Vocabulary) -> None:
    """Gate: held-out sets that agree are of two experiments at least; two sets of one share its donors and protocol."""
    scored = sorted({dataset for _, dataset in assay.pairs})
    experiments = {_experiment(name, vocabulary) for name in scored}
    if len(scored) > 1:  # a single set is no agreement in the first place
        listed = ", ".join(scored)
        outcome.gate(
            "studies",
            passed=len(experiments) > 1,
            value=f"{len(experiments)} experiments",
            need="at least two held-out studies that agree in sign, of different experiments",
            missed=f"the held-out sets ({listed}) are of one experiment, and two are needed",
        )


def _experiment(name: str, vocabulary: Vocabulary) -> str:
    """Experiment that a set is of: the collection that is one, or the set by itself."""
    at: str | None = name
    while at is not None:
        entry = vocabulary.get(at)
        if isinstance(entry, Dataset) and entry.one_experiment:
            return at
        at = entry.parent_id if entry is not None else None
    return name


def _double_dipping_gate(outcome: Outcome, assay: Assay, vocabulary: Vocabulary) -> None:
    """Gate: no score holds clusters of a matrix against labels that are clusters of the same matrix.

    Labels that were found by clustering a matrix agree with whatever resembles that clustering, and no test on the same
    cells can tell. Across studies the classifier comes from other cells; then it is said which sets have such labels,
    and the gate is passed. Where no source says where labels come from, they may be clusters.
    """
    scored = sorted({result.dataset_id for result in assay.results})
    entries = {name: vocabulary.get(name) for name in scored}
    origins = {name: entry.labels_from if isinstance(entry, Dataset) else None for name, entry in entries.items()}
    clusters = [name for name, origin in origins.items() if origin == "clustering"]
    unknown = [name for name, origin in origins.items() if origin is None]
    listed = "; ".join(
        f"{what} {', '.join(names)}"
        for what, names in (("labels from clustering their own matrix:", clusters), ("origin not stated:", unknown))
        if names
    )
    passed = not assay.clustered or not (clusters or unknown)
    outcome.gate(
        "double_dipping",
        passed=passed,
        value=listed or "labels from elsewhere",
        need="labels that are no clusters of the matrix whose clusters are scored",
        missed=f"clusters of cells are held against labels that are clusters of the same cells, or may be ({listed})",
    )


def _hypotheses_gate(outcome: Outcome, assay: Assay) -> None:
    """Gate: the metric, the margin and every contrast of the claim were named before the study ran."""
    named = assay.named
    missed = named.flaw
    if named.hypotheses is not None:
        primary = named.metrics_of(assay.task_id)[0]
        unnamed = [contrast.text() for contrast in named.missing(outcome.needed_tests)]
        if named.hypotheses.delta != DELTA:
            missed = f"the study named a margin of {named.hypotheses.delta:g}, and the rules have {DELTA:g}"
        elif primary != assay.metric_id:
            missed = f"no score by {primary}, the metric that was to decide, is reported"
        elif unnamed:
            missed = f"{'; '.join(unnamed)} is not among the {named.tests} contrasts that the study named"
        outcome.details["hypotheses"] = {
            "named": named.tests, "primary_metric": primary, "digest": named.hypotheses.digest(),
        }  # fmt: skip
    outcome.gate(
        "hypotheses",
        passed=not missed,
        value=missed or f"{named.tests} contrasts named, by {assay.metric_id}",
        need="primary metric, margin and contrast named before the study ran",
        missed=missed,
    )


def _test_cells_gate(outcome: Outcome, assay: Assay) -> None:
    """Gate: the interval holds the error over test cells beside that over seeds."""
    used = set(outcome.inputs)
    scores = [each for each in (*assay.results, *assay.ablated) if each.id in used and each.run_id]
    known = sum(len(result.without_cells) >= FEWEST_GROUPS for result in scores)
    outcome.gate(
        "test_cells",
        passed=known == len(scores),
        value=f"{known:,} of {len(scores):,} scores",
        need="an interval over seeds and test cells, for which every score carries its values without groups of cells",
        missed=f"the interval is over seeds alone: {known:,} of {len(scores):,} scores carry their error over test "
        "cells, and all have to",
    )


def _metrics_gate(outcome: Outcome, assay: Assay, others: Mapping[str, Outcome]) -> None:
    """Gate: every metric that is reported, or was named, gives the same answer."""
    outcomes: dict[str, Outcome] = {assay.metric_id: outcome, **others}
    answers: dict[str, str] = {metric: each.answer for metric, each in outcomes.items()}
    named = assay.named.metrics_of(assay.task_id)
    answers |= {metric: "not reported" for metric in named if metric not in answers}
    listed = ", ".join(f"{metric} {answer}" for metric, answer in answers.items())
    outcome.gate(
        "metrics",
        passed=len(set(answers.values())) == 1,
        value=listed,
        need="the same answer by every metric that is reported",
        missed=f"the metrics do not agree ({listed})",
    )
    outcome.details["by_metric"] = {
        metric: {
            "effect": round(each.effect.mean, 6),
            "low": round(each.effect.low, 6),
            "high": round(each.effect.high, 6),
            "answer": each.answer,
        }
        for metric, each in outcomes.items()
        if each.effect is not None and each.effect.bounded
    }
