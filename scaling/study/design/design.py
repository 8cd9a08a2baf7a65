"""From a claim to the study that would test it, with its cost, what it could see, and what is missing here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graph.records import Claim, Dataset
from graph.vocabulary import Vocabulary, load_vocabulary
from graph.vocabulary.protocol import DELTA, FULL_SCALE, SPAN
from graph.vocabulary.scale import corpus_cells as cells_of_claim
from graph.vocabulary.scale import parameters as parameters_of_claim
from scaling.errors import StudyError
from scaling.study.design.cost import GPUS, Cost, Gpu, Rate, cost_of, measured_rate
from scaling.study.design.draft import draft, experiments_scored
from scaling.study.design.needs import Needs, needs_of
from scaling.study.design.power import MEASURED_CELLS, MEASURED_STEPS, Sight, seeds_needed, smallest_effect
from scaling.study.design.stand_ins import architecture
from scaling.study.design.write import study_text
from scaling.study.overview import TrainingRow, overview, training_rows
from scaling.study.plan import specs
from scaling.study.prepared import Facts
from scaling.study.spec import Study, load_study

__all__ = ["SEEDS", "Design", "design"]

SEEDS, FEWEST_SEEDS = 8, 3


@dataclass(frozen=True)
class Design:
    """A study that would test a claim."""

    claim: Claim
    study: Study
    needs: Needs
    corpus_cells: int
    """Cells of the study's corpus."""
    claim_cells: int | None
    """Cells of the claim's corpus; none where no source states them."""
    claim_parameters: int | None
    test_cells: Mapping[str, int]
    """Set that is scored -> its cells, where known."""
    counted: bool
    """Whether the cells were read; else their numbers are those of the vocabulary."""
    trainings: tuple[TrainingRow, ...]
    genes: int
    cost: Cost
    gpu: Gpu
    sight: Sight | None
    """What it could see; none where the number of test cells is not known."""
    missing: tuple[str, ...]
    """What keeps it from testing the claim as it stands, a sentence each."""

    @property
    def scale_ratio(self) -> float | None:
        """Cells of the study's corpus over those of the claim's."""
        return self.corpus_cells / self.claim_cells if self.claim_cells else None

    def text(self) -> str:
        """The study file, with the claim and what is missing in comments."""
        comments = [f"Tests {self.claim.id}: {self.claim.statement}", *self.missing]
        return study_text(self.study, comments)

    def row(self) -> dict[str, Any]:
        """All of it as plain values."""
        sight = self.sight
        return {
            "claim": self.claim.id,
            "statement": self.claim.statement,
            "study": self.study.name,
            "task": self.needs.scored.task_id,
            "evaluations": [
                {"kind": entry.kind, "reference": entry.reference, "query": entry.query}
                for entry in self.study.evaluations
            ],
            "families": list(self.needs.families),
            "stand_ins": {subject: list(names) for subject, names in self.needs.stood_in.items()},
            "metric": self.needs.metric,
            "tests": [test.model_dump(mode="json", exclude_none=True) for test in self.needs.tests],
            "corpus": self.study.corpus.id,
            "corpus_cells": self.corpus_cells,
            "claim_cells": self.claim_cells,
            "scale_ratio": self.scale_ratio,
            "claim_parameters": self.claim_parameters,
            "cells_read": self.counted,
            "genes": self.genes,
            "seeds": self.study.arms[0].seeds,
            "runs": self.cost.runs,
            "trainings": [vars(row) for row in self.trainings],
            "cells_seen": self.cost.cells_seen,
            "flops": self.cost.flops,
            "scorings": self.cost.scorings,
            "cells_per_second": {row.family: round(row.cells_per_second) for row in self.cost.families},
            "hours": self.cost.hours,
            "gpu": self.gpu.name,
            "gpu_hours_at_least": self.cost.gpu_hours,
            "test_cells": dict(self.test_cells),
            "half_width": sight.half_width if sight else None,
            "smallest_effect": sight.effect if sight else None,
            "smallest_decisive_effect": sight.decisive if sight else None,
            "missing": list(self.missing),
            "study_file": self.text(),
        }


