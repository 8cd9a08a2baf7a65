"""Errors of the scaling package.

ScalingError
|- CorpusError              the cells cannot be used as they are (has .path)
|  |- TruncatedFile         the file is damaged or no .h5ad
|  |- NotCounts             the values are not raw counts
|  |- MissingLabel          no such column of labels, or none of its values is a cell type
|  |- NoCommonGenes         two sets share too few genes
|  `- OverlapError          evaluation cells stand in the corpus (has .found)
|- StudyError               the study file asks for something that is not there
|- LedgerError              the folder of a study cannot be written, or belongs to another study
`- RunFailed                training or scoring of a run failed (has .run_id)

A message says what happened, with the value, and what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class ScalingError(Exception):
    """Root of every error raised by ``scaling``."""


class CorpusError(ScalingError):
    """Cells that cannot be used as they are."""

    def __init__(self, message: str, path: Path | None = None) -> None:
        self.path = path
        super().__init__(message)


class TruncatedFile(CorpusError):
    """The file is damaged or not an .h5ad."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path}: cannot be read as .h5ad ({reason}). Copy or download the file again; compare its size with the "
            "source.",
            path,
        )


class NotCounts(CorpusError):
    """The values are not raw counts."""

    def __init__(self, path: Path, where: str, values: Sequence[float]) -> None:
        self.values = tuple(values)
        seen = ", ".join(f"{value:g}" for value in values)
        super().__init__(
            f"{path}: {where} holds {seen}: not raw counts (whole numbers >= 0). Put the counts in X or in "
            'layers["counts"]; normalised values are not undone here.',
            path,
        )


class MissingLabel(CorpusError):
    """No such column of labels."""

    def __init__(self, path: Path, column: str, columns: Sequence[str]) -> None:
        self.column, self.columns = column, tuple(columns)
        super().__init__(
            f"{path}: no labels in obs[{column!r}]. Its columns are: {', '.join(columns) or 'none'}. "
            "Name the right one in the study file (label_key, coarse_key).",
            path,
        )


class NoCommonGenes(CorpusError):
    """Two sets share too few genes."""

    def __init__(self, path: Path | None, name: str, shared: int, genes: Sequence[str], wanted: Sequence[str]) -> None:
        self.shared = shared
        super().__init__(
            f"{path or name}: {shared} genes in common with the corpus. Genes of the file: {', '.join(genes[:3])} ...; "
            f"of the corpus: {', '.join(wanted[:3])} .... Use the same names (symbols or Ensembl ids) in all files.",
            path,
        )


class OverlapError(CorpusError):
    """Evaluation cells stand in the corpus."""

    def __init__(self, found: Sequence[tuple[str, str, int]]) -> None:
        self.found = tuple(found)
        listed = "; ".join(f"{cells} cells of {source} are in {target}" for source, target, cells in found)
        excludes = ", ".join(f'"{source}"' for source in dict.fromkeys(source for source, _, _ in found))
        super().__init__(
            f"Evaluation cells stand in the corpus (same barcode and same profile): {listed}. "
            f"Drop them: exclude = [{excludes}] under [corpus] of the study file."
        )


class StudyError(ScalingError):
    """The study file asks for something that is not there."""


class LedgerError(ScalingError):
    """The folder of a study cannot be written, or belongs to another study."""


class RunFailed(ScalingError):
    """Training or scoring of a run failed."""

    def __init__(self, run_id: str, what: str, reason: str) -> None:
        self.run_id = run_id
        super().__init__(f"Run {run_id[:16]} ({what}) failed: {reason}. Finished runs are kept; start the study again.")
