"""An assay: the scores of one study, laid out so that a rule can pair them by set, seed, size and budget.

The primary scores are those of classifiers that are fitted on one held-out study and scored on another; scores
within a study are confounded with its batch and enter no verdict (study design, section 3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

from graph.evidence.contrast import Contrast
from graph.evidence.finding import DELTA, FULL_SCALE, Finding
from graph.evidence.interval import Interval, of_replicates
from graph.evidence.numbers import Numbers
from graph.records import Claim, Result, Run

LEARNED = 0.10
"""A trained model must beat its untrained self by this much, by the lower limit."""
NO_HEADROOM = 0.97
"""Where a PCA scores this high, by any metric, a set cannot tell models apart."""
UNTRAINED = 0
PCA = "pca_reference"
BASELINES = {"log_normalised": "lognorm_knn", "pca": PCA}

Pair = tuple[str, str]
"""(study that the classifier is fitted on, study that it is scored on)."""
Scores = dict[Pair, dict[int, float]]
"""Pair of studies -> replicate -> score."""


@dataclass(frozen=True)
class Assay:
    """Scores of one study by one metric."""

    study: str
    metric_id: str
    results: tuple[Result, ...]
    runs: dict[str, Run]
    pairs: tuple[Pair, ...]
    """Pairs with headroom."""
    crowded: tuple[Pair, ...]
    """Pairs without: a PCA reaches NO_HEADROOM on the scored study."""

    @classmethod
    def of(cls, study: str, results: Iterable[Result], numbers: Numbers, claim: Claim) -> Assay | None:
        """Lay out the study's cross-study scores of the claim's scope; None if it has none."""
        cross = [result for result in results if result.reference_id and numbers.same_scope(claim, result)]
        metrics = sorted({result.metric_id for result in cross})
        if not metrics:
            return None
        metric = claim.metric_id if claim.metric_id in metrics else metrics[-1]
        scored = tuple(result for result in cross if result.metric_id == metric)
        pairs = sorted({(result.reference_id or "", result.dataset_id) for result in scored})
        used = {result.run_id for result in scored if result.run_id}
        runs = {run_id: numbers.runs[run_id] for run_id in sorted(used)}
        solved = _solved(cross, runs)
        crowded = tuple(pair for pair in pairs if pair[1] in solved)
        return cls(
            study=study,
            metric_id=metric,
            results=scored,
            runs=runs,
            pairs=tuple(pair for pair in pairs if pair not in crowded),
            crowded=crowded,
        )

    # What was run

    def stand_ins(self, subject_ids: Iterable[str], numbers: Numbers) -> list[str]:
        """Models that were trained and scored in this study and stand in for these subjects."""
        found = {model for subject in subject_ids for model in numbers.stand_ins(subject)}
        return sorted(model for model in found if self.budgets(model))

    def budgets(self, model_id: str) -> list[int | None]:
        """Checkpoints of a model in optimiser steps, smallest first; [None] for one that takes no steps."""
        steps = {r.steps for r in self.results if r.model_id == model_id and r.run_id and r.cells}
        return sorted(steps, key=lambda step: step or 0)

    def sizes(self, model_id: str, sampling: str = "random") -> list[int]:
        """Subset sizes of a model in cells, smallest first, without the untrained one."""
        return sorted({r.cells for r in self.results if r.model_id == model_id and r.sampling == sampling and r.cells})

    def corpus_cells(self) -> int:
        """Cells of the whole corpus."""
        return max((run.corpus_cells for run in self.runs.values()), default=0)

    def samplings(self, model_id: str) -> list[str]:
        """Ways in which subsets were drawn for a model."""
        return sorted({r.sampling for r in self.results if r.model_id == model_id and r.sampling and r.cells})

    # Scores

    def scores(self, model_id: str, cells: int, steps: int | None, sampling: str = "random") -> Scores:
        """Score per pair with headroom and replicate, at one size and budget; cells 0 is the untrained model."""
        return self._scores.get(_key(model_id, cells, steps, sampling), {})

    @cached_property
    def _scores(self) -> dict[tuple[object, ...], Scores]:
        found: dict[tuple[object, ...], Scores] = defaultdict(dict)
        for result in self.results:
            pair = (result.reference_id or "", result.dataset_id)
            if result.run_id and result.cells is not None and pair in self.pairs:
                key = _key(result.model_id, result.cells, result.steps, result.sampling)
                found[key].setdefault(pair, {})[result.seed_init or 0] = result.value
        return dict(found)

    def baselines(self) -> dict[str, float]:
        """Mean score of each baseline that trains nothing, over the pairs with headroom."""
        return {
            name: round(fmean(values), 4)
            for name, slug in BASELINES.items()
            if (values := [value for pair in self.pairs if (value := _mean(self.results, pair, slug)) >= 0])
        }

    def ids(self, model_ids: Iterable[str]) -> tuple[str, ...]:
        """Result ids of these models: the inputs of a verdict."""
        wanted = set(model_ids)
        return tuple(r.id for r in self.results if r.model_id in wanted or r.run_id is None)


def _key(model_id: str, cells: int, steps: int | None, sampling: str | None) -> tuple[object, ...]:
    """One setting of a model; an untrained one has neither steps nor a subset."""
    return (model_id, cells) if cells == UNTRAINED else (model_id, cells, steps, sampling)


def _solved(results: Iterable[Result], runs: Mapping[str, Run]) -> set[str]:
    """Sets that a PCA solves by any metric: one fitted on the classifier's cells, or one of the whole corpus."""
    values: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for result in results:
        run = runs.get(result.run_id or "")
        reference = result.run_id is None and result.model_id == f"model:{PCA}"
        if reference or (run is not None and run.family == "pca" and run.cells == run.corpus_cells):
            values[result.model_id, result.dataset_id, result.metric_id].append(result.value)
    return {dataset for (_, dataset, _), found in values.items() if fmean(found) >= NO_HEADROOM}


