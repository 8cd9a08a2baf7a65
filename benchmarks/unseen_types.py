"""What a missing cell type costs its reconstruction, beside how far the type is from the most similar one.

``python benchmarks/unseen_types.py OUT`` reads the folder of a finished study with arms that leave a type out
(``unseen_types_z``). Distances are of mean profiles of corpus cells: no test cell enters them. Losses of one type on
several sets hang together, so the line has one point for each type.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean

import numpy as np
from scipy.stats import linregress, t

from graph.records import Result
from graph.vocabulary.protocol import TYPE_LEFT_OUT
from scaling.evaluate.jackknife import estimate
from scaling.evaluate.kinds.reconstruction import type_counts
from scaling.evaluate.reconstruction import nearest, profile
from scaling.study.lines import read_records
from scaling.study.prepared import open_prepared

BASELINES = ("model:corpus_profile", "model:nearest_type_profile")


def distances(out: Path) -> dict[str, tuple[str, float]]:
    """Type of the corpus -> the most similar other one, and the distance."""
    prepared = open_prepared(out / "prepared")
    profiles = {name: profile(counts) for name, counts in type_counts(prepared.corpus, prepared.coarse).items()}
    return {name: nearest(profiles, name) for name in profiles}


def types_of_sets(out: Path) -> dict[str, str]:
    """Dataset id -> the type that is reconstructed there."""
    return {
        entry.dataset_id: str(entry.config.model_dump()["cell_type"])
        for entry in open_prepared(out / "prepared").evaluations
    }


def line(points: dict[str, tuple[float, float]]) -> str:
    """Least-squares line through (distance, loss) of each type, with the 95 % interval of its slope."""
    x, y = np.array(list(points.values())).T
    fit = linregress(x, y)
    half = float(t.ppf(0.975, len(x) - 2)) * fit.stderr
    return f"loss per distance {fit.slope:+.2f} ({fit.slope - half:+.2f} to {fit.slope + half:+.2f}), {len(x)} types"


def main() -> None:
    """Print a table of the sets, and the line."""
    out = Path(sys.argv[1])
    results = [record for record in read_records(out / "records.jsonl") if isinstance(record, Result)]
    far, types, losses = distances(out), types_of_sets(out), defaultdict(list)
    for dataset, name in types.items():
        own = [each for each in results if each.dataset_id == dataset]
        seen = {each.seed_init: each for each in own if each.chosen and each.ablation is None}
        unseen = {each.seed_init: each for each in own if each.chosen and each.ablation == TYPE_LEFT_OUT}
        untrained = fmean(each.value for each in own if each.cells == 0)
        seeds = sorted(set(seen) & set(unseen))
        cells = [tuple(np.subtract(unseen[seed].without_cells, seen[seed].without_cells).tolist()) for seed in seeds]
        change = estimate([unseen[seed].value - seen[seed].value for seed in seeds], cells)
        losses[name].append(-change.value)
        alone = [next(each.value for each in own if each.model_id == baseline) for baseline in BASELINES]
        low, high = change.interval()
        like, distance = far[name]
        scores = [fmean(each.value for each in group.values()) for group in (seen, unseen)]
        print(
            f"| {dataset.partition(':')[2]} | {own[0].test_cells:,} | {scores[0]:.3f} | {scores[1]:.3f} "
            f"| {change.value:+.3f} ({low:+.3f} to {high:+.3f}) | {alone[0]:.3f} | {alone[1]:.3f} | {untrained:.3f} "
            f"| {like} | {distance:.3f} |"
        )
    print(line({name: (far[name][1], fmean(values)) for name, values in losses.items()}))


if __name__ == "__main__":
    main()
