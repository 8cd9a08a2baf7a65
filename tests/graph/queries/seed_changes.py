"""For every named query a change of the shipped records, named, and what its rows must show after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from graph.records import (
    Claim,
    Dataset,
    Evidence,
    Model,
    Paper,
    Record,
    Reference,
    Relation,
    Result,
    Run,
    SaturationPoint,
    Version,
)

R = TypeVar("R", bound=Record)
Rows = Sequence[Mapping[str, Any]]
Seen = Callable[[Rows, Rows], bool]

DENADEL = "doi:10.1101/2024.12.13.628448"


@dataclass(frozen=True)
class New:
    """What changes are made of: the shipped records, and new ones that carry the name of the query."""

    name: str
    facts: Sequence[Record]

    def first(self, kind: type[R], /, **fields: Any) -> R:
        """The first shipped record with these fields."""
        return next(
            record
            for record in self.facts
            if isinstance(record, kind) and all(getattr(record, name) == value for name, value in fields.items())
        )

    def like(self, old: R, **fields: Any) -> R:
        """A new record, like an old one but for these fields."""
        return type(old).model_validate({**old.model_dump(exclude={"id"}), **fields})

    def changed(self, old: R, **fields: Any) -> R:
        """The same record with other values."""
        return type(old).model_validate({**old.model_dump(), **fields})

    @property
    def paper(self) -> Paper:
        return Paper(id=f"key:{self.name}", title=f"On {self.name}", year=2031, topic="evaluation")

    def claim(self, **fields: Any) -> Claim:
        given = {
            "paper_id": self.paper.id, "version_id": f"{self.paper.id}v1", "statement": f"About {self.name}.",
            "kind": "scaling", "subject_ids": ("model:geneformer",), "direction": "+", "unit": "cells",
            "source_url": "https://example.org/new", "location": self.name,
        }  # fmt: skip
        return Claim.model_validate({**given, **fields})

    def claimed(self, **fields: Any) -> list[Record]:
        """A new paper with one claim."""
        return [self.paper, self.claim(**fields)]

    def related(self, kind: str, **fields: Any) -> list[Record]:
        """A new paper whose one claim stands in this relation to a claim of DenAdel et al."""
        old, new = self.first(Claim, paper_id=DENADEL, kind="scaling"), self.claim(**fields)
        low, high = sorted((old.id, new.id))
        differ = ("regime",) if kind == "differs_in_scope" else ()
        given = {"claim_id": low, "other_id": high, "relation": kind, "fields": differ, "rule": "new@1"}
        return [self.paper, new, Relation.model_validate(given)]

    def judged(self, **fields: Any) -> list[Record]:
        """A new claim, and evidence on it that rests on a published score."""
        given = {
            "claim_id": self.claim().id, "basis": "experiment", "verdict": "opposite_direction_at_scale",
            "effect": -0.03, "ci_low": -0.04, "ci_high": -0.02, "mde": 0.001, "n": 7, "rule": "new@1",
            "inputs": (self.first(Result, source="published").id,),
        }  # fmt: skip
        return [*self.claimed(), Evidence.model_validate({**given, **fields})]

    def cited(self) -> Reference:
        return Reference(paper_id=self.paper.id, cited_id=DENADEL, key="1")


class Change(NamedTuple):
    """A change of the records; without ``seen`` the rows must name one of the records that it writes."""

    name: str
    records: Callable[[New], list[Record]]
    seen: Seen | None = None


def named(written: Iterable[Record]) -> Seen:
    """One of the records is named in the rows, and was not before."""
    ids = {record.id for record in written}

    def names(rows: Rows) -> set[str]:
        return ids & {value for row in rows for value in row.values() if isinstance(value, str)}

    return lambda before, after: bool(names(after) - names(before))


def has(**expected: Any) -> Seen:
    """A row with these values is there, and was not before."""

    def there(rows: Rows) -> bool:
        return any(all(row[name] == value for name, value in expected.items()) for row in rows)

    return lambda before, after: there(after) and not there(before)


def more(column: str, *, by: int = 1, **where: Any) -> Seen:
    """The rows with these values count so many more."""

    def total(rows: Rows) -> Any:
        return sum(row[column] for row in rows if all(row[name] == value for name, value in where.items()))

    return lambda before, after: bool(total(after) == total(before) + by)


PUBLISHED = {"source": "published", "metric_id": "metric:micro_f1"}
OURS = {"source": "reproduced", "metric_id": "metric:macro_f1", "sampling": "random"}
EQUIVALENCE = {"source": "reproduced", "rule": "equivalence@1"}
PRINTED = {"source": "published", "rule": "paper_any_run@1", "status": "as_printed"}

CHANGES: dict[str, Change] = {
    "against_published": Change(
        "a user scores a published model on the same data, and gets another number",
        lambda new: [new.like(new.first(Result, **PUBLISHED), source="user", value=0.123, location="my table")],
    ),
    "agreements": Change("a new paper says the same", lambda new: new.related("agrees")),
    "baselines_that_hold": Change(
        "a new paper finds variable genes better than scGPT",
        lambda new: new.claimed(
            kind="comparison", subject_ids=("model:hvg",), comparator_ids=("model:scgpt",), direction=">"
        ),
    ),
    "best_on_set": Change(
        "a user scores a model on a set of DenAdel et al.",
        lambda new: [new.like(new.first(Result, **PUBLISHED), source="user", value=0.124, location="my table 2")],
    ),
    "budget_arm": Change(
        "a point at a larger budget", lambda new: [new.like(new.first(SaturationPoint, **EQUIVALENCE), steps=64000)]
    ),
    "cited_and_opposed": Change(
        "a new paper cites DenAdel et al. and differs", lambda new: [*new.related("differs_in_scope"), new.cited()]
    ),
    "claim_and_runs": Change(
        "a new paper says of contrastive models what DenAdel et al. deny in another scope",
        lambda new: new.related("differs_in_scope", subject_ids=("model:contrastive_models",)),
    ),
    "claims_about_model": Change("a new claim about Geneformer", lambda new: new.claimed()),
    "claims_by_objective_on_scaling": Change(
        "the vocabulary learns that Geneformer is contrastive",
        lambda new: [new.changed(new.first(Model, id="model:geneformer"), objective="contrastive")],
        has(model="model:geneformer", objective="contrastive"),
    ),
    "claims_on_task": Change(
        "a new claim about batch integration", lambda new: new.claimed(task_id="task:batch_integration")
    ),
    "claims_without_evidence": Change("a claim that nobody tested", lambda new: new.claimed()),
    "comparisons_of_model": Change(
        "a new paper finds scGPT better than Geneformer",
        lambda new: new.claimed(
            kind="comparison", subject_ids=("model:scgpt",), comparator_ids=("model:geneformer",), direction=">"
        ),
    ),
    "contested_claims": Change("a new claim against an old one", lambda new: new.related("contradicts")),
    "contradictions": Change("a new paper says the opposite", lambda new: new.related("contradicts")),
    "corpus_use": Change(
        "another model learns from scTab",
        lambda new: [Model(id="model:another", name="Another", corpus_id="dataset:sctab")],
        more("models", dataset="dataset:sctab"),
    ),
    "corpus_users": Change(
        "a new paper introduces a model that learns from scTab",
        lambda new: [
            Model(id="model:users", name="Users", corpus_id="dataset:sctab"),
            new.changed(new.paper, model_ids=("model:users",)),
        ],
        has(corpus="dataset:sctab", model="model:users", paper="key:corpus_users"),
    ),
    "corrected_points": Change(
        "a printed point turns out to be half the corpus",
        lambda new: [new.like(new.first(SaturationPoint, **PRINTED), status="corrected", fraction=0.5)],
    ),
    "differences_in_scope": Change("a new paper differs", lambda new: new.related("differs_in_scope")),
    "discussions": Change(
        "a note on the article of DenAdel et al. claims something",
        lambda new: [
            new.paper.model_copy(update={"kind": "note", "discusses_ids": (DENADEL,)}),
            new.claim(evidence_type="summary"),
        ],
        has(told_as="note", claims=1, paper="key:discussions"),
    ),
    "evidence_for_claim": Change("a new verdict", lambda new: new.judged()),
    "facts_of_model": Change(
        "scGPT gets another number of parameters",
        lambda new: [new.changed(new.first(Model, id="model:scgpt"), parameters=51_000_001)],
        has(model="model:scgpt", parameters=51_000_001),
    ),
    "facts_of_set": Change(
        "PBMC 3k gets another number of cells",
        lambda new: [new.changed(new.first(Dataset, id="dataset:pbmc3k"), cells=2_701)],
        has(dataset="dataset:pbmc3k", cells=2_701),
    ),
    "failed_gates": Change(
        "a claim about scaling fails a gate of another name",
        lambda new: new.judged(verdict="not_testable", failed_gates=("weather",)),
        has(gate="weather", kind="scaling", claims=1, papers=1),
    ),
    "gain_with_budget": Change(
        "a longer budget, and the whole corpus scores more than the smallest subset",
        lambda new: [
            new.like(new.first(Result, **OURS), steps=64000, fraction=share, value=value, dataset_id="dataset:sctab")
            for share, value in ((0.01, 0.5), (1.0, 0.75))
        ],
        has(steps=64000, few_cells=0.5, all_cells=0.75, gain=0.25, scores=1),
    ),
    "influence": Change(
        "a new paper cites DenAdel et al.", lambda new: [new.paper, new.cited()], more("citations", paper=DENADEL)
    ),
    "metrics_in_use": Change(
        "an accuracy of ours",
        lambda new: [new.like(new.first(Result, **OURS), metric_id="metric:accuracy")],
        has(metric="metric:accuracy", source="reproduced", scores=1),
    ),
    "model_size_claims": Change("a new claim about parameters", lambda new: new.claimed(unit="parameters")),
    "models": Change(
        "the vocabulary gets a model",
        lambda new: [Model(id="model:newest", name="Newest")],
        has(model="model:newest", claims=0),
    ),
    "numbers_behind_verdict": Change("a new verdict rests on a published score", lambda new: new.judged()),
    "opinion_by_year": Change(
        "a new paper of 2031 says that more cells help",
        lambda new: new.claimed(),
        more("claims", year=2031, direction="+"),
    ),
    "our_results": Change(
        "our model is scored at another budget",
        lambda new: [new.like(new.first(Result, **OURS), steps=31, value=0.5)],
        has(steps=31, mean=0.5, scores=1),
    ),
    "paper_claims": Change("a new paper claims something", lambda new: new.claimed()),
    "paper_versions": Change(
        "a further version of the preprint of DenAdel et al.",
        lambda new: [Version(paper_id=DENADEL, label="7", doi="10.1101/2024.12.13.628448v7")],
        has(paper=DENADEL, version="7"),
    ),
    "papers": Change("a new paper", lambda new: new.claimed(), has(paper="key:papers", claims=1)),
    "published_saturation": Change(
        "a paper prints a point at 3 %",
        lambda new: [new.like(new.first(SaturationPoint, **PRINTED), fraction=0.03, location="new")],
        has(fraction=0.03, points=1),
    ),
    "related_claims": Change("a new paper agrees", lambda new: new.related("agrees")),
    "reproduced_claims": Change("our runs find the opposite", lambda new: new.judged()),
    "results_for_dataset": Change(
        "a user's score", lambda new: [new.like(new.first(Result, **PUBLISHED), source="user", location="mine")]
    ),
    "sampling_effect": Change(
        "a point with cells drawn by a new scheme",
        lambda new: [new.like(new.first(SaturationPoint, **PRINTED), sampling="by_donor", fraction=0.25)],
        has(sampling="by_donor", points=1, mean_fraction=0.25),
    ),
    "saturation_by_model": Change(
        "a paper prints a point at 7 %",
        lambda new: [new.like(new.first(SaturationPoint, **PRINTED), fraction=0.07, location="new")],
        has(fraction=0.07, points=1),
    ),
    "saturation_by_regime": Change(
        "a model levels off only at the whole corpus, few-shot",
        lambda new: [new.like(new.first(SaturationPoint, **PRINTED), regime="few_shot", fraction=1.0)],
        has(regime="few_shot", points=1, mean_fraction=1.0),
    ),
    "saturation_points_of_model": Change(
        "a further printed point",
        lambda new: [new.like(new.first(SaturationPoint, **PRINTED), fraction=0.5, location="my figure")],
    ),
    "scaling_balance": Change(
        "a new paper says that masked models keep rising",
        lambda new: new.claimed(subject_ids=("model:masked_models",)),
        more("claims", objective="masked", answer="keeps rising"),
    ),
    "scaling_of_model": Change("a new claim on the scaling of Geneformer", lambda new: new.claimed()),
    "scores_of_model": Change(
        "a user scores a model of DenAdel et al. once more",
        lambda new: [new.like(new.first(Result, **PUBLISHED), source="user", value=0.125, location="my table 3")],
    ),
    "second_hand_claims": Change("a commentary", lambda new: new.claimed(evidence_type="commentary")),
    "smallest_effects": Change("a new verdict says what it could have seen", lambda new: new.judged()),
    "tested_datasets": Change(
        "a user scores a model on a set that nobody used",
        lambda new: [
            Dataset(id="dataset:unused", name="Unused"),
            new.like(new.first(Result, **PUBLISHED), source="user", dataset_id="dataset:unused"),
        ],
        has(dataset="dataset:unused", claims=0, published=0, others=1),
    ),
    "throughput": Change(
        "a run of a larger subset",
        lambda new: [new.like(new.first(Run, sampling="random"), cells=77_777, seconds=12.5)],
        has(cells=77_777, runs=1, mean_seconds=12.5),
    ),
    "verdict_counts": Change(
        "our runs find the opposite of a scaling claim",
        lambda new: new.judged(),
        more("claims", kind="scaling", basis="experiment", verdict="opposite_direction_at_scale"),
    ),
    "verdicts": Change("a new verdict", lambda new: new.judged()),
    "version_changes": Change(
        "a later version of a paper contradicts the first",
        lambda new: [
            new.paper,
            *(one := [new.claim(version_id=f"{new.paper.id}v{label}", kind="scale_fact") for label in (1, 2)]),
            Relation(
                claim_id=min(c.id for c in one), other_id=max(c.id for c in one), relation="contradicts", rule="n"
            ),
        ],
    ),
    "who_contradicts_whom": Change("a new paper says the opposite", lambda new: new.related("contradicts")),
}
