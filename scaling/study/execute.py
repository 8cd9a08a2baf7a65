"""Execute a run: draw the subset, train, score at every checkpoint, return the records."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.records import Record, Result, Run
from graph.vocabulary.protocol import CLUSTER_REWEIGHTED, RANDOM
from scaling.errors import Diverged, StudyError
from scaling.evaluate import baselines
from scaling.evaluate.baselines import Evaluation
from scaling.evaluate.predictions import Predicted, Predictions
from scaling.families import pca
from scaling.families.base import Pretrained
from scaling.sampling import subsets
from scaling.study.plan import RunSpec
from scaling.study.prepare import Prepared
from scaling.train.loop import Training, batch_size, build, parameters, train
from scaling.train.loop import embed as embed_cells

__all__ = ["baseline_results", "execute", "subset"]

Rows = npt.NDArray[np.int64]
log = logging.getLogger(__name__)
TASK = "task:cell_type_classification"


def execute(spec: RunSpec, cells: Prepared, predictions: Predictions | None = None) -> list[Record]:
    """Train and score one run.

    Parameters
    ----------
    predictions
        Where what it predicts is kept.

    Returns
    -------
    The Run record with its outcome, and a Result per checkpoint, evaluation and metric (none if the loss diverged).
    Seconds and cells per second are those of training alone.
    """
    rows, kept = subset(spec.run, cells), Predictions() if predictions is None else predictions
    if spec.training is None:
        return _pca(spec, cells, rows, kept)
    with _one_thread():
        return _neural(spec, spec.training, cells, rows, kept)


def subset(run: Run, cells: Prepared) -> Rows:
    """Draw the cells that a run is pre-trained on.

    Returns
    -------
    Row numbers of the corpus, ascending.

    Raises
    ------
    StudyError
        If cells are to be drawn by type and the corpus has no labels.
    """
    if run.cells in {0, len(cells.corpus)}:  # none, or all: nothing is drawn
        return np.arange(run.cells, dtype=np.int64)
    if run.sampling == RANDOM:
        return subsets.random_subset(len(cells.corpus), run.cells, seed=run.seed_data)
    groups = cells.clusters if run.sampling == CLUSTER_REWEIGHTED else cells.labels
    if groups is None or len(set(groups.tolist())) < 2:
        msg = f"{run.sampling}: the corpus {run.corpus_id} has no cell type labels; use cluster_reweighted."
        raise StudyError(msg)
    return subsets.celltype_reweighted(groups, run.cells, seed=run.seed_data)


def baseline_results(
    study: str, cells: Prepared, predictions: Predictions, *, seed_split: int, hypotheses_digest: str | None = None
) -> list[Record]:
    """Score the baselines without pre-training; their results belong to no run."""
    results: list[Record] = []
    for entry in cells.evaluations:
        for model_id, predicted in baselines.baselines(entry, seed_split=seed_split):
            predictions.keep(predicted, evaluation=entry.digest, at=model_id)
            origin = {"location": f"study {study}", "hypotheses_digest": hypotheses_digest}
            results += _scores(entry, model_id, predicted, study=study, seed_split=seed_split, origin=origin)
    return results


def _neural(spec: RunSpec, training: Training, cells: Prepared, rows: Rows, predictions: Predictions) -> list[Record]:
    results: list[Record] = []
    model = build(training, cells.corpus.genes, seed_init=spec.run.seed_init)
    outcome: dict[str, Any] = {"parameters": parameters(model), "subset_digest": _digest(rows)}

    def at_checkpoint(step: int, trained: Pretrained) -> None:
        results.extend(_results(spec.run, cells, lambda part: embed_cells(trained, part), predictions, steps=step))

    if spec.run.cells == 0:
        at_checkpoint(0, model)
    else:
        batch = batch_size(training, len(rows))
        try:
            seconds = train(
                model, cells.corpus, rows, training, seed_init=spec.run.seed_init, at_checkpoint=at_checkpoint
            )
        except Diverged as error:
            log.warning("%s: %s", spec.text, error)
            # Its earlier checkpoints go too: a curve over budgets with a gap at the end would look like a choice.
            return [_with_outcome(spec.run, outcome | {"batch_size": batch, "failed_at": error.step})]
        outcome |= {
            "steps": training.steps,
            "batch_size": batch,
            "seconds": round(seconds, 3),
            "cells_per_second": round(training.steps * batch / max(seconds, 1e-9), 1),
        }
    return [_with_outcome(spec.run, outcome), *results]


def _pca(spec: RunSpec, cells: Prepared, rows: Rows, predictions: Predictions) -> list[Record]:
    start = time.perf_counter()
    run = spec.run
    components = pca.components_of(cells.corpus.genes)
    loadings = (
        pca.fit(cells.corpus, rows, components=components)
        if run.cells
        else pca.untrained(cells.corpus.genes, components=components, seed=run.seed_init)
    )
    seconds = time.perf_counter() - start
    outcome: dict[str, Any] = {
        "parameters": int(loadings.size),
        "subset_digest": _digest(rows),
        "seconds": round(seconds, 3),
        "cells_per_second": round(len(rows) / max(seconds, 1e-9), 1),
    }
    steps = None if run.cells else 0  # PCA is not trained in steps; 0 says untrained, as for the neural families
    scores = _results(run, cells, lambda part: pca.embed(part, loadings), predictions, steps=steps)
    return [_with_outcome(run, outcome), *scores]


def _results(
    run: Run, cells: Prepared, embed: baselines.Embed, predictions: Predictions, *, steps: int | None
) -> list[Record]:
    names = ("sampling", "cells", "fraction", "seed_data", "seed_init", "hypotheses_digest")
    origin = {"run_id": run.id, "steps": steps, **{name: getattr(run, name) for name in names}}
    results: list[Record] = []
    for entry in cells.evaluations:
        predicted = baselines.predict(entry, embed, seed_split=run.seed_split)
        predictions.keep(predicted, evaluation=entry.digest, at=steps)
        results += _scores(entry, run.model_id, predicted, study=run.study, seed_split=run.seed_split, origin=origin)
    return results


def _scores(
    evaluation: Evaluation,
    model_id: str,
    predicted: Predicted,
    *,
    study: str,
    seed_split: int,
    origin: dict[str, Any],
) -> Iterator[Result]:
    """Results of one evaluation by every metric; ``origin`` tells a run's from those of another run or study."""
    without = predicted.without_cells()
    for metric, value in predicted.scores().items():
        yield Result(
            study=study,
            evaluation=evaluation.name,
            evaluation_digest=evaluation.digest or None,
            model_id=model_id,
            dataset_id=evaluation.dataset_id,
            reference_id=evaluation.reference_id,
            task_id=TASK,
            metric_id=metric,
            value=round(value, 6),
            without_cells=without[metric],
            predictions_digest=predicted.digest(),
            n=1,
            regime="zero_shot",
            test_cells=len(predicted),
            gene_coverage=evaluation.coverage,
            seed_split=seed_split,
            source="reproduced",
            **origin,
        )


def _with_outcome(run: Run, outcome: dict[str, Any]) -> Run:
    """Complete the record of a run with what was measured; none of it takes part in the run's id."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        code = version("biorxivist-graph")
    except PackageNotFoundError:
        code = ""
    return run.model_copy(update={**outcome, "code_version": code, "device": "cpu"})


@contextmanager
def _one_thread() -> Iterator[None]:
    """Train on one thread, whatever the caller's setting.

    Sums over several threads round differently, so weights would depend on the machine; studies run in parallel by
    process instead (``workers``).
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _digest(rows: Rows) -> str:
    return hashlib.sha256(np.ascontiguousarray(rows, dtype=np.int64).tobytes()).hexdigest()
