"""What a run has to have to test a claim, or why no run can.

A claim turns on one contrast, and the rules of evidence (`graph.evidence`) look for that contrast in what a study named
before it ran. So the tests here are those that the rules will ask for, in their words; what they would not judge is
refused, with the reason, before hours are spent on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from graph.records import Claim, Direction
from graph.vocabulary import Vocabulary
from graph.vocabulary.protocol import CELLTYPE_REWEIGHTED, CLUSTER_REWEIGHTED, COUNT, RANDOM
from scaling.errors import Untestable
from scaling.evaluate import kinds
from scaling.study.design.stand_ins import Side, sides_of
from scaling.study.hypotheses import INTEGRATION, METRICS, PERTURBATION, TestSpec

__all__ = ["HALF", "Needs", "needs_of"]

HALF = 0.5
"""Share of the corpus that "a fraction of the data" is at most, where a claim of saturation names none."""
PRETRAINING = "pretraining"


@dataclass(frozen=True)
class Scored:
    """What a study can ask an embedding that would speak of a claim's task."""

    task_id: str
    kind: str
    """Kind of the evaluations; `cross_study` for cell types."""
    regime: str
    metrics: dict[str, str]
    """Name in ``[hypotheses]`` -> metric id, the usual one first."""


@dataclass(frozen=True)
class Needs:
    """What a study needs to test a claim."""

    scored: Scored
    metric: str
    """Name of the metric that decides, as ``[hypotheses]`` has it."""
    families: tuple[str, ...]
    """Families that are trained."""
    tests: tuple[TestSpec, ...]
    """What the study names before it runs; empty where no rule of evidence judges the contrast."""
    sampling: str = RANDOM
    """How subsets are drawn beside random ones."""
    fraction: float | None = None
    """Share of the corpus that the sizes have to lie around."""
    whole_only: bool = False
    """Whether the whole corpus is the only size that matters."""
    stood_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Subject of the claim -> families that stand in for it."""
    remarks: tuple[str, ...] = ()
    """What is not as in the claim, or is missing, a sentence each."""


def needs_of(claim: Claim, vocabulary: Vocabulary, *, family: str | None = None) -> Needs:
    """Say what a run has to have to test a claim.

    Parameters
    ----------
    vocabulary
        Facts of the models, of which families stand in for which.
    family
        Family that is to stand in for the subjects that it can stand in for.

    Raises
    ------
    Untestable
        With the reason, if no run of a study tests the claim.
    """
    if reason := _no_run_can(claim, vocabulary):
        raise Untestable(claim.id, reason)
    scored, metric = _scored(claim, vocabulary)
    return _READERS[claim.kind](claim, vocabulary, scored, metric, family)


def _no_run_can(claim: Claim, vocabulary: Vocabulary) -> str:
    """Reason in the kind of the claim; empty if there is none."""
    if claim.kind == "scale_fact":
        if claim.metric_id == COUNT or claim.value is not None:
            return "it states a count, which is held against what other sources print; no run changes it"
        return "it states how a study was made, which no run changes"
    if claim.kind == "qualitative":
        return "it states neither a direction nor a value that a run could meet"
    if claim.kind == "score":
        return (
            "it is one printed score, which only the identical set and split can test. With the model's own embedding "
            "of that set, `biorxivist scaling score` gives the score to compare it with"
        )
    if claim.direction is None:
        return "it states no direction that a difference could have"
    corpora = [name for name in (*claim.subject_ids, *claim.comparator_ids) if name.startswith("dataset:")]
    if corpora:
        return (
            f"it compares corpora ({_names(corpora, vocabulary)}); a study has one corpus, and no rule of evidence "
            "compares two studies"
        )
    return "" if claim.subject_ids else "it names no model that could be trained"


def _scored(claim: Claim, vocabulary: Vocabulary) -> tuple[Scored, str]:
    """Evaluation that speaks of the claim's task, regime and metric, and the metric that decides."""
    ways = [way for way in _ways() if vocabulary.same_family(claim.task_id, way.task_id)]
    # A general claim about downstream tasks is of every family; it is tested where cell types are named.
    own = [way for way in ways if way.task_id in vocabulary.lineage(claim.task_id)] or ways[:1]
    if not own:
        raise Untestable(
            claim.id,
            f"its task is {_names([claim.task_id or ''], vocabulary)}, and a study scores "
            f"{_names([way.task_id for way in _ways()], vocabulary)}",
        )
    way = own[0]
    if claim.regime not in (None, way.regime):
        raise Untestable(
            claim.id,
            f"it speaks of models that are used as {claim.regime}, and a study scores "
            f"{_names([way.task_id], vocabulary)} of frozen embeddings ({way.regime})",
        )
    known = [name for name, metric_id in way.metrics.items() if metric_id == claim.metric_id]
    if not known and not any(vocabulary.same_family(claim.metric_id, metric) for metric in way.metrics.values()):
        raise Untestable(
            claim.id,
            f"its metric is {_names([claim.metric_id or ''], vocabulary)}, and a study scores "
            f"{_names([way.task_id], vocabulary)} by {', '.join(way.metrics)}",
        )
    return way, (known or list(way.metrics))[0]


def _ways() -> tuple[Scored, ...]:
    """What a study can ask of an embedding, the naming of cell types first."""
    ways = [Scored("task:cell_type_classification", "cross_study", "zero_shot", METRICS)]
    for name, metrics in (("integration", INTEGRATION), ("perturbation", PERTURBATION[:4])):
        kind = kinds.find(name)
        named = {metric.partition(":")[2]: metric for metric in metrics}
        ways.append(Scored(kind.task_id, name, kind.regime(kind.config()), named))
    return tuple(ways)


