"""Training runs, scores and saturation points: ours, a user's, and those that papers print."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from graph.records.base import Record, Regime

__all__ = ["Result", "Run", "SaturationPoint", "Source", "Status"]

Source = Literal["published", "reproduced", "user"]
Status = Literal["as_printed", "corrected"]


class Run(Record):
    """One pre-training run. Its id says what decides its weights: never where it ran, and never how it is scored.

    The ids of version 1 of the records held the seed of the split and the digests of the evaluations too; runs of that
    time keep the id of their line.
    """

    prefix: ClassVar[str] = "run"
    identity: ClassVar[tuple[str, ...]] = (
        "corpus_digest", "sampling", "cells", "fraction", "family", "config", "protocol", "seed_data", "seed_init",
    )  # fmt: skip
    digest_length: ClassVar[int] = 64

    study: str
    """Name of the study."""
    model_id: str
    """Model that was trained (vocabulary id)."""
    corpus_id: str
    """Dataset id of the corpus."""
    corpus_digest: str
    """sha256 of the corpus: counts, genes, order of cells."""
    corpus_cells: int
    """Cells in the whole corpus."""
    genes: int
    """Genes that the model sees."""
    studies: int = 1
    """Independent studies in the corpus."""
    sampling: str
    """How the subset was drawn."""
    cells: int
    """Cells in the subset."""
    fraction: float
    """cells / corpus_cells."""
    subset_digest: str = ""
    """sha256 of the sorted row numbers."""
    family: str
    """Model family: pca, masked, contrastive ..."""
    ablation: str | None = None
    """What was left out of the family, by a name that claims use, too; none for the family as it is."""
    config: str
    """Genes, hyper-parameters and budget as canonical JSON."""
    protocol: str
    """Training protocol, name@version."""
    seed_data: int
    """Seed of the subset."""
    seed_init: int
    """Seed of the weights and the batches."""
    seed_split: int | None = None
    """Seed of the evaluation split; of the scores since version 2, and none here."""
    evaluation_digests: tuple[str, ...] = ()
    """sha256 of each evaluation set; of the scores since version 2, and empty here."""
    parameters: int | None = None
    """Trained parameters."""
    steps: int = 0
    """Optimiser steps."""
    batch_size: int | None = None
    """Cells per step."""
    micro_batch: int | None = None
    """Cells that passed at once, where the device had no memory for those of a step; loss and gradient are the same."""
    precision: str | None = None
    """In what the loss was computed: float32, or bfloat16 by autocast; none where nothing was trained in steps."""
    validation_id: str | None = None
    """Dataset whose loss chose learning rate and checkpoint."""
    validation_losses: dict[str, float] = Field(default_factory=dict)
    """Step (as text) -> loss on the validation cells."""
    learning_rate: float | None = None
    """Peak learning rate; none for a family that is fitted."""
    chosen_step: int | None = None
    """Step of lowest validation loss; none where another learning rate was chosen, or nothing was."""
    weights_digest: str | None = None
    """sha256 of the weights at the last step, as they are written."""
    hypotheses: str = ""
    """What the study named before it ran (`graph.records.hypotheses`) as canonical JSON; empty if it named nothing."""
    hypotheses_digest: str | None = None
    """sha256 of that text."""
    failed_at: int | None = None
    """Step at which the loss was no number any more, or exploded; such a run has no results."""
    simulated: bool = False
    """True if corpus or evaluation cells are simulated; such a run never judges a claim."""
    held_out: bool = True
    """True if no evaluation cell (barcode or profile) is in the corpus; else the run never judges a claim."""
    device: str = "cpu"
    """Where it ran."""
    code_version: str = ""
    """Version of this package."""
    seconds: float | None = None
    """Wall time of training; of a stack, its share."""
    stacked: int | None = None
    """Trainings that took their steps as one, this one included; none where it was trained alone."""
    compiled: bool | None = None
    """Whether parts of the model were compiled; none where nothing was trained in steps."""
    cells_per_second: float | None = None
    """Training throughput."""
    mfu: float | None = None
    """Share of the device's peak that the operations of the model make of it: a known card's by its data sheet, any
    other device's by a product of large matrices. None for what is not trained in steps."""


