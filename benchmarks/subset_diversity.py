"""How diverse are subsets that are drawn in different ways? Figure S1 of DenAdel et al., on a corpus of ours.

    python benchmarks/subset_diversity.py [CELLS] [--study unseen_types_z] [--seeds 5] [--plain] [--picture PATH.svg]

CELLS is a folder of the study's .h5ad files; of the study only the corpus is used, which needs cell types. A row per
way of sampling and share of the corpus: Shannon entropy (bits), Gini-Simpson, inverse Simpson of the fine types, and
the Vendi score of 300 cells over the study's genes, standardised as published (``--plain``: log counts as they are),
each as a mean over seeds with its 95 % interval. All subsets are scored on the same genes and at the same number of
cells, without which Vendi scores are not comparable.

Written before the first run, of what the paper claims and its printed numbers say: (1) at every share below a half
random subsets differ from the whole corpus by less than 2 % in all four; (2) drawing evenly over types has the highest
Shannon entropy and Gini-Simpson index; (3) geometric sketching has the highest Vendi score. Each holds if intervals are
apart (1: lie within). It is a measurement of the subsets of one corpus and decides no claim.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
from scipy.stats import t

from scaling.sampling.diversity import gini_simpson, inverse_simpson, shannon, vendi
from scaling.study.drawing import subset
from scaling.study.plan import specs
from scaling.study.prepare import prepare
from scaling.study.prepared import Prepared
from scaling.study.spec import Study, load_study
from scaling.views.log import LogCounts

SHARED = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75)
SAMPLINGS = ("random", "celltype_reweighted", "cluster_reweighted", "geometric_sketching")
AT = 300
"""Cells of a Vendi score."""
MEASURES = ("shannon", "gini_simpson", "inverse_simpson", "vendi")
Values = dict[tuple[str, float], list[tuple[float, ...]]]
"""(sampling, share) -> the measures of each seed."""


def sampled(base: Study, corpus_cells: int, seeds: int) -> Study:
    """The study with an arm for each way of sampling; the family is the cheapest, and is not trained here."""
    sizes = [max(round(share * corpus_cells), AT) for share in SHARES]
    arms = [{"families": ["pca"], "sampling": name, "sizes": sizes, "seeds": seeds} for name in SAMPLINGS]
    data = base.model_dump(mode="json", exclude_unset=True, exclude={"arms", "hypotheses", "families", "budget"})
    return Study.model_validate(data | {"arms": arms, "budget": {"batch_size": 64}})


def measures(cells: Prepared, rows: np.ndarray, seed: int, *, standardise: bool) -> tuple[float, ...]:
    """The four measures of a subset."""
    labels = cells.labels[rows]
    profiles = LogCounts(cells.corpus.take(rows))
    return (
        shannon(labels), gini_simpson(labels), inverse_simpson(labels),
        vendi(profiles, n=AT, seed=seed, standardise=standardise),
    )  # fmt: skip


def interval(values: list[float]) -> tuple[float, float]:
    """Mean, and half of its 95 % interval over seeds."""
    spread = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return float(np.mean(values)), float(t.ppf(0.975, len(values) - 1)) * spread


def picture(found: Values, whole: list[tuple[float, ...]], path: Path) -> None:
    """A panel for each measure, a line for each way of sampling; the whole corpus is the dotted line."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(MEASURES), figsize=(13, 3.2), constrained_layout=True)
    for column, (axis, name) in enumerate(zip(axes, MEASURES, strict=True)):
        for sampling in SAMPLINGS:
            points = [interval([each[column] for each in found[sampling, share]]) for share in SHARES]
            middle, half = np.array(points).T
            axis.errorbar(100 * np.array(SHARES), middle, half, marker="o", markersize=3, capsize=2, label=sampling)
        axis.axhline(float(np.mean([each[column] for each in whole])), linestyle=":", color="grey")
        axis.set(title=name, xlabel="% of the corpus")
    axes[0].legend(fontsize=7)
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cells", type=Path, nargs="?", default=SHARED / "cells")
    parser.add_argument("--study", default="unseen_types_z")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    base = load_study(given.study)
    with tempfile.TemporaryDirectory() as folder:
        corpus_cells = prepare(base, given.cells, Path(folder) / "first").facts.corpus_cells
        study = sampled(base, corpus_cells, given.seeds)
        cells = prepare(study, given.cells, Path(folder) / "second")
        found: Values = {}
        for spec in specs(study, cells.facts):
            if spec.run.cells:
                share = min(SHARES, key=lambda share: abs(share - spec.run.fraction))
                row = measures(cells, subset(spec, cells), spec.run.seed_data, standardise=not given.plain)
                found.setdefault((spec.run.sampling, share), []).append(row)
        every, standardise = np.arange(corpus_cells), not given.plain
        whole = [measures(cells, every, seed, standardise=standardise) for seed in range(given.seeds)]
    print(f"{corpus_cells:,} cells, {cells.facts.genes:,} genes, {given.seeds} seeds; Vendi at {AT} cells\n")
    print(f"| sampling | share | {' | '.join(MEASURES)} |\n|---|---|{'---|' * len(MEASURES)}")
    for (sampling, share), rows in {**found, ("whole corpus", 1.0): whole}.items():
        said = (interval([row[column] for row in rows]) for column in range(len(MEASURES)))
        print(f"| {sampling} | {share:.0%} | " + " | ".join(f"{mean:.3f} ± {half:.3f}" for mean, half in said) + " |")
    if given.picture:
        picture(found, whole, given.picture)


if __name__ == "__main__":
    main()