def design(
    claim: Claim,
    *,
    vocabulary: Vocabulary | None = None,
    like: Study | Path | str | None = None,
    cells: Path | str | None = None,
    seeds: int | None = None,
    hours: float | None = None,
    family: str | None = None,
    gpu: str = "h200",
    rate: Rate = measured_rate,
) -> Design:
    """Design the study that would test a claim; nothing is trained but a second of each family, to measure its speed.

    Parameters
    ----------
    vocabulary
        Names and facts of the claim; the shipped ones by default.
    like
        Study, study file or preset whose corpus, validation, budget and evaluation sets are used; a preset that scores
        the claim's task (`scaling.study.design.ways`) if left out.
    cells
        Folder of its cells, which are read and checked as by ``scaling.plan``; the vocabulary's numbers if left out.
    seeds
        Replicates; 8 by default, or as many as fit into ``hours``, at least 3.
    hours
        Hours of one core that there are. Seeds are cut, never steps, since a shorter training is another experiment.
    family
        Family that is to stand in for the models that it can stand in for.
    gpu
        GPU for which hours are given: a key of `scaling.study.design.cost.GPUS`.
    rate
        Cells per second of a training; measured here by default.

    Raises
    ------
    Untestable
        If no run of a study tests the claim, with the reason.
    StudyError, CorpusError
        If ``like``, ``cells``, ``gpu`` or ``family`` cannot be used.
    """
    vocabulary = vocabulary or load_vocabulary()
    card = _gpu(gpu)
    if family is not None:
        from scaling import families

        families.check(family)
    needs = needs_of(claim, vocabulary, family=family)
    base = like if isinstance(like, Study) else load_study(like or needs.scored.like)
    laid = _Layout.of(claim, needs, base, vocabulary, cells, seeds or SEEDS)
    built = _costed(laid, card, rate)
    if hours is not None and seeds is None:
        while built[1].hours > hours and laid.study.arms[0].seeds > FEWEST_SEEDS:
            laid = laid.with_seeds(claim, needs, base, laid.study.arms[0].seeds - 1)
            built = _costed(laid, card, rate)
    rows, cost = built
    tests = max(len(list(laid.study.hypotheses.named().tests)), 1) if laid.study.hypotheses else 1
    known = [laid.test_cells[entry.query] for entry in laid.study.evaluations if entry.query in laid.test_cells]
    count = laid.study.arms[0].seeds
    sight = smallest_effect(count, known, tests=tests) if known and count > 1 else None
    claim_cells = cells_of_claim(claim, vocabulary)
    missing = [
        *needs.remarks,
        *_of_scale(claim, laid.corpus_cells, claim_cells),
        *_of_sets(laid.study, vocabulary),
        *_of_device(cost, vocabulary),
        *_of_sight(sight, known, tests),
        *_of_spread(laid.study),
    ]
    if hours is not None and cost.hours > hours:
        missing.append(
            f"{cost.hours:.1f} hours of one core are needed with {count} seeds, and {hours:g} are given: take more "
            "workers, a GPU, or a study of fewer steps (--like)."
        )
    return Design(
        claim=claim, study=laid.study, needs=needs, corpus_cells=laid.corpus_cells, claim_cells=claim_cells,
        claim_parameters=parameters_of_claim(claim, vocabulary), test_cells=laid.test_cells, counted=cells is not None,
        trainings=rows, genes=laid.genes, cost=cost, gpu=card, sight=sight, missing=tuple(missing),
    )  # fmt: skip


@dataclass(frozen=True)
class _Layout:
    """A drafted study with the numbers of its cells."""

    study: Study
    corpus_cells: int
    genes: int
    test_cells: dict[str, int]
    spike_in_cells: int | None = None
    """Cells of another source; none where they were not read, or there are none."""

    @classmethod
    def of(
        cls, claim: Claim, needs: Needs, base: Study, vocabulary: Vocabulary, cells: Path | str | None, seeds: int
    ) -> _Layout:
        if cells is None:
            corpus = vocabulary.get(base.corpus.id)
            if not isinstance(corpus, Dataset) or not corpus.cells:
                msg = f"how many cells the corpus of {base.name} has is not known: give its cells (--cells)."
                raise StudyError(msg)
            study = draft(claim, needs, base, corpus_cells=corpus.cells, seeds=seeds)
            sets = {entry.query: vocabulary.get(study.dataset_id(entry.query)) for entry in study.evaluations}
            known = {name: row.cells for name, row in sets.items() if isinstance(row, Dataset) and row.cells}
            return cls(study, corpus.cells, study.corpus.genes, known)
        # the sizes hang on the number of cells, so that the corpus is counted before the study is drafted
        counted = overview(base, cells)
        whole = sum(row.cells for row in counted.sets if row.role == "corpus")
        study = draft(claim, needs, base, corpus_cells=whole, seeds=seeds)
        sizes = {row.name: row.cells for row in counted.sets if row.role not in ("corpus", "spike-in")}
        queries = {entry.query for entry in study.evaluations}
        known = {name: sizes[name] for name in queries if name in sizes}
        spiked = next((row.cells for row in counted.sets if row.role == "spike-in"), None)
        return cls(study, whole, counted.genes, known, spiked)

    def with_seeds(self, claim: Claim, needs: Needs, base: Study, seeds: int) -> _Layout:
        """The same with other replicates."""
        return replace(self, study=draft(claim, needs, base, corpus_cells=self.corpus_cells, seeds=seeds))


