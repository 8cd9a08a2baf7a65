"""Does pre-training help? Each family against its untrained twin, on studies that are not in the corpus.

    python benchmarks/families.py [CELLS] [--families scvi ssl] [--steps 1000] [--batch 128] [--seeds 3]

CELLS is a folder with the .h5ad files of the preset ``blood_p``. A row per family and set: accuracy of five
nearest neighbours within the set (half of the cells classify the other half), untrained and trained, their difference
with its 95 % interval (seeds and test cells), and the cells per second of a training step.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from scaling import families
from scaling.corpus.counts import UNKNOWN, take
from scaling.corpus.genes import select_genes
from scaling.evaluate.knn import knn_predict, micro_f1, stratified_halves
from scaling.model.embedding import embed
from scaling.model.family import CellModel
from scaling.study.reading import read_cells
from scaling.study.spec import load_study
from scaling.train.loop import Training, train
from scaling.views.counts import GeneCounts, choose_counts

SHARED = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).resolve().parents[2] / "shared"))
MIN_LABEL_CELLS = 10


def evaluation_set(cells, columns) -> tuple[GeneCounts, np.ndarray]:
    names, number = np.unique(cells.label, return_counts=True)
    frequent = [name for name in names[number >= MIN_LABEL_CELLS] if name != UNKNOWN]
    rows = np.flatnonzero(np.isin(cells.label, frequent))
    return choose_counts(take(cells, rows), columns), cells.label[rows]


def accuracy(model, cells: GeneCounts, labels: np.ndarray) -> float:
    fit, test = stratified_halves(labels, seed=0)
    found = embed(model, cells, block=256)
    return micro_f1(labels[test], knn_predict(found[fit], labels[fit], found[test]))


def ignore(step: int, model: CellModel) -> None:
    del step, model


def compare(
    family: str, corpus: GeneCounts, genes: list[str], sets: dict, steps: int, batch: int, seeds: int
) -> Iterator[str]:
    found = families.find(family)
    config = found.config()
    before, after, rates = {name: [] for name in sets}, {name: [] for name in sets}, []
    for seed in range(seeds):
        model = found.build(genes, config, seed_init=seed)
        for name, (cells, labels) in sets.items():
            before[name].append(accuracy(model, cells, labels))
        start = time.perf_counter()
        training = Training(family, config, steps, batch, (steps,))
        train(model, corpus, np.arange(len(corpus)), training, seed_init=seed, at_checkpoint=ignore)
        seconds = time.perf_counter() - start
        rates.append((steps * batch if config.optimiser is not None else len(corpus)) / seconds)
        for name, (cells, labels) in sets.items():
            after[name].append(accuracy(model, cells, labels))
    for name, (_, labels) in sets.items():
        gain = np.subtract(after[name], before[name])
        of_seeds = student.ppf(0.975, seeds - 1) * gain.std(ddof=1) / np.sqrt(seeds)
        shares = np.array([np.mean(before[name]), np.mean(after[name])])
        of_cells = 1.96 * np.sqrt((shares * (1 - shares)).sum() / (len(labels) / 2))
        half = np.hypot(of_seeds, of_cells)
        yield (
            f"| {family} | {model.size():,} | {name} | {np.mean(before[name]):.3f} | {np.mean(after[name]):.3f} | "
            f"{gain.mean():+.3f} ({gain.mean() - half:.3f} to {gain.mean() + half:.3f}) | {np.mean(rates):,.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cells", type=Path, nargs="?", default=SHARED / "cells")
    parser.add_argument("--families", nargs="+", default=["pca", "scvi", "ssl", "scimilarity"])
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seeds", type=int, default=2)
    args = parser.parse_args()
    if not args.cells.is_dir():
        print(f"no cells at {args.cells}: name a folder, or set BIORXIVIST_SHARED")
        return
    corpus, evaluations = read_cells(load_study("blood_p"), args.cells)
    among = np.logical_and.reduce([cells.measured.any(axis=0) for cells in evaluations.values()])
    columns = select_genes(corpus, 2000, among=among)
    sets = {name: evaluation_set(cells, columns) for name, cells in evaluations.items()}
    genes = corpus.genes[columns].tolist()
    cells = choose_counts(corpus, columns)
    print(f"{len(cells):,} cells, {len(genes):,} genes, {args.steps} steps of {args.batch} cells, {args.seeds} seeds\n")
    print("| family | parameters | set | untrained | trained | difference (95 %) | cells/s |")
    print("|---|---|---|---|---|---|---|")
    for family in args.families:
        for row in compare(family, cells, genes, sets, args.steps, args.batch, args.seeds):
            print(row, flush=True)


if __name__ == "__main__":
    main()
