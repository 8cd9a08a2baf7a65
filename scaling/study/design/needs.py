"""What a run has to have to test a claim, or why no run can.

A claim turns on one contrast, and the rules of evidence (`graph.evidence`) look for that contrast in what a study named
before it ran. So the tests here are those that the rules will ask for, in their words; what they would not judge is
refused, with the reason, before hours are spent on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from graph.records import Claim, Direction
from graph.vocabulary import Vocabulary
from graph.vocabulary.protocol import (
    CELLTYPE_REWEIGHTED,
    CLUSTER_REWEIGHTED,
    COUNT,
    GEOMETRIC_SKETCHING,
    RANDOM,
    SAME_ABLATION,
    SPIKE_IN,
    TYPE_LEFT_OUT,
)
from scaling import families
from scaling.errors import Untestable
from scaling.study.design.stand_ins import Side, sides_of
from scaling.study.design.ways import Scored, able, names_of, scored_as
from scaling.study.hypotheses import TestSpec

__all__ = ["HALF", "Needs", "needs_of"]

HALF = 0.5
"""Share of the corpus that "a fraction of the data" is at most, where a claim of saturation names none."""
PRETRAINING = "pretraining"
LEAVES_PRETRAINING_OUT = {
    "pre-training": {}, "self-supervised pre-training": {}, "no pre-training": {"weights": "all"},
    "no pre-training, weights before the decoder frozen": {"weights": "head"},
}  # fmt: skip
"""Ablations that the untrained twin of a model is -> settings of fine-tuning that make it that one."""
SPIKE_INS = (0.1, 0.5)
"""Shares of DenAdel et al."""
VARIED_ELSEWHERE = {
    "labels": "the number of labels, which evaluations of the kind finetuning vary (`share`; the study `few_labels_z` "
    "does), and no rule of evidence compares two evaluations",
    "noise": "the depth of measurement, which arms vary by `counts_kept` (the study `depth_t` does), and no rule of "
    "evidence judges a slope over depth",
}
"""Factor of a claim -> where a study varies it, and why no verdict follows."""


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
    ablation: str | None = None
    """What an arm leaves out beside the one that leaves nothing out."""
    spike_ins: tuple[float, ...] = ()
    """Shares of the subsets that arms replace by cells of another source."""
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
    if claim.factor in VARIED_ELSEWHERE:
        raise Untestable(claim.id, f"it is about {VARIED_ELSEWHERE[claim.factor]}")
    if claim.kind == "effect":
        _check_that_arms_vary(claim)
    scored, metric = scored_as(claim, vocabulary, regime=_regime(claim))
    return _READERS[claim.kind](claim, vocabulary, scored, metric, family)


def _no_run_can(claim: Claim, vocabulary: Vocabulary) -> str:
    """Reason in the kind of the claim; empty if there is none."""
    if claim.kind == "scale_fact":
        if claim.metric_id == COUNT or claim.value is not None:
            return "it states a count, which is held against what other sources print; no run changes it"
        return "it states how a study was made, which no run changes"
    if claim.task_id == "task:corpus_design":
        return (
            "it is about the cells that are drawn and about no model: `benchmarks/subset_diversity.py` measures them "
            "on a corpus of ours, and verdicts rest on printed numbers"
        )
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
            f"it compares corpora ({names_of(corpora, vocabulary)}); a study has one corpus, and no rule of evidence "
            "compares two studies"
        )
    return "" if claim.subject_ids else "it names no model that could be trained"


def _check_that_arms_vary(claim: Claim) -> None:
    """Refuse an effect of what no arm of a study changes."""
    if claim.sampling not in (None, RANDOM, CELLTYPE_REWEIGHTED, CLUSTER_REWEIGHTED, GEOMETRIC_SKETCHING, SPIKE_IN):
        raise Untestable(claim.id, _not_drawn(claim.sampling))
    if claim.sampling in (None, RANDOM) and not _leaves_pretraining_out(claim) and _left_out(claim) is None:
        raise Untestable(
            claim.id,
            f"it varies {claim.ablation or claim.factor or 'what it does not name'}, and the arms of a study differ in "
            f"family, number of cells, sampling, and what they leave out ({', '.join(_ablations())})",
        )


def _leaves_pretraining_out(claim: Claim) -> bool:
    named = claim.ablation is None or claim.ablation in LEAVES_PRETRAINING_OUT
    return claim.factor == PRETRAINING and claim.sampling is None and named


def _left_out(claim: Claim) -> str | None:
    """What an arm leaves out, in our words; none if no arm can."""
    name = SAME_ABLATION.get(claim.ablation or "", claim.ablation or "")
    return name if name in _ablations() else None


def _ablations() -> tuple[str, ...]:
    """What arms leave out: parts of families, and cell types."""
    parts = (name for family in families.names() for name in families.find(family).config.ablations)
    return tuple(dict.fromkeys([*parts, TYPE_LEFT_OUT]))


def _regime(claim: Claim) -> str | None:
    """How the models of a claim are used; a model from scratch is the twin of one that is fine-tuned."""
    if claim.regime == "from_scratch" and _leaves_pretraining_out(claim):
        return "fine_tuned" if claim.train_fraction in (None, 1.0) else "few_shot"
    return claim.regime


# One reader per kind of claim ---------------------------------------------------------------------------------


def _comparison(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    ours, theirs = _both_sides(claim, vocabulary, scored, family)
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
        ours, theirs = _both_sides(claim, vocabulary, scored, family)
        turned = {">": "+", "<": "-", "~": "0"}.get(claim.direction or "", claim.direction)
        tests = tuple(
            TestSpec.model_validate({"kind": "scaling", "arms": ours.families, "against": other, "direction": turned})
            for other in theirs.families
        )
        return _needs((ours, theirs), scored, metric, tests)
    ours = _one_side(claim, vocabulary, scored, family)
    test = TestSpec(kind="scaling", arms=ours.families, direction=_direction(claim))
    drawn = () if claim.sampling in (None, RANDOM) else (
        f"The claim's subsets are drawn by {claim.sampling}, those of the study at random.",
    )  # fmt: skip
    return _needs((ours,), scored, metric, (test,), remarks=drawn)


def _saturation(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    if claim.sampling not in (None, RANDOM, CLUSTER_REWEIGHTED, GEOMETRIC_SKETCHING):
        raise Untestable(claim.id, _not_drawn(claim.sampling))
    ours = _one_side(claim, vocabulary, scored, family)
    fraction = HALF if claim.fraction is None else claim.fraction
    sampling = claim.sampling or RANDOM
    test = TestSpec(
        kind="saturation", arms=ours.families, direction=_direction(claim), sampling=sampling, fraction=fraction
    )
    return _needs((ours,), scored, metric, (test,), sampling=sampling, fraction=fraction)


def _effect(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    if _leaves_pretraining_out(claim):
        return _without_pretraining(claim, vocabulary, scored, metric, family)
    if claim.sampling in (None, RANDOM):
        return _without_a_part(claim, vocabulary, scored, metric, family)
    ours = _one_side(claim, vocabulary, scored, family)
    if claim.sampling == SPIKE_IN:
        spiked = tuple(
            TestSpec(
                kind="effect", arms=ours.families, direction=_direction(claim), sampling=f"{SPIKE_IN}_{100 * share:g}"
            )
            for share in SPIKE_INS
        )
        return _needs((ours,), replace(scored, like="spike_in_t"), metric, spiked, spike_ins=SPIKE_INS)
    drawn = GEOMETRIC_SKETCHING if claim.sampling == GEOMETRIC_SKETCHING else CLUSTER_REWEIGHTED
    test = TestSpec(kind="effect", arms=ours.families, direction=_direction(claim), sampling=drawn)
    by_cluster = () if claim.sampling != CELLTYPE_REWEIGHTED else (
        "The claim draws evenly over cell types; the study draws evenly over clusters, since most corpora have no cell "
        "types. The rules of evidence take both for a more diverse subset.",
    )  # fmt: skip
    return _needs((ours,), scored, metric, (test,), sampling=drawn, remarks=by_cluster)


def _without_pretraining(
    claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None
) -> Needs:
    """Every model beside its untrained twin."""
    ours = _one_side(claim, vocabulary, scored, family)
    if scored.kind == "finetuning":
        weights = LEAVES_PRETRAINING_OUT.get(claim.ablation or "", {})
        scored = replace(scored, settings={**scored.settings, **weights})
    shown = (
        "No rule of evidence judges pre-training against none yet: the records hold every model trained and untrained, "
        "and no verdict follows from them.",
    )
    return _needs((ours,), scored, metric, (), whole_only=True, remarks=shown)


def _without_a_part(claim: Claim, vocabulary: Vocabulary, scored: Scored, metric: str, family: str | None) -> Needs:
    """An arm that leaves something out beside one that does not."""
    left_out = _left_out(claim)
    of_cells = left_out == TYPE_LEFT_OUT
    ours = _one_side(claim, vocabulary, scored, family, ablation=None if of_cells else left_out)
    test = TestSpec(kind="effect", arms=ours.families, direction=_direction(claim), ablation=left_out)
    named = () if left_out == claim.ablation else (
        f"The claim leaves out what it calls {claim.ablation}; the study has {left_out}, which comes to the same.",
    )  # fmt: skip
    return _needs((ours,), scored, metric, (test,), ablation=left_out, whole_only=not of_cells, remarks=named)


_READERS: dict[str, Callable[[Claim, Vocabulary, Scored, str, str | None], Needs]] = {
    "comparison": _comparison, "effect": _effect, "scaling": _scaling, "saturation": _saturation,
}  # fmt: skip


def _one_side(
    claim: Claim, vocabulary: Vocabulary, scored: Scored, family: str | None, *, ablation: str | None = None
) -> Side:
    side, _ = sides_of(claim.subject_ids, (), vocabulary, family=family, able=able(scored, ablation))
    if not side.families:
        raise Untestable(claim.id, " ".join(side.missing))
    return side


def _both_sides(claim: Claim, vocabulary: Vocabulary, scored: Scored, family: str | None) -> tuple[Side, Side]:
    can = able(scored, None)
    ours, theirs = sides_of(claim.subject_ids, claim.comparator_ids, vocabulary, family=family, able=can)
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
    ablation: str | None = None,
    spike_ins: tuple[float, ...] = (),
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
        ablation=ablation,
        spike_ins=spike_ins,
        whole_only=whole_only,
        stood_in={subject: families for side in sides for subject, families in side.stood_in.items()},
        remarks=(*remarks, *(sentence for side in sides for sentence in (*side.differs, *side.missing))),
    )


def _direction(claim: Claim) -> Direction:
    assert claim.direction is not None  # noqa: S101 - claims without one are refused before
    return claim.direction


def _not_drawn(sampling: str | None) -> str:
    return (
        f"its subsets are drawn by {sampling}, and a study draws them at random, by cell type, by cluster or by "
        "geometric sketching, or spikes them"
    )
