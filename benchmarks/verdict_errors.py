"""How often is a verdict wrong? Simulation with known truth, for every kind of claim that has a rule.

    python benchmarks/verdict_errors.py [--sims 100] [--seed 0] [--write docs/verdicts.md]

Draws studies and printed numbers whose true effect is known, judges claims about them by the public ``judge``, and
counts verdicts that state what is not so, that leave it open, and that are right. Seeds differ by one draw per run that
all evaluation sets and budgets share: then neither the studies nor the budget gate catches a chance finding, which is
the hardest case. The test cells of a set are drawn, too: what they do to a model at a size is the same for all its
seeds. Each study names its contrast and reports two metrics. With ``--write`` the tables in the document are replaced.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from graph.evidence import judge
from graph.records import Claim, Hypotheses, Hypothesis, Result, Run

DELTA = 0.02
EFFECTS = (0.0, DELTA / 2, DELTA, 2 * DELTA, 4 * DELTA)
EFFECT_NAMES = ("0", "δ/2", "δ", "2 δ", "4 δ")
SAMPLES = (4, 8, 16)
SPREADS = (0.005, 0.01, 0.02)
CELL_ERROR, GROUPS = 0.004, 20
"""Error of a score over the test cells of one set, and the groups that these fall into."""
USER_CELLS = 10_000
METRICS = ("metric:macro_f1", "metric:micro_f1")
WHOLE = 20_000
STEPS = (1_000, 4_000)
SETS = ("dataset:pbmc3k", "dataset:kang_muscat")
MASKED, CONTRASTIVE, PCA = "model:ours_masked", "model:ours_contrastive", "model:ours_pca"
LEFT_OUT = "a part"
"""What an arm of a study leaves out, in place of a way of sampling."""
SAID = {
    "reproduced": "supports", "same_direction_at_scale": "supports", "not_reproduced": "against",
    "consistent_with_printed": "supports", "inconsistent_with_printed": "against",
    "opposite_direction_at_scale": "opposes", "no_effect_at_scale": "null", "rising_at_scale": "rising",
}  # fmt: skip
"""Verdict -> what it states; what is missing here states nothing."""

Setting = tuple[str, int, str]
"""(model, cells, sampling); ``LEFT_OUT`` in its place is an arm of random subsets that leaves a part out."""
Truth = Callable[[float, Setting], float]
"""(effect, setting) -> expected score."""
Right = Callable[[float], set[str]]
"""Effect -> statements that are true."""
Numbers = dict[str, list[Any]]
Draw = Callable[[float, int, float, np.random.Generator], Numbers]
"""(effect, sample size, spread, rng) -> what ``judge`` gets besides the claims."""


@dataclass(frozen=True)
class Case:
    """One kind of claim with one kind of numbers."""

    kind: str
    what: str
    claims: tuple[tuple[Claim, Right], ...]
    draw: Draw
    samples: str = "seeds"
    sizes: tuple[int, ...] = SAMPLES
    effects: tuple[float, ...] = EFFECTS
    spreads: tuple[float, ...] = SPREADS


def claim(**data: Any) -> Claim:
    """A claim at far larger scale than any study here."""
    return Claim.model_validate(
        {
            "paper_id": "doi:10.1/a", "version_id": "doi:10.1/av1", "source_url": "https://example.org",
            "location": "abstract", "statement": "simulated", "task_id": "task:cell_type_classification",
            "metric_id": "metric:performance", "regime": "zero_shot", "corpus_cells": 22_200_000, **data,
        }
    )  # fmt: skip


# What is true of a difference of this size -----------------------------------------------------------------------


def larger(effect: float) -> set[str]:
    """True statements about "more", for an effect that is not negative: one of the size of the margin counts."""
    return {"supports"} if effect >= DELTA else {"null", "against"}


def smaller(effect: float) -> set[str]:
    """True statements about "less", for an effect that is not negative."""
    return {"opposes", "against"} if effect >= DELTA else {"null", "against"}


def too_little(effect: float) -> set[str]:
    """True statements about "a share of the corpus is not enough", where it loses this much."""
    return {"supports"} if effect >= DELTA else {"opposes", "against"}


def same(effect: float) -> set[str]:
    """True statements about "no difference"."""
    return {"supports"} if effect < DELTA else {"opposes", "against", "rising"}


def not_larger(effect: float) -> set[str]:
    """True statements about "not more"."""
    return {"supports"} if effect < DELTA else {"opposes", "against"}


# Studies ---------------------------------------------------------------------------------------------------------


def study(settings: tuple[Setting, ...], truth: Truth, *tests: Hypothesis) -> Draw:
    """Draw a study that named these tests: one run per setting and seed, scored on two sets at two budgets."""
    templates: dict[int, tuple[list[Run], list[tuple[Result, int, Setting]], list[Result]]] = {}
    named = Hypotheses(primary_metric=METRICS[0], secondary_metrics=METRICS[1:], delta=DELTA, tests=tests)

    def draw(effect: float, seeds: int, spread: float, rng: np.random.Generator) -> Numbers:
        if seeds not in templates:
            templates[seeds] = _template(settings, seeds, named)
        runs, scored, baselines = templates[seeds]
        noise = rng.normal(0.0, spread, len(runs))
        expected = {setting: truth(effect, setting) if setting[1] else 0.40 for setting in settings}
        cells = {
            (setting, dataset): rng.normal(0.0, CELL_ERROR * math.sqrt(GROUPS), GROUPS)
            for setting in settings
            for dataset in SETS
        }
        drawn = {key: _moved(effects) for key, effects in cells.items()}
        results = []
        for result, run, setting in scored:
            (shift, shifts), value = drawn[setting, result.dataset_id], expected[setting] + noise[run]
            without = tuple((value + shifts).tolist())
            results.append(result.model_copy(update={"value": value + shift, "without_cells": without}))
        return {"runs": runs, "results": [*results, *baselines]}

    return draw


def _moved(effects: np.ndarray) -> tuple[float, np.ndarray]:
    """By what the groups of test cells move a score, and by what they do without each of them."""
    return float(effects.mean()), (effects.sum() - effects) / (len(effects) - 1)


def _template(
    settings: tuple[Setting, ...], seeds: int, named: Hypotheses
) -> tuple[list[Run], list[tuple[Result, int, Setting]], list[Result]]:
    runs: list[Run] = []
    scored: list[tuple[Result, int, Setting]] = []
    shared = {
        "study": "simulated", "evaluation": "knn5_cross_study", "task_id": "task:cell_type_classification",
        "reference_id": "dataset:kang_ctrl", "regime": "zero_shot", "source": "reproduced", "seed_split": 0,
        "hypotheses_digest": named.digest(),
    }  # fmt: skip
    for setting in settings:
        model, cells, sampling = setting
        ablation = LEFT_OUT if sampling == LEFT_OUT else None
        sampling = "random" if ablation else sampling
        for seed in range(seeds):
            run = Run(
                study="simulated", model_id=model, corpus_id="dataset:sctab", genes=2_000, corpus_digest="0" * 64,
                corpus_cells=WHOLE, studies=9, sampling=sampling, cells=cells, fraction=cells / WHOLE, family=model,
                config=json.dumps({"model": model, "without": ablation}), protocol="corrected@1", seed_data=seed,
                seed_init=seed, seed_split=0, parameters=1_000_000, steps=STEPS[-1] if cells else 0, batch_size=128,
                ablation=ablation, hypotheses=named.text(),
                hypotheses_digest=named.digest(),
            )  # fmt: skip
            runs.append(run)
            scored += [
                (
                    Result.model_validate(
                        {
                            **shared, "run_id": run.id, "model_id": model, "dataset_id": dataset, "value": 0.0,
                            "sampling": sampling, "cells": cells, "fraction": run.fraction, "steps": steps,
                            "seed_data": seed, "seed_init": seed, "metric_id": metric, "ablation": ablation,
                        }
                    ),
                    len(runs) - 1,
                    setting,
                )
                for metric in METRICS
                for dataset in SETS
                for steps in (STEPS if cells else (0,))
            ]  # fmt: skip
    baselines = [
        Result.model_validate(
            {**shared, "model_id": "model:pca_reference", "dataset_id": dataset, "metric_id": metric, "value": 0.85}
        )
        for metric in METRICS
        for dataset in SETS
    ]
    return runs, scored, baselines


def _grid(models: tuple[str, ...], sizes: tuple[int, ...], reweighted: tuple[int, ...] = ()) -> tuple[Setting, ...]:
    random = [(model, cells, "random") for model in models for cells in (0, *sizes)]
    return (*random, *((model, cells, "celltype_reweighted") for model in models for cells in reweighted))


def _slope(effect: float, cells: int) -> float:
    return effect * math.log10(cells / 1_000)


def _log_linear_loss(effect: float, cells: int) -> float:
    """Loses ``effect`` at a quarter of the corpus, and as much with every further quartering."""
    return effect * math.log(WHOLE / cells) / math.log(4)


def _kinked_loss(effect: float, cells: int) -> float:
    """Loses nothing from a quarter of the corpus on, and ``effect`` at the size that was run below it."""
    return effect * max(0.0, math.log(WHOLE / 4 / cells)) / math.log(WHOLE / 4 / 3_162)


# Printed numbers -------------------------------------------------------------------------------------------------


def _printed(model: str, value: float, **data: Any) -> Result:
    return Result.model_validate(
        {
            "paper_id": "doi:10.1/b", "evaluation": "printed", "model_id": model, "dataset_id": "dataset:zheng68k",
            "task_id": "task:cell_type_classification", "metric_id": "metric:accuracy", "value": value,
            "source": "published", "regime": "fine_tuned", "location": "table 1", **data,
        }
    )  # fmt: skip


def user_seeds(effect: float, seeds: int, spread: float, rng: np.random.Generator) -> Numbers:
    """Scores of a user over seeds, all on the same test cells; the claim says .766."""
    share = 0.766 + effect
    same_cells = rng.normal(0.0, math.sqrt(share * (1 - share) / USER_CELLS))
    values = rng.normal(share, spread, seeds) + same_cells
    return {
        "results": [
            _printed(
                "model:scbert", value, source="user", paper_id=None, location="mine", seed_init=seed,
                test_cells=USER_CELLS,
            )
            for seed, value in enumerate(values)
        ]
    }  # fmt: skip


def single_score(effect: float, cells: int, spread: float, rng: np.random.Generator) -> Numbers:
    """Another paper's single run over ``cells`` test cells."""
    return {"results": [_single("model:scbert", 0.766 + effect, cells, spread, rng)]}


