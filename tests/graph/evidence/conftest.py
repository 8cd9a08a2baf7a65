from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from graph.records import Claim, Record, Result, Run

SIZES = (100, 316, 1_000, 3_162, 20_000)
SETS = ("dataset:pbmc3k", "dataset:kang_muscat", "dataset:pbmc_3tech")
STEPS = (250, 1_000, 4_000)

Curve = Callable[[int, int], float]
"""(cells, steps) -> expected score."""


def plateau(at: int, top: float = 0.80, bottom: float = 0.60) -> Curve:
    """Rises up to ``at`` cells and is flat from there."""

    def curve(cells: int, steps: int) -> float:
        if cells == 0:
            return 0.40
        return min(top, top - (top - bottom) * max(0.0, math.log10(at / cells)) / 2)

    return curve


def rising(slope: float = 0.05, bottom: float = 0.60) -> Curve:
    """Gains ``slope`` per decade to the end."""

    def curve(cells: int, steps: int) -> float:
        return 0.40 if cells == 0 else bottom + slope * math.log10(cells / SIZES[0])

    return curve


def make_study(
    curves: dict[str, Curve], *, noise: float = 0.003, seed: int = 0, pca: float = 0.85, seeds: int = 4, **run: Any
) -> list[Record]:
    """Records of a study whose true curves are known: model id -> curve."""
    rng = random.Random(seed)
    records: list[Record] = []
    for model_id, curve in curves.items():
        for cells in (0, *SIZES):
            for replicate in range(seeds):
                steps = (0,) if cells == 0 else STEPS
                one = Run.model_validate(
                    {
                        "study": "planted", "model_id": model_id, "corpus_id": "dataset:planted", "genes": 2_000,
                        "corpus_digest": "0" * 64, "corpus_cells": SIZES[-1], "studies": 9, "sampling": "random",
                        "cells": cells, "fraction": cells / SIZES[-1], "family": model_id,
                        "config": json.dumps({"model": model_id}), "protocol": "corrected@1",
                        "seed_data": replicate, "seed_init": replicate, "seed_split": 0, "parameters": 1_000_000,
                        "steps": steps[-1], "batch_size": 128, **run,
                    }
                )  # fmt: skip
                records.append(one)
                drawn = rng.gauss(0, noise)
                records += [
                    score(one, dataset, step, curve(cells, step) + drawn + rng.gauss(0, noise))
                    for dataset in SETS
                    for step in steps
                ]
    records += [
        Result(
            study="planted", evaluation="knn5_cross_study", model_id="model:pca_reference", dataset_id=dataset,
            reference_id="dataset:kang_ctrl", task_id="task:cell_type_classification", metric_id="metric:micro_f1",
            value=pca, regime="zero_shot", source="reproduced", seed_split=0,
        )
        for dataset in SETS
    ]  # fmt: skip
    return records


def score(run: Run, dataset: str, steps: int, value: float) -> Result:
    return Result(
        run_id=run.id, study=run.study, evaluation="knn5_cross_study", model_id=run.model_id, dataset_id=dataset,
        reference_id="dataset:kang_ctrl", task_id="task:cell_type_classification", metric_id="metric:micro_f1",
        value=value, regime="zero_shot", sampling=run.sampling, cells=run.cells, fraction=run.fraction, steps=steps,
        seed_data=run.seed_data, seed_init=run.seed_init, seed_split=0, source="reproduced",
    )  # fmt: skip


def make_claim(**data: Any) -> Claim:
    return Claim.model_validate(
        {
            "paper_id": "doi:10.1/a", "version_id": "doi:10.1/av1", "source_url": "https://example.org",
            "location": "abstract", "statement": "a statement", "task_id": "task:cell_type_classification",
            "metric_id": "metric:performance", "regime": "zero_shot", "corpus_cells": 22_200_000, **data,
        }
    )  # fmt: skip


@pytest.fixture
def planted() -> Callable[..., dict[str, list[Any]]]:
    """Factory of a planted study, as keyword arguments of ``judge``."""

    def build(curves: dict[str, Curve], **options: Any) -> dict[str, list[Any]]:
        records = make_study(curves, **options)
        return {
            "runs": [record for record in records if isinstance(record, Run)],
            "results": [record for record in records if isinstance(record, Result)],
        }

    return build


@pytest.fixture
def a_claim() -> Callable[..., Claim]:
    return make_claim


@pytest.fixture
def plateau_at() -> Callable[..., Curve]:
    return plateau


@pytest.fixture
def rising_by() -> Callable[..., Curve]:
    return rising
