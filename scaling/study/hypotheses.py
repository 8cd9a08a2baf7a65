"""The part of a study file that is written before there is a number: which metric decides, and what is tested.

::

    [hypotheses]
    primary_metric = "macro_f1"

    [[hypotheses.tests]]
    kind = "comparison"
    arms = ["contrastive"]
    against = "masked"
    direction = ">"

Each run carries it as text and each result its digest, so that it stands in what is published that nothing was chosen
afterwards. A study without it runs, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.records import Hypotheses, Hypothesis, Record, Result, Run
from graph.vocabulary.protocol import (
    ARI,
    ASW_BATCH,
    ASW_LABEL,
    AVG_BIO,
    CHANGE_DIRECTION,
    CHANGE_RANK,
    DELTA,
    ENERGY_REMOVED,
    GRAPH_CONNECTIVITY,
    ILISI,
    MACRO_F1,
    MASKED_ACCURACY,
    MICRO_F1,
    NMI,
    PEARSON_DELTA,
    PEARSON_R,
    R_SQUARED,
    RANDOM,
    RECONSTRUCTION_R2,
)

__all__ = ["HypothesesSpec", "TestSpec", "check_arms", "remark", "stamp"]

METRICS = {"macro_f1": MACRO_F1, "micro_f1": MICRO_F1}
"""Metrics that every classification reports -> their ids. All of them take part, whatever is named."""
INTEGRATION = (AVG_BIO, NMI, ARI, ASW_LABEL, ILISI, GRAPH_CONNECTIVITY, ASW_BATCH)
PERTURBATION = (PEARSON_DELTA, CHANGE_DIRECTION, CHANGE_RANK, ENERGY_REMOVED, PEARSON_R, R_SQUARED)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TestSpec(_Part):
    """What is tested of one or several arms; each arm is a test of its own."""

    __test__ = False  # no test of pytest

    kind: Literal["comparison", "effect", "scaling", "saturation"]
    """A difference between families, an effect of the sampling, a slope over corpus size, or where it ends."""
    arms: tuple[str, ...] = Field(min_length=1)
    """Families that are tested."""
    against: str | None = None
    """Family that each is compared with: for a comparison, and for a slope that is larger than another."""
    direction: Literal[">", "<", "~", "+", "-", "0", "plateau", "no_plateau"]
    """What is expected; the opposite can be found all the same."""
    sampling: str = RANDOM
    """How the subsets are drawn; for an effect, what is compared with random ones."""
    fraction: float | None = Field(default=None, gt=0, lt=1)
    """Share of the corpus that is expected to be enough; saturation only."""
    ablation: str | None = None
    """What is left out; for an effect, the family is compared with itself as it is."""

    @model_validator(mode="after")
    def _is_a_contrast(self) -> Self:
        list(self.hypotheses())
        return self

    def hypotheses(self) -> Iterator[Hypothesis]:
        """One hypothesis per arm, as the records carry it."""
        for family in self.arms:
            yield Hypothesis(
                kind=self.kind,
                model_id=_model(family),
                comparator_id=_model(self.against) if self.against else None,
                direction=self.direction,
                sampling=self.sampling,
                fraction=self.fraction,
                ablation=self.ablation,
            )


class HypothesesSpec(_Part):
    """What a study names before it runs."""

    primary_metric: Literal["macro_f1", "micro_f1"]
    """Metric whose interval decides where cell types are named; every other one has to give the same answer."""
    integration: Literal["avg_bio", "nmi", "ari", "asw_label", "ilisi", "graph_connectivity", "asw_batch"] | None = None
    """The same for integration; without it no claim about integration is decided."""
    perturbation: Literal["pearson_delta", "change_direction", "change_rank", "energy_removed"] | None = None
    """The same for perturbation response; r and r^2 never decide, since no change at all has them near 1."""
    masked: Literal["masked_accuracy"] | None = None
    """The same for hidden values."""
    reconstruction: Literal["reconstruction_r2"] | None = None
    """The same for reconstructed profiles."""
    delta: float = Field(default=DELTA, gt=0, lt=1)
    """Smallest difference that counts."""
    tests: tuple[TestSpec, ...] = Field(min_length=1)
    """What is tested, in every task for which a metric is named. The level of each test is corrected for their number,
    so name what you want to know."""

    def named(self) -> Hypotheses:
        """The hypotheses as the records carry them."""
        return Hypotheses(
            primary_metric=METRICS[self.primary_metric],
            secondary_metrics=tuple(slug for name, slug in METRICS.items() if name != self.primary_metric),
            delta=self.delta,
            other_tasks={
                task: (f"metric:{name}", *(metric for metric in metrics if metric != f"metric:{name}"))
                for task, name, metrics in (
                    ("task:batch_integration", self.integration, INTEGRATION),
                    ("task:perturbation_prediction", self.perturbation, PERTURBATION),
                    ("task:masked_modelling", self.masked, (MASKED_ACCURACY,)),
                    ("task:reconstruction", self.reconstruction, (RECONSTRUCTION_R2,)),
                )
                if name
            },
            tests=tuple(hypothesis for test in self.tests for hypothesis in test.hypotheses()),
        )


def stamp(hypotheses: HypothesesSpec | None) -> dict[str, Any]:
    """Fields that every run of the study carries; none where nothing was named."""
    if hypotheses is None:
        return {}
    named = hypotheses.named()
    return {"hypotheses": named.text(), "hypotheses_digest": named.digest()}


def check_arms(hypotheses: HypothesesSpec, trained: Iterable[tuple[str, str, str | None]]) -> None:
    """Refuse a hypothesis about what the study does not train.

    Parameters
    ----------
    trained
        Family, sampling and ablation of every arm of the study.

    Raises
    ------
    ValueError
        With the family, sampling or ablation that no arm has.
    """
    trained = set(trained)
    families = {family for family, _, _ in trained}
    for test in hypotheses.tests:
        for family in filter(None, (*test.arms, test.against)):
            if family not in families:
                msg = f"hypotheses name {family!r}, which no arm trains; the arms train {', '.join(sorted(families))}"
                raise ValueError(msg)
            if (family, test.sampling, test.ablation) not in trained:
                left_out = f" and ablation {test.ablation!r}" if test.ablation else ""
                msg = f"hypotheses name {family!r} with sampling {test.sampling!r}{left_out}, which no arm draws"
                raise ValueError(msg)
            if test.ablation and (family, test.sampling, None) not in trained:
                msg = f"hypotheses name {family!r} without a part; an arm has to train it as it is, too"
                raise ValueError(msg)


def remark(hypotheses: HypothesesSpec | None, records: Iterable[Record]) -> str:
    """What a user has to know of the hypotheses behind these records; empty if they may decide claims.

    Parameters
    ----------
    hypotheses
        What the study names now.
    records
        Those of its runs, which carry what it named when they were made.
    """
    if hypotheses is None:
        return (
            "The study names no [hypotheses]: its scores can be looked at, and decide no claim. Name the metric and "
            "the contrasts in the study file before the first run."
        )
    current = hypotheses.named().digest()
    made = [record for record in records if isinstance(record, Run) or (isinstance(record, Result) and record.run_id)]
    other = sum(record.hypotheses_digest != current for record in made)
    if not other:
        return ""
    return (
        f"{other:,} of {len(made):,} runs and scores were made before these hypotheses were named, or under others: "
        "together they decide no claim. Run the study into a new folder (--out), where all are named first."
    )


def _model(family: str) -> str:
    return f"model:ours_{family}"