def _mean(results: Iterable[Result], pair: Pair, slug: str) -> float:
    """Mean of a baseline on one pair; -1 if it was not scored there."""
    values = [
        r.value
        for r in results
        if r.model_id == f"model:{slug}" and (r.reference_id, r.dataset_id) == pair and r.run_id is None
    ]
    return fmean(values) if values else -1.0


def difference(a: Scores, b: Scores) -> tuple[Interval | None, dict[str, float]]:
    """Paired difference a - b: its interval over replicates, and its mean per scored study.

    Within a replicate the difference is averaged over the classifiers' studies, then over the scored studies, so
    that every held-out study counts once.
    """
    by_replicate: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for pair in sorted(set(a) & set(b)):
        for replicate in sorted(set(a[pair]) & set(b[pair])):
            by_replicate[replicate][pair[1]].append(a[pair][replicate] - b[pair][replicate])
    replicates = [fmean(fmean(values) for values in per_study.values()) for per_study in by_replicate.values()]
    studies = sorted({study for per_study in by_replicate.values() for study in per_study})
    per_study = {
        study: round(fmean(fmean(found[study]) for found in by_replicate.values() if study in found), 4)
        for study in studies
    }
    return of_replicates(replicates), per_study


def mean_score(scores: Scores) -> float | None:
    """Mean over scored studies and replicates, every study counting once."""
    per_study: dict[str, list[float]] = defaultdict(list)
    for (_, study), by_replicate in scores.items():
        per_study[study] += by_replicate.values()
    return round(fmean(fmean(values) for values in per_study.values()), 4) if per_study else None


# Gates that every experiment has to pass -----------------------------------------------------------------------


def scale(finding: Finding, claim: Claim, assay: Assay, numbers: Numbers) -> None:
    """Fill in the scale of the experiment against the claim's: corpus and model size."""
    theirs, ours = numbers.corpus_cells(claim), assay.corpus_cells()
    their_parameters = numbers.parameters(claim)
    our_parameters = max((run.parameters or 0 for run in assay.runs.values()), default=0)
    finding.scale_ratio = ours / theirs if theirs else None
    finding.full_scale = bool(
        theirs and ours >= FULL_SCALE * theirs and their_parameters and our_parameters >= FULL_SCALE * their_parameters
    )
    finding.details |= {
        "cells": {"ours": ours, "theirs": theirs},
        "parameters": {"ours": our_parameters or None, "theirs": their_parameters},
        "studies": max((run.studies for run in assay.runs.values()), default=0),
        "genes": max((run.genes for run in assay.runs.values()), default=0),
    }


