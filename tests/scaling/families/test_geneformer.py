from __future__ import annotations

import numpy as np
import pytest
import torch

from scaling.errors import StudyError
from scaling.families.geneformer import MASK, SPECIAL, Geneformer, GeneformerConfig
from scaling.model.transformer import pack
from tests.scaling.families.batches import GENES, make_batch, random_batch
from tests.scaling.recorded import recorded

REFERENCE = GeneformerConfig.model_validate({"preset": "reference"})

SMALL = GeneformerConfig(width=8, layers=2, heads=2, context=10, dropout=0.0, segments=True)


@pytest.mark.parametrize(("width", "parameters"), [(32, 957_106), (64, 1_989_138), (128, 4_354_258), (256, 10_288_722)])
def test_as_published_it_has_the_published_parameters(width: int, parameters: int) -> None:
    config = REFERENCE.model_copy(update={"width": width})
    assert Geneformer([f"{number}" for number in range(25_424)], config).size() == parameters


def test_tokens_are_those_of_the_published_rule() -> None:
    batch = random_batch(20)
    model = Geneformer(GENES, SMALL)
    model.medians.copy_(torch.linspace(0.3, 5.0, len(GENES), dtype=torch.float64))
    tokens, packing = model.tokens(batch)
    for cell, counts in enumerate(batch.counts.double().numpy()):
        values = counts / counts.sum() * 10_000 / model.medians.numpy()
        expressed = np.flatnonzero(counts)
        expected = expressed[np.argsort(-values[expressed], kind="stable")][:10]
        np.testing.assert_array_equal(tokens[packing.cells == cell] - SPECIAL, expected)


def test_equal_genes_stand_in_the_order_of_genes() -> None:
    tokens, _ = Geneformer(GENES, SMALL).tokens(make_batch(torch.ones((1, len(GENES)))))
    assert (tokens - SPECIAL).tolist() == list(range(10))


def test_the_loss_and_its_gradient_are_those_of_transformers() -> None:
    arrays = {name: torch.from_numpy(value) for name, value in recorded("bert").items() if name != "version"}
    model = Geneformer(GENES[:12], SMALL)
    model.load_state_dict({name: arrays[name] for name in model.state_dict() if name in arrays}, strict=False)
    packing = pack(arrays["lengths"])
    shown, targets = (arrays[name][packing.cells, packing.positions] for name in ("shown", "targets"))
    chosen = (targets >= 0).nonzero().squeeze(1)
    loss = model.prediction_loss(shown, targets, chosen, packing)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(float(arrays["loss"]), abs=1e-4)
    np.testing.assert_allclose(model.gene.weight.grad, arrays["gradient"], atol=1e-5)


def test_of_the_chosen_genes_most_are_hidden_and_the_rest_are_shown_as_they_are() -> None:
    tokens = torch.full((40_000,), SPECIAL + 3)
    shown, chosen = Geneformer(GENES, SMALL).corrupt(tokens, torch.Generator().manual_seed(0))
    assert len(chosen) / len(tokens) == pytest.approx(0.15, abs=0.01)
    assert float((shown[chosen] == MASK).float().mean()) == pytest.approx(0.8, abs=0.02)
    assert float((shown[chosen] == SPECIAL + 3).float().mean()) == pytest.approx(0.1, abs=0.02)
    untouched = torch.ones(len(tokens), dtype=torch.bool)
    untouched[chosen] = False
    assert (shown[untouched] == SPECIAL + 3).all()


def test_a_cell_without_a_gene_is_embedded_as_zero_and_does_not_disturb_the_others() -> None:
    counts = random_batch(6).counts
    model = Geneformer(GENES, SMALL).eval()
    alone = model.embed(make_batch(counts[1:]))
    counts[0] = 0
    together = model.embed(make_batch(counts))
    assert (together[0] == 0).all()
    torch.testing.assert_close(together[1:], alone, atol=1e-6, rtol=1e-5)
    empty = model.loss(make_batch(counts[:1]), torch.Generator().manual_seed(0), 1)
    assert float(empty.detach()) == 0.0


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(StudyError, match="width = 10 is not a multiple of heads = 4; choose one, such as 8"):
        Geneformer(GENES, GeneformerConfig(width=10, heads=4))


def test_fewer_genes_than_the_context_are_all_seen() -> None:
    model = Geneformer(GENES, SMALL.model_copy(update={"context": 2048}))
    tokens, _ = model.tokens(make_batch(torch.ones((1, len(GENES)))))
    assert len(tokens) == len(GENES)
