"""The files of a study as one corpus and its evaluation sets, checked: labels, exclusions, overlap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from scaling.corpus import UNKNOWN, Corpus, Text, align, build_corpus, label, pick, take
from scaling.errors import CorpusError, MissingLabel, StudyError
from scaling.h5ad import CellSet, read_h5ad
from scaling.overlap import refuse_overlap
from scaling.study import Study

__all__ = ["read_cells"]


def read_cells(study: Study, cells: Path) -> tuple[Corpus, dict[str, Corpus]]:
    """Corpus and evaluation sets of a study, over the corpus' genes; overlap refused.

    Parameters
    ----------
    cells
        A folder of .h5ad files, or one file.

    Raises
    ------
    CorpusError
        If a file is missing, damaged, not counts, without labels, or shares cells with an evaluation set.
    """
    wanted = study.evaluation_sets
    named = {spec.file or name for name, spec in wanted.items() if spec.corpus_share is None}
    sets = [_excluded(read_h5ad(path), study) for path in _paths(cells, study.corpus.files, named)]
    label_map = _label_map(cells)
    split = [name for name, spec in wanted.items() if spec.corpus_share is not None]
    labelled = [_labels(entry, study, label_map, required=bool(split)) for entry in sets]
    corpus = build_corpus(
        sets,
        name=study.corpus.id,
        labels=labelled,
        min_genes=study.corpus.min_genes,
        gene_share=study.corpus.gene_share,
    )
    evaluations = {}
    for name, spec in wanted.items():
        if spec.corpus_share is None:
            entry = read_h5ad(_file(cells, spec.file or name), name=name)
            entry = pick(entry, spec.where) if spec.where else entry
            evaluations[name] = align(entry, corpus.genes, labels=_labels(entry, study, label_map, required=True))
    refuse_overlap(corpus, list(evaluations.values()))
    for name in split:
        share = wanted[name].corpus_share or 0.0
        rows = np.random.default_rng([study.seed_split, 7]).permutation(len(corpus))
        cut = max(int(share * len(corpus)), 1)
        evaluations[name] = replace(take(corpus, np.sort(rows[:cut])), name=name)
        corpus = take(corpus, np.sort(rows[cut:]))
    return corpus, evaluations


def _paths(cells: Path, files: tuple[str, ...], named: set[str]) -> list[Path]:
    if "*" not in files:
        return [_file(cells, name) for name in files]
    found = [cells] if cells.is_file() else sorted(cells.glob("*.h5ad"))
    found = [path for path in found if path.stem not in named]
    if not found:
        msg = f"{cells}: no .h5ad file for the corpus. Give the folder that holds them, or one file."
        raise CorpusError(msg, cells)
    return found


def _file(cells: Path, name: str) -> Path:
    if cells.is_file() and cells.stem == name:
        return cells
    path = cells / f"{name}.h5ad"
    if not path.is_file():
        have = sorted(entry.stem for entry in cells.glob("*.h5ad")) if cells.is_dir() else [cells.stem]
        msg = f"{cells}: no {name}.h5ad, which the study names. There are: {', '.join(have[:30]) or 'none'}."
        raise CorpusError(msg, path)
    return path


def _excluded(cells: CellSet, study: Study) -> CellSet:
    drop = [entry.partition("/")[2] for entry in study.corpus.exclude if entry.partition("/")[0] == cells.name]
    if not drop:
        return cells
    batches = cells.obs.get("batch", np.full(len(cells), "", dtype="U1"))
    missing = sorted(set(drop) - {""} - set(batches.tolist()))
    if missing:
        msg = (
            f"{cells.name}: exclude names the batches {', '.join(missing)}, which it does not have. It has: "
            f"{', '.join(sorted(set(batches.tolist()))[:20])}."
        )
        raise StudyError(msg)
    keep = np.zeros(len(cells), dtype=bool) if "" in drop else ~np.isin(batches, drop)
    return cells.take(np.flatnonzero(keep))


def _label_map(cells: Path) -> dict[str, list[str]] | None:
    path = (cells if cells.is_dir() else cells.parent) / "label_map.json"
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): [str(value[0]), str(value[1]), str(value[2])] for key, value in found.items()}
    except (ValueError, AttributeError, IndexError, TypeError, KeyError) as error:
        msg = (
            f"{path}: not a label map ({error}). It is one JSON object: author label -> [cell type, Cell Ontology id, "
            "coarse type]."
        )
        raise CorpusError(msg, path) from error


def _labels(
    cells: CellSet, study: Study, label_map: Mapping[str, list[str]] | None, *, required: bool
) -> tuple[Text, Text]:
    try:
        fine, coarse = label(
            cells, fine=study.label_key, coarse=study.coarse_key, author=study.author_key, label_map=label_map
        )
    except MissingLabel:
        if required:
            raise
        fine = coarse = np.full(len(cells), UNKNOWN)
    if required and set(fine.tolist()) <= {UNKNOWN}:
        raise MissingLabel(cells.path or Path(cells.name), study.label_key, sorted(cells.obs))
    return fine, coarse
