"""What is asked for when a corpus is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Recipe"]

SHARD_CELLS = 65_536


@dataclass(frozen=True)
class Recipe:
    """How the cells of files become a corpus."""

    genes: Path | None = None
    """List of genes (`read_genes`); if left out, the genes that enough files measured."""
    gene_share: float = 0.5
    """Fraction of the files that must have measured a gene, where there is no list."""
    min_genes: int = 5000
    """A file with fewer genes is a panel, and unusable."""
    layer: str | None = None
    """Place of the counts (`open_cells`)."""
    label_key: str = "cell_type"
    """Column of obs with cell types; cells without one stay, and are counted."""
    study_key: str | None = None
    """Column of obs with the study of each cell; if left out, a file is a study."""
    keep: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column of obs -> values; only cells that have one of them in every such column are taken."""
    leave_out: bool = False
    """Leave unusable files out, and count their cells, instead of refusing to build."""
    shard_cells: int = SHARD_CELLS
    """Cells of a shard, and up to a block more."""
