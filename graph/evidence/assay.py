"""An assay: the scores of one study, laid out so that a rule can pair them by set, seed, size and budget.

The primary scores are those of classifiers that are fitted on one held-out study and scored on another; scores of a
classifier within a study are confounded with its batch and enter no verdict (study design, section 3). Integration and
perturbation response are of one set by their nature.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean
from typing import Literal

from graph.evidence.interval import Interval
from graph.evidence.measured import Measured, interval_of, mean_of
from graph.evidence.named import Named
from graph.evidence.numbers import Numbers
from graph.records import Claim, Result, Run
from graph.vocabulary.protocol import HEADROOM, NO_CEILING, RANDOM, WITHIN_A_SET

UNTRAINED = 0
USUAL = "knn5_cross_study"
"""How studies score across studies, unless a further evaluation says otherwise."""
PCA = "pca_reference"
BASELINES = {"log_normalised": "lognorm_knn", "pca": PCA}

CHOSEN: Literal["chosen"] = "chosen"
Budget = int | None | Literal["chosen"]
"""Where a training stands when it is scored: after so many optimiser steps, at the checkpoint that the validation loss
chose, or None for a model that takes no steps."""
Pair = tuple[str, str]
"""(study that the classifier is fitted on, study that it is scored on)."""
Scores = dict[Pair, dict[int, Measured]]
"""Pair of studies -> replicate -> score."""


@dataclass(frozen=True)
class Assay:
    """Scores of one study by one metric."""

    study: str
    metric_id: str
    results: tuple[Result, ...]
    """Scores of whole models and of baselines; those of models without a part stand in ``ablated``."""
    runs: dict[str, Run]
    pairs: tuple[Pair, ...]
    """Pairs with headroom."""
    crowded: tuple[Pair, ...]
    """Pairs without: a PCA reaches HEADROOM on the scored study."""
    solved: dict[str, float]
    """Scored study without headroom -> score of the best PCA, by the metric that it scores highest on."""

    named: Named
    """What the study named before it ran."""
    ablated: tuple[Result, ...] = ()
    """Scores of models of which something was left out."""

    @classmethod
    def by_metric(cls, study: str, numbers: Numbers, claim: Claim) -> tuple[Assay, ...]:
        """Lay out the study's cross-study scores of the claim's task and regime by every metric that it reports.

        Returns
        -------
        The assay of the metric that decides first, empty if none is of the claim's scope. That is the primary metric
        of the study; where it named none, the claim's own or the one that sorts last, and the gate on hypotheses fails.
        """
        cross = [
            result
            for result in numbers.of_task_and_regime(study, claim)
            if result.reference_id or result.task_id in WITHIN_A_SET
        ]
        # A linear probe or more neighbours are another measurement: the usual one decides, else one across studies,
        # else the one sorted first.
        across = {result.evaluation for result in cross if result.reference_id}
        way = min(
            {result.evaluation for result in cross},
            key=lambda name: (name != USUAL, name not in across, name),
            default=USUAL,
        )
        cross = [result for result in cross if result.evaluation == way]
        if not any(numbers.same_scope(claim, result) for result in cross):
            return ()
        used = sorted({result.run_id for result in cross if result.run_id})
        runs = {run_id: numbers.runs[run_id] for run_id in used}
        named = Named.of(runs.values(), cross)
        metrics = sorted({result.metric_id for result in cross})
        task_id = next((result.task_id for result in cross), None)
        wanted = (next(iter(named.metrics_of(task_id)), None), claim.metric_id)
        first = next((metric for metric in wanted if metric in metrics), metrics[-1])
        solved = _solved(cross, runs)
        return tuple(
            cls._of_metric(study, metric, cross, runs, solved, named)
            for metric in (first, *(metric for metric in metrics if metric != first))
        )

    @classmethod
    def _of_metric(
        cls,
        study: str,
        metric: str,
        cross: list[Result],
        runs: dict[str, Run],
        solved: dict[str, float],
        named: Named,
    ) -> Assay:
        by_metric = [result for result in cross if result.metric_id == metric]
        scored = tuple(result for result in by_metric if result.ablation is None)
        pairs = sorted({(result.reference_id or "", result.dataset_id) for result in scored})
        crowded = tuple(pair for pair in pairs if pair[1] in solved)
        return cls(
            study=study,
            metric_id=metric,
            results=scored,
            runs=runs,
            pairs=tuple(pair for pair in pairs if pair not in crowded),
            crowded=crowded,
            solved=solved,
            named=named,
            ablated=tuple(result for result in by_metric if result.ablation is not None),
        )

    def without(self, ablation: str) -> Assay:
        """The same assay of the models without a part, which then stand where the whole ones stood."""
        scored = tuple(result for result in self.ablated if result.ablation == ablation)
        return replace(self, results=scored, ablated=())

    # What was run

    def stand_ins(self, subject_ids: Iterable[str], numbers: Numbers) -> list[str]:
        """Models that were trained and scored in this study and stand in for these subjects."""
        models = {model for subject in subject_ids for model in numbers.stand_ins(subject)}
        return sorted(model for model in models if self.budgets(model))

    def budgets(self, model_id: str) -> list[Budget]:
        """Budgets of a model that a verdict rests on, the one that decides last.

        Checkpoints that a validation loss chose stand alone: at a fixed step small subsets are overfitted, and what
        they lose by that is no effect of the number of cells.
        """
        checkpoints = self.checkpoints(model_id)
        return [CHOSEN] if CHOSEN in checkpoints else checkpoints

    def checkpoints(self, model_id: str) -> list[Budget]:
        """All budgets at which a model was scored, by steps, and then what validation chose."""
        steps = {steps for _, _, steps in self._settings.get(model_id, ())}
        chosen: list[Budget] = [CHOSEN] if model_id in self._validated else []
        return [*sorted(steps, key=lambda step: step or 0), *chosen]

    def sizes(self, model_id: str, sampling: str = RANDOM) -> list[int]:
        """Subset sizes of a model in cells, smallest first, without the untrained one."""
        return sorted({cells for drawn, cells, _ in self._settings.get(model_id, ()) if drawn == sampling})

    def corpus_cells(self) -> int:
        """Cells of the whole corpus."""
        return self._corpus_cells

    @cached_property
    def _corpus_cells(self) -> int:
        return max((run.corpus_cells for run in self.runs.values()), default=0)

    def samplings(self, model_id: str) -> list[str]:
        """Ways in which subsets were drawn for a model."""
        return sorted({sampling for sampling, _, _ in self._settings.get(model_id, ()) if sampling})

    @cached_property
    def _validated(self) -> frozenset[str]:
        """Models of whose checkpoints a validation loss chose."""
        return frozenset(result.model_id for result in self.results if result.chosen)

    @cached_property
    def _settings(self) -> Mapping[str, set[tuple[str | None, int, int | None]]]:
        """Model -> (sampling, cells, steps) at which it was trained and scored."""
        settings: dict[str, set[tuple[str | None, int, int | None]]] = defaultdict(set)
        for result in self.results:
            if result.run_id and result.cells:
                settings[result.model_id].add((result.sampling, result.cells, result.steps))
        return settings

    # Scores

    def scores(self, model_id: str, cells: int, budget: Budget, sampling: str = RANDOM) -> Scores:
        """Score per pair with headroom and replicate, at one size and budget; cells 0 is the untrained model."""
        return self._scores.get(_key(model_id, cells, budget, sampling), {})

    @cached_property
    def _scores(self) -> dict[tuple[object, ...], Scores]:
        scores: dict[tuple[object, ...], Scores] = defaultdict(dict)
        for result in self.results:
            pair = (result.reference_id or "", result.dataset_id)
            if result.run_id and result.cells is not None and pair in self.pairs:
                score = Measured.of(result.value, result.without_cells)
                budgets: list[Budget] = [result.steps, CHOSEN] if result.chosen else [result.steps]
                for budget in budgets:
                    key = _key(result.model_id, result.cells, budget, result.sampling)
                    scores[key].setdefault(pair, {})[result.seed_init or 0] = score
        return dict(scores)

    def baselines(self) -> dict[str, float]:
        """Mean score of each baseline that trains nothing, over the pairs with headroom."""
        untrained = [result for result in self.results if result.run_id is None]
        return {
            name: round(fmean(values), 4)
            for name, slug in BASELINES.items()
            if (values := [value for pair in self.pairs if (value := _mean(untrained, pair, slug)) >= 0])
        }

    @property
    def task_id(self) -> str | None:
        """Task of the scores."""
        return next((result.task_id for result in self.results), None)

    @property
    def clustered(self) -> bool:
        """Whether the scores hold clusters of cells against their labels."""
        return any(result.task_id == "task:batch_integration" for result in self.results)

    def ids(self, model_ids: Iterable[str]) -> tuple[str, ...]:
        """Result ids of these models: the inputs of a verdict."""
        wanted = set(model_ids)
        return tuple(r.id for r in self.results if r.model_id in wanted or r.run_id is None)


def _key(model_id: str, cells: int, budget: Budget, sampling: str | None) -> tuple[object, ...]:
    """One setting of a model; an untrained one has neither a budget nor a subset."""
    return (model_id, cells) if cells == UNTRAINED else (model_id, cells, budget, sampling)


def budget_text(budget: Budget) -> str:
    """Name a budget in a sentence: ``at 4,000 steps``."""
    if budget == CHOSEN:
        return "the checkpoint of least validation loss"
    return f"{budget:,} steps" if budget is not None else "no steps"


def _solved(results: Iterable[Result], runs: Mapping[str, Run]) -> dict[str, float]:
    """Sets that a PCA solves by any metric, with its score: one of the classifier's cells, or of the whole corpus.

    A difference between models cannot show where the simplest of them is nearly perfect (a ceiling effect).
    """
    values: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for result in results:
        run = runs.get(result.run_id or "")
        reference = result.run_id is None and result.model_id == f"model:{PCA}"
        if result.metric_id in NO_CEILING:
            continue
        if reference or (run is not None and run.family == "pca" and run.cells == run.corpus_cells):
            values[result.model_id, result.dataset_id, result.metric_id].append(result.value)
    best: dict[str, float] = {}
    for (_, dataset, _), scores in values.items():
        if (mean := fmean(scores)) >= HEADROOM:
            best[dataset] = max(mean, best.get(dataset, 0.0))
    return best


def _mean(results: Iterable[Result], pair: Pair, slug: str) -> float:
    """Mean of a baseline on one pair; -1 if it was not scored there."""
    values = [r.value for r in results if r.model_id == f"model:{slug}" and (r.reference_id, r.dataset_id) == pair]
    return fmean(values) if values else -1.0


def difference(a: Scores, b: Scores) -> tuple[Interval | None, dict[str, float]]:
    """Paired difference a - b: its interval over replicates, and its mean per scored study.

    Within a replicate the difference is averaged over the classifiers' studies, then over the scored studies, so
    that every held-out study counts once.
    """
    by_replicate: dict[int, dict[str, list[Measured]]] = defaultdict(lambda: defaultdict(list))
    for pair in sorted(set(a) & set(b)):
        for replicate in sorted(set(a[pair]) & set(b[pair])):
            by_replicate[replicate][pair[1]].append(a[pair][replicate] - b[pair][replicate])
    # the mean over studies first, then over replicates: seeds are independent, the studies of one seed are not
    replicates = [mean_of(map(mean_of, per_study.values())) for per_study in by_replicate.values()]
    studies = sorted({study for per_study in by_replicate.values() for study in per_study})
    per_study = {
        study: round(
            fmean(mean_of(differences[study]).value for differences in by_replicate.values() if study in differences), 4
        )
        for study in studies
    }
    return interval_of(replicates), per_study


def mean_score(scores: Scores) -> float | None:
    """Mean over scored studies and replicates, every study counting once."""
    per_study: dict[str, list[float]] = defaultdict(list)
    for (_, study), by_replicate in scores.items():
        per_study[study] += (score.value for score in by_replicate.values())
    return round(fmean(fmean(values) for values in per_study.values()), 4) if per_study else None
