from __future__ import annotations

import numpy as np
import pytest
import torch

from scaling.errors import StudyError
from scaling.families.ssl import Ssl, SslConfig
from scaling.views.log import log_cp10k
from tests.scaling.families.batches import GENES, random_batch

REFERENCE = SslConfig.model_validate({"preset": "reference"})

SMALL = {"hidden": (16,), "dimensions": 4, "dropout": 0.0}


def test_as_published_it_has_the_published_parameters() -> None:
    assert Ssl([f"{number}" for number in range(19_331)], REFERENCE).size() == 20_767_683


def test_the_published_loss_is_the_squared_error_of_hidden_entries_over_all_entries() -> None:
    model, batch = Ssl(GENES, REFERENCE.model_copy(update=SMALL)), random_batch()
    cells = log_cp10k(batch)
    hidden = model.mask(cells, torch.Generator().manual_seed(3))
    # Written out as the paper's code does it: visible entries are scaled up, the error counts where the mask is 0.
    visible = 1.0 - hidden
    output = model.decoder(model.encoder(cells * visible / 0.5))
    assert float(output.detach().max()) < 1.0  # the sigmoid
    expected = np.mean((1.0 - visible.numpy()) * (output.detach().numpy() - cells.numpy()) ** 2)
    loss = model.loss(batch, torch.Generator().manual_seed(3), 1)
    assert float(loss.detach()) == pytest.approx(float(expected), rel=1e-5)


def test_by_default_the_loss_is_averaged_over_hidden_measured_entries_and_unbounded() -> None:
    model, batch = Ssl(GENES, SslConfig(**SMALL)), random_batch()
    batch.measured[:, :7] = 0
    hidden = model.mask(batch.counts, torch.Generator().manual_seed(3)) * batch.measured
    cells = log_cp10k(batch)
    shown = cells * (1.0 - model.mask(cells, torch.Generator().manual_seed(3))) * 2.0
    errors = ((model.decoder(model.encoder(shown)) - cells) ** 2)[hidden > 0]
    torch.testing.assert_close(model.loss(batch, torch.Generator().manual_seed(3), 1), errors.mean())


def test_programmes_are_hidden_whole_and_alike_in_all_cells() -> None:
    programmes = (GENES[:10], GENES[10:20], ("elsewhere",), GENES[20:30], GENES[5:15])
    model = Ssl(GENES, SslConfig(**SMALL, masking="gene_programme", programmes=programmes))
    assert len(model.programmes) == 4
    hidden = model.mask(torch.zeros(6, len(GENES)), torch.Generator().manual_seed(0))
    assert hidden.shape == (1, len(GENES))
    whole = [bool((hidden[0, programme] == 1).all()) for programme in model.programmes]
    assert sum(whole) >= 2
    assert hidden.sum() < len(GENES)
    assert torch.isfinite(model.loss(random_batch(), torch.Generator().manual_seed(0), 1))


def test_programmes_of_other_genes_are_refused() -> None:
    config = SslConfig(**SMALL, masking="gene_programme", programmes=(("ENSG1", "ENSG2"), GENES[:3]))
    with pytest.raises(StudyError, match="1 of 2 programmes have genes that the models see"):
        Ssl(GENES, config)
