from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

from scaling.families.geneformer import Geneformer, GeneformerConfig
from scaling.views.batch import Batch
from tests.parity.libraries import bert_loss, bert_model
from tests.scaling.families.batches import GENES, random_batch

REFERENCE = GeneformerConfig.model_validate({"preset": "reference"})

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # of the libraries


def padded(model: Geneformer, batch: Batch, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The corrupted tokens and the targets of a batch, as transformers takes them."""
    tokens, packing = model.tokens(batch)
    shown, chosen = model.corrupt(tokens, torch.Generator().manual_seed(seed))
    targets = torch.full_like(tokens, -100)
    targets[chosen] = tokens[chosen]
    cells = [packing.cells == number for number in range(len(batch))]
    return (
        pad_sequence([shown[cell] for cell in cells], batch_first=True),
        pad_sequence([targets[cell] for cell in cells], batch_first=True, padding_value=-100),
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_loss_of_packed_cells_is_that_of_padded_cells_in_transformers(seed: int) -> None:
    torch.manual_seed(seed)
    config = REFERENCE.model_copy(update={"width": 64, "layers": 3, "context": 24, "dropout": 0.0})
    model, batch = Geneformer(GENES, config), random_batch(16, seed=seed)
    shown, targets = padded(model, batch, seed)
    expected, gradient = bert_loss(model.state_dict(), config.heads, shown, targets)
    loss = model.loss(batch, torch.Generator().manual_seed(seed), 1)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(expected, abs=1e-4)
    torch.testing.assert_close(model.gene.weight.grad, gradient, atol=1e-5, rtol=1e-3)


def test_twenty_steps_of_training_follow_those_of_transformers() -> None:
    torch.manual_seed(0)
    config = REFERENCE.model_copy(update={"width": 32, "layers": 2, "context": 24, "dropout": 0.0})
    model = Geneformer(GENES, config)
    theirs = bert_model(model.state_dict(), config.heads)
    both = [torch.optim.AdamW(part.parameters(), lr=1e-3, weight_decay=0.001) for part in (model, theirs)]
    losses = []
    for step in range(20):
        batch = random_batch(16, seed=step)
        shown, targets = padded(model, batch, step)
        pair = (
            model.loss(batch, torch.Generator().manual_seed(step), step),
            theirs(input_ids=shown, attention_mask=(shown != 0).long(), labels=targets).loss,
        )
        for loss, optimiser in zip(pair, both, strict=True):
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        losses.append([float(loss.detach()) for loss in pair])
    ours, expected = np.transpose(losses)
    assert ours[-1] < ours[0]
    np.testing.assert_allclose(ours, expected, atol=1e-3)


def test_as_published_it_has_the_parameters_of_transformers() -> None:
    from transformers import BertConfig, BertForMaskedLM

    theirs = BertForMaskedLM(
        BertConfig(
            vocab_size=len(GENES) + 2, hidden_size=32, num_hidden_layers=6, num_attention_heads=4,
            intermediate_size=64, max_position_embeddings=30,
        )
    )  # fmt: skip
    assert Geneformer(GENES, REFERENCE.model_copy(update={"width": 32})).size() == theirs.num_parameters()
