"""What leaving a part out changes, judged from planted scores whose true difference is known."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from graph.evidence import judge
from graph.records import Claim, Hypotheses, Hypothesis, Result, Run
from graph.vocabulary.protocol import MASKED_ACCURACY, NO_GENE_IDENTITY

BINNED, TASK = "model:ours_binned", "task:masked_modelling"
SETS = ("dataset:pbmc3k", "dataset:zheng_facs")
GROUPS = 20
Make = Callable[..., Any]


def named(**data: Any) -> Hypotheses:
    test = Hypothesis(kind="effect", model_id=BINNED, direction="-", ablation=NO_GENE_IDENTITY)
    return Hypotheses.model_validate(
        {
            "primary_metric": "metric:macro_f1",
            "delta": 0.02,
            "tests": (test,),
            "other_tasks": {TASK: (MASKED_ACCURACY,)},
        }
        | data
    )


def planted(
    loss: float, *, seed: int = 0, noise: float = 0.003, seeds: int = 6, hypotheses: Hypotheses | None = None,
    untrained: float = 0.2, corpus: int = 8584,
) -> dict[str, list[Any]]:  # fmt: skip
    """A study of the model as it is (.75) and without a part (that less ``loss``), on two sets."""
    rng = random.Random(seed)
    hypotheses = hypotheses or named()
    runs, results = [], []
    for ablation, top in ((None, 0.75), (NO_GENE_IDENTITY, 0.75 - loss)):
        for cells, level in ((0, untrained), (8584, top)):
            for replicate in range(seeds):
                run = Run(
                    study="planted", model_id=BINNED, corpus_id="dataset:planted", corpus_digest="0" * 64,
                    corpus_cells=corpus, genes=2000, studies=8, sampling="random", cells=cells, fraction=cells / 8584,
                    family="binned", ablation=ablation, config=f'{{"without":"{ablation}"}}', protocol="corrected@2",
                    seed_data=replicate, seed_init=replicate, steps=800 if cells else 0, batch_size=64,
                    hypotheses=hypotheses.text(), hypotheses_digest=hypotheses.digest(),
                )  # fmt: skip
                runs.append(run)
                for dataset in SETS:
                    value = level + rng.gauss(0, noise)
                    results.append(
                        Result(
                            run_id=run.id, study="planted", evaluation="masked_15_percent", model_id=BINNED,
                            dataset_id=dataset, task_id=TASK, metric_id=MASKED_ACCURACY, value=value,
                            without_cells=tuple(value + rng.gauss(0, 0.0002) for _ in range(GROUPS)),
                            hypotheses_digest=run.hypotheses_digest, regime="pretraining", ablation=ablation,
                            sampling="random", cells=cells, fraction=run.fraction, steps=run.steps,
                            seed_data=replicate, seed_init=replicate, seed_split=0, source="reproduced",
                        )
                    )  # fmt: skip
    return {"runs": runs, "results": results}


def claim(a_claim: Make, **data: Any) -> Claim:
    made: Claim = a_claim(
        **{
            "kind": "effect", "subject_ids": ("model:scbert",), "task_id": TASK, "metric_id": MASKED_ACCURACY,
            "regime": "pretraining", "direction": "-", "factor": "gene2vec", "ablation": "no gene2vec",
            "corpus_cells": 1_120_000, **data,
        }
    )  # fmt: skip
    return made


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_loss_has_the_direction_of_the_claim_at_scale(seed: int, a_claim: Make) -> None:
    (evidence,) = judge([claim(a_claim)], **planted(0.06, seed=seed))
    assert (evidence.verdict, evidence.failed_gates, evidence.rule) == (
        "same_direction_at_scale",
        (),
        "effect_ablation@1",
    )
    assert evidence.effect == pytest.approx(-0.06, abs=0.005)
    assert evidence.details["ablation"] == {"ours": NO_GENE_IDENTITY, "theirs": "no gene2vec"}
    used = set(evidence.inputs)
    assert {result.ablation for result in planted(0.06, seed=seed)["results"] if result.id in used} == {
        None, NO_GENE_IDENTITY,
    }  # fmt: skip


def test_arms_on_a_part_of_the_corpus_are_compared_at_the_size_that_both_have(a_claim: Make) -> None:
    (evidence,) = judge([claim(a_claim)], **planted(0.06, corpus=20_000))
    assert (evidence.verdict, evidence.failed_gates) == ("same_direction_at_scale", ())
    assert "at 8,584 cells" in " ".join(evidence.reasons)


@pytest.mark.parametrize(
    ("loss", "data", "verdict"),
    [
        (-0.06, {}, "opposite_direction_at_scale"),
        (0.02, {}, "inconclusive"),  # at the margin
        (0.0, {"direction": "0"}, "inconclusive"),  # nothing else was changed that the assay could have seen
        (0.06, {"ablation": "no pre-training"}, "not_testable"),
        (0.06, {"subject_ids": ("model:scvi",)}, "not_testable"),
        (0.06, {"regime": "fine_tuned"}, "not_testable"),
    ],
)
def test_what_was_not_planted_is_not_found(loss: float, data: dict[str, Any], verdict: str, a_claim: Make) -> None:
    (evidence,) = judge([claim(a_claim, **data)], **planted(loss))
    assert evidence.verdict == verdict


def test_where_there_is_no_loss_a_claimed_one_is_inconclusive_without_a_positive_control(a_claim: Make) -> None:
    (evidence,) = judge([claim(a_claim)], **planted(0.0))
    assert evidence.verdict == "inconclusive"
    assert evidence.failed_gates == ("positive_control",)


def test_a_model_that_learnt_nothing_shows_nothing(a_claim: Make) -> None:
    (evidence,) = judge([claim(a_claim)], **planted(0.06, untrained=0.72))
    assert (evidence.verdict, "learned" in evidence.failed_gates) == ("not_testable", True)


def test_an_ablation_that_was_not_named_before_decides_nothing(a_claim: Make) -> None:
    other = Hypothesis(kind="effect", model_id=BINNED, direction="-", sampling="cluster_reweighted")
    (evidence,) = judge([claim(a_claim)], **planted(0.06, hypotheses=named(tests=(other,))))
    assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("hypotheses",))


def test_at_the_margin_few_verdicts_are_given(a_claim: Make) -> None:
    given = [judge([claim(a_claim)], **planted(0.02, seed=seed))[0].verdict for seed in range(20)]
    assert sum(verdict != "inconclusive" for verdict in given) <= 2


def test_hypotheses_of_before_ablations_keep_their_digest() -> None:
    before = Hypotheses(
        primary_metric="metric:macro_f1", delta=0.02,
        tests=(Hypothesis(kind="comparison", model_id=BINNED, comparator_id="model:ours_pca", direction=">"),),
    )  # fmt: skip
    assert "ablation" not in before.text()
    assert '"ablation":"no gene identity"' in named().text()
