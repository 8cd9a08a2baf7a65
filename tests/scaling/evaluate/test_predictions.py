from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from graph.vocabulary.protocol import MACRO_F1, MICRO_F1
from scaling.evaluate.knn import macro_f1, micro_f1
from scaling.evaluate.predictions import GROUPS, Predicted, Predictions, cell_groups, read_predictions

CELLS = 400


@pytest.fixture
def predicted() -> Predicted:
    rng = np.random.default_rng(0)
    truth = rng.choice(["B", "NK", "T"], CELLS, p=[0.3, 0.1, 0.6])
    guess = np.where(rng.random(CELLS) < 0.8, truth, rng.choice(["B", "Mono", "T"], CELLS))
    return Predicted.of(truth, guess, cell_groups(CELLS))


def test_a_score_without_a_group_is_the_score_of_the_other_cells(predicted: Predicted) -> None:
    without = predicted.without_cells()
    for group in (0, GROUPS - 1):
        keep = predicted.groups != group
        truth, guess = predicted.truth[keep], predicted.guess[keep]
        assert without["metric:micro_f1"][group] == pytest.approx(micro_f1(truth, guess), abs=1e-6)
        assert without["metric:macro_f1"][group] == pytest.approx(macro_f1(truth, guess), abs=1e-6)
    assert {len(values) for values in without.values()} == {GROUPS}


def test_groups_are_of_equal_size_and_the_same_for_every_model() -> None:
    groups = cell_groups(CELLS)
    assert set(np.bincount(groups).tolist()) == {CELLS // GROUPS}
    assert (groups == cell_groups(CELLS)).all()
    assert groups[:12].tolist() == [2, 13, 15, 14, 17, 17, 16, 13, 6, 7, 11, 14], "another draw would unpair old scores"


def test_predictions_come_back_as_labels_and_one_other_label_changes_their_digest(
    predicted: Predicted, tmp_path: Path
) -> None:
    kept = Predictions()
    kept.keep(predicted, evaluation="e1", at=250)
    kept.keep(predicted, evaluation="e1", at=None)
    path = tmp_path / "predictions" / "run.npz"
    kept.write(path)
    said = read_predictions(path, evaluation="e1", at=250)
    assert said.tolist() == [predicted.names[code] for code in predicted.guess]
    assert (read_predictions(path, evaluation="e1", at=None) == said).all()
    assert path.stat().st_size < 4 * CELLS, "a byte a cell, compressed, and what holds them"
    with pytest.raises(KeyError):
        read_predictions(path, evaluation="e2", at=250)
    other = said.copy()
    other[0] = "T" if said[0] != "T" else "B"
    truth = np.array(predicted.names)[predicted.truth]
    assert Predicted.of(truth, other, predicted.groups).digest() != predicted.digest()
    assert Predicted.of(truth, said, predicted.groups).digest() == predicted.digest()


def test_a_run_that_predicted_nothing_leaves_no_file(tmp_path: Path) -> None:
    Predictions().write(tmp_path / "run.npz")
    assert not (tmp_path / "run.npz").exists()


def test_of_some_labels_accuracy_is_that_of_their_cells_and_macro_f1_the_mean_of_theirs() -> None:
    rng = np.random.default_rng(0)
    truth = rng.choice(["a", "b", "c", "d"], 400)
    guess = np.where(rng.random(400) < 0.7, truth, rng.choice(["a", "b", "c", "d"], 400))
    some = Predicted.of(truth, guess, cell_groups(400), only=("b", "d"))
    mine = np.isin(truth, ["b", "d"])
    assert len(some) == mine.sum()
    assert some.scores()[MICRO_F1] == pytest.approx(np.mean(truth[mine] == guess[mine]))
    assert some.scores()[MACRO_F1] == pytest.approx(f1_score(truth, guess, labels=["b", "d"], average="macro"))
    kept = cell_groups(400) != 3
    left = some.without_cells()[MICRO_F1][3]
    assert left == pytest.approx(np.mean(truth[mine & kept] == guess[mine & kept]), abs=1e-6)
