"""Pre-trained principal components: the linear baseline that foundation models have to beat.

The mean is not subtracted from what is embedded, as in DenAdel et al.: it shifts all cells alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor

from scaling.errors import CorpusError
from scaling.model.components import COMPONENTS, fit_components
from scaling.model.family import CellModel, Family, FamilyConfig
from scaling.model.variable import variable_genes
from scaling.views.batch import Batch
from scaling.views.counts import GeneCounts
from scaling.views.log import LogCounts, log_cp10k

__all__ = ["FAMILY", "PcaConfig", "PrincipalComponents"]


class PcaConfig(FamilyConfig):
    """Settings of pre-trained PCA."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"reference": {"variable_only": True}}
    """As pre-trained by DenAdel et al."""
    optimiser: None = None
    """It is fitted, not trained in steps."""
    components: int = Field(default=COMPONENTS, ge=1)
    """Components, at most as many as there are genes."""
    variable_only: bool = False
    """Whether only genes that vary in the subset get loadings, and all others 0."""


class PrincipalComponents(CellModel):
    """Loadings, genes x components; before :meth:`fit` standard normal, as the untrained PCA of DenAdel et al."""

    loadings: Tensor

    def __init__(self, genes: Sequence[str], config: PcaConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("loadings", torch.randn(len(genes), min(config.components, len(genes))))

    def fit(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> None:
        """Fit the components; those beyond the rank of few cells are zero.

        Raises
        ------
        CorpusError
            If no gene varies.
        """
        columns = variable_genes(cells, rows) if self.config.variable_only else np.ones(cells.genes, dtype=bool)
        if not columns.any():
            msg = f"PCA: none of {cells.genes} genes varies over these {len(rows)} cells; draw more cells"
            raise CorpusError(msg)
        fitted = fit_components(LogCounts(cells.choose(columns)), rows, components=self.loadings.shape[1])
        self.loadings.zero_()[torch.from_numpy(columns), : fitted.shape[1]] = torch.from_numpy(fitted)

    def embed(self, batch: Batch) -> Tensor:
        """Project log counts on the loadings."""
        return log_cp10k(batch) @ self.loadings

    def size(self) -> int:
        """Count the loadings."""
        return self.loadings.numel()

    def flops(self) -> float:
        """The share of a cell in the covariance over genes."""
        return 2.0 * len(self.loadings) ** 2


FAMILY = Family(config=PcaConfig, model=PrincipalComponents, view="log1p_cp10k")
