"""Errors of the scaling package.

ScalingError
|- CorpusError              the cells cannot be used as they are (has .path)
|  |- TruncatedFile         the file is damaged or of another kind
|  |- NotCounts             the values are not raw counts
|  |- Distorted             the values are whole numbers, and still not counts
|  |- UnusableFiles         files that cannot enter a corpus (has .files)
|  |- LowCoverage           an evaluation set measured too few of the model's genes
|  |- MissingLabel          no such column of labels, or none of its values is a cell type
|  |- NoCommonGenes         two sets share too few genes
|  |- BadEmbedding          an embedding is missing, or not one of these cells (has .name)
|  |- NothingToScore        fewer than two cell types, batches or neighbours are left
|  `- OverlapError          evaluation cells are in the corpus (has .overlaps)
|- SamplingError            the cells do not allow the subset (also a ValueError)
|- StudyError               the study file names something that does not exist
|- Untestable               no run of a study tests the claim (has .claim_id, .reason)
|- BadModel                 a folder of a model is incomplete or damaged (has .folder)
|- LedgerError              the folder of a study cannot be used or written
|- RunFailed                training or scoring of a run failed (has .run_id)
|- DeviceFull               the cells of a step do not fit the memory of the device (has .cells)
`- Diverged                 the loss of a run is no longer a number, or exploded (has .step)

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
    """The file is damaged or of another kind."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path}: cannot be read ({reason}). Copy or download the file again; compare its size with the source.",
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


class Distorted(CorpusError):
    """The values are whole numbers, and still not counts."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(
            f"{path}: the values are whole numbers, but not counts: {why}. Get the raw counts from the source of the "
            "file.",
            path if isinstance(path, Path) else None,
        )


class UnusableFiles(CorpusError):
    """Files that cannot enter a corpus."""

    def __init__(self, files: Sequence[tuple[str, str, int]], of: int) -> None:
        self.files = tuple(files)
        listed = "\n".join(
            f"  {name} ({cells:,} cell{'' if cells == 1 else 's'}): {reason}" for name, reason, cells in files[:20]
        )
        more = f"\n  and {len(files) - 20} more" if len(files) > 20 else ""
        advice = "" if len(files) == of else ", or build without them (--leave-out): they are counted and recorded"
        super().__init__(
            f"{len(files)} of {of} files cannot enter a corpus of raw counts:\n{listed}{more}\n"
            f"Mend or remove them{advice}."
        )


class LowCoverage(CorpusError):
    """A set measured too few of the model's genes."""

    def __init__(self, what: str, measured: int, genes: int, *, advice: str | None = None) -> None:
        self.measured, self.genes = measured, genes
        remedy = advice or (
            "Choose genes that every set measured (shared_genes = true under [corpus]), or score it all the same, "
            "never as evidence (low_coverage = true in this evaluation)."
        )
        super().__init__(
            f"{what}: {measured:,} of the {genes:,} genes that the models see were measured ({measured / genes:.0%}); "
            f"below half, a score says more about the panel than about the model. {remedy}"
        )


class MissingLabel(CorpusError):
    """No such column of labels."""

    def __init__(self, path: Path, column: str, columns: Sequence[str], *, advice: str | None = None) -> None:
        self.column, self.columns = column, tuple(columns)
        remedy = advice or (
            "If one of them holds cell types, name it in the study file (label_key, coarse_key), or copy it: "
            f"adata.obs[{column!r}] = adata.obs['NAME']. Without any, annotate the cells first, or cluster them "
            f"(scanpy.tl.leiden(adata, key_added={column!r}))."
        )
        super().__init__(
            f"{path}: no labels in obs[{column!r}]. Its columns are: {', '.join(columns) or 'none'}. {remedy}", path
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
    """Evaluation cells are in the corpus, or validation cells in one of these."""

    def __init__(
        self, overlaps: Sequence[tuple[str, str, int, float]], *, where: str = "Evaluation cells are in the corpus"
    ) -> None:
        self.overlaps = tuple(overlaps)
        listed = "; ".join(
            f"{cells} cells of {source} are in {target} ({share:.0%} of its cells)"
            for source, target, cells, share in overlaps
        )
        excludes = ", ".join(f'"{source}"' for source in dict.fromkeys(source for source, *_ in overlaps))
        super().__init__(
            f"{where} (same profile, under whatever barcode): {listed}. "
            f"Drop them: exclude = [{excludes}] under [corpus] of the study file."
        )


class BadEmbedding(CorpusError):
    """An embedding is missing, or not one of these cells."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


class NothingToScore(CorpusError):
    """Fewer than two cell types, batches or neighbours are left."""


class SamplingError(ScalingError, ValueError):
    """The cells do not allow the subset that is asked for."""

    @classmethod
    def of_size(cls, size: int, cells: int) -> SamplingError:
        """Make the error of a subset that is larger than what it is drawn from."""
        return cls(f"a subset of {size} cells cannot be drawn from {cells}; choose a size between 0 and {cells}")


class StudyError(ScalingError):
    """The study file names something that does not exist."""


class Untestable(ScalingError):
    """No run of a study tests the claim."""

    def __init__(self, claim_id: str, reason: str) -> None:
        self.claim_id, self.reason = claim_id, reason
        super().__init__(f"{claim_id} cannot be tested by a run: {reason.rstrip('.')}.")


class BadModel(ScalingError):
    """A folder of a model is incomplete or damaged."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        super().__init__(
            f"{folder}: not a model that can be used ({reason}). A model is a folder with config.json, "
            "model.safetensors, genes.parquet and run.json, as `scaling run` keeps them under OUT/models."
        )


class LedgerError(ScalingError):
    """The folder of a study cannot be used or written."""


class RunFailed(ScalingError):
    """Training or scoring of a run failed."""

    def __init__(self, run_id: str, what: str, reason: str, *, finished: int, planned: int) -> None:
        self.run_id = run_id
        super().__init__(
            f"Run {run_id[:16]} ({what}) failed: {reason.removesuffix('.')}. records.jsonl holds what is finished, "
            f"{finished} of {planned} jobs: mend the cause, or take the family or size out of the study file, and "
            "start the study again, which does only what is missing."
        )


class DeviceFull(ScalingError):
    """The cells of a step do not fit the memory of the device, and cannot pass in smaller parts."""

    def __init__(self, cells: int, model: str, reason: str) -> None:
        self.cells = cells
        alone = cells == 1
        super().__init__(
            f"{model}: {'a single cell does' if alone else f'the {cells} cells of a step do'} not fit the device "
            f"({reason}). "
            + (
                "Take a smaller model, or fewer genes."
                if alone
                else "Batch normalisation, or a rule over pairs of cells, needs them together: take a smaller "
                "batch_size under [budget]."
            )
        )


class Diverged(ScalingError):
    """The loss of a run is no longer a number, or exploded."""

    def __init__(self, step: int, loss: float) -> None:
        self.step = step
        super().__init__(
            f"the loss was {loss:g} at step {step}. The run has no scores; try a lower learning_rate under [budget]."
        )