# One reader per kind of claim ---------------------------------------------------------------------------------


def _comparison(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    ours, theirs = _both_sides(claim, vocabulary, family)
    tests = tuple(
        TestSpec(kind="comparison", arms=ours.families, against=other, direction=_direction(claim))
        for other in theirs.families
    )
    return _needs((ours, theirs), scored, metric, tests, whole_only=True)


def _scaling(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    if claim.unit not in (None, "cells") or claim.factor == "parameters":
        what = claim.factor if claim.unit is None else claim.unit
        raise Untestable(
            claim.id,
            f"it is about the number of {what}, and a study varies the number of cells: it trains each family at one "
            "size, and no rule of evidence compares two studies",
        )
    if claim.comparator_ids:
        ours, theirs = _both_sides(claim, vocabulary, family)
        turned = {">": "+", "<": "-", "~": "0"}.get(claim.direction or "", claim.direction)
        tests = tuple(
            TestSpec.model_validate({"kind": "scaling", "arms": ours.families, "against": other, "direction": turned})
            for other in theirs.families
        )
        return _needs((ours, theirs), scored, metric, tests)
    ours = _one_side(claim, vocabulary, family)
    test = TestSpec(kind="scaling", arms=ours.families, direction=_direction(claim))
    drawn = () if claim.sampling in (None, RANDOM) else (
        f"The claim's subsets are drawn by {claim.sampling}, those of the study at random.",
    )  # fmt: skip
    return _needs((ours,), scored, metric, (test,), remarks=drawn)


def _saturation(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    if claim.sampling not in (None, RANDOM, CLUSTER_REWEIGHTED):
        raise Untestable(claim.id, _not_drawn(claim.sampling))
    ours = _one_side(claim, vocabulary, family)
    fraction = HALF if claim.fraction is None else claim.fraction
    sampling = claim.sampling or RANDOM
    test = TestSpec(
        kind="saturation", arms=ours.families, direction=_direction(claim), sampling=sampling, fraction=fraction
    )
    return _needs((ours,), scored, metric, (test,), sampling=sampling, fraction=fraction)


def _effect(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    if claim.factor == PRETRAINING and claim.sampling is None:
        ours = _one_side(claim, vocabulary, family)
        shown = (
            "No rule of evidence judges pre-training against none yet: the records hold every model trained and "
            "untrained, and no verdict follows from them.",
        )
        return _needs((ours,), scored, metric, (), whole_only=True, remarks=shown)
    if claim.sampling in (None, RANDOM):
        raise Untestable(
            claim.id,
            f"it varies {claim.ablation or claim.factor or 'what it does not name'}, and the arms of a study differ in "
            "family, number of cells and sampling",
        )
    if claim.sampling not in (CELLTYPE_REWEIGHTED, CLUSTER_REWEIGHTED):
        raise Untestable(claim.id, _not_drawn(claim.sampling))
    ours = _one_side(claim, vocabulary, family)
    test = TestSpec(kind="effect", arms=ours.families, direction=_direction(claim), sampling=CLUSTER_REWEIGHTED)
    by_cluster = () if claim.sampling == CLUSTER_REWEIGHTED else (
        "The claim draws evenly over cell types; the study draws evenly over clusters, since most corpora have no cell "
        "types. The rules of evidence take both for a more diverse subset.",
    )  # fmt: skip
    return _needs((ours,), scored, metric, (test,), sampling=CLUSTER_REWEIGHTED, remarks=by_cluster)


_READERS: dict[str, Callable[[Claim, Vocabulary, Scored, str, str | None], Needs]] = {
    "comparison": _comparison, "effect": _effect, "scaling": _scaling, "saturation": _saturation,
}  # fmt: skip


def _one_side(claim: Claim, vocabulary: Vocabulary, family: str | None) -> Side:
    side, _ = sides_of(claim.subject_ids, (), vocabulary, family=family)
    if not side.families:
        raise Untestable(claim.id, " ".join(side.missing))
    return side


def _both_sides(claim: Claim, vocabulary: Vocabulary, family: str | None) -> tuple[Side, Side]:
    ours, theirs = sides_of(claim.subject_ids, claim.comparator_ids, vocabulary, family=family)
    if not claim.comparator_ids:
        raise Untestable(claim.id, "it does not say what its subject is compared with")
    without = [side for side in (ours, theirs) if not side.families]
    if without:
        raise Untestable(claim.id, " ".join(sentence for side in without for sentence in side.missing))
    return ours, theirs


def _needs(
    sides: tuple[Side, ...],
    scored: Scored,
    metric: str,
    tests: tuple[TestSpec, ...],
    *,
    sampling: str = RANDOM,
    fraction: float | None = None,
    whole_only: bool = False,
    remarks: tuple[str, ...] = (),
) -> Needs:
    return Needs(
        scored=scored,
        metric=metric,
        families=tuple(dict.fromkeys(family for side in sides for family in side.families)),
        tests=tests,
        sampling=sampling,
        fraction=fraction,
        whole_only=whole_only,
        stood_in={subject: families for side in sides for subject, families in side.stood_in.items()},
        remarks=(*remarks, *(sentence for side in sides for sentence in (*side.differs, *side.missing))),
    )


def _direction(claim: Claim) -> Direction:
    assert claim.direction is not None  # noqa: S101 - claims without one are refused before
    return claim.direction


def _not_drawn(sampling: str | None) -> str:
    return f"its subsets are drawn by {sampling}, and a study draws them at random, by cell type or by cluster"


def _names(ids: list[str], vocabulary: Vocabulary) -> str:
    entries = [vocabulary.get(name) for name in ids]
    return ", ".join(name if entry is None else entry.name for name, entry in zip(ids, entries, strict=True))
