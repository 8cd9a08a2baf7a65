"""Which cell types of downloaded CELLxGENE files a corpus in the manner of scTab takes (Fischer et al., 2024).

A type that few donors have would be learnt as those donors, and a coarse one is no type; so a type is taken if enough
cells, samples and, in the Cell Ontology, levels stand behind it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from scaling.corpus.readers.files import open_cells, reading
from scaling.errors import CorpusError

__all__ = ["SCTAB_ASSAYS", "ancestors", "read_ontology", "sctab_types"]

SCTAB_ASSAYS = (
    "10x 3' transcription profiling",
    "10x 3' v1",
    "10x 3' v2",
    "10x 3' v3",
    "10x 5' transcription profiling",
    "10x 5' v1",
    "10x 5' v2",
)
NATIVE_CELL = "native cell"
BLOCK = 1 << 16


def read_ontology(path: Path) -> dict[str, frozenset[str]]:
    """Read the Cell Ontology from an .obo file: name of each term -> names of its parents (``is_a`` only).

    Raises
    ------
    CorpusError
        If the file cannot be read or holds no terms.
    """
    names: dict[str, str] = {}
    parents: dict[str, set[str]] = defaultdict(set)
    try:
        stanzas = path.read_text(encoding="utf-8").split("\n[")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read ({error}). Give the Cell Ontology as .obo (cl-simple.obo)."
        raise CorpusError(msg, path) from error
    for stanza in stanzas:
        if not stanza.lstrip("[").startswith("Term]") or "\nis_obsolete: true" in stanza:
            continue
        lines = [line.partition(": ")[::2] for line in stanza.splitlines()]
        term = next((value.strip() for key, value in lines if key == "id"), "")
        names[term] = next((value.strip() for key, value in lines if key == "name"), term)
        parents[term].update(value.split("!")[0].split("{")[0].strip() for key, value in lines if key == "is_a")
    if not names:
        msg = f"{path}: no terms. Give the Cell Ontology as .obo (cl-simple.obo)."
        raise CorpusError(msg, path)
    return {names[term]: frozenset(names[parent] for parent in parents[term] if parent in names) for term in names}


def ancestors(term: str, ontology: Mapping[str, Collection[str]]) -> set[str]:
    """All terms above a term, without itself."""
    above: set[str] = set()
    waiting = list(ontology.get(term, ()))
    while waiting:
        parent = waiting.pop()
        if parent not in above:
            above.add(parent)
            waiting.extend(ontology.get(parent, ()))
    return above


def sctab_types(
    files: Sequence[Path],
    ontology: Mapping[str, Collection[str]],
    *,
    assays: Collection[str] = SCTAB_ASSAYS,
    min_cells: int = 5000,
    min_samples: int = 31,
    min_ancestors: int = 8,
) -> dict[str, int]:
    """Choose cell types among the primary cells of some assays.

    A type is taken if it lies below "native cell" in the ontology, at least ``min_ancestors`` terms lie above it, and
    it has at least ``min_cells`` cells from at least ``min_samples`` samples (data set and donor).

    Parameters
    ----------
    files
        Files with the columns ``is_primary_data``, ``assay``, ``cell_type``, ``dataset_id`` and ``donor_id`` in obs.

    Returns
    -------
    Name of each type -> its primary cells of these assays, sorted by name.

    Raises
    ------
    CorpusError
        If a file cannot be read or lacks one of the columns.
    """
    cells: Counter[str] = Counter()
    samples: dict[str, set[str]] = defaultdict(set)
    for path in files:
        with open_cells(path) as file, reading(path):
            missing = {"is_primary_data", "assay", "cell_type", "dataset_id", "donor_id"} - set(file.obs)
            if missing:
                msg = f"{path}: no column {', '.join(sorted(missing))} in obs, as files of CELLxGENE have."
                raise CorpusError(msg, path)
            for start in range(0, len(file), BLOCK):
                stop = min(start + BLOCK, len(file))
                obs = {name: file.obs[name].read(start, stop) for name in ("cell_type", "dataset_id", "donor_id")}
                wanted = np.isin(file.obs["assay"].read(start, stop), list(assays))
                wanted &= file.obs["is_primary_data"].read(start, stop) == "True"
                cells.update(obs["cell_type"][wanted].tolist())
                rows = np.stack([obs[name][wanted].astype(object) for name in obs], axis=1).tolist()
                for cell_type, dataset, donor in {tuple(row) for row in rows}:
                    samples[cell_type].add(f"{dataset}_{donor}")
    return {
        cell_type: number
        for cell_type, number in sorted(cells.items())
        if number >= min_cells
        and len(samples[cell_type]) >= min_samples
        and len(above := ancestors(cell_type, ontology)) >= min_ancestors
        and NATIVE_CELL in above
    }
