"""Cells and scores with a known truth, for tests, demonstrations and benchmarks.

Nothing here becomes evidence: simulated cells carry a flag into every record that is made with them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from scaling.corpus.h5ad import CellSet, write_h5ad

__all__ = ["simulate", "simulate_scores", "write_simulated"]

Truth = Literal["plateau", "rising"]
EFFECT: dict[Truth, tuple[float, float]] = {"plateau": (1.8, 0.08), "rising": (0.28, 0.5)}
"""Truth -> standard deviation of a program in natural log units, fraction of the genes in it."""


def simulate(
    *,
    cells: int = 3000,
    genes: int = 2000,
    types: int = 8,
    studies: int = 3,
    truth: Truth = "plateau",
    depth: float = 1500.0,
    seed: int = 0,
) -> list[CellSet]:
    """Simulate cells of known types in several studies.

    A type is a gene program on a common baseline; the counts of a cell are negative binomial (shape 2) around the
    profile of its type and study times a log-normal depth. Types have frequencies in proportion to 1, 1/2, 1/3 ...

    Parameters
    ----------
    cells, genes, types, studies
        Numbers of each; cells are split evenly over the studies.
    truth
        ``plateau``: few strong markers per type, which a hundred cells show. ``rising``: weak effects spread over half
        of the genes, whose direction is estimated the better the more cells are seen, so embeddings keep improving.
    depth
        Median counts per cell.
    seed
        Seed of all random numbers.

    Returns
    -------
    One set per study, with obs columns ``cell_type``, ``cell_type_coarse`` (types in pairs) and ``batch``.
    """
    rng = np.random.default_rng(seed)
    effect, fraction = EFFECT[truth]
    base = rng.normal(-1.0, 1.2, genes)
    programs = rng.normal(0.0, effect, (types, genes)) * (rng.random((types, genes)) < fraction)
    batches = rng.normal(0.0, 0.15, (studies, genes))
    frequency = 1.0 / np.arange(1, types + 1)
    names = tuple(f"GENE{number:05d}" for number in range(genes))
    sets = []
    for study in range(studies):
        n = cells // studies + (study < cells % studies)
        types_of_cells = rng.choice(types, n, p=frequency / frequency.sum())
        sets.append(
            _study(rng, base + batches[study] + programs, types_of_cells, names, depth, f"simulated{study + 1}")
        )
    return sets


def write_simulated(folder: Path, sets: list[CellSet]) -> list[Path]:
    """Write each set as ``<name>.h5ad`` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_h5ad(folder / f"{cells.name}.h5ad", cells) for cells in sets]


def simulate_scores(
    truth: Literal["flat", "plateau", "rising"],
    *,
    cells: tuple[int, ...],
    replicates: int,
    noise: float,
    seed: int,
    plateau_at: int | None = None,
) -> npt.NDArray[np.float64]:
    """Simulate score curves of known shape.

    Parameters
    ----------
    truth
        ``flat``: the same at every size. ``plateau``: rises by .12 per decade up to ``plateau_at`` cells, then stays.
        ``rising``: rises by .06 per decade to the end.
    noise
        Standard deviation of a single run.

    Returns
    -------
    Scores, replicates x sizes.
    """
    decades = np.log10(np.array(cells, dtype=np.float64))
    if truth == "flat":
        curve = np.full(len(cells), 0.8)
    elif truth == "rising":
        curve = 0.85 - 0.06 * (decades[-1] - decades)
    else:
        end = decades[-1] if plateau_at is None else np.log10(plateau_at)
        curve = 0.85 - 0.12 * np.maximum(end - decades, 0.0)
    draws: npt.NDArray[np.float64] = np.random.default_rng(seed).normal(0.0, noise, (replicates, len(cells)))
    return curve + draws


def _study(
    rng: np.random.Generator,
    profiles: npt.NDArray[np.float64],
    types_of_cells: npt.NDArray[np.int64],
    genes: tuple[str, ...],
    depth: float,
    name: str,
) -> CellSet:
    from scipy.sparse import csr_matrix

    """Draw the cells of one study; ``profiles`` are log expression, types x genes."""
    expression = np.exp(profiles)
    expression /= expression.sum(axis=1, keepdims=True)
    depths = rng.lognormal(np.log(depth), 0.35, len(types_of_cells))
    mean = expression[types_of_cells] * depths[:, None]
    # A Poisson whose rate is gamma-distributed (shape 2, mean 1) is negative binomial.
    matrix = csr_matrix(rng.poisson(mean * rng.gamma(2.0, 0.5, mean.shape)))
    letters = np.array(list("ACGT"))[rng.integers(0, 4, (len(types_of_cells), 16))]
    fine = np.array([f"type {number + 1}" for number in range(len(profiles))])
    coarse = np.array([f"group {number // 2 + 1}" for number in range(len(profiles))])
    return CellSet(
        name=name,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=matrix.data.astype(np.uint32),
        genes=genes,
        barcodes=np.array([f"{name}:{''.join(row)}" for row in letters]),
        obs={
            "cell_type": fine[types_of_cells],
            "cell_type_coarse": coarse[types_of_cells],
            "batch": np.full(len(types_of_cells), name),
        },
        simulated=True,
    )
