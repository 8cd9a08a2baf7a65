"""Read the files of a study into a corpus and its evaluation sets; check labels, exclusions and overlap."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from scaling.corpus.contamination import refuse_overlap
from scaling.corpus.counts import UNKNOWN, Corpus, Text, align, build_corpus, label_cells, pick, take
from scaling.corpus.h5ad import CellSet
from scaling.corpus.hygiene import usable_cells
from scaling.corpus.shards.sets import read_set, set_paths
from scaling.errors import CorpusError, MissingLabel, OverlapError, StudyError
from scaling.study.spec import Study

__all__ = ["read_cells", "read_spike_in", "read_validation"]


def read_cells(study: Study, cells: Path) -> tuple[Corpus, dict[str, Corpus]]:
    """Read the corpus and the evaluation sets of a study, all over the genes of the corpus.

    Parameters
    ----------
    cells
        A folder of .h5ad files, or one file; a corpus of shards, or a folder that holds one, gives its studies.

    Raises
    ------
    CorpusError
        If a file is missing, damaged, not counts (rounded logarithms are none), without labels, or shares cells with
        an evaluation set.
    """
    specs = study.evaluation_sets
    split = [name for name, spec in specs.items() if spec.corpus_share is not None]
    held_out = {spec.file or name for name, spec in specs.items() if name not in split}
    if study.validation is not None:
        held_out.add(study.validation.file)
    sets: list[CellSet] = []
    left_out: Counter[str] = Counter()
    for path in _paths(cells, study.corpus.files, held_out):
        entry, dropped = usable_cells(_without_excluded(read_set(path), study))
        sets.append(entry)
        left_out.update(dropped)
    label_map = _label_map(cells)
    corpus = build_corpus(
        sets,
        name=study.corpus.id,
        labels=[_labels(entry, study, label_map, required=bool(split)) for entry in sets],
        min_genes=study.corpus.min_genes,
        gene_share=study.corpus.gene_share,
    )
    corpus = replace(corpus, left_out=dict(left_out))
    evaluations = {}
    for name, spec in specs.items():
        if name not in split:
            entry = read_set(_file(cells, spec.file or name), name=name)
            entry, dropped = usable_cells(pick(entry, spec.where) if spec.where else entry)
            labels = _labels(entry, study, label_map, required=True)
            columns = {key: _column(entry, key) for key in study.columns_of(name)}
            evaluations[name] = replace(align(entry, corpus.genes, labels=labels), left_out=dropped, columns=columns)
    # Before the splits: cells that are split off the corpus leave it, so they are no overlap.
    refuse_overlap(corpus, list(evaluations.values()))
    for name in split:
        corpus, evaluations[name] = _split_off(corpus, specs[name].corpus_share or 0.0, name, study.seed_split)
    return corpus, evaluations


def read_validation(study: Study, cells: Path, corpus: Corpus, evaluations: Mapping[str, Corpus]) -> Corpus | None:
    """Read the validation cells of a study over the genes of the corpus; none if it names none.

    Raises
    ------
    CorpusError
        If their file cannot be used, or cells of it are in the corpus or in an evaluation set.
    """
    if study.validation is None:
        return None
    entry = read_set(_file(cells, study.validation.file))
    entry, dropped = usable_cells(pick(entry, study.validation.where) if study.validation.where else entry)
    validation = replace(align(entry, corpus.genes), left_out=dropped)
    for cells_of, others in ((corpus, [validation]), (validation, list(evaluations.values()))):
        try:
            refuse_overlap(cells_of, others)
        except OverlapError as error:
            where = "Cells of [validation] are in the corpus or in an evaluation set"
            raise OverlapError(error.overlaps, where=where) from error
    return validation


def read_spike_in(study: Study, cells: Path, corpus: Corpus, others: Iterable[Corpus]) -> Corpus | None:
    """Read the cells that replace a share of subsets, over the genes of the corpus; none if the study names none.

    Raises
    ------
    CorpusError
        If their file cannot be used or is a panel, or cells of it are in the corpus, in an evaluation set or among the
        validation cells (``others``).
    """
    if study.spike_in is None:
        return None
    entry = read_set(_file(cells, study.spike_in.file))
    if len(entry.genes) < study.corpus.min_genes:
        msg = (
            f"{entry.path or entry.name}: {len(entry.genes)} genes, fewer than {study.corpus.min_genes}: a panel does "
            "not enter a corpus, and no subset of it either. Take another file under [spike_in]."
        )
        raise CorpusError(msg, entry.path)
    entry, dropped = usable_cells(pick(entry, study.spike_in.where) if study.spike_in.where else entry)
    source = replace(align(entry, corpus.genes), left_out=dropped)
    try:
        refuse_overlap(source, [corpus, *others])
    except OverlapError as error:
        where = "Cells of [spike_in] are in the corpus, in an evaluation set, or among the validation cells"
        raise OverlapError(error.overlaps, where=where) from error
    return source


def _split_off(corpus: Corpus, fraction: float, name: str, seed: int) -> tuple[Corpus, Corpus]:
    """Split a random fraction of the cells (at least one) off the corpus: the rest of it, and the set ``name``."""
    # The second number keeps this stream apart from other generators that start from the same seed.
    rows = np.random.default_rng([seed, 7]).permutation(len(corpus))
    size = max(int(fraction * len(corpus)), 1)
    return take(corpus, np.sort(rows[size:])), replace(take(corpus, np.sort(rows[:size])), name=name)


def _paths(cells: Path, files: tuple[str, ...], held_out: set[str]) -> list[Path]:
    """Files of the corpus; ``*`` stands for all files that are not evaluation sets."""
    if "*" not in files:
        return [_file(cells, name) for name in files]
    paths = [path for path in set_paths(cells) if path.stem not in held_out]
    if not paths:
        msg = f"{cells}: no .h5ad file for the corpus. Give the folder that holds them, or one file."
        raise CorpusError(msg, cells)
    return paths


def _file(cells: Path, name: str) -> Path:
    there = {path.stem: path for path in set_paths(cells)}
    if not cells.exists():
        msg = f"{cells}: no such folder or file. Give the folder of cells (--cells)."
        raise CorpusError(msg, cells)
    if name not in there:
        msg = f"{cells}: no {name}.h5ad, which the study names. There are: {', '.join(list(there)[:30]) or 'none'}."
        raise CorpusError(msg, cells / f"{name}.h5ad")
    return there[name]


def _without_excluded(cells: CellSet, study: Study) -> CellSet:
    """Drop the batches that ``exclude`` names as ``file/batch``, or all cells where it names the file alone."""
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


def _column(cells: CellSet, key: str) -> Text:
    """Column of obs that an evaluation needs.

    Raises
    ------
    MissingLabel
        If there is none.
    """
    if key not in cells.obs:
        advice = "Name one of them under settings of the evaluation."
        raise MissingLabel(cells.path or Path(cells.name), key, sorted(cells.obs), advice=advice)
    return np.asarray(cells.obs[key], dtype=np.str_)


def _label_map(cells: Path) -> dict[str, list[str]] | None:
    path = (cells if cells.is_dir() else cells.parent) / "label_map.json"
    if not path.is_file():
        return None
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {str(author): [str(entry[0]), str(entry[1]), str(entry[2])] for author, entry in entries.items()}
    except (ValueError, AttributeError, IndexError, TypeError, KeyError) as error:
        msg = (
            f"{path}: not a label map ({error}). It is one JSON object: author label -> [cell type, Cell Ontology id, "
            "coarse type]."
        )
        raise CorpusError(msg, path) from error


def _labels(
    cells: CellSet, study: Study, label_map: Mapping[str, list[str]] | None, *, required: bool
) -> tuple[Text, Text]:
    """Fine and coarse types; all unknown where the file has none and none are ``required``."""
    try:
        fine, coarse = label_cells(
            cells, fine=study.label_key, coarse=study.coarse_key, author=study.author_key, label_map=label_map
        )
    except MissingLabel:
        if required:
            raise
        fine = coarse = np.full(len(cells), UNKNOWN)
    if required and set(fine.tolist()) <= {UNKNOWN}:
        raise MissingLabel(cells.path or Path(cells.name), study.label_key, sorted(cells.obs))
    return fine, coarse