def _single(model: str, share: float, cells: int, spread: float, rng: np.random.Generator) -> Result:
    true = min(max(rng.normal(share, spread), 0.01), 0.99)
    return _printed(model, rng.binomial(cells, true) / cells, test_cells=cells)


def single_runs(effect: float, cells: int, spread: float, rng: np.random.Generator) -> Numbers:
    """Single runs of two models over ``cells`` test cells."""
    return {
        "results": [
            _single("model:scgpt", 0.70 + effect, cells, spread, rng),
            _single("model:scbert", 0.70, cells, spread, rng),
        ]
    }


def printed_means(effect: float, seeds: int, spread: float, rng: np.random.Generator) -> Numbers:
    """Printed means of two models over seeds, with their 95 % intervals, with and without a change."""
    results = []
    for model, true, ablation in (
        ("model:scgpt", 0.70 + effect, None), ("model:scbert", 0.70, None),
        ("model:scbert", 0.70 + effect, "a change"), ("model:scbert", 0.40, "another change"),
    ):  # fmt: skip
        values = rng.normal(true, spread, seeds)
        half = float(stdtrit(seeds - 1, 0.975)) * values.std(ddof=1) / math.sqrt(seeds)
        mean = float(values.mean())
        results.append(_printed(model, mean, low=mean - half, high=mean + half, n=seeds, ablation=ablation))
    return {"results": results}