def _costed(laid: _Layout, gpu: Gpu, rate: Rate) -> tuple[tuple[TrainingRow, ...], Cost]:
    facts = Facts(
        key="", corpus_digest="", corpus_cells=laid.corpus_cells, genes=laid.genes, genes_digest="", studies=1,
        simulated=False, held_out=True, seed_split=laid.study.seed_split, evaluation_digests=(), evaluation_names=(),
        evaluation_methods=(),
        # As many as any share needs, where they were not read: the run will say if they are too few.
        spike_in_cells=laid.spike_in_cells if laid.spike_in_cells is not None else laid.corpus_cells,
    )  # fmt: skip
    rows = tuple(training_rows(specs(laid.study, facts)))
    return rows, cost_of(laid.study, rows, genes=laid.genes, gpu=gpu, rate=rate)


def _gpu(name: str) -> Gpu:
    if name.lower() not in GPUS:
        msg = f"no figures of a GPU {name!r} are known; known are {', '.join(GPUS)}."
        raise StudyError(msg)
    return GPUS[name.lower()]


# What is missing ----------------------------------------------------------------------------------------------


def _of_scale(claim: Claim, ours: int, theirs: int | None) -> list[str]:
    """Whether the cells here are enough for the claim's."""
    if theirs is None:
        if claim.kind == "scaling":
            return ["The claim states no corpus size that ours could be held against, so the gate `range` fails."]
        return ["No source states the cells of the claim's corpus, so that a verdict is one of our scale only."]
    if claim.kind == "scaling":
        bottom = claim.low if claim.unit == "cells" and claim.low else theirs / SPAN
        if ours < bottom:
            return [
                f"Cells: the claim speaks of {bottom:,.0f} cells and more, and the corpus here has {ours:,}; the slope "
                "is measured, and the gate `range` keeps it from a verdict."
            ]
    if ours < FULL_SCALE * theirs:
        return [
            f"Cells: {ours:,} are {ours / theirs:.2g} of the claim's {theirs:,}; below half of them a verdict says "
            "what our scale shows, and never that the claim is reproduced or not."
        ]
    return []


def _of_sets(study: Study, vocabulary: Vocabulary) -> list[str]:
    """Whether the sets that are scored can carry a verdict."""
    said = []
    scored = experiments_scored(study)
    if len(scored) < 2:
        said.append(
            f"Data: all cells that are scored are of one experiment ({', '.join(scored)}); a verdict needs two that "
            "agree, so this study leaves the claim inconclusive."
        )
    inside = [name for name, spec in study.evaluation_sets.items() if spec.corpus_share is not None]
    if inside:
        said.append(f"Data: {', '.join(inside)} is split off the corpus; runs that know their test set judge nothing.")
    if any(entry.kind == "integration" for entry in study.evaluations):
        sets = {entry.query: vocabulary.get(study.dataset_id(entry.query)) for entry in study.evaluations}
        unsure = [name for name, entry in sets.items() if getattr(entry, "labels_from", None) in (None, "clustering")]
        if unsure:
            said.append(
                f"Data: no source says that the labels of {', '.join(unsure)} are no clusters of the same cells, so "
                "the gate `double_dipping` fails."
            )
    return said


def _of_device(cost: Cost, vocabulary: Vocabulary) -> list[str]:
    """Whether a family wants another device than this one."""
    return [
        f"Device: {row.family} is a transformer; on a core here it sees {row.cells_per_second:,.0f} cells a second, "
        "which trains it to nothing that a curve could be drawn of. A GPU is needed."
        for row in cost.families
        if architecture(row.family, vocabulary) == "transformer"
    ]


def _of_sight(sight: Sight | None, test_cells: list[int], tests: int) -> list[str]:
    """Whether seeds and test cells are enough for an interval that a verdict wants."""
    if sight is None:
        return ["What it could see is not known, since the number of test cells is not: give the cells (--cells)."]
    if sight.precise:
        return []
    enough = seeds_needed(test_cells, tests=tests)
    remedy = f"{enough} seeds would do" if enough else "more seeds do not help, more test cells do"
    return [
        f"Precision: half the width of the interval is expected to be {sight.half_width:.3f}, and a verdict wants at "
        f"most {DELTA:g}; {remedy}."
    ]


def _of_spread(study: Study) -> list[str]:
    """Whether the study is like those whose spread over seeds is taken for its own."""
    sizes = [size for arm in study.arms for size in arm.sizes if isinstance(size, int)]
    smallest = min(sizes, default=MEASURED_CELLS)
    if smallest >= MEASURED_CELLS and study.budget.steps >= MEASURED_STEPS:
        return []
    return [
        f"Precision: what it could see was computed from studies of {MEASURED_CELLS} cells and {MEASURED_STEPS:,} "
        f"steps and more. Subsets of {smallest} cells and {study.budget.steps:,} steps scatter more, up to three "
        "times where we measured it, so that it may see less."
    ]
