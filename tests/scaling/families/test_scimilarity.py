from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import nn

from scaling.corpus.counts import build_corpus
from scaling.errors import CorpusError
from scaling.families.scimilarity import Scimilarity, ScimilarityConfig
from scaling.model.triplets import mine, relatives
from scaling.simulate import simulate
from scaling.views.counts import GeneCounts, choose_counts
from scaling.views.log import log_cp10k
from tests.scaling.families.batches import GENES, make_batch, random_batch

REFERENCE = ScimilarityConfig.model_validate({"preset": "reference"})

SMALL = ScimilarityConfig(hidden=(16, 16), dimensions=4)
TYPES = ["T cell", "CD4 T cell", "B cell", "monocyte"]
IS_A = {"CD4 T cell": ("alpha-beta T cell",), "alpha-beta T cell": ("T cell",), "B cell": ("lymphocyte",)}


def labelled_cells(studies: int = 3) -> GeneCounts:
    entries = simulate(cells=150, genes=60, types=3, studies=studies, depth=300, seed=0)
    corpus = build_corpus(
        entries, name="c", min_genes=10, labels=[(cells.obs["cell_type"], cells.obs["cell_type"]) for cells in entries]
    )
    return choose_counts(corpus, np.arange(60))


def test_as_published_encoder_and_decoder_have_the_published_parameters() -> None:
    model = Scimilarity([f"{number}" for number in range(19_331)], REFERENCE)
    sizes = [sum(value.numel() for value in part.parameters()) for part in (model.encoder, model.decoder)]
    assert sizes == [22_032_515, 22_051_718]
    assert model.size() == sum(sizes)


def test_types_are_related_to_their_kinds_in_any_generation() -> None:
    related = relatives(TYPES, IS_A)
    pairs = {(TYPES[one], TYPES[two]) for one, two in np.argwhere(related) if one < two}
    assert pairs == {("T cell", "CD4 T cell")}
    assert related.diagonal().all()
    assert relatives(["a", "b"], {"a": ("b",), "b": ("a",)}).all()  # a circle ends


def test_triplets_are_those_of_the_published_rule() -> None:
    rng = torch.Generator().manual_seed(0)
    embedding = nn.functional.normalize(torch.randn(60, 3, generator=rng), dim=1)
    label, study = torch.randint(-1, 4, (60,), generator=rng), torch.randint(0, 3, (60,), generator=rng)
    related = relatives(TYPES, IS_A)
    allowed: dict[tuple[int, int], set[int]] = {}
    for first, second in combinations(range(60), 2):
        if label[first] >= 0 and label[first] == label[second] and study[first] != study[second]:
            near = float((embedding[first] - embedding[second]).square().sum())
            far = (embedding[first] - embedding).square().sum(dim=1).tolist()
            fits = {
                other
                for other in range(60)
                if label[other] >= 0 and not related[label[first], label[other]] and 0 < near - far[other] + 0.3 < 0.3
            }
            if fits:
                allowed[first, second] = fits
    found = [
        mine(embedding, label, study, torch.from_numpy(related), margin=0.3, rng=torch.Generator().manual_seed(seed))
        for seed in range(40)
    ]
    for triplets in found:
        chosen = {(int(one), int(two)): int(three) for one, two, three in triplets.T}
        assert chosen.keys() == allowed.keys()
        assert all(chosen[pair] in allowed[pair] for pair in chosen)
    drawn = {
        pair: {int(triplets[2, place]) for triplets in found}
        for place, pair in enumerate(map(tuple, found[0][:2].T.tolist()))
    }
    assert all(len(negatives) > 1 for pair, negatives in drawn.items() if len(allowed[pair]) > 3)


def test_without_a_triplet_the_loss_is_the_margin_and_without_a_gradient() -> None:
    model, batch = Scimilarity(GENES, SMALL), random_batch()
    loss = model.triplet_loss(torch.randn(24, 4), batch, torch.Generator().manual_seed(0))
    assert float(loss) == pytest.approx(0.05)


def test_the_loss_is_the_weighted_sum_that_was_published() -> None:
    model = Scimilarity(GENES, SMALL.model_copy(update={"input_dropout": 0.0, "dropout": 0.0, "l1_layer": "last"}))
    counts = random_batch().counts
    batch = make_batch(counts, study=torch.arange(24) % 2, label=torch.arange(24) // 8)
    embedding = model.embed(batch)
    reconstruction = nn.functional.mse_loss(model.decoder(embedding), log_cp10k(batch))
    triplets = model.triplet_loss(embedding, batch, torch.Generator().manual_seed(2))
    penalty = sum(value.abs().sum() for value in model.encoder[-1].parameters())
    expected = 0.001 * triplets + 0.999 * reconstruction + 1e-4 * 0.005 * penalty
    torch.testing.assert_close(model.loss(batch, torch.Generator().manual_seed(2), 1), expected)
    assert len(model.encoder[-1].weight) == 4  # the 128-d layer there, where the first was meant


def test_the_penalty_is_on_the_first_layer_by_default() -> None:
    model = Scimilarity(GENES, SMALL.model_copy(update={"l1": 1.0, "triplet_weight": 0.0}))
    model._penalised().backward()
    assert model.encoder[1].weight.grad is not None
    assert model.encoder[-1].weight.grad is None


def test_cells_without_labels_or_of_one_study_are_refused() -> None:
    cells = labelled_cells()
    unlabelled = replace(cells, label=np.full(len(cells), -1, dtype=np.int32))
    with pytest.raises(CorpusError, match="these 150 cells have no labels"):
        Scimilarity(GENES, SMALL).fit(unlabelled, np.arange(150))
    with pytest.raises(CorpusError, match="3 cell types in 1 studies, no type in two"):
        Scimilarity(GENES, SMALL).fit(cells, np.flatnonzero(cells.study == 0))


def test_a_type_with_one_cell_is_never_drawn_and_rare_types_are_drawn_more_often() -> None:
    cells = labelled_cells()
    label = cells.label.copy()
    label[0] = label.max() + 1  # a class with one cell
    changed = replace(cells, label=label, types=np.append(cells.types, "rare"))
    weights = Scimilarity(GENES, SMALL).sampling_weights(changed, np.arange(150))
    assert weights[0] == 0
    common = np.bincount(label[1:]).argmax()
    assert weights[label == common].max() < weights[(label != common) & (label != label[0])].min()