def printed_count(effect: float, digits: int, cut: float, rng: np.random.Generator) -> Numbers:
    """The same count by two papers, the second one's larger by ``effect``, as printed with so many digits."""
    true = 10 ** rng.uniform(5, 8)
    value, low, high = _as_printed(true, digits, cut=False)
    other, other_low, other_high = _as_printed(true * (1 + effect), digits, cut=rng.random() < cut)
    return {
        "claims": [SIZE.model_copy(update={"value": value, "low": low, "high": high})],
        "results": [
            _printed("model:scgpt", other, metric_id="metric:count", evaluation="cells", low=other_low, high=other_high)
        ],
    }


def _as_printed(true: float, digits: int, *, cut: bool) -> tuple[float, float, float]:
    unit = 10.0 ** (math.floor(math.log10(true)) - digits + 1)
    value = (math.floor(true / unit) if cut else round(true / unit)) * unit
    return value, value - unit / 2, value + unit / 2


# Cases -----------------------------------------------------------------------------------------------------------

SIZE = claim(
    kind="scale_fact", metric_id="metric:count", unit="cells", subject_ids=("model:scgpt",), task_id="task:downstream",
    value=1.0, regime=None,
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Every kind of claim with each kind of numbers that its rule takes."""
    yield from _experiments()
    yield from _printed_cases()


def _experiments() -> Iterator[Case]:
    def versus(direction: str, *subjects: str, **data: Any) -> Claim:
        other = data.pop("other", CONTRASTIVE)
        return claim(
            **{
                "kind": "comparison",
                "direction": direction,
                "subject_ids": subjects,
                "comparator_ids": (other,),
                **data,
            }
        )

    directions: tuple[tuple[str, Right], ...] = ((">", larger), ("<", smaller), ("~", same))
    yield Case(
        "comparison",
        "two models of a study",
        (
            *((versus(direction, MASKED), right) for direction, right in directions),
            (versus(">", MASKED, polarity="negated"), not_larger),
        ),
        study(
            _grid((MASKED, CONTRASTIVE), (WHOLE,)),
            lambda e, s: 0.70 + e * (s[0] == MASKED),
            Hypothesis(kind="comparison", model_id=MASKED, comparator_id=CONTRASTIVE, direction=">"),
        ),
    )
    yield Case(
        "comparison",
        "two models against a third, both by the effect",
        tuple((versus(direction, MASKED, CONTRASTIVE, other=PCA), right) for direction, right in directions),
        study(
            _grid((MASKED, CONTRASTIVE, PCA), (WHOLE,)),
            lambda e, s: 0.70 + e * (s[0] != PCA),
            *(
                Hypothesis(kind="comparison", model_id=model, comparator_id=PCA, direction=">")
                for model in (MASKED, CONTRASTIVE)
            ),
        ),
    )
    change = {"kind": "effect", "subject_ids": (MASKED,), "sampling": "celltype_reweighted"}
    yield Case(
        "effect",
        "re-weighting the corpus, at two sizes",
        tuple((claim(**change, direction=sign), right) for sign, right in (("+", larger), ("-", smaller), ("0", same))),
        study(
            _grid((MASKED,), (1_000, 3_162, WHOLE), (1_000, 3_162)),
            lambda e, s: 0.60 + 0.05 * math.log10(s[1] / 1_000) + e * (s[2] != "random"),
            Hypothesis(kind="effect", model_id=MASKED, direction="+", sampling="celltype_reweighted"),
        ),
    )
    without = {"kind": "effect", "subject_ids": (MASKED,), "ablation": LEFT_OUT}
    yield Case(
        "effect",
        "leaving a part out, with the whole corpus",
        tuple(
            (claim(**without, direction=sign), right) for sign, right in (("+", larger), ("-", smaller), ("0", same))
        ),
        study(
            (*_grid((MASKED,), (1_000, WHOLE)), (MASKED, WHOLE, LEFT_OUT)),
            lambda e, s: 0.60 + 0.05 * math.log10(s[1] / 1_000) + e * (s[2] == LEFT_OUT),
            Hypothesis(kind="effect", model_id=MASKED, direction="+", ablation=LEFT_OUT),
        ),
    )
    sizes = (1_000, 3_162, 10_000, WHOLE)
    range_ = {"kind": "scaling", "unit": "cells", "low": 1_000.0, "high": 20_000.0, "subject_ids": (MASKED,)}
    yield Case(
        "scaling",
        "slope per decade",
        tuple(
            (claim(**range_, direction=name), right)
            for name, right in (("+", larger), ("-", smaller), ("plateau", same), ("no_plateau", larger))
        ),
        study(
            _grid((MASKED,), sizes),
            lambda e, s: 0.60 + _slope(e, s[1]),
            Hypothesis(kind="scaling", model_id=MASKED, direction="+"),
            Hypothesis(kind="scaling", model_id=MASKED, direction="plateau"),
        ),
    )
    gains = {**range_, "comparator_ids": (CONTRASTIVE,)}
    yield Case(
        "scaling interaction",
        "one objective gains more than another",
        tuple((claim(**gains, direction=sign), right) for sign, right in (("+", larger), ("-", smaller))),
        study(
            _grid((MASKED, CONTRASTIVE), (1_000, WHOLE)),
            lambda e, s: 0.60 + (0.05 + e * (s[0] == MASKED)) * (s[1] == WHOLE),
            Hypothesis(kind="scaling", model_id=MASKED, comparator_id=CONTRASTIVE, direction="+"),
        ),
    )
    enough = {"kind": "saturation", "subject_ids": (MASKED,), "fraction": 0.25}
    plateau, none = claim(**enough, direction="plateau"), claim(**enough, direction="no_plateau")
    quarter = Hypothesis(kind="saturation", model_id=MASKED, direction="plateau", fraction=0.25)
    yield Case(
        "saturation",
        "a quarter is enough; the loss there is the effect",
        ((plateau, same), (none, too_little)),
        study(_grid((MASKED,), sizes), lambda e, s: 0.75 - _log_linear_loss(e, s[1]), quarter),
    )
    yield Case(
        "saturation",
        "the same, no size run between the share and the whole",
        ((plateau, lambda e: same(e) | ({"rising"} if e else set())), (none, too_little)),
        study(_grid((MASKED,), (1_000, 3_162, WHOLE)), lambda e, s: 0.75 - _log_linear_loss(e, s[1]), quarter),
    )
    yield Case(
        "saturation",
        "plateau exactly at the share; the effect is the loss at 16 %",
        ((plateau, lambda _: {"supports"}), (none, lambda _: {"opposes"})),
        study(_grid((MASKED,), sizes), lambda e, s: 0.75 - _kinked_loss(e, s[1]), quarter),
    )


def _printed_cases() -> Iterator[Case]:
    scope = {"dataset_id": "dataset:zheng68k", "metric_id": "metric:accuracy", "regime": "fine_tuned"}
    reaches = claim(**scope, kind="score", subject_ids=("model:scbert",), value=0.766, location="abstract")
    yield Case("score", "seeds of a user", ((reaches, same),), user_seeds)
    cells = {"samples": "test cells", "sizes": (1_000, 4_000, 16_000)}
    yield Case("score", "a single printed run", ((reaches, same),), single_score, **cells)  # type: ignore[arg-type]
    pair = {**scope, "kind": "comparison", "subject_ids": ("model:scgpt",), "comparator_ids": ("model:scbert",)}
    beats = tuple(
        (claim(**pair, direction=direction), right) for direction, right in ((">", larger), ("<", smaller), ("~", same))
    )
    beats = (*beats, (claim(**pair, direction=">", polarity="negated"), not_larger))
    yield Case("comparison", "printed means with intervals", beats, printed_means)
    yield Case("comparison", "single printed runs", beats, single_runs, **cells)  # type: ignore[arg-type]
    change = {**scope, "kind": "effect", "subject_ids": ("model:scbert",), "ablation": "a change"}
    yield Case(
        "effect",
        "printed means with and without a change",
        tuple((claim(**change, direction=sign), right) for sign, right in (("+", larger), ("-", smaller), ("0", same))),
        printed_means,
    )
    margin = 0.05
    yield Case(
        "scale_fact",
        "one count in two papers, δ = 5 %; the spread is the share of counts cut off and not rounded",
        ((SIZE, lambda e: ({"supports"} if e < margin else set()) | ({"against"} if e else set())),),
        printed_count,
        samples="digits",
        sizes=(2, 3, 4),
        effects=tuple(effect / DELTA * margin for effect in EFFECTS),
        spreads=(0.0, 0.25, 0.5),
    )


# Counting --------------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """Verdicts counted against the truth."""

    right: int = 0
    wrong: int = 0
    undecided: int = 0

    def add(self, other: Tally) -> None:
        """Count the other's verdicts, too."""
        self.right += other.right
        self.wrong += other.wrong
        self.undecided += other.undecided

    @property
    def total(self) -> int:
        """Verdicts counted."""
        return self.right + self.wrong + self.undecided

    def __str__(self) -> str:
        shares = (100 * part / max(self.total, 1) for part in (self.wrong, self.undecided, self.right))
        return " / ".join(f"{share:.1f}" for share in shares)


def simulate(case: Case, *, sims: int, seed: int) -> dict[tuple[int, float, float, int], Tally]:
    """(sample size, effect, spread, number of the claim) -> verdicts of ``sims`` simulations."""
    found: dict[tuple[int, float, float, int], Tally] = defaultdict(Tally)
    rng = np.random.default_rng([seed, *case.what.encode()])
    for size in case.sizes:
        for effect in case.effects:
            for spread in case.spreads:
                for _ in range(sims):
                    numbers = case.draw(effect, size, spread, rng)
                    drawn = numbers.pop("claims", None)
                    for number, (stated, right) in enumerate(case.claims):
                        for evidence in judge(drawn or [stated], **numbers):
                            said = SAID.get(evidence.verdict)
                            tally = found[size, effect, spread, number]
                            tally.undecided += said is None
                            tally.right += said is not None and said in right(effect)
                            tally.wrong += said is not None and said not in right(effect)
    return dict(found)


def pooled(found: dict[tuple[int, float, float, int], Tally], size: int, effect: float) -> Tally:
    """Verdicts of one sample size and effect, over spreads and claims."""
    total = Tally()
    for (at_size, at_effect, _, _), tally in found.items():
        if (at_size, at_effect) == (size, effect):
            total.add(tally)
    return total


def worst(found: dict[tuple[int, float, float, int], Tally]) -> tuple[float, Tally]:
    """Highest share of wrong verdicts of one claim at one size, effect and spread."""
    tally = max(found.values(), key=lambda tally: tally.wrong / max(tally.total, 1))
    return tally.wrong / max(tally.total, 1), tally


# Many claims on one study ----------------------------------------------------------------------------------------


def many(
    *, tests: int, effect: float, seeds: int, spread: float, sims: int, rng: np.random.Generator
) -> dict[str, tuple[float, ...]]:
    """Procedure -> (wrong among decided, any wrong, true effects found) of claims tested together on one study.

    Half of the tests are of a claim of no difference where the effect has exactly the size of the margin, the hardest
    case; half are of claims of a gain of ``effect``, and true.
    """
    from graph.evidence.contrast import contrast
    from graph.evidence.family import benjamini_hochberg
    from graph.evidence.interval import of_replicates

    nothing, something = claim(kind="effect", direction="0"), claim(kind="effect", direction="+")
    procedures: dict[str, Callable[[list[float]], list[float]]] = {
        "none": list,
        "Benjamini-Hochberg": benjamini_hochberg,
        "Holm": _holm,
    }
    sums = {name: np.zeros(3) for name in procedures}
    for _ in range(sims):
        half = tests // 2
        drawn = [rng.normal(DELTA, spread, seeds) for _ in range(half)]
        drawn += [rng.normal(effect, spread, seeds) for _ in range(tests - half)]
        found = [
            contrast(nothing if number < half else something, of_replicates([float(value) for value in values]))
            for number, values in enumerate(drawn)
        ]
        for name, procedure in procedures.items():
            adjusted = procedure([one.p if one.answer != "open" else 1.0 for one in found])
            decided = [p <= 0.05 and one.answer != "open" for p, one in zip(adjusted, found, strict=True)]
            wrong = sum(yes and one.answer == "supports" for yes, one in zip(decided[:half], found[:half], strict=True))
            sums[name] += wrong / max(sum(decided), 1), wrong > 0, sum(decided[half:]) / (tests - half)
    return {name: tuple(float(value) for value in total / sims) for name, total in sums.items()}


def _holm(values: list[float]) -> list[float]:
    adjusted, highest = [1.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, values[place] * (len(values) - rank)))
        adjusted[place] = highest
    return adjusted


