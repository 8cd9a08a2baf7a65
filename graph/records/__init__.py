"""The records: what every part of BioRxivist hands to the next one.

A record is frozen, validates itself, and is one JSON line in the archive. Its id is deterministic text
(a DOI, a vocabulary name, or a hash of what identifies it), so that the same fact has the same id on every
machine and in every store. Leave ``id`` out and it is computed.

The field docstrings are the data dictionary (``docs/data.md`` is generated from them), and are why this module is
long. One field name has one type in all records, because the graph engines need it so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "RECORDS",
    "Author",
    "Claim",
    "Dataset",
    "Evidence",
    "FetchLog",
    "Gate",
    "Metric",
    "Model",
    "Paper",
    "Passage",
    "Record",
    "Reference",
    "Relation",
    "Result",
    "Review",
    "Run",
    "SaturationPoint",
    "Task",
    "Tombstone",
    "Version",
    "canonical_json",
    "digest",
    "paper_id",
]

ClaimKind = Literal["score", "comparison", "effect", "scaling", "saturation", "scale_fact", "qualitative"]
Direction = Literal[">", "<", "~", "+", "-", "0", "plateau", "no_plateau"]
Regime = Literal["zero_shot", "few_shot", "fine_tuned", "from_scratch", "pretraining"]
Source = Literal["published", "reproduced", "user"]
Status = Literal["as_printed", "corrected"]
Verdict = Literal[
    "reproduced",
    "not_reproduced",
    "same_direction_at_scale",
    "opposite_direction_at_scale",
    "no_effect_at_scale",
    "rising_at_scale",
    "inconclusive",
    "not_testable",
]


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces: one text for one value, so that it can be hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def digest(value: object, length: int = 16) -> str:
    """Hexadecimal sha256 of the canonical JSON of ``value``, cut to ``length`` characters."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:length]


def paper_id(
    *, preprint_doi: str | None = None, doi: str | None = None, arxiv: str | None = None, key: str | None = None
) -> str:
    """Id of the work: ``doi:<preprint DOI, else journal DOI>``, else ``arxiv:<id>``, else ``key:<slug>``.

    Raises
    ------
    ValueError
        If none of the four is given.
    """
    if found := preprint_doi or doi:
        bare = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", found.strip().lower())
        return f"doi:{bare}"
    if arxiv:
        return f"arxiv:{arxiv.strip().lower().removeprefix('arxiv:')}"
    if key:
        return f"key:{key.strip().lower()}"
    msg = "A paper needs a DOI, an arXiv id or a key."
    raise ValueError(msg)


