"""A study for what a claim needs: cells, budget and sets of a study that is there, arms and tests of the claim."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from graph.records import Claim
from graph.vocabulary.protocol import RANDOM, TYPE_LEFT_OUT
from scaling.errors import Untestable
from scaling.study.design.needs import Needs
from scaling.study.evaluations import EvaluationSpec
from scaling.study.fairness import experiment_of
from scaling.study.spec import Study

__all__ = ["draft", "experiments_scored", "sizes_for"]

GRID = (316, 1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000)
"""Sizes in cells, two a decade."""
SMALLEST = 20
"""Cells below which a subset is too small to train on."""
TITLE = 160


def draft(claim: Claim, needs: Needs, like: Study, *, corpus_cells: int, seeds: int) -> Study:
    """Write the study that tests a claim.

    Parameters
    ----------
    like
        Study whose corpus, validation, budget and evaluation sets are used.
    corpus_cells
        Cells of its corpus.
    seeds
        Replicates.

    Raises
    ------
    Untestable
        If that study has no set for the claim's task, or too few cells for its share of the corpus.
    """
    evaluations = _evaluations(needs, like)
    if not evaluations:
        kinds = ", ".join(dict.fromkeys(entry.kind for entry in like.evaluations))
        raise Untestable(
            claim.id,
            f"it needs an evaluation of the kind {needs.scored.kind}, and the study {like.name} has {kinds}: give one "
            "with such a set (--like)",
        )
    sizes = sizes_for(claim, needs, corpus_cells)
    data = like.model_dump(mode="json", exclude_defaults=True, exclude={"arms", "evaluations", "hypotheses", "sets"})
    used = {name for entry in evaluations for name in (entry.reference, entry.query) if name}
    data |= {
        "name": f"test_{claim.id.partition(':')[2][:16]}",
        "title": _title(claim.statement),
        "draws": like.draws or "independent",
        "budget": _budget(like, sizes, seeds),
        "families": {name: like.families[name] for name in needs.families if name in like.families},
        "sets": {
            name: spec.model_dump(mode="json", exclude_defaults=True)
            for name, spec in like.sets.items()
            if name in used
        },
        "arms": list(_arms(claim, needs, like, sizes, seeds)),
        "evaluations": [_in_order(entry.model_dump(mode="json", exclude_unset=True)) for entry in evaluations],
    }
    if not needs.spike_ins:
        data.pop("spike_in", None)
    if needs.tests:
        data["hypotheses"] = _hypotheses(needs)
    return Study.model_validate(data)


def sizes_for(claim: Claim, needs: Needs, corpus_cells: int) -> list[int]:
    """Sizes of the subsets in cells, below the whole corpus.

    A claim about a share of the corpus is bracketed: one size at most as large, one at least as large.

    Raises
    ------
    Untestable
        If that share is too few cells.
    """
    if needs.whole_only:
        return []
    sizes = {size for size in GRID if size < corpus_cells}
    if needs.fraction is not None:
        share = math.floor(needs.fraction * corpus_cells)
        if share < SMALLEST:
            raise Untestable(
                claim.id,
                f"it speaks of {needs.fraction:g} of the corpus, which is {share} of {corpus_cells:,} cells, and fewer "
                f"than {SMALLEST} train nothing; a larger corpus is needed (--like)",
            )
        if not any(size <= share for size in sizes):
            sizes.add(share)
        if not any(size >= needs.fraction * corpus_cells for size in sizes):
            sizes.add(round(math.sqrt(needs.fraction) * corpus_cells))  # half way to the whole, by ratio
    return sorted(sizes)


def experiments_scored(study: Study) -> list[str]:
    """Names of the experiments whose cells are scored, each once."""
    files = {name: spec.file or name for name, spec in study.evaluation_sets.items()}
    return sorted({experiment_of(files[entry.query], study.experiments) for entry in study.evaluations})


def _evaluations(needs: Needs, like: Study) -> list[EvaluationSpec]:
    """Evaluations of the kind that is needed, with its settings; across two studies both ways, for two sets agree."""
    same_kind = [entry for entry in like.evaluations if entry.kind == needs.scored.kind]
    if not needs.scored.settings:
        return same_kind
    pairs = [(entry.reference, entry.query) for entry in same_kind]
    pairs += [(query, reference) for reference, query in pairs if reference is not None]
    settings = {key: value for entry in same_kind[:1] for key, value in entry.settings.items()} | dict(
        needs.scored.settings
    )
    return [
        EvaluationSpec.model_validate(
            {"kind": needs.scored.kind, "reference": reference, "query": query, "settings": settings}
        )
        for reference, query in dict.fromkeys(pairs)
        if query is not None
    ]


def _arms(claim: Claim, needs: Needs, like: Study, sizes: list[int], seeds: int) -> Iterator[dict[str, Any]]:
    """The arm that changes nothing, and those that do."""
    usual: dict[str, Any] = {"families": list(needs.families), "seeds": seeds}
    if needs.ablation == TYPE_LEFT_OUT or needs.spike_ins:
        yield from _arms_like(claim, needs, like, usual)
        return
    yield {**usual, "sampling": RANDOM, "sizes": [*sizes, "all"]}
    if needs.ablation is not None:
        yield {**usual, "ablation": needs.ablation, "sizes": [*sizes, "all"], "untrained": False}
    if needs.sampling != RANDOM:
        # drawn otherwise, the whole corpus is the same cells, and an untrained model is the same model
        yield {**usual, "sampling": needs.sampling, "sizes": sizes, "untrained": False}


def _arms_like(claim: Claim, needs: Needs, like: Study, usual: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Arms whose cells are changed, at the sizes that the study has for them, and one at these that changes nothing.

    Raises
    ------
    Untestable
        If that study changes no cells in this way.
    """
    spiked = [arm for arm in like.arms if arm.spike_in is not None]
    without = [arm for arm in like.arms if arm.left_out is not None]
    shaped = spiked if needs.spike_ins else without
    if not shaped:
        what = "cells to put in ([spike_in])" if needs.spike_ins else "arms that leave a cell type out (left_out)"
        raise Untestable(claim.id, f"it needs {what}, and the study {like.name} has none: give one that has (--like)")
    plain = [size for arm in like.arms if arm.as_it_is and arm.ablation is None for size in arm.sizes]
    sizes = list(dict.fromkeys(size for arm in shaped for size in arm.sizes))
    yield {**usual, "sizes": list(dict.fromkeys([*plain, *sizes]))}
    for share in needs.spike_ins:
        yield {**usual, "spike_in": share, "sizes": sizes}
    if not needs.spike_ins:
        yield from ({**usual, "left_out": arm.left_out, "sizes": list(arm.sizes)} for arm in without)


def _budget(like: Study, sizes: list[int], seeds: int) -> dict[str, Any]:
    """The budget of the study, with a batch that the smallest size allows, and no more pilots than replicates."""
    budget = like.budget.model_dump(mode="json", exclude_unset=True)
    if like.validation is not None and sizes and isinstance(like.budget.batch_size, int):
        budget["batch_size"] = min(like.budget.batch_size, sizes[0] // 2)
    if like.budget.pilot_seeds is not None:
        budget["pilot_seeds"] = min(like.budget.pilot_seeds, seeds)
    return budget


def _in_order(entry: dict[str, Any]) -> dict[str, Any]:
    """An evaluation as people write it: what it is fitted on before what it scores."""
    first = {name: entry[name] for name in ("kind", "reference", "query") if name in entry}
    return first | entry


def _hypotheses(needs: Needs) -> dict[str, Any]:
    named: dict[str, Any] = {"primary_metric": "macro_f1", needs.scored.decides: needs.metric}
    return named | {"tests": [test.model_dump(mode="json", exclude_defaults=True) for test in needs.tests]}


def _title(statement: str) -> str:
    return statement if len(statement) <= TITLE else statement[: TITLE - 3].rsplit(" ", 1)[0] + " ..."