# Report ----------------------------------------------------------------------------------------------------------


def table(results: list[tuple[Case, dict[tuple[int, float, float, int], Tally]]]) -> str:
    """Markdown: a row per kind, numbers and sample size; in a cell wrong / undecided / right, in per cent."""
    head = "| claim | numbers | n | " + " | ".join(f"effect {name}" for name in EFFECT_NAMES) + " | worst cell |"
    lines = [head, "|---|---|---|" + "---|" * len(EFFECT_NAMES) + "---|"]
    for case, found in results:
        for number, size in enumerate(case.sizes):
            cells = " | ".join(str(pooled(found, size, effect)) for effect in case.effects)
            here = {key: tally for key, tally in found.items() if key[0] == size}
            share, tally = worst(here)
            name = f"{case.kind} | {case.what}" if number == 0 else " | "
            lines.append(f"| {name} | {size:,} {case.samples} | {cells} | {share:.1%} of {tally.total} |")
    return "\n".join(lines)


def by_kind(results: list[tuple[Case, dict[tuple[int, float, float, int], Tally]]]) -> str:
    """Markdown: wrong verdicts per kind of claim, over all, and where they are most frequent."""
    lines = ["| kind | verdicts | wrong | highest share wrong at one effect and sample size |", "|---|---|---|---|"]
    kinds = list(dict.fromkeys(case.kind for case, _ in results))
    for kind in kinds:
        total, highest, where = Tally(), -1.0, ""
        for case, found in results:
            if case.kind != kind:
                continue
            for size in case.sizes:
                for name, effect in zip(EFFECT_NAMES, case.effects, strict=True):
                    tally = pooled(found, size, effect)
                    total.add(tally)
                    if (share := tally.wrong / max(tally.total, 1)) > highest:
                        highest, where = share, f"{case.what}, effect {name}, {size:,} {case.samples}"
        share = total.wrong / max(total.total, 1)
        lines.append(f"| {kind} | {total.total:,} | {share:.2%} | {highest:.1%}: {where} |")
    return "\n".join(lines)


