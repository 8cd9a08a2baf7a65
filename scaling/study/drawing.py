"""The cells of a run: which ones it is trained on, and how much it sees of them and of those that it is scored on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from graph.vocabulary.protocol import CLUSTER_REWEIGHTED, GEOMETRIC_SKETCHING, RANDOM
from scaling.errors import StudyError
from scaling.evaluate.baselines import Evaluation
from scaling.sampling.draws import draw_at_random, draw_evenly, draw_in_turns, seed_of
from scaling.sampling.spikein import spike_in
from scaling.sampling.subsets import of_other_types
from scaling.sampling.thinning import thin
from scaling.study.plan import RunSpec
from scaling.study.prepared import Prepared
from scaling.views.counts import GeneCounts, join_counts

__all__ = ["as_seen", "cells_for_training", "subset", "validation_cells"]

Rows = npt.NDArray[np.int64]


def subset(spec: RunSpec, cells: Prepared) -> Rows:
    """Draw the cells that a run is pre-trained on.

    Returns
    -------
    Row numbers of the corpus, ascending; cells of a spike-in are counted on from its end.

    Raises
    ------
    StudyError
        If cells are to be drawn by type and the corpus has no labels.
    SamplingError
        If a type is to be left out that it does not have, or too few cells are of another type, or the source of the
        spike-in has too few.
    """
    run, draws = spec.run, spec.draws
    if spec.left_out is not None:
        others = of_other_types(cells.coarse, spec.left_out)
        return others[draw_at_random(len(others), run.cells, draws=draws, seed=run.seed_data)]
    if spec.spike_in is not None and cells.spike_in is not None:
        # The random subset of the same seed is what is spiked, so that the two differ in the replaced cells alone.
        usual = draw_at_random(len(cells.corpus), run.cells, draws=draws, seed=run.seed_data)
        seed = seed_of(run.cells, draws=draws, seed=run.seed_data)
        remaining, entering = spike_in(usual, len(cells.spike_in), spec.spike_in, seed=seed)
        return np.concatenate([remaining, len(cells.corpus) + entering])
    if run.cells in {0, len(cells.corpus)}:  # none, or all: nothing is drawn
        return np.arange(run.cells, dtype=np.int64)
    if run.sampling == RANDOM:
        return draw_at_random(len(cells.corpus), run.cells, draws=draws, seed=run.seed_data)
    groups = {CLUSTER_REWEIGHTED: cells.clusters, GEOMETRIC_SKETCHING: cells.boxes}.get(run.sampling, cells.labels)
    if groups is None or len(set(groups.tolist())) < 2:
        msg = f"{run.sampling}: the corpus {run.corpus_id} has no cell type labels; use cluster_reweighted."
        raise StudyError(msg)
    if run.sampling == GEOMETRIC_SKETCHING:
        return draw_in_turns(groups, run.cells, draws=draws, seed=run.seed_data)
    return draw_evenly(groups, run.cells, draws=draws, seed=run.seed_data)


def cells_for_training(spec: RunSpec, cells: Prepared, rows: Rows) -> tuple[GeneCounts, Rows]:
    """Cells among which those of :func:`subset` stand, as the run sees them, and their rows there."""
    if spec.spike_in is not None and cells.spike_in is not None:
        own, other = rows[rows < len(cells.corpus)], rows[rows >= len(cells.corpus)] - len(cells.corpus)
        joined = join_counts(cells.corpus.take(own), cells.spike_in.take(other))
        return joined, np.arange(len(joined), dtype=np.int64)
    if spec.counts_kept is not None:
        taken = cells.corpus.take(rows)
        return thin(taken, spec.counts_kept, seed=spec.run.seed_data), np.arange(len(taken), dtype=np.int64)
    return cells.corpus, rows


def validation_cells(spec: RunSpec, cells: Prepared) -> GeneCounts | None:
    """Cells whose loss chooses, as the run sees them; none if there are none."""
    if cells.validation is None or spec.counts_kept is None:
        return cells.validation
    return thin(cells.validation, spec.counts_kept, seed=spec.run.seed_data)


def as_seen(spec: RunSpec, evaluation: Evaluation) -> Evaluation:
    """Return an evaluation with its cells as the run sees them."""
    share, seed = spec.counts_kept, spec.run.seed_data
    if share is None:
        return evaluation
    if evaluation.whole is not None:  # the set is thinned once, and its query is a part of it as before
        whole, rows = evaluation.whole
        whole = thin(whole, share, seed=seed)
        return replace(evaluation, whole=(whole, rows), query=whole.take(rows))
    reference = thin(evaluation.reference, share, seed=seed) if evaluation.reference is not None else None
    return replace(evaluation, query=thin(evaluation.query, share, seed=seed), reference=reference)