class Record(BaseModel):
    """Base of all records: frozen, no unknown fields, with a deterministic ``id``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    prefix: ClassVar[str] = ""
    identity: ClassVar[tuple[str, ...]] = ()
    digest_length: ClassVar[int] = 16

    id: str = ""
    """Deterministic identifier; computed from the identifying fields when left out."""

    @model_validator(mode="after")
    def _fill_id(self) -> Self:
        if not self.id:
            object.__setattr__(self, "id", self.compute_id())
            self.__pydantic_fields_set__.add("id")
        return self

    def compute_id(self) -> str:
        """Id from the identifying fields.

        Raises
        ------
        ValueError
            If this kind of record takes its id from outside (a DOI, a vocabulary name).
        """
        if not self.identity:
            msg = f"{type(self).__name__} needs an id: it is named from outside, not computed."
            raise ValueError(msg)
        data = self.model_dump(mode="json", include=set(self.identity))
        return f"{self.prefix}:{digest([[name, data[name]] for name in self.identity], self.digest_length)}"


# --- literature ------------------------------------------------------------------------------------------------


class Author(Record):
    """A person who wrote a paper."""

    prefix: ClassVar[str] = "author"
    identity: ClassVar[tuple[str, ...]] = ("orcid", "name")

    name: str
    """Full name as printed."""
    orcid: str | None = None
    """ORCID iD without the address."""
    affiliations: tuple[str, ...] = ()
    """Affiliations as printed."""


class Paper(Record):
    """A work: one record for a preprint, all its versions and its journal copy."""

    title: str
    """Title of the newest version."""
    year: int | None = None
    """Year of the version of record, else of the newest preprint."""
    posted: date | None = None
    """Day of the first posting."""
    venue: str | None = None
    """Journal, conference or server where it appeared."""
    server: str | None = None
    """Preprint server."""
    category: str | None = None
    """Subject category of the server."""
    license: str | None = None
    """Licence of the newest version, as printed."""
    abstract: str | None = None
    """Abstract of the newest version; kept only where the licence allows."""
    author_ids: tuple[str, ...] = ()
    """Author ids in printed order."""
    dois: tuple[str, ...] = ()
    """Every DOI of the work, lower case."""
    published_doi: str | None = None
    """DOI of the version of record."""
    arxiv: str | None = None
    """arXiv identifier."""
    model_ids: tuple[str, ...] = ()
    """Models that the paper introduces or studies."""
    topic: str | None = None
    """What the paper does: model, evaluation or scaling-study."""
    source_url: str | None = None
    """Where the facts of this record were read."""
    verified: bool = False
    """True if title and claims were seen on a page or in a repository, not remembered."""
    unverified_fields: tuple[str, ...] = ()
    """Fields that come from memory or a secondary page."""


class Version(Record):
    """One posted version of a paper, or its version of record."""

    paper_id: str
    """The work."""
    label: str
    """``1``, ``2`` ... for preprint versions, ``journal`` for the version of record."""
    doi: str | None = None
    """DOI of this version, lower case."""
    posted: date | None = None
    """Day of posting or publication."""
    license: str | None = None
    """Licence as printed."""
    text_route: str | None = None
    """Which source answered with the full text."""

    @model_validator(mode="before")
    @classmethod
    def _version_id(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and not data.get("id") and "paper_id" in data and "label" in data:
            return {**data, "id": f"{data['paper_id']}v{data['label']}"}
        return data


class Passage(Record):
    """A paragraph, caption or table cell of a version, with its place in the text."""

    prefix: ClassVar[str] = "passage"
    identity: ClassVar[tuple[str, ...]] = ("version_id", "section", "start", "end", "text")

    paper_id: str
    """The work."""
    version_id: str
    """The version that it was read in."""
    section: str = ""
    """Path of section titles, joined by `` > ``."""
    kind: Literal["title", "abstract", "paragraph", "caption", "table", "fact"] = "paragraph"
    """What sort of text; ``fact`` is a curated statement in our own words."""
    text: str
    """The text; offsets count its code points."""
    start: int = 0
    """Offset of the text in its section, in code points."""
    end: int = 0
    """End offset in its section."""
    source_url: str | None = None
    """Where it was read."""


class Reference(Record):
    """An entry of a paper's reference list."""

    prefix: ClassVar[str] = "ref"
    identity: ClassVar[tuple[str, ...]] = ("paper_id", "key", "text")

    paper_id: str
    """The citing work."""
    cited_id: str | None = None
    """The cited work, if it could be resolved; else a stub ``ref:<hash>`` stands for it."""
    key: str = ""
    """Label in the reference list."""
    text: str = ""
    """The entry as printed."""
    doi: str | None = None
    """DOI of the cited work, lower case."""
    title: str | None = None
    """Title of the cited work."""
    year: int | None = None
    """Year of the cited work."""


class FetchLog(Record):
    """One attempt to fetch something from a source."""

    prefix: ClassVar[str] = "fetch"
    identity: ClassVar[tuple[str, ...]] = ("source_name", "url", "at")

    source_name: str
    """Which source was asked."""
    url: str
    """What was asked for."""
    at: datetime
    """When."""
    outcome: str
    """``ok`` or the name of the error."""
    rows: int | None = None
    """How many records came back."""


# --- the vocabulary as nodes -----------------------------------------------------------------------------------


