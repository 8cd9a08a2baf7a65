from __future__ import annotations

import numpy as np
import pytest

from scaling.errors import CorpusError
from scaling.families.pca import PcaConfig, PrincipalComponents
from scaling.model.embedding import embed
from scaling.model.variable import variable_genes
from scaling.views.counts import GeneCounts
from tests.scaling.families.batches import cells_of_many_levels
from tests.scaling.recorded import recorded

REFERENCE = PcaConfig.model_validate({"preset": "reference"})


@pytest.fixture(scope="module")
def cells() -> GeneCounts:
    return cells_of_many_levels()


def test_variable_genes_are_those_of_scanpy(cells: GeneCounts) -> None:
    np.testing.assert_array_equal(variable_genes(cells, np.arange(0, 240, 2)), recorded("scanpy")["variable"])


def test_the_published_pca_has_loadings_of_zero_for_other_genes(cells: GeneCounts) -> None:
    rows = np.arange(240)
    model = PrincipalComponents(cells.genes * [""], REFERENCE.model_copy(update={"components": 5}))
    model.fit(cells, rows)
    varies = variable_genes(cells, rows)
    loadings = model.loadings.numpy()
    assert (loadings[~varies] == 0).all()
    assert (np.abs(loadings[varies]).sum(axis=1) > 0).all()
    fewer = PrincipalComponents(int(varies.sum()) * [""], PcaConfig(components=5))
    fewer.fit(cells.choose(varies), rows)
    np.testing.assert_allclose(embed(model, cells), embed(fewer, cells.choose(varies)), atol=1e-4)


def test_as_published_pca_has_the_published_parameters() -> None:
    assert PrincipalComponents(19_331 * [""], REFERENCE).size() == 966_550


def test_cells_that_are_all_alike_have_no_variable_gene(cells: GeneCounts) -> None:
    with pytest.raises(CorpusError, match="none of 400 genes varies over these 1 cells"):
        PrincipalComponents(cells.genes * [""], REFERENCE).fit(cells, np.array([3]))
