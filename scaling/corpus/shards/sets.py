"""The studies of a corpus on disk as sets of cells, beside those of .h5ad files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from scaling.corpus.counts import renumber
from scaling.corpus.h5ad import CellSet, read_h5ad
from scaling.corpus.shards.filling import UNLABELLED
from scaling.corpus.shards.layout import BARCODE, MANIFEST, is_corpus, read_manifest
from scaling.corpus.shards.reading import open_corpus

__all__ = ["read_set", "set_paths"]


def set_paths(cells: Path) -> list[Path]:
    """Sets of cells in a folder, sorted: its .h5ad files, and every study of a corpus that it is or holds.

    A study of a corpus goes by the path ``CORPUS/STUDY.h5ad``, where no file is: `read_set` reads it from the shards.
    """
    if cells.is_file():
        return [cells]
    corpora = [cells] if is_corpus(cells) else [path.parent for path in cells.glob(f"*/{MANIFEST}")]
    studies = [corpus / f"{study}.h5ad" for corpus in corpora for study in read_manifest(corpus / MANIFEST)["studies"]]
    return sorted([*cells.glob("*.h5ad"), *studies])


def read_set(path: Path, *, name: str | None = None) -> CellSet:
    """Read one of `set_paths`, over the genes that it measured and with the columns that its files had.

    Raises
    ------
    CorpusError
        As `read_h5ad` and `open_corpus`.
    """
    if not is_corpus(path.parent):
        return read_h5ad(path, name=name)
    corpus = open_corpus(path.parent)
    study = path.name.removesuffix(".h5ad")
    number = corpus.studies.index(study)
    ids = np.flatnonzero(corpus.study() == number)
    columns = np.flatnonzero(corpus.measured[number])
    new_column = np.full(len(corpus.genes), -1, dtype=np.int64)
    new_column[columns] = np.arange(len(columns))
    indptr, indices, counts = renumber(*corpus.rows(ids), new_column, len(columns))
    files = [facts for facts in corpus.manifest["files"] if facts["name"] in corpus.manifest["study_files"][study]]
    alone = Counter(name for names in corpus.manifest["study_files"].values() for name in names)
    left_out: Counter[str] = Counter()
    for facts in files:
        if alone[facts["name"]] == 1:  # of a file that several studies share, nobody knows whose cells they were
            left_out.update({reason: cells for reason, cells in facts["left_out"].items() if reason != UNLABELLED})
    present = {column for facts in files for column in facts["columns"]} - {BARCODE}
    return CellSet(
        name=name or study,
        indptr=indptr,
        indices=indices,
        counts=counts,
        genes=tuple(corpus.genes[columns].tolist()),
        barcodes=corpus.obs(BARCODE, ids),
        obs={column: corpus.obs(column, ids) for column in sorted(present)},
        simulated=any(facts["simulated"] for facts in files),
        path=path,
        left_out=dict(left_out),
    )
