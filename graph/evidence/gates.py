"""Gates: conditions that the study of an experiment, and what it measured, have to meet.

An effect is a verdict only where the assay could have shown it: the evaluation cells are in no corpus, the models have
learned something, and the sets leave room above a PCA. It is a verdict on the claim, and not on one training budget or
one set, only where budgets and held-out studies agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph.evidence.assay import UNTRAINED, Assay, Budget, budget_text, difference, mean_score
from graph.evidence.contrast import Contrast
from graph.evidence.interval import Interval
from graph.evidence.numbers import Numbers
from graph.evidence.outcome import Outcome
from graph.evidence.verdict import distinct
from graph.records import Claim
from graph.vocabulary.protocol import DELTA, FULL_SCALE, HEADROOM

__all__ = [
    "LEARNED", "budget_gate", "common_gates", "few_text", "gains_text", "precision_gate", "scale", "spread_gates",
    "studies_gate", "tuning_gate",
]  # fmt: skip

LEARNED = 0.10
"""A trained model must beat its untrained self by this much, by the lower limit."""


def scale(outcome: Outcome, claim: Claim, assay: Assay, numbers: Numbers) -> None:
    """Fill in the scale of the experiment against the claim's: corpus and model size."""
    theirs, ours = numbers.corpus_cells(claim), assay.corpus_cells()
    their_parameters = numbers.parameters(claim)
    our_parameters = max((run.parameters or 0 for run in assay.runs.values()), default=0)
    outcome.scale_ratio = ours / theirs if theirs else None
    outcome.full_scale = bool(
        theirs and ours >= FULL_SCALE * theirs and their_parameters and our_parameters >= FULL_SCALE * their_parameters
    )
    outcome.details |= {
        "cells": {"ours": ours, "theirs": theirs},
        "parameters": {"ours": our_parameters or None, "theirs": their_parameters},
        "studies": max((run.studies for run in assay.runs.values()), default=0),
        "genes": max((run.genes for run in assay.runs.values()), default=0),
    }


def common_gates(outcome: Outcome, assay: Assay, model_ids: Iterable[str]) -> None:
    """Gates on the assay itself: no overlap, something learned, headroom. Values stand beside the verdict."""
    models = sorted(set(model_ids))
    overlapping = sum(not run.held_out for run in assay.runs.values())
    outcome.gate(
        "held_out",
        passed=not overlapping,
        value=f"{len(assay.runs)} runs",
        need="no evaluation cell in any corpus",
        missed=f"{overlapping} of {len(assay.runs)} runs were scored on cells of their own corpus, and none may be",
    )
    lowest = min(assay.solved.values(), default=0.0)
    outcome.gate(
        "headroom",
        passed=bool(assay.pairs),
        value=f"{len(assay.pairs)} of {len(assay.pairs) + len(assay.crowded)} pairs of studies",
        need=f"pairs of studies on which PCA scores below {HEADROOM}",
        missed=f"PCA scores {distinct(lowest, HEADROOM, sign='')} or more on every held-out study, where only a "
        f"score below {HEADROOM} leaves a difference to be seen",
    )
    gains: dict[str, float | None] = {}
    for model in models:
        top = assay.scores(model, max(assay.sizes(model), default=-1), assay.budgets(model)[-1])
        gain, _ = difference(top, assay.scores(model, UNTRAINED, UNTRAINED))
        gains[model] = gain.low if gain else None
    outcome.gate(
        "learned",
        passed=bool(gains) and all(gain is not None and gain >= LEARNED for gain in gains.values()),
        value=gains_text(gains),
        need=f"trained minus untrained of at least {LEARNED:.2f} (lower 95 % limit)",
        missed=f"training has to gain {LEARNED:+.3f} by the lower 95 % limit, and gains "
        f"{few_text(gains, LEARNED) or 'nothing'}",
    )
    outcome.details |= _surroundings(assay, models)


def gains_text(gains: Mapping[str, float | None]) -> str:
    """Lower limit of what each model gains; without a pair of studies that leaves room nothing is measured."""
    return ", ".join(
        f"{model} not measured" if gain is None else f"{model} {gain:+.3f}" for model, gain in gains.items()
    )


def few_text(gains: Mapping[str, float | None], needed: float) -> str:
    """The models that gain less than needed, or of which nothing is measured."""
    return ", ".join(
        f"{model} not measured" if gain is None else f"{model} only {distinct(gain, needed)}"
        for model, gain in gains.items()
        if gain is None or gain < needed
    )


def spread_gates(outcome: Outcome, last: Contrast, per_study: dict[str, float], *, who: str = "") -> None:
    """Gates on the precision of an effect and on its agreement between studies."""
    precision_gate(outcome, last.interval, who=who)
    inside = last.interval is not None and last.interval.against(DELTA) == "inside"
    studies_gate(outcome, per_study, margin=DELTA if inside and last.answer != "open" else 0.0, who=who)


