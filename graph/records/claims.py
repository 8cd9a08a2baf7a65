"""Claims, how two claims relate, and what people say of them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from graph.records.base import Read, Record, Regime, Spread

__all__ = ["Claim", "ClaimKind", "Direction", "Relation", "Review"]

ClaimKind = Literal["score", "comparison", "effect", "scaling", "saturation", "scale_fact", "qualitative"]
Direction = Literal[">", "<", "~", "+", "-", "0", "plateau", "no_plateau"]


class Claim(Record):
    """What a paper says, with the conditions under which it says so. Immutable: a correction is a new claim."""

    prefix: ClassVar[str] = "claim"
    identity: ClassVar[tuple[str, ...]] = (
        "version_id", "passage_id", "start", "end", "source_url", "location", "kind", "subject_ids",
        "comparator_ids", "task_id", "dataset_id", "metric_id", "value", "low", "high", "unit", "direction",
        "polarity", "regime", "corpus_id", "corpus_cells", "fraction", "sampling", "ablation", "train_fraction",
        "attribution", "evidence_type",
    )  # fmt: skip
    added_identity: ClassVar[tuple[str, ...]] = ("threshold", "factor", "condition", "attributed_to")

    paper_id: str
    """Who speaks: the work that makes the claim, which for a commentary is the commentary."""
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
    """Lower end of the value: of the printed interval, else of the rounding interval; none where the number is only
    ``about`` right."""
    high: float | None = None
    """Upper end of the value."""
    printed: str | None = None
    """The number as printed, for example ``0.766±0.013``."""
    bound: Literal["exact", "about", "at_least", "at_most"] | None = None
    """What the printed number is to the true one; none says nothing beyond its last digit."""
    spread: Spread | None = None
    """What the printed interval is; none if the source does not say, or prints none."""
    runs: int | None = Field(default=None, ge=1)
    """How many runs the printed number is the mean of."""
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
    threshold: float | None = None
    """Share of the best score at which the claim's rule calls a curve saturated."""
    factor: str | None = None
    """What was varied: cells, parameters, diversity, pretraining, labels, noise, or the name of an ablated part."""
    exceptions: str | None = None
    """Where the claim does not hold, by its own words."""
    condition: str | None = None
    """Conditions that no other field holds, in our own words: frozen weights, 30 epochs, 512 genes ..."""
    held: str | None = None
    """Why it waits for a person, however sure its reader was: the text is of another field."""
    hedging: Literal["none", "weak", "strong"] = "none"
    """How cautiously the authors say it."""
    attribution: Literal["own", "cited"] = "own"
    """Whether the paper reports its own finding or another's."""
    attributed_to: str | None = None
    """Whose finding it is, where that is another's: the work (paper id), or its name as printed if it is not known."""
    evidence_type: Literal["author", "summary", "commentary", "code"] = "author"
    """Who speaks: the authors, a summary, a commentary, or numbers in their code."""
    read: Read | None = None
    """How it was read."""
    inferred: tuple[str, ...] = ()
    """Fields that the words of the source do not say and that a reader concluded."""
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
    def _infers_its_own_fields(self) -> Self:
        if unknown := sorted(set(self.inferred) - set(type(self).model_fields)):
            msg = f"inferred names {', '.join(unknown)}, which is not a field of a claim"
            raise ValueError(msg)
        return self

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

    @model_validator(mode="after")
    def _lower_id_first(self) -> Self:
        # The two orders would be two records with two ids that stand for one edge.
        if self.claim_id >= self.other_id:
            msg = (
                f"a relation names two claims, the lower id first, and {self.claim_id!r} does not come before "
                f"{self.other_id!r}; build it with claim_id=min(a, b), other_id=max(a, b)"
            )
            raise ValueError(msg)
        return self


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
    """The claim that replaces it, if it was corrected."""
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