class Model(Record):
    """A model, a baseline, or a named group of models, with the facts that claims are compared on."""

    name: str
    """Name as its authors print it."""
    aliases: tuple[str, ...] = ()
    """Other names that mean exactly this model."""
    parent_id: str | None = None
    """The family or group that it belongs to."""
    role: Literal["foundation", "baseline", "method", "group", "ours"] = "foundation"
    """What it is in this field; ``ours`` are the models that the scaling engine trains."""
    objective: str | None = None
    """Training objective: masked, reconstruction, contrastive, generative, classification, metric_learning ..."""
    supervision: str | None = None
    """``self_supervised``, ``supervised``, ``weakly_supervised`` or ``none``."""
    architecture: str | None = None
    """Transformer, MLP, VAE, linear ..."""
    parameters: int | None = None
    """Number of parameters of the largest released model."""
    corpus_id: str | None = None
    """Pre-training corpus."""
    corpus_cells: int | None = None
    """Cells in the pre-training corpus."""
    source_url: str | None = None
    """Where the facts were read."""


class Dataset(Record):
    """A corpus or an evaluation set."""

    name: str
    """Name in the literature."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    parent_id: str | None = None
    """The collection that it belongs to."""
    organism: str | None = None
    """Species."""
    tissue: str | None = None
    """Tissue or system."""
    cells: int | None = None
    """Number of cells."""
    genes: int | None = None
    """Number of genes."""
    sha256: str | None = None
    """Digest of the counts, where the file was at hand."""
    simulated: bool = False
    """True for simulated cells; results on them never judge a claim."""
    license: str | None = None
    """Licence of the data, as stated by their source."""
    source_url: str | None = None
    """Where it comes from."""


class Task(Record):
    """What a model is asked to do."""

    name: str
    """Name in the literature."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    parent_id: str | None = None
    """The wider task; two tasks are of one family if one lies on the other's path to the root."""
    definition: str | None = None
    """One sentence."""


class Metric(Record):
    """How an answer is scored."""

    name: str
    """Name in the literature."""
    aliases: tuple[str, ...] = ()
    """Other names."""
    parent_id: str | None = None
    """The metric family."""
    higher_is_better: bool = True
    """False for losses and errors."""
    unit: str | None = None
    """Unit of its values; scores are fractions 0-1."""
    definition: str | None = None
    """One sentence."""


# --- claims ----------------------------------------------------------------------------------------------------


class Claim(Record):
    """What a paper says, with the conditions under which it says so. Immutable: a correction is a new claim."""

    prefix: ClassVar[str] = "claim"
    identity: ClassVar[tuple[str, ...]] = (
        "version_id", "passage_id", "start", "end", "source_url", "location", "kind", "subject_ids",
        "comparator_ids", "task_id", "dataset_id", "metric_id", "value", "low", "high", "unit", "direction",
        "polarity", "regime", "corpus_id", "corpus_cells", "fraction", "sampling", "ablation", "train_fraction",
        "attribution", "evidence_type",
    )  # fmt: skip

    paper_id: str
    """The work that makes the claim."""
    version_id: str
    """The version that it was read in."""
    statement: str
    """The claim in one sentence, in our own words when curated."""
    kind: ClaimKind
    """What sort of claim; decides which rule can judge it."""
    subject_ids: tuple[str, ...] = ()
    """Models, datasets or methods that the claim is about (vocabulary ids)."""
    comparator_ids: tuple[str, ...] = ()
    """What the subjects are compared with."""
    task_id: str | None = None
    """Task (vocabulary id)."""
    dataset_id: str | None = None
    """Evaluation set (vocabulary id)."""
    metric_id: str | None = None
    """Metric (vocabulary id)."""
    value: float | None = None
    """Printed value; scores as fractions 0-1."""
    low: float | None = None
    """Lower end of the value: of the printed interval, else of the rounding interval."""
    high: float | None = None
    """Upper end of the value."""
    unit: str | None = None
    """Unit of the value: fraction, cells, parameters, models ..."""
    direction: Direction | None = None
    """``>`` better, ``<`` worse, ``~`` equal; ``+`` gains, ``-`` loses quality (a falling loss gains), ``0`` no effect;
    plateau, no_plateau."""
    polarity: Literal["asserted", "negated"] = "asserted"
    """Whether the statement is asserted or denied."""
    regime: Regime | None = None
    """How the model is used."""
    corpus_id: str | None = None
    """Pre-training corpus (vocabulary id)."""
    corpus_cells: int | None = None
    """Cells in that corpus."""
    fraction: float | None = Field(default=None, ge=0, le=1)
    """Share of the pre-training corpus that the claim speaks of, 0-1."""
    sampling: str | None = None
    """How the subset was drawn: random, celltype_reweighted, geometric_sketching, spike_in."""
    ablation: str | None = None
    """What was left out or changed, for claims about an effect."""
    train_fraction: float | None = Field(default=None, ge=0, le=1)
    """Share of the labelled training set, 0-1, for few-shot claims."""
    hedging: Literal["none", "weak", "strong"] = "none"
    """How cautiously the authors say it."""
    attribution: Literal["own", "cited"] = "own"
    """Whether the paper reports its own finding or another's."""
    evidence_type: Literal["author", "summary", "commentary", "code"] = "author"
    """Who speaks: the authors, a summary, a commentary, or numbers in their code."""
    quote: str | None = None
    """The words, verbatim; required unless curated."""
    passage_id: str | None = None
    """The passage that holds the quote."""
    start: int | None = None
    """Start of the quote in the passage's text, in code points."""
    end: int | None = None
    """End of the quote."""
    source_url: str | None = None
    """Where a curated claim was read."""
    location: str | None = None
    """Place in that source: section, figure, thread."""
    extractor: str = "curated"
    """``curated`` or name@version of the program that extracted it."""
    confidence: float = Field(default=1.0, ge=0, le=1)
    """How sure the extractor is, 0-1."""
    review: Literal["unreviewed", "accepted", "corrected", "rejected"] = "unreviewed"
    """What a person said of it."""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.extractor == "curated":
            if not (self.source_url and self.location):
                msg = "a curated claim needs source_url and location"
                raise ValueError(msg)
        elif not (self.quote and self.passage_id) or self.start is None or self.end is None:
            msg = "an extracted claim needs quote, passage_id, start and end"
            raise ValueError(msg)
        elif self.end - self.start != len(self.quote):
            msg = f"quote has {len(self.quote)} characters, its offsets span {self.end - self.start}"
            raise ValueError(msg)
        return self