def common_gates(finding: Finding, assay: Assay, model_ids: Iterable[str]) -> None:
    """Gates on the assay itself: no overlap, something learned, headroom. Values stand beside the verdict."""
    models = sorted(set(model_ids))
    finding.gate(
        "held_out",
        passed=all(run.held_out for run in assay.runs.values()),
        value=f"{len(assay.runs)} runs",
        need="no evaluation cell in any corpus",
    )
    finding.gate(
        "headroom",
        passed=bool(assay.pairs),
        value=f"{len(assay.pairs)} of {len(assay.pairs) + len(assay.crowded)} pairs of studies",
        need=f"pairs of studies on which PCA scores below {NO_HEADROOM}",
    )
    lowest: dict[str, float] = {}
    for model in models:
        top = assay.scores(model, max(assay.sizes(model), default=-1), assay.budgets(model)[-1])
        gain, _ = difference(top, assay.scores(model, UNTRAINED, UNTRAINED))
        lowest[model] = gain.low if gain else -1.0
    finding.gate(
        "learned",
        passed=bool(lowest) and min(lowest.values()) >= LEARNED,
        value=", ".join(f"{model.partition(':')[2]} {low:+.3f}" for model, low in lowest.items()),
        need=f"trained minus untrained of at least {LEARNED:.2f} (lower 95 % limit)",
    )
    finding.details |= _surroundings(assay, models)


def precision_gate(finding: Finding, interval: Interval | None, *, who: str = "") -> None:
    """Gate: the interval is narrow enough to mean something."""
    finding.gate(
        "precision",
        passed=interval is not None and interval.half_width <= DELTA,
        value=interval.half_width if interval else "no replicates",
        need=f"an interval no wider than +-{DELTA:g}",
        who=who,
    )


def studies_gate(finding: Finding, per_study: Mapping[str, float], *, margin: float = 0.0, who: str = "") -> None:
    """Gate: at least two held-out studies point the same way."""
    up = sum(value > margin for value in per_study.values())
    down = sum(value < -margin for value in per_study.values())
    flat = len(per_study) - up - down
    finding.gate(
        "studies",
        passed=len(per_study) >= 2 and (max(up, down) == len(per_study) or flat == len(per_study)),
        value=", ".join(f"{study.partition(':')[2]} {value:+.3f}" for study, value in per_study.items()),
        need="at least two held-out studies that agree in sign",
        who=who,
    )


def budget_gate(
    finding: Finding, conclusions: Mapping[int | None, Contrast], *, every: bool = False, who: str = ""
) -> None:
    """Gate: the conclusion is the same at a quarter of the budget and at the whole of it.

    With ``every`` no budget may speak against another one, either.
    """
    said = [one.answer for one in conclusions.values()]
    decided = {answer for answer in said if answer != "open"}
    finding.gate(
        "budget",
        passed=(len(said) < 2 or said[-2] == said[-1]) and not (every and len(decided) > 1),
        value=", ".join(
            f"{steps if steps is not None else 'no'} steps: {one.answer}" for steps, one in conclusions.items()
        ),
        need="the same conclusion at a quarter of the training budget and at the whole of it"
        + (", and none against it at any budget" if every else ""),
        who=who,
    )


def tuning_gate(finding: Finding, assay: Assay, model_ids: Iterable[str]) -> None:
    """Gate: the models were trained under one protocol with one budget."""
    models = set(model_ids)
    trained = [run for run in assay.runs.values() if run.model_id in models]
    budgets = {run.steps for run in trained if run.steps}
    protocols = sorted({run.protocol for run in trained})
    finding.gate(
        "equal_tuning",
        passed=len(protocols) == 1 and len(budgets) <= 1,
        value=f"{', '.join(protocols)}; {', '.join(map(str, sorted(budgets))) or 'no'} steps",
        need="one protocol and one budget for both sides",
    )


def _surroundings(assay: Assay, models: list[str]) -> dict[str, Any]:
    """What a reader must see beside any verdict of this assay."""
    trained = [run for run in assay.runs.values() if run.model_id in models]
    epochs = {
        str(run.cells): round(run.steps * (run.batch_size or 0) / run.cells, 1)
        for run in trained
        if run.cells and run.steps
    }
    return {
        "study": assay.study,
        "metric": assay.metric_id,
        "models": models,
        "delta": DELTA,
        "seeds": sorted({run.seed_init for run in trained}),
        "steps": max((run.steps for run in trained), default=0),
        "epochs_per_cell": epochs,
        "hyperparameters": sorted({run.config for run in trained if run.cells == assay.corpus_cells()}),
        "baselines": assay.baselines(),
        "scores": {
            model: {
                "untrained": mean_score(assay.scores(model, UNTRAINED, UNTRAINED)),
                **{
                    str(steps): {
                        str(cells): mean_score(assay.scores(model, cells, steps)) for cells in assay.sizes(model)
                    }
                    for steps in assay.budgets(model)
                },
            }
            for model in models
        },
        "without_headroom": [f"{fitted} -> {scored}" for fitted, scored in assay.crowded],
    }
