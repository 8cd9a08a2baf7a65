"""Whether a model predicts a response better than what needs no model, in sentences: the baselines first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from graph.records import Record, Result
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import PEARSON_DELTA
from scaling.evaluate.jackknife import estimate
from scaling.evaluate.response_models import BASELINES
from scaling.study.paired import paired

__all__ = ["responses", "with_whole_corpus"]

TASK = "task:perturbation_prediction"
HEADS = ("model:lognorm_knn", "model:pca_reference")
"""Baselines that learn by the head of the models: from the genes, and from their PCA."""


def responses(records: Sequence[Record]) -> Iterator[str]:
    """Say for each perturbation set what the baselines reach, and of each model whether it beats the best of them.

    Models are those of the whole corpus, at the checkpoint that validation chose, else at the last one; the number is
    the correlation of changes. A head learns from any embedding, so that beating what needs no model is no merit of
    pre-training: beside it stand the same head on the genes, and on the model before it was trained.
    """
    sets: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for record in records:
        if isinstance(record, Result) and record.task_id == TASK and record.metric_id == PEARSON_DELTA:
            sets[record.dataset_id, record.evaluation].append(record)
    for (dataset_id, _), results in sorted(sets.items()):
        yield from _set(dataset_id, results)


def _set(dataset_id: str, results: list[Result]) -> Iterator[str]:
    names = load_vocabulary().with_names
    simple = {result.model_id: result for result in results if result.run_id is None and result.model_id in BASELINES}
    if not simple:
        return
    listed = ", ".join(f"{model} {simple[model].value:.3f}" for model in BASELINES if model in simple)
    yield names(
        f"Change in a cell type that was left out, {dataset_id}, correlation over genes without any model: {listed}."
    )
    heads = {result.model_id: result for result in results if result.run_id is None and result.model_id in HEADS}
    if heads:
        listed = ", ".join(f"{model} {heads[model].value:.3f}" for model in HEADS if model in heads)
        yield names(f"The head of the models without pre-training, {dataset_id}: {listed}.")
    untrained = {(each.model_id, each.seed_init): each for each in results if each.run_id and not each.cells}
    best = max(simple.values(), key=lambda result: result.value)
    for model_id, own in sorted(with_whole_corpus(results).items()):
        difference = estimate(
            [result.value for result in own],
            [result.without_cells for result in own],
            minus=(best.value, best.without_cells),
        )
        low, high = difference.interval()
        said = "beats" if low > 0 else "does not beat"
        twins = [(each, untrained[key]) for each in own if (key := (model_id, each.seed_init)) in untrained]
        twin = f"; {paired('its untrained twin', twins)}" if twins else ""
        yield names(
            f"{model_id}, whole corpus, {len(own)} replicates: {difference.value + best.value:.3f}; it {said} "
            f"{best.model_id} ({difference.value:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}){twin}."
        )


def with_whole_corpus(results: list[Result]) -> dict[str, list[Result]]:
    """Model -> its results with the whole corpus, one of each replicate."""
    latest: dict[tuple[str, int | None], Result] = {}
    for result in results:
        if result.run_id and result.fraction == 1.0:
            key = result.model_id, result.seed_init
            if key not in latest or _order(result) > _order(latest[key]):
                latest[key] = result
    models: dict[str, list[Result]] = defaultdict(list)
    for (model_id, _), result in latest.items():
        models[model_id].append(result)
    return models


def _order(result: Result) -> tuple[bool, int]:
    return result.chosen, result.steps or 0