class Relation(Record):
    """What two claims are to each other, by the comparison rule; lower id first."""

    prefix: ClassVar[str] = "relation"
    identity: ClassVar[tuple[str, ...]] = ("claim_id", "other_id")

    claim_id: str
    """The claim with the lower id."""
    other_id: str
    """The claim with the higher id."""
    relation: Literal["agrees", "contradicts", "differs_in_scope", "not_comparable"]
    """The verdict of the comparison."""
    fields: tuple[str, ...] = ()
    """Scope fields that differ."""
    reasons: tuple[str, ...] = ()
    """Why, in words."""
    rule: str
    """name@version of the rule."""


class Review(Record):
    """What a person said of a claim. It is no node: the claim's ``review`` carries the last decision."""

    prefix: ClassVar[str] = "review"
    identity: ClassVar[tuple[str, ...]] = ("claim_id", "who", "at")

    claim_id: str
    """The claim that was reviewed."""
    decision: Literal["accepted", "corrected", "rejected"]
    """What was decided."""
    who: str
    """Name of the person."""
    why: str
    """The reason, in the person's words."""
    corrected_id: str | None = None
    """The claim that stands in its place, if it was corrected."""
    at: datetime
    """When."""

    @model_validator(mode="after")
    def _corrected_by(self) -> Self:
        if (self.decision == "corrected") != (self.corrected_id is not None):
            msg = (
                f"a review that says {self.decision} has corrected_id {self.corrected_id!r}; only a correction has one"
            )
            raise ValueError(msg)
        return self


# --- experiments -----------------------------------------------------------------------------------------------


