from __future__ import annotations

import math

import numpy as np
import pytest

from graph.vocabulary.protocol import RECONSTRUCTION_R2
from scaling.corpus.counts import Text, build_corpus, label_cells
from scaling.errors import CorpusError, SamplingError
from scaling.evaluate import kinds
from scaling.evaluate.baselines import Evaluation, baselines
from scaling.evaluate.kinds.reconstruction import ReconstructionConfig, type_counts
from scaling.evaluate.predictions import GROUPS
from scaling.evaluate.reconstruction import Reconstructed, explained, nearest, profile
from scaling.sampling.subsets import of_other_types
from scaling.simulate import simulate
from scaling.views.counts import GeneCounts, choose_counts


def counts(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_a_profile_is_the_log_of_shares_and_a_cell_set_without_counts_has_none() -> None:
    np.testing.assert_allclose(profile(counts(1, 3)), [math.log1p(2500), math.log1p(7500)])
    np.testing.assert_allclose(profile(np.array([[5.0, 5.0], [0.0, 0.0]])), [[math.log1p(5000)] * 2, [0.0, 0.0]])


def test_the_explained_share_is_that_worked_out_by_hand() -> None:
    # logs of 1 + 10,000 x share: theirs are a, b, b, said are b, a, b
    high, low = math.log1p(6000), math.log1p(2000)
    mean = (high + 2 * low) / 3
    variance = (high - mean) ** 2 + 2 * (low - mean) ** 2
    assert explained(counts(6, 2, 2), counts(2, 6, 2)) == pytest.approx(1 - 2 * (high - low) ** 2 / variance)
    assert explained(counts(6, 2, 2), counts(60, 20, 20)) == 1.0
    # equal shares are not the mean of the logs, so that they explain less than nothing
    assert explained(counts(6, 2, 2), counts(1, 1, 1)) < 0.0


def test_a_score_without_a_group_is_that_of_the_other_cells() -> None:
    rng = np.random.default_rng(0)
    observed, expected = rng.poisson(4.0, (GROUPS, 30)).astype(float), rng.random((GROUPS, 30))
    scored = Reconstructed(observed, expected, 100)
    assert scored.scores()[RECONSTRUCTION_R2] == explained(observed.sum(axis=0), expected.sum(axis=0))
    keep = np.arange(GROUPS) != 3
    other = explained(observed[keep].sum(axis=0), expected[keep].sum(axis=0))
    assert scored.without_cells()[RECONSTRUCTION_R2][3] == pytest.approx(other, abs=1e-6)


def test_the_nearest_type_is_the_one_of_the_highest_correlation_and_never_itself() -> None:
    profiles = {"a": counts(1, 2, 3), "b": counts(2, 4, 6.5), "c": counts(3, 2, 1)}
    name, distance = nearest(profiles, "a")
    assert name == "b"
    assert distance == pytest.approx(1 - np.corrcoef([1, 2, 3], [2, 4, 6.5])[0, 1])
    assert nearest(profiles, "c")[1] > 1.9


def test_cells_of_other_types_are_neither_of_the_type_nor_of_an_unknown_one() -> None:
    types = np.array(["B", "NK", "unknown", "T"] * 50)
    rows = of_other_types(types, "B")
    assert rows.tolist() == [row for row, name in enumerate(types) if name in ("NK", "T")]
    with pytest.raises(SamplingError, match="Mono: no cell of the corpus is of this type; it has B, NK"):
        of_other_types(types, "Mono")


@pytest.fixture(scope="module")
def cells() -> tuple[GeneCounts, Text]:
    entries = simulate(cells=300, genes=60, types=3, studies=2, depth=400, seed=0)
    corpus = build_corpus(entries, name="c", labels=[label_cells(entry) for entry in entries], min_genes=10)
    return choose_counts(corpus, np.arange(60)), corpus.coarse


def test_the_baselines_are_made_of_the_corpus_without_the_type(cells: tuple[GeneCounts, Text]) -> None:
    given, types = cells
    own = sorted(set(types.tolist()))[0]
    rows = np.flatnonzero(types == own)
    kind = kinds.find("reconstruction")
    entry = Evaluation(
        name="reconstruction", dataset_id="dataset:s", reference_id=None, query=given.take(rows),
        query_labels=types[rows], reference=None, reference_labels=None, kind=kind,
        config=ReconstructionConfig(cell_type=own), corpus=cells,
    )  # fmt: skip
    found = dict(baselines(entry))
    assert list(found) == ["model:corpus_profile", "model:nearest_type_profile"]
    summed = type_counts(given, types)
    np.testing.assert_array_equal(summed[own], given.dense(rows).sum(axis=0))
    others = np.sum([value for name, value in summed.items() if name != own], axis=0)
    measured = given.measured.any(axis=0)
    by_hand = explained(summed[own][measured], others[measured])
    assert found["model:corpus_profile"].scores()[RECONSTRUCTION_R2] == pytest.approx(by_hand, abs=1e-6)
    assert len(found["model:corpus_profile"]) == len(rows)


def test_a_set_with_too_few_cells_of_the_type_is_refused() -> None:
    entries = simulate(cells=60, genes=60, types=3, studies=2, depth=400, seed=0)
    corpus = build_corpus(entries, name="c", labels=[label_cells(entry) for entry in entries], min_genes=10)
    with pytest.raises(CorpusError, match="Reconstruction of Mono in c: 0 cells, and 10 are needed"):
        kinds.find("reconstruction").rows(corpus, ReconstructionConfig(cell_type="Mono"), 10)