def precision_gate(outcome: Outcome, interval: Interval | None, *, who: str = "") -> None:
    """Gate: the interval is narrow enough to mean something."""
    of = f" of {who}" if who else ""
    missed = f"there are no replicates{of} to give an interval"
    if interval is not None:
        half = distinct(interval.half_width, DELTA, sign="")
        missed = f"half the width of the interval{of} is {half}, and {DELTA:.3f} is the most allowed"
    outcome.gate(
        "precision",
        passed=interval is not None and interval.half_width <= DELTA,
        value=interval.half_width if interval else "no replicates",
        need=f"an interval no wider than +-{DELTA:g}",
        who=who,
        missed=missed,
    )


def studies_gate(outcome: Outcome, per_study: Mapping[str, float], *, margin: float = 0.0, who: str = "") -> None:
    """Gate: at least two held-out studies point the same way.

    Where the effect is equivalent to none (``margin`` is given), they agree if each lies within the margin.
    """
    up = sum(value > margin for value in per_study.values())
    down = sum(value < -margin for value in per_study.values())
    flat = len(per_study) - up - down
    listed = ", ".join(f"{study} {value:+.3f}" for study, value in per_study.items())
    of = f" of {who}" if who else ""
    outcome.gate(
        "studies",
        passed=len(per_study) >= 2 and (max(up, down) == len(per_study) or flat == len(per_study)),
        value=", ".join(f"{study} {value:+.3f}" for study, value in per_study.items()),
        need="at least two held-out studies that agree in sign",
        who=who,
        missed=f"{len(per_study)} held-out study gives the effect{of}, and two are needed"
        if len(per_study) < 2
        else f"the effect{of} differs in sign between held-out studies ({listed})",
    )


def budget_gate(
    outcome: Outcome, conclusions: Mapping[Budget, Contrast], *, every: bool = False, who: str = ""
) -> None:
    """Gate: the conclusion is the same at a quarter of the budget and at the whole of it.

    Where validation chose the checkpoints there is one budget, and nothing to differ from it. With ``every`` no budget
    may speak against another one, either.
    """
    answers = [contrast.answer for contrast in conclusions.values()]
    decided = {answer for answer in answers if answer != "open"}
    listed = ", ".join(f"{budget_text(budget)}: {contrast.answer}" for budget, contrast in conclusions.items())
    outcome.gate(
        "budget",
        passed=(len(answers) < 2 or answers[-2] == answers[-1]) and not (every and len(decided) > 1),
        value=listed,
        need="the same conclusion at a quarter of the training budget and at the whole of it"
        + (", and none against it at any budget" if every else ""),
        who=who,
        missed=f"the conclusion{f' on {who}' if who else ''} changes with the training budget ({listed})",
    )


def tuning_gate(outcome: Outcome, assay: Assay, model_ids: Iterable[str]) -> None:
    """Gate: the models were trained under one protocol with one budget."""
    models = set(model_ids)
    trained = [run for run in assay.runs.values() if run.model_id in models]
    budgets = {run.steps for run in trained if run.steps}
    protocols = sorted({run.protocol for run in trained})
    value = f"{', '.join(protocols)}; {', '.join(map(str, sorted(budgets))) or 'no'} steps"
    outcome.gate(
        "equal_tuning",
        passed=len(protocols) == 1 and len(budgets) <= 1,
        value=value,
        need="one protocol and one budget for both sides",
        missed=f"both sides need one protocol and one training budget, and have {value}",
    )


def _surroundings(assay: Assay, models: list[str]) -> dict[str, Any]:
    """What a reader must see beside any verdict of this assay."""
    trained = [run for run in assay.runs.values() if run.model_id in models]
    epochs = {
        str(run.cells): round(run.steps * (run.batch_size or 0) / run.cells, 1)
        for run in trained
        if run.cells and run.steps
    }
    return {
        "study": assay.study,
        "metric": assay.metric_id,
        "models": models,
        "delta": DELTA,
        "seeds": sorted({run.seed_init for run in trained}),
        "steps": max((run.steps for run in trained), default=0),
        "epochs_per_cell": epochs,
        "hyperparameters": sorted({run.config for run in trained if run.cells == assay.corpus_cells()}),
        "baselines": assay.baselines(),
        "scores": {
            model: {
                "untrained": mean_score(assay.scores(model, UNTRAINED, UNTRAINED)),
                **{
                    str(budget): {
                        str(cells): mean_score(assay.scores(model, cells, budget)) for cells in assay.sizes(model)
                    }
                    for budget in assay.checkpoints(model)
                },
            }
            for model in models
        },
        "without_headroom": [f"{fitted} -> {scored}" for fitted, scored in assay.crowded],
    }
