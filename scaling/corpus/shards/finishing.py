"""Put the tables and the manifest to the shards of a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.records import digest
from scaling.corpus.gene_table import GeneTable
from scaling.corpus.shards.filling import UNLABELLED
from scaling.corpus.shards.journal import Journal
from scaling.corpus.shards.layout import BARCODE, FORMAT, JOURNAL, MANIFEST, TABLES, file_digest, write_json
from scaling.corpus.shards.reading import corpus_digest
from scaling.errors import CorpusError

__all__ = ["finish_corpus"]

UNUSABLE_FACTS = ("name", "cells", "reason", "negatives", "fractions", "unusable")


def finish_corpus(
    journal: Journal,
    out: Path,
    table: GeneTable,
    measured: Mapping[int, npt.NDArray[np.bool_]],
) -> dict[str, Any]:
    """Write the tables and, last, the manifest.

    Parameters
    ----------
    measured
        Number of a file -> which genes of the table it measured.

    Raises
    ------
    CorpusError
        If no cell is left.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    total = _sum(journal)
    if not journal.shards:
        said = ", ".join(f"{cells:,} {reason}" for reason, cells in total.items())
        msg = f"No cell is left: {said}. Change what is kept (--keep)."
        raise CorpusError(msg, out)
    studies = list(dict.fromkeys(name for name, _ in journal.studies))
    # A gene of a study in several files is measured if all of them measured it.
    flags = [
        np.logical_and.reduce([measured[number] for name, number in journal.studies if name == study])
        for study in studies
    ]
    np.save(out / "measured.npy", np.array(flags), allow_pickle=False)
    with_gene = np.sum(list(measured.values()), axis=0)
    pq.write_table(
        pa.table({"gene": list(table.genes), "symbol": list(table.symbols), "files": with_gene}), out / "genes.parquet"
    )
    genes = np.array(table.genes, dtype=np.str_)
    manifest = {
        "format": FORMAT,
        "name": journal.inputs["name"],
        "cells": sum(shard["cells"] for shard in journal.shards),
        "genes": len(table),
        "entries": sum(shard["entries"] for shard in journal.shards),
        "digest": corpus_digest([out / shard["name"] for shard in journal.shards], genes),
        "genes_digest": digest(list(table.genes), 64),
        "simulated": any(facts["simulated"] for facts in journal.files if not facts["reason"]),
        "studies": studies,
        "study_files": {
            study: [journal.files[number]["name"] for name, number in journal.studies if name == study]
            for study in studies
        },
        "obs": sorted(
            {name for facts in journal.files if not facts["reason"] for name in facts["columns"]} - {BARCODE}
        ),
        "left_out": {reason: cells for reason, cells in total.items() if reason != UNLABELLED},
        "unlabelled": total.get(UNLABELLED, 0),
        "left_out_files": [
            {key: facts[key] for key in UNUSABLE_FACTS if key in facts} for facts in journal.files if facts["reason"]
        ],
        "files": [
            {**facts, "left_out": journal.left_out.get(facts["name"], {}), "measured": int(measured[number].sum())}
            for number, facts in enumerate(journal.files)
            if not facts["reason"]
        ],
        "inputs": journal.inputs,
        "shards": journal.shards,
        "tables": {name: file_digest(out / name) for name in TABLES},
    }
    write_json(out / MANIFEST, manifest)
    (out / JOURNAL).unlink(missing_ok=True)
    return manifest


def _sum(journal: Journal) -> dict[str, int]:
    """Reason -> cells over all files."""
    total: Counter[str] = Counter()
    for reasons in journal.left_out.values():
        total.update(reasons)
    return dict(total)
