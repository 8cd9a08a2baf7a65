"""A classifier that is trained on labelled cells: what it may look at, and what it does with what it learns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from scaling import families
from scaling.corpus.counts import build_corpus, label_cells
from scaling.errors import NothingToScore
from scaling.evaluate.baselines import Evaluation, baselines, measure
from scaling.evaluate.finetune import Features, Recipe, all_weights, classify, classify_best, frozen
from scaling.evaluate.kinds.finetuning import KIND, FinetuningConfig
from scaling.evaluate.logistic import STRENGTHS, logistic_regression
from scaling.evaluate.splits import Labelled, label_few
from scaling.model.embedding import embed_once
from scaling.simulate import simulate
from scaling.views.counts import choose_counts

RECIPE = Recipe(
    hidden=16, dropout=0.2, learning_rate=0.01, weight_decay=0.0, batch_size=32, epochs=30, patience=5, balanced=False,
    seed=0,
)  # fmt: skip
TYPES = 4
CODES = np.repeat(np.arange(TYPES), 100)
LEARNT, TEST = np.arange(0, 400, 2), np.arange(1, 400, 2)
GENES = 60
TRAINED = [name for name in families.names() if families.find(name).config().optimiser is not None]


def points(noise: float, seed: int = 0) -> np.ndarray:
    """An embedding in which each type has a direction of its own, behind so much noise."""
    rng = np.random.default_rng(seed)
    return (np.eye(8)[CODES] + rng.normal(scale=noise, size=(len(CODES), 8))).astype(np.float32)


def accuracy(embedding: np.ndarray, labelled: Labelled, recipe: Recipe = RECIPE) -> float:
    return float(np.mean(classify(frozen(embedding), CODES, labelled, TEST, recipe) == CODES[TEST]))


@pytest.mark.parametrize("share", [1.0, 0.25, 0.1, 0.001])
def test_a_share_of_every_type_is_labelled_and_a_fifth_of_it_chooses_the_epoch(share: float) -> None:
    labelled = label_few(CODES, LEARNT, share=share, seed=3)
    sizes = np.bincount(CODES[np.concatenate([labelled.train, labelled.validation])], minlength=TYPES)
    assert sizes.tolist() == [max(round(50 * share), 2)] * TYPES
    assert np.bincount(CODES[labelled.validation]).tolist() == [max(sizes[0] // 5, 1)] * TYPES
    assert not set(labelled.train) & set(labelled.validation)
    assert set(labelled.train) | set(labelled.validation) <= set(LEARNT)
    again, other = (label_few(CODES, LEARNT, share=share, seed=seed) for seed in (3, 4))
    assert np.array_equal(again.train, labelled.train)
    assert share == 1.0 or not np.array_equal(other.train, labelled.train)


def test_fewer_labels_of_the_same_seed_are_among_the_more() -> None:
    known = [
        set(np.concatenate([few.train, few.validation]).tolist())
        for few in (label_few(CODES, LEARNT, share=share, seed=0) for share in (0.1, 0.5, 1.0))
    ]
    assert known[0] < known[1] < known[2]


def test_a_type_of_one_cell_is_learnt_from() -> None:
    codes = np.array([0, 0, 0, 0, 0, 1])
    labelled = label_few(codes, np.arange(6), share=1.0, seed=0)
    assert 5 in labelled.train
    guess = classify(frozen(np.eye(2)[codes]), codes, labelled, np.arange(6), replace(RECIPE, epochs=200, patience=200))
    assert guess.tolist() == codes.tolist()


def test_a_good_embedding_is_better_than_a_noisy_one_and_that_than_noise_with_many_labels_and_few() -> None:
    for share, margin in ((1.0, 0.15), (0.1, 0.1)):
        labelled = label_few(CODES, LEARNT, share=share, seed=0)
        good, noisy, noise = (accuracy(points(scale), labelled) for scale in (0.1, 0.6, 50.0))
        assert good > 0.95
        assert good - margin > noisy > noise + margin


def test_many_coordinates_of_hardly_any_spread_do_not_hide_the_few_that_tell_types_apart() -> None:
    noise = np.random.default_rng(1).normal(scale=0.03, size=(len(CODES), 100)).astype(np.float32)
    labelled = label_few(CODES, LEARNT, share=0.1, seed=0)
    assert accuracy(np.hstack([points(0.1), noise]), labelled) > 0.95


def test_no_label_but_the_known_ones_is_looked_at() -> None:
    labelled = label_few(CODES, LEARNT, share=0.2, seed=0)
    hidden = np.full_like(CODES, TYPES)
    known = np.concatenate([labelled.train, labelled.validation])
    hidden[known] = CODES[known]
    values = points(0.5)
    expected = classify(frozen(values), CODES, labelled, TEST, RECIPE)
    assert np.array_equal(classify(frozen(values), hidden, labelled, TEST, RECIPE), expected)
    assert np.array_equal(
        logistic_regression(values, hidden, known, TEST), logistic_regression(values, CODES, known, TEST)
    )


def test_one_seed_gives_one_answer_and_leaves_the_stream_of_the_caller() -> None:
    labelled = label_few(CODES, LEARNT, share=0.2, seed=0)
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    first = classify(frozen(points(0.6)), CODES, labelled, TEST, RECIPE)
    assert torch.equal(torch.rand(3), expected)
    assert np.array_equal(classify(frozen(points(0.6)), CODES, labelled, TEST, RECIPE), first)
    assert not np.array_equal(classify(frozen(points(0.6)), CODES, labelled, TEST, replace(RECIPE, seed=1)), first)


def test_the_weights_of_the_best_epoch_are_taken_however_long_training_goes_on() -> None:
    labelled = label_few(CODES, LEARNT, share=0.2, seed=0)
    stopped, patient = (
        classify(frozen(points(0.8)), CODES, labelled, TEST, replace(RECIPE, epochs=epochs, patience=patience))
        for epochs, patience in ((60, 60), (60, 59))
    )
    assert np.array_equal(stopped, patient)


def test_balanced_weights_give_a_rare_type_its_due() -> None:
    rng = np.random.default_rng(0)
    codes = np.r_[np.zeros(380, dtype=np.int64), np.ones(20, dtype=np.int64)]
    values = rng.normal(size=(400, 2)) + codes[:, None] * 1.2
    labelled = label_few(codes, LEARNT, share=1.0, seed=0)
    hits = [
        float(np.mean(classify(frozen(values), codes, labelled, TEST, replace(RECIPE, balanced=balanced))[-10:] == 1))
        for balanced in (False, True)
    ]
    assert hits[1] > hits[0] + 0.2


def test_a_loss_that_is_no_number_is_named_with_what_to_do() -> None:
    broken = points(0.1)
    broken[LEARNT[0]] = np.nan
    with pytest.raises(NothingToScore, match="Give a lower one under settings"):
        classify(frozen(broken), CODES, label_few(CODES, LEARNT, share=1.0, seed=0), TEST, RECIPE)


def test_logistic_regression_is_the_one_of_scikit_learn_at_the_strength_that_predicts_best() -> None:
    values = points(0.6)
    guess = logistic_regression(values, CODES, LEARNT, TEST)
    fitted = [
        OneVsRestClassifier(LogisticRegression(C=c, l1_ratio=1.0, solver="liblinear", random_state=0, max_iter=200))
        .fit(values[LEARNT], CODES[LEARNT])
        .predict(values[TEST])
        for c in STRENGTHS
    ]
    assert any(np.array_equal(guess, each) for each in fitted)
    assert np.mean(guess == CODES[TEST]) >= np.median([np.mean(each == CODES[TEST]) for each in fitted])


@pytest.fixture(scope="module")
def entry() -> Evaluation:
    cells = simulate(cells=160, genes=GENES, types=3, studies=2, depth=400, seed=0)
    corpus = build_corpus(cells, name="c", labels=[label_cells(each) for each in cells], min_genes=5)
    return Evaluation(
        "finetuning_all", "dataset:c", None, choose_counts(corpus, np.arange(GENES)), corpus.label, None, None,
        kind=KIND, config=FinetuningConfig(epochs=2, batch_size=16, share=0.4),
    )  # fmt: skip


@pytest.mark.parametrize("family", TRAINED)
def test_all_weights_that_an_embedding_hangs_on_are_trained_in_a_copy(family: str, entry: Evaluation) -> None:
    found = families.find(family)
    model = found.build([f"gene{n}" for n in range(GENES)], found.config(), seed_init=0)
    model.fit(entry.query, np.arange(100))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    codes = np.unique(entry.query_labels, return_inverse=True)[1]
    features = all_weights(model, entry.query)
    labelled = label_few(codes, np.arange(80), share=0.5, seed=0)
    classify(features, codes, labelled, np.arange(80, 160), replace(RECIPE, epochs=2))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert features.model is not None
    twin = dict(features.model.named_parameters())
    reached = {name for name, weight in twin.items() if weight.grad is not None}
    assert reached
    assert all(not torch.equal(twin[name], before[name]) for name in reached)


def test_all_weights_and_the_head_alone_are_two_answers_and_a_fitted_family_has_one(entry: Evaluation) -> None:
    alone = replace(entry, config=entry.config.model_copy(update={"weights": "head"}))
    for family, same in (("masked", False), ("pca", True)):
        found = families.find(family)
        model = found.build([f"gene{n}" for n in range(GENES)], found.config(), seed_init=0)
        model.fit(entry.query, np.arange(100))
        scored = [measure(each, embed_once(model), model) for each in (entry, alone)]
        assert [len(each) for each in scored] == [81, 81]
        assert (scored[0].digest() == scored[1].digest()) is same


def test_baselines_are_the_same_head_on_genes_and_components_and_logistic_regression(entry: Evaluation) -> None:
    assert {model for model, measured in baselines(entry) if len(measured) == 81} == {
        "model:lognorm_knn", "model:pca_reference", "model:logistic_regression",
    }  # fmt: skip


def test_of_several_rates_the_labelled_cells_choose_and_training_starts_anew_for_each() -> None:
    labelled = label_few(CODES, LEARNT, share=1.0, seed=0)
    made = []

    def features() -> Features:
        made.append(frozen(points(0.4)))
        return made[-1]

    idle, good = (replace(RECIPE, learning_rate=rate) for rate in (1e-9, 0.01))
    best = classify_best(features, CODES, labelled, TEST, [idle, good])
    assert np.array_equal(best, classify(frozen(points(0.4)), CODES, labelled, TEST, good))
    assert not np.array_equal(best, classify(frozen(points(0.4)), CODES, labelled, TEST, idle))
    assert len(made) == 2
