"""Use a trained model: ``scaling.load(folder).embed(cells)``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graph.records import Run
from graph.vocabulary.protocol import MIN_COVERAGE
from scaling.artefacts.folder import Artefact
from scaling.artefacts.genes import read_genes
from scaling.corpus.counts import align
from scaling.corpus.h5ad import CellSet, check_counts, read_h5ad
from scaling.errors import BadModel, CorpusError, LowCoverage
from scaling.model.embedding import embed
from scaling.views.counts import choose_counts

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["Pretrained", "load"]


class Pretrained:
    """A trained model, ready to embed cells.

    Attributes
    ----------
    family
        Name of its family.
    run
        The record of its training.
    step
        Checkpoint whose weights these are; none for the last step.
    genes
        Genes that it sees, in its order.
    """

    def __init__(self, artefact: Artefact, step: int | None, device: str) -> None:
        self._artefact, self.step, self.device = artefact, step, device
        self.run: Run = artefact.run()
        if self.run.failed_at is not None:
            raise BadModel(artefact.folder, f"its loss diverged at step {self.run.failed_at}")
        self.family = self.run.family
        self._corpus_genes, self._seen = read_genes(artefact.folder / "genes.parquet")
        self.genes = self._corpus_genes[self._seen]
        self.model = artefact.model(step, device=device)

    def __repr__(self) -> str:
        step = "last step" if self.step is None else f"step {self.step}"
        return f"<{self.family} of {self.run.cells:,} cells, {len(self.genes):,} genes, {step}, {self.run.id[:16]}>"

    def embed(
        self, cells: Path | str | AnnData, *, block: int = 2048, low_coverage: bool = False
    ) -> npt.NDArray[np.float32]:
        """Embed cells: cells x dimensions, in their order.

        Parameters
        ----------
        cells
            An .h5ad file, or an AnnData, with raw counts in ``layers["counts"]`` or ``X``. Genes are matched by name;
            those that the model does not know are dropped.
        block
            Cells at a time.
        low_coverage
            Embed them although under half of the model's genes were measured.

        Raises
        ------
        LowCoverage
            If under half of the model's genes were measured, and that was not asked for.
        CorpusError
            If the file cannot be read, or does not hold cells with raw counts.
        """
        entry = read_h5ad(Path(cells)) if isinstance(cells, Path | str) else _of_anndata(cells)
        if not len(entry):
            msg = f"{entry.path or entry.name}: there are no cells in it to embed."
            raise CorpusError(msg, entry.path)
        corpus = align(entry, self._corpus_genes)
        measured = int(corpus.measured[0, self._seen].sum())
        if measured < MIN_COVERAGE * len(self.genes) and not low_coverage:
            advice = "Take a model of other genes, or embed them all the same (low_coverage=True, --low-coverage)."
            raise LowCoverage(str(entry.path or entry.name), measured, len(self.genes), advice=advice)
        return embed(self.model, choose_counts(corpus, self._seen), block=block, device=self.device)

    def save(self, folder: Path | str) -> Path:
        """Copy the model to a folder of its own, which :func:`load` opens; these weights become its last ones.

        Raises
        ------
        BadModel
            If there is something else in the folder.
        """
        folder = Path(folder)
        if folder.exists() and any(folder.iterdir()):
            raise BadModel(folder, "there are files in it; a model is saved into a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "genes.parquet"):
            shutil.copyfile(self._artefact.folder / name, folder / name)
        copy = Artefact(folder)
        copy.save_weights(self.model, None)
        steps = {"steps": self.step} if self.step is not None else {}
        copy.finish(self.run.model_copy(update={**steps, "weights_digest": copy.weights_digest()}))
        return folder


def load(folder: Path | str, *, step: int | None = None, device: str = "cpu") -> Pretrained:
    """Load a model that a study trained.

    Parameters
    ----------
    folder
        ``OUT/models/RUN`` of a study, or a copy of it.
    step
        Checkpoint; the last step if left out.
    device
        Where it embeds.

    Raises
    ------
    BadModel
        If the folder is no complete model, or has no such checkpoint.
    """
    return Pretrained(Artefact(Path(folder)), step, device)


def _of_anndata(adata: Any) -> CellSet:
    """Raw counts of an AnnData in memory."""
    from scipy.sparse import csr_matrix

    where = 'layers["counts"]' if "counts" in adata.layers else "X"
    values = adata.layers["counts"] if where != "X" else adata.X
    if values is None:
        msg = 'the AnnData has no matrix; put raw counts into X or layers["counts"].'
        raise CorpusError(msg)
    matrix = csr_matrix(values)
    return CellSet(
        name="the AnnData",
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=check_counts(matrix.data, Path("the AnnData"), where),
        genes=tuple(map(str, adata.var_names)),
        barcodes=np.asarray(adata.obs_names, dtype=np.str_),
        obs={},
        simulated=bool(adata.uns.get("simulated", False)),
    )
