"""What a study can ask of its models that would speak of a claim: by task, by how models are used, and by metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graph.records import Claim
from graph.vocabulary import Vocabulary
from graph.vocabulary.protocol import MASKED_ACCURACY, RECONSTRUCTION_R2
from scaling import families
from scaling.errors import Untestable
from scaling.evaluate import kinds
from scaling.study.hypotheses import INTEGRATION, METRICS, PERTURBATION

__all__ = ["Scored", "able", "names_of", "scored_as"]

FEW = 0.1
"""Share of labels that "few" are, where a claim names none."""


@dataclass(frozen=True)
class Scored:
    """What a study can ask that would speak of a claim's task."""

    task_id: str
    kind: str
    """Kind of the evaluations; `cross_study` for cell types."""
    regime: str
    metrics: dict[str, str]
    """Name in ``[hypotheses]`` -> metric id, the usual one first."""
    like: str
    """Preset that has such evaluations."""
    decides: str = "primary_metric"
    """Key under ``[hypotheses]`` of the metric that decides."""
    asks: str | None = None
    """Method that a model needs to be asked; none where an embedding, or its weights, are enough."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the evaluations, beside those of the preset."""


def scored_as(claim: Claim, vocabulary: Vocabulary, *, regime: str | None) -> tuple[Scored, str]:
    """Choose the evaluation that speaks of a claim's task and metric, and the metric that decides.

    Parameters
    ----------
    regime
        How models are used: the claim's, or, where a claim is about leaving pre-training out, that of the model which
        is compared with; none for whatever the task has.

    Raises
    ------
    Untestable
        If a study asks nothing of the kind.
    """
    ways = [way for way in _ways() if vocabulary.same_family(claim.task_id, way.task_id)]
    # A general claim about downstream tasks is of every family; it is tested where cell types are named.
    own = [way for way in ways if way.task_id in vocabulary.lineage(claim.task_id)]
    own = own or [way for way in ways if way.task_id == ways[0].task_id]
    if not own:
        raise Untestable(
            claim.id,
            f"its task is {names_of([claim.task_id or ''], vocabulary)}, and a study scores "
            f"{names_of(list(dict.fromkeys(way.task_id for way in _ways())), vocabulary)}",
        )
    fitting = [way for way in own if regime in (None, way.regime)]
    if not fitting:
        used = " or ".join(dict.fromkeys(way.regime for way in own))
        if regime == "from_scratch" and own[0].kind == "cross_study":
            used += (
                ". Untrained models that are fine-tuned are trained from nothing (the study `supervised_w256`), and no "
                "rule of evidence reads that"
            )
        raise Untestable(
            claim.id,
            f"it speaks of models that are used as {regime}, and a study scores "
            f"{names_of([own[0].task_id], vocabulary)} of models that are used as {used}",
        )
    way = fitting[0]
    known = [name for name, metric_id in way.metrics.items() if metric_id == claim.metric_id]
    if not known and not any(vocabulary.same_family(claim.metric_id, metric) for metric in way.metrics.values()):
        raise Untestable(
            claim.id,
            f"its metric is {names_of([claim.metric_id or ''], vocabulary)}, and a study scores "
            f"{names_of([way.task_id], vocabulary)} by {', '.join(way.metrics)}",
        )
    if way.kind == "finetuning":
        share = 1.0 if way.regime == "fine_tuned" else claim.train_fraction or FEW
        way = replace(way, settings={"share": share})
    return way, (known or list(way.metrics))[0]


def able(way: Scored, ablation: str | None) -> tuple[str, ...]:
    """Families that can be asked, and that have a part to leave out where one is left out."""
    by_name = {name: families.find(name) for name in families.names()}
    return tuple(
        name
        for name, family in by_name.items()
        if (way.asks is None or hasattr(family.model, way.asks))
        and (ablation is None or ablation in family.config.ablations)
    )


def names_of(ids: list[str], vocabulary: Vocabulary) -> str:
    """Names of vocabulary ids, one after the other."""
    entries = [vocabulary.get(name) for name in ids]
    return ", ".join(name if entry is None else entry.name for name, entry in zip(ids, entries, strict=True))


def _ways() -> tuple[Scored, ...]:
    """All of them, the naming of cell types by frozen embeddings first."""
    cell_types = "task:cell_type_classification"
    return (
        Scored(cell_types, "cross_study", "zero_shot", METRICS, "blood_t"),
        Scored(cell_types, "finetuning", "fine_tuned", METRICS, "tuning_hides_t"),
        Scored(cell_types, "finetuning", "few_shot", METRICS, "tuning_hides_t"),
        _of_kind("integration", _named(INTEGRATION), "blood_t_integration"),
        _of_kind("perturbation", _named(PERTURBATION[:4]), "blood_t_perturbation"),
        _of_kind("masked_values", _named((MASKED_ACCURACY,)), "masked_bins_t", decides="masked", asks="predict"),
        _of_kind("reconstruction", _named((RECONSTRUCTION_R2,)), "unseen_types_z", asks="reconstruct"),
    )


def _of_kind(name: str, metrics: dict[str, str], like: str, *, decides: str = "", asks: str | None = None) -> Scored:
    kind = kinds.find(name)
    # What asks the pre-trained model itself uses it as it is, whatever the settings (some have no default).
    regime = "pretraining" if asks else kind.regime(kind.config())
    return Scored(kind.task_id, name, regime, metrics, like, decides or name, asks)


def _named(metrics: tuple[str, ...]) -> dict[str, str]:
    return {metric.partition(":")[2]: metric for metric in metrics}
