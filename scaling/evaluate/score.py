"""Score embeddings that somebody else made on the harness that the shipped studies use, beside simple baselines.

The primary number is named before anything is computed: macro F1 of five nearest neighbours, across batches where
batches are named, else within them. An embedding is called better (or worse) than PCA if against each of the usual
PCAs the interval of the difference excludes zero, the difference is at least .02, and accuracy points the same way;
else it is not distinguishable, and the smallest difference that this set would have shown is said. A test against
each of several needs no correction for their number (it is an intersection-union test); for the number of embeddings
the level of the intervals is corrected (Bonferroni).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graph.progress import Progress, silent
from graph.records import digest
from scaling.errors import NothingToScore
from scaling.evaluate.bootstrap import Draws, draw, score_draws
from scaling.evaluate.classifiers import linear_probe, nearest_neighbours
from scaling.evaluate.features import Features, features
from scaling.evaluate.further import Further, Treatment, integrated, responded
from scaling.evaluate.obsm import UserCells, embedding_digest, read_user_cells
from scaling.evaluate.records import Classifier, Comparison, Difference, Score, Scores, Setting
from scaling.evaluate.scorable import check_across, check_neighbours, choose_scorable
from scaling.evaluate.splits import Split, across_batches, random_halves

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["score"]

UNTRAINED, GENES, VARIABLE, REGRESSION = "untrained", "log-normalised", "HVG", "logistic regression"
RECIPE = "PCA of all genes"
"""The PCA that stands beside integration and perturbation response."""
K = 5
SPLITS = 5
MAX_CELLS = 10_000
MIN_LABEL_CELLS = 10
RARE = 50
"""A cell type with fewer cells is shown as rare: its score hangs on few cells."""
KEPT_OF_RARE = 50
"""Cells of each type that a sample of a large set keeps at least, where it has so many."""
ROUNDS = 500
SMALL = 3000


def score(
    source: Path | str | AnnData,
    *,
    obsm: Sequence[str] | Mapping[str, npt.NDArray[Any]],
    label_key: str,
    batch_key: str | None = None,
    condition_key: str | None = None,
    control: str = "ctrl",
    treated: str = "stim",
    layer: str | None = None,
    k: int = K,
    check_labels: bool = False,
    max_cells: int = MAX_CELLS,
    min_label_cells: int = MIN_LABEL_CELLS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Scores:
    """Score embeddings of cells by how well cell types are told apart in them, beside baselines on the same splits.

    Parameters
    ----------
    source
        An .h5ad file or an AnnData, with counts (or log-normalised values) for the baselines.
    obsm
        Keys of ``.obsm``, or ``NAME=FILE.npy``; or name -> array, cells x dimensions.
    label_key
        Column of obs with cell types.
    batch_key
        Column of obs with batches, donors or studies; scores across them are added, and decide. Beside them it is
        scored how well batches mix.
    condition_key, control, treated
        Column of obs with a treatment, and its values for untreated and treated cells; it is scored how well the
        change of a cell type that is left out is predicted.
    layer
        Layer of the counts, where they are neither in ``layers["counts"]`` nor in ``X`` nor in ``raw``.
    k
        Neighbours that vote.
    check_labels
        Say how many clusters of the cells are told apart by genes that stand out from artificial ones
        (`scaling.evaluate.separable`): for labels that are clusters of these cells.
    max_cells
        A larger set is sampled down to so many cells, type by type.
    min_label_cells
        A cell type with fewer cells is left out, and counted.
    seed
        Seed of splits, samples and intervals.

    Raises
    ------
    BadEmbedding, MissingLabel
        If an embedding or a column is missing or unusable.
    NothingToScore
        If fewer than two cell types or batches are left, or fewer cells than neighbours.
    CorpusError
        If the file cannot be used, or has no counts and labels are to be checked.
    """
    report = progress or silent
    report(0, 0, "reading cells")
    cells = read_user_cells(
        source, obsm=obsm, label_key=label_key, batch_key=batch_key, condition_key=condition_key, layer=layer
    )
    rows, dropped, notes = choose_scorable(cells, label_key, batch_key, min_label_cells=min_label_cells)
    if len(rows) > max_cells:
        notes.append(f"{len(rows):,} cells are more than are scored at once: {max_cells:,} of them were drawn by type.")
        rows = _sample(cells.labels[rows], rows, max_cells, seed)
    cells = _take(cells, rows)
    labels, codes = np.unique(cells.labels, return_inverse=True)
    codes = codes.astype(np.int64)
    splits: dict[Setting, list[Split]] = {"within": random_halves(cells.labels, splits=SPLITS, seed=seed)}
    if cells.batches is not None:
        splits["across"] = across_batches(cells.labels, cells.batches, seed=seed)
        notes += check_across(splits["across"], cells, batch_key or "")
    for setting, entries in splits.items():
        check_neighbours(entries, k, setting)
    checked = _checked_labels(cells, seed, report) if check_labels else ()
    report(0, 0, "computing baselines")
    treatment = None
    if condition_key is not None and cells.conditions is not None:
        treatment = Treatment(condition_key, cells.conditions, control, treated)
    with _threads(len(cells)):
        made = features(cells, seed=seed)
        further = list(_further(cells, made, treatment, report))
        scores = _scores(cells, made, codes, len(labels), splits, k, seed, report)
    counts_digest = _dataset_digest(cells)
    return Scores(
        name=cells.name,
        label_key=label_key,
        batch_key=batch_key,
        labels=tuple(labels.tolist()),
        cells_of_label=tuple(np.bincount(codes).tolist()),
        batches=() if cells.batches is None else tuple(np.unique(cells.batches).tolist()),
        cells=len(cells),
        k=k,
        scores=tuple(scores),
        comparisons=tuple(_comparisons(scores, len(cells.embeddings))),
        recipes=tuple(_recipes(scores)),
        dropped=dropped,
        notes=tuple(notes),
        embedding_digests={name: embedding_digest(values) for name, values in cells.embeddings.items()},
        evaluation_digests={
            setting: _evaluation_digest(cells, counts_digest, label_key, setting, k=k, seed=seed) for setting in splits
        },
        dataset_digest=counts_digest,
        genes=len(cells.genes),
        simulated=cells.simulated,
        further=tuple(further),
        label_check=checked,
        further_digests={
            kind: _further_digest(cells, counts_digest, label_key, kind, treatment)
            for kind in dict.fromkeys(entry.kind for entry in further)
        },
    )


def _checked_labels(cells: UserCells, seed: int, report: Progress) -> tuple[str, ...]:
    if not cells.counts:
        msg = (
            f"{cells.where} holds no counts, and artificial genes are drawn beside counts. Put them in "
            "layers['counts'], or leave --check-labels out."
        )
        raise NothingToScore(msg)
    from scaling.evaluate.label_check import check_labels

    report(0, 0, "checking labels")
    return tuple(check_labels(cells.matrix, cells.labels, seed=seed))


def _further(cells: UserCells, made: Features, treatment: Treatment | None, report: Progress) -> Iterator[Further]:
    """Integration and perturbation response, where there is what they need; beside PCA, genes, and nothing learnt."""
    baselines = {RECIPE: made.components[RECIPE], VARIABLE: made.variable, UNTRAINED: made.projection}
    if cells.batches is not None:
        report(0, 0, "scoring integration")
        yield from integrated(cells.embeddings, baselines, cells.labels, cells.batches)
    if treatment is not None:
        report(0, 0, "scoring perturbation response")
        del baselines[VARIABLE]  # a head of thousands of dimensions costs more than all the rest
        yield from responded(cells.embeddings, baselines, made.genes, cells.labels, treatment)


def _further_digest(
    cells: UserCells, dataset_digest: str, label_key: str, kind: str, treatment: Treatment | None
) -> str:
    parts: list[Any] = [dataset_digest, label_key, cells.labels.tolist(), kind, "further@1"]
    if kind == "integration":
        parts.append([] if cells.batches is None else cells.batches.tolist())
    elif treatment is not None:
        parts.append([treatment.control, treatment.treated, treatment.values.tolist()])
    return digest(parts, 64)


def _sample(labels: npt.NDArray[np.str_], rows: npt.NDArray[np.int64], size: int, seed: int) -> npt.NDArray[np.int64]:
    """Draw rows type by type, in proportion, but no fewer than 50 of a type that has them."""
    rng = np.random.default_rng([seed, 13])
    drawn = []
    for name in np.unique(labels):
        own = rows[labels == name]
        quota = max(round(len(own) * size / len(rows)), min(len(own), KEPT_OF_RARE))
        drawn.append(rng.choice(own, min(quota, len(own)), replace=False))
    return np.sort(np.concatenate(drawn))


def _take(cells: UserCells, rows: npt.NDArray[np.int64]) -> UserCells:
    from dataclasses import replace

    return replace(
        cells,
        matrix=cells.matrix[rows],
        barcodes=cells.barcodes[rows],
        labels=cells.labels[rows],
        batches=None if cells.batches is None else cells.batches[rows],
        conditions=None if cells.conditions is None else cells.conditions[rows],
        embeddings={name: values[rows] for name, values in cells.embeddings.items()},
    )


@contextmanager
def _threads(cells: int) -> Iterator[None]:
    """Compute small sets on one thread: handing parts of small matrices to several takes longer than the product."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1 if cells < SMALL else None):
        yield