class Run(Record):
    """One pre-training run. Its id says what was computed, never where."""

    prefix: ClassVar[str] = "run"
    identity: ClassVar[tuple[str, ...]] = (
        "corpus_digest", "sampling", "cells", "fraction", "family", "config", "protocol", "seed_data", "seed_init",
        "seed_split", "evaluation_digests",
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
    config: str
    """Hyper-parameters as canonical JSON."""
    protocol: str
    """Training and evaluation protocol, name@version."""
    seed_data: int
    """Seed of the subset."""
    seed_init: int
    """Seed of the weights and the batches."""
    seed_split: int
    """Seed of the evaluation split."""
    evaluation_digests: tuple[str, ...] = ()
    """sha256 of each evaluation set."""
    parameters: int | None = None
    """Trained parameters."""
    steps: int = 0
    """Optimiser steps."""
    batch_size: int | None = None
    """Cells per step."""
    simulated: bool = False
    """True if corpus or evaluation cells are simulated; such a run never judges a claim."""
    held_out: bool = True
    """True if no evaluation cell (barcode or profile) is in the corpus; else the run never judges a claim."""
    device: str = "cpu"
    """Where it ran."""
    code_version: str = ""
    """Version of this package."""
    seconds: float | None = None
    """Wall time of training."""
    cells_per_second: float | None = None
    """Training throughput."""


class Result(Record):
    """One score: ours (run_id), a paper's (paper_id) or a user's."""

    prefix: ClassVar[str] = "result"
    identity: ClassVar[tuple[str, ...]] = (
        "run_id", "paper_id", "evaluation", "model_id", "dataset_id", "reference_id", "task_id", "metric_id",
        "regime", "sampling", "fraction", "train_fraction", "ablation", "steps", "seed_data", "seed_init",
        "seed_split", "source", "status", "location",
    )  # fmt: skip

    run_id: str | None = None
    """The run that it scores; none for published numbers and for baselines that train nothing."""
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
    test_cells: int | None = None
    """Cells that were scored, where known; gives the sampling interval of an accuracy."""
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


class Gate(BaseModel):
    """One condition that a verdict had to meet."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    passed: bool
    """Whether the condition holds."""
    value: float | str | None = None
    """What was measured."""
    need: str = ""
    """What was needed, in words."""


class Evidence(Record):
    """What results say about a claim: a verdict, the scale that it was reached at, and every step to it."""

    prefix: ClassVar[str] = "evidence"
    identity: ClassVar[tuple[str, ...]] = ("claim_id", "basis", "rule", "inputs")

    claim_id: str
    """The claim that is judged."""
    basis: Literal["experiment", "reanalysis"]
    """New runs, or a new look at published numbers."""
    verdict: Verdict
    """What was found."""
    scale_ratio: float | None = None
    """Our corpus divided by the claim's, in cells; 1 for a re-analysis."""
    effect: float | None = None
    """The effect that was measured, in the metric's unit."""
    ci_low: float | None = None
    """Lower 95 % limit of the effect."""
    ci_high: float | None = None
    """Upper 95 % limit."""
    mde: float | None = None
    """Smallest effect that these data could have shown (80 % power, 5 % level)."""
    n: int | None = None
    """Paired observations or numbers behind the effect."""
    gates: dict[str, Gate] = Field(default_factory=dict)
    """Condition -> whether it holds, with the value."""
    failed_gates: tuple[str, ...] = ()
    """Names of the conditions that do not hold."""
    reasons: tuple[str, ...] = ()
    """The verdict in words, step by step."""
    details: dict[str, Any] = Field(default_factory=dict)
    """Everything that stands beside the verdict: cells, genes, studies, parameters, seeds, baselines, budget arms."""
    rule: str
    """name@version of the rule."""
    inputs: tuple[str, ...] = ()
    """Ids of the results and saturation points that were used."""


class Tombstone(Record):
    """Removes a record: the target is gone from every store that is built after it."""

    prefix: ClassVar[str] = "tombstone"
    identity: ClassVar[tuple[str, ...]] = ("target_record", "target_id")

    target_record: str
    """Kind of the record that is removed."""
    target_id: str
    """Its id."""
    reason: str = ""
    """Why."""


RECORDS: dict[str, type[Record]] = {
    cls.__name__: cls
    for cls in (
        Author, Paper, Version, Passage, Reference, FetchLog, Model, Dataset, Task, Metric, Claim, Relation,
        Review, Run, Result, SaturationPoint, Evidence, Tombstone,
    )
}  # fmt: skip
"""Record name -> class, in an order in which nodes can be written before the edges that need them."""