class Result(Record):
    """One score: ours (run_id), a paper's (paper_id) or a user's."""

    prefix: ClassVar[str] = "result"
    identity: ClassVar[tuple[str, ...]] = (
        "run_id", "paper_id", "evaluation", "model_id", "dataset_id", "reference_id", "task_id", "metric_id",
        "regime", "sampling", "fraction", "train_fraction", "ablation", "steps", "seed_data", "seed_init",
        "seed_split", "source", "status", "location",
    )  # fmt: skip
    added_identity: ClassVar[tuple[str, ...]] = ("embedding_digest", "evaluation_digest")

    run_id: str | None = None
    """The run that it scores; none for published numbers and for baselines that train nothing."""
    embedding_digest: str | None = None
    """sha256 of an embedding that nobody here trained."""
    evaluation_digest: str | None = None
    """sha256 of what the score hangs on besides the model: cells, labels, splits, task, parameters."""
    paper_id: str | None = None
    """The paper that prints it."""
    study: str | None = None
    """Name of the study, for ours."""
    evaluation: str
    """How it was evaluated, for example ``knn5_cross_study``."""
    model_id: str
    """Model (vocabulary id)."""
    dataset_id: str
    """Evaluation set (vocabulary id)."""
    reference_id: str | None = None
    """The set that the classifier was fitted on, if another study; none within one study."""
    task_id: str
    """Task (vocabulary id)."""
    metric_id: str
    """Metric (vocabulary id)."""
    value: float
    """The score, 0-1 for scores."""
    low: float | None = None
    """Lower end of the printed 95 % interval."""
    high: float | None = None
    """Upper end."""
    n: int | None = None
    """How many seeds the value is the mean of; 1 for a single run."""
    gene_coverage: float | None = None
    """Share of the model's genes that the set measured; below one half, the score never judges a claim."""
    test_cells: int | None = None
    """Cells that were scored, where known; gives the sampling interval of an accuracy."""
    without_cells: tuple[float, ...] = ()
    """The score without each of the groups into which the test cells fall, the same groups for every model: what a
    difference owes to the choice of test cells (delete-a-group jackknife)."""
    predictions_digest: str | None = None
    """sha256 of the predicted type of every test cell, which is kept beside the records of the study."""
    hypotheses_digest: str | None = None
    """sha256 of what the study named before it ran; the text stands in its runs."""
    regime: Regime | None = None
    """How the model was used."""
    sampling: str | None = None
    """How the pre-training subset was drawn."""
    cells: int | None = None
    """Cells in the pre-training subset; 0 for an untrained model."""
    fraction: float | None = None
    """Share of the pre-training corpus."""
    train_fraction: float | None = None
    """Share of the labelled training set."""
    ablation: str | None = None
    """What was left out or changed."""
    steps: int | None = None
    """Optimiser steps at which it was scored."""
    chosen: bool = False
    """Whether the validation loss chose this checkpoint; the last one is scored beside it."""
    seed_data: int | None = None
    """Seed of the subset."""
    seed_init: int | None = None
    """Seed of the weights."""
    seed_split: int | None = None
    """Seed of the evaluation split."""
    source: Source
    """Who produced it."""
    status: Status = "as_printed"
    """``corrected`` where a printed number is known to be wrong and was replaced."""
    location: str | None = None
    """Figure, table or file and row where it stands."""
    digitized: bool = False
    """True if read off a figure."""


class SaturationPoint(Record):
    """The smallest share of a corpus that is as good as the whole, by a named rule."""

    prefix: ClassVar[str] = "saturation"
    identity: ClassVar[tuple[str, ...]] = (
        "paper_id", "study", "evaluation", "model_id", "dataset_id", "task_id", "metric_id", "sampling", "regime",
        "rule", "threshold", "steps", "source", "status", "location",
    )  # fmt: skip
    added_identity: ClassVar[tuple[str, ...]] = ("checkpoint",)

    paper_id: str | None = None
    """The paper that prints it."""
    study: str | None = None
    """Name of the study, for ours."""
    evaluation: str
    """How the scores behind it were made."""
    model_id: str
    """Model (vocabulary id)."""
    dataset_id: str
    """Evaluation set (vocabulary id)."""
    task_id: str
    """Task (vocabulary id)."""
    metric_id: str
    """Metric (vocabulary id)."""
    sampling: str
    """How the subsets were drawn."""
    regime: Regime | None = None
    """How the model was used."""
    fraction: float | None = None
    """The point as a share of the corpus, 0-1; none if it is still rising or not identified."""
    cells: int | None = None
    """The point in cells."""
    low: float | None = None
    """Lower end of the point's interval, as a share of the corpus."""
    high: float | None = None
    """Upper end."""
    corpus_id: str | None = None
    """The corpus (vocabulary id)."""
    corpus_cells: int | None = None
    """Cells in the whole corpus."""
    rule: str
    """equivalence@1, paper_any_run@1, seed_mean@1 ..."""
    threshold: float
    """Its threshold: the margin delta of the equivalence rule, or the share of the maximum."""
    outcome: Literal["saturated", "rising", "budget_dependent", "not_identified"] = "saturated"
    """What the rule says of the curve."""
    steps: int | None = None
    """Training budget in optimiser steps."""
    checkpoint: Literal["chosen"] | None = None
    """``chosen`` where every run is scored at the checkpoint that its validation loss chose; none where all are at
    ``steps``."""
    p_at_most: dict[str, float] = Field(default_factory=dict)
    """Fraction (as text) -> probability that the point lies at or below it."""
    source: Source
    """Who produced it."""
    status: Status = "as_printed"
    """``corrected`` where a printed number is known to be wrong and was replaced."""
    location: str | None = None
    """Figure or file where it stands."""
    result_ids: tuple[str, ...] = ()
    """The results that it was computed from."""