def _scores(
    cells: UserCells,
    made: Features,
    codes: npt.NDArray[np.int64],
    labels: int,
    splits: dict[Setting, list[Split]],
    k: int,
    seed: int,
    report: Progress,
) -> list[Score]:
    methods: list[tuple[str, bool, npt.NDArray[np.float32], bool, bool]] = [
        *((name, False, values, True, True) for name, values in cells.embeddings.items()),
        *((name, True, values, True, True) for name, values in made.components.items()),
        (VARIABLE, True, made.variable, True, False),
        (GENES, True, made.genes, True, False),
        (UNTRAINED, True, made.projection, True, True),
        (REGRESSION, True, made.variable, False, True),
    ]
    draws = {setting: draw(len(cells), len(entries), rounds=ROUNDS, seed=seed) for setting, entries in splits.items()}
    every = [split for entries in splits.values() for split in entries]
    scores = []
    for number, (name, baseline, values, knn, probe) in enumerate(methods):
        report(number, len(methods), f"scoring {name}")
        predictions: dict[Classifier, list[npt.NDArray[np.int64]]] = {}
        if knn:
            predictions["knn"] = nearest_neighbours(values, codes, every, k=k)
        if probe:
            predictions["probe"] = linear_probe(values, codes, every, standardise=name != REGRESSION)
        for classifier, predicted in predictions.items():
            begin = 0
            for setting, entries in splits.items():
                part = predicted[begin : begin + len(entries)]
                begin += len(entries)
                scores.append(_score(name, baseline, setting, classifier, entries, codes, part, draws[setting], labels))
    return scores


