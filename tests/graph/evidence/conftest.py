from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from graph.records import Claim, Hypotheses, Hypothesis, Record, Result, Run

SIZES = (100, 316, 1_000, 3_162, 20_000)
SETS = ("dataset:pbmc3k", "dataset:kang_muscat", "dataset:pbmc_3tech")
STEPS = (250, 1_000, 4_000)

GROUPS = 20
CELL_ERROR = 0.001
"""Error of a score over test cells, for each model, size and budget."""

Curve = Callable[[int, int], float]
"""(cells, steps) -> expected score."""


def name(*tests: Hypothesis, **data: Any) -> Hypotheses:
    """Hypotheses as a study file names them."""
    return Hypotheses.model_validate({"primary_metric": "metric:micro_f1", "delta": 0.02, "tests": tests, **data})


def name_all(models: list[str], kinds: tuple[str, ...]) -> Hypotheses:
    """Every contrast of these kinds between these models that the tests here ask for."""
    tests = [
        *(Hypothesis(kind="saturation", model_id=model, direction="plateau", fraction=fraction)
          for model in models for fraction in (0.001, 0.1, 0.25, 0.5)),
        *(Hypothesis(kind="scaling", model_id=model, direction=way)  # type: ignore[arg-type]
          for model in models for way in ("+", "plateau")),
        *(Hypothesis(kind=kind, model_id=a, comparator_id=b, direction=">")  # type: ignore[arg-type]
          for kind in ("comparison", "scaling") for a in models for b in models if a < b),
        *(Hypothesis(kind="effect", model_id=model, direction="+", sampling="cluster_reweighted") for model in models),
    ]  # fmt: skip
    return name(*(test for test in tests if test.kind in kinds))


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
    curves: dict[str, Curve],
    *,
    noise: float = 0.003,
    seed: int = 0,
    pca: float = 0.85,
    seeds: int = 4,
    kinds: tuple[str, ...] = ("saturation", "scaling", "comparison"),
    hypotheses: Hypotheses | None = None,
    cell_error: float = CELL_ERROR,
    metrics: dict[str, float] | None = None,
    **run: Any,
) -> list[Record]:
    """Records of a study whose true curves are known: model id -> curve.

    Parameters
    ----------
    kinds, hypotheses
        Kinds of claims of which the study named every contrast, or what it named.
    cell_error
        Error of each score over test cells.
    metrics
        Metric -> what a score by it is more than the curve for the first model; micro F1 alone by default.
    """
    rng = random.Random(seed)
    named = hypotheses or name_all(list(curves), kinds)
    data_of_run = {"hypotheses": named.text(), "hypotheses_digest": named.digest(), **run}
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
                        "steps": steps[-1], "batch_size": 128, **data_of_run,
                    }
                )  # fmt: skip
                records.append(one)
                drawn = rng.gauss(0, noise)
                for dataset in SETS:
                    for step in steps:
                        value = curve(cells, step) + drawn + rng.gauss(0, noise)
                        for metric, more in (metrics or {"metric:micro_f1": 0.0}).items():
                            shifted = value + more * (model_id == next(iter(curves)))
                            made = score(one, dataset, step, shifted, metric_id=metric)
                            # all seeds of a model at a size are scored on the same cells
                            same_cells = random.Random(f"{seed} {model_id} {cells} {dataset}")
                            records.append(with_groups(made, shifted, cell_error, same_cells))
    records += [
        Result(
            study="planted", evaluation="knn5_cross_study", model_id="model:pca_reference", dataset_id=dataset,
            reference_id="dataset:kang_ctrl", task_id="task:cell_type_classification", metric_id="metric:micro_f1",
            value=pca, regime="zero_shot", source="reproduced", seed_split=0,
        )
        for dataset in SETS
    ]  # fmt: skip
    return records


def with_groups(result: Result, value: float, error: float, rng: random.Random) -> Result:
    """The same score drawn on test cells that fall into groups: moved by them, and with its values without each."""
    if not error:
        return result
    moved = [rng.gauss(0, error * math.sqrt(GROUPS)) for _ in range(GROUPS)]
    drawn = value + sum(moved) / GROUPS
    without = tuple(value + (sum(moved) - one) / (GROUPS - 1) for one in moved)
    return result.model_copy(update={"value": drawn, "without_cells": without})


def score(run: Run, dataset: str, steps: int, value: float, *, metric_id: str = "metric:micro_f1") -> Result:
    return Result(
        run_id=run.id, study=run.study, evaluation="knn5_cross_study", model_id=run.model_id, dataset_id=dataset,
        reference_id="dataset:kang_ctrl", task_id="task:cell_type_classification", metric_id=metric_id,
        value=value, hypotheses_digest=run.hypotheses_digest, regime="zero_shot", sampling=run.sampling,
        cells=run.cells, fraction=run.fraction, steps=steps, seed_data=run.seed_data, seed_init=run.seed_init,
        seed_split=0, source="reproduced",
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
def naming() -> Callable[..., Hypotheses]:
    return name


@pytest.fixture
def a_claim() -> Callable[..., Claim]:
    return make_claim


@pytest.fixture
def plateau_at() -> Callable[..., Curve]:
    return plateau


@pytest.fixture
def rising_by() -> Callable[..., Curve]:
    return rising