def many_table(*, sims: int, seed: int) -> str:
    """Markdown: what correction for many claims costs and gives."""
    rng = np.random.default_rng([seed, 7])
    lines = [
        "| true effects | seeds | correction | wrong among decided | any of the 20 wrong | true effects found |",
        "|---|---|---|---|---|---|",
    ]
    for shown, effect in (("2 δ", 2 * DELTA), ("4 δ", 4 * DELTA)):
        for seeds in SAMPLES:
            found = many(tests=20, effect=effect, seeds=seeds, spread=0.01, sims=sims, rng=rng)
            lines += [
                f"| {shown} | {seeds} | {name} | {wrong:.1%} | {anyone:.1%} | {power:.1%} |"
                for name, (wrong, anyone, power) in found.items()
            ]
    return "\n".join(lines)


def write(path: Path, tables: dict[str, str]) -> None:
    """Replace what stands between the markers ``<!-- NAME -->`` and ``<!-- /NAME -->``."""
    text = path.read_text(encoding="utf-8")
    for name, body in tables.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            message = f"{path} has no markers for {name!r}"
            raise ValueError(message)
        text = pattern.sub(lambda match, body=body: f"{match[1]}{body}{match[2]}", text)  # type: ignore[misc]
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Simulate and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", type=int, default=100, help="simulations per effect, sample size and spread")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="kinds of claims whose name begins so")
    parser.add_argument("--write", type=Path, help="document whose tables are replaced")
    asked = parser.parse_args()
    results: list[tuple[Case, dict[tuple[int, float, float, int], Tally]]] = []
    for case in cases():
        if case.kind.startswith(asked.only):
            start = time.perf_counter()
            results.append((case, simulate(case, sims=asked.sims, seed=asked.seed)))
            print(f"{time.perf_counter() - start:6.1f} s  {case.kind}: {case.what}", flush=True)
    tables = {"by_kind": by_kind(results), "errors": table(results)}
    if not asked.only:
        tables["many"] = many_table(sims=20 * asked.sims, seed=asked.seed)
    tables["settings"] = f"{asked.sims} simulations per effect, sample size and spread, seed {asked.seed}."
    if asked.write:
        write(asked.write, tables)
    print("\n\n".join(tables.values()))


if __name__ == "__main__":
    main()