def _score(
    name: str,
    baseline: bool,  # noqa: FBT001 - a field of the result, passed on
    setting: Setting,
    classifier: Classifier,
    splits: list[Split],
    codes: npt.NDArray[np.int64],
    predicted: list[npt.NDArray[np.int64]],
    draws: Draws,
    labels: int,
) -> Score:
    macro, accuracy, classes = score_draws(splits, codes, predicted, draws, labels=labels)
    return Score(name, baseline, setting, classifier, macro, accuracy, tuple(classes))


def _recipes(scores: list[Score]) -> list[str]:
    return list(dict.fromkeys(entry.method for entry in scores if entry.baseline and entry.method.startswith("PCA")))


def _comparisons(scores: list[Score], embeddings: int) -> list[Comparison]:
    level = 1 - 0.05 / embeddings
    recipes = _recipes(scores)
    comparisons = []
    for entry in scores:
        if entry.baseline:
            continue
        same = [
            other
            for other in scores
            if other.method in recipes and (other.setting, other.classifier) == (entry.setting, entry.classifier)
        ]
        differences = [
            Difference(
                recipe=other.method,
                reference=other.macro_f1.value,
                macro_f1=entry.macro_f1.minus(other.macro_f1),
                accuracy=entry.accuracy.minus(other.accuracy),
                level=level,
            )
            for other in sorted(same, key=lambda other: -other.macro_f1.value)
        ]
        comparisons.append(Comparison(entry.method, entry.setting, entry.classifier, tuple(differences)))
    return comparisons


def _dataset_digest(cells: UserCells) -> str:
    matrix = cells.matrix
    state = hashlib.sha256()
    for part, kind in ((matrix.indptr, "<i8"), (matrix.indices, "<i4"), (matrix.data, "<f8")):
        state.update(np.ascontiguousarray(part, dtype=kind).tobytes())
    return digest([state.hexdigest(), cells.genes.tolist(), cells.barcodes.tolist()], 64)


def _evaluation_digest(
    cells: UserCells, dataset_digest: str, label_key: str, setting: Setting, *, k: int, seed: int
) -> str:
    batches = None if cells.batches is None or setting == "within" else cells.batches.tolist()
    return digest([dataset_digest, label_key, cells.labels.tolist(), batches, setting, k, SPLITS, seed, "score@1"], 64)
