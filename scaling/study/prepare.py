"""Prepare the cells of a study once, on disk, as mapped memory that all its runs share.

The folder holds the corpus as the models see it and, per evaluation, the labelled cells of both sides restricted to
the genes that both studies measured. A key, hashed from the data part of the study and from the files, decides whether
a folder is still valid or has to be prepared again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.records import Dataset, canonical_json, digest
from graph.vocabulary.protocol import CLUSTER_REWEIGHTED, GEOMETRIC_SKETCHING, MIN_COVERAGE
from scaling.corpus.counts import UNKNOWN, Corpus, Text, take
from scaling.corpus.genes import select_genes
from scaling.errors import CorpusError, LowCoverage
from scaling.evaluate.predictions import cell_groups
from scaling.study.evaluations import EvaluationSpec
from scaling.study.prepared import Facts, Prepared, open_prepared
from scaling.study.reading import read_cells, read_spike_in, read_validation
from scaling.study.spec import Study
from scaling.views.counts import GeneCounts, choose_counts, load_counts, save_counts
from scaling.views.log import LogCounts

__all__ = ["choose_genes", "describe", "prepare"]


def prepare(study: Study, cells: Path, folder: Path) -> Prepared:
    """Prepare the cells of a study in ``folder``, or open the folder if it is valid.

    Raises
    ------
    CorpusError
        As :func:`read_cells`.
    """
    key = _key(study, cells)
    if (folder / "facts.json").is_file() and json.loads((folder / "facts.json").read_text("utf-8")).get("key") == key:
        return open_prepared(folder)
    from scaling.artefacts.genes import write_genes

    corpus, evaluations = read_cells(study, cells)
    validation = read_validation(study, cells, corpus, evaluations)
    held_out = [*evaluations.values(), *([validation] if validation is not None else [])]
    source = read_spike_in(study, cells, corpus, held_out)
    # Written beside the folder and renamed at the end: a folder of this name is always complete.
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    columns = choose_genes(study, corpus, evaluations)
    for spec in study.evaluations:
        _check_coverage(spec, evaluations, columns)
    save_counts(choose_counts(corpus, columns, labels=_types(corpus)), draft / "corpus")
    np.save(draft / "labels.npy", _types(corpus))
    np.save(draft / "coarse.npy", corpus.coarse)
    write_genes(draft / "genes.parquet", corpus.genes, columns)
    if validation is not None:
        save_counts(choose_counts(validation, columns), draft / "validation")
    if source is not None:
        _check_measured(f"[spike_in] {source.name}", source, columns)
        save_counts(choose_counts(source, columns, labels=np.full(len(source), UNKNOWN)), draft / "spike_in")
    drawn = {arm.sampling for arm in study.arms}
    if CLUSTER_REWEIGHTED in drawn:
        np.save(draft / "clusters.npy", _clusters(load_counts(draft / "corpus"), study.corpus.clusters))
    if GEOMETRIC_SKETCHING in drawn:
        np.save(draft / "boxes.npy", _boxes(load_counts(draft / "corpus")))
    for number, entry in enumerate(study.evaluations):
        _save_evaluation(entry, study, evaluations, columns, draft / f"evaluation{number}")
    facts = replace(describe(study, corpus, evaluations, columns, validation, source), key=key)
    data = asdict(facts) | {"datasets": [entry.model_dump(mode="json") for entry in facts.datasets]}
    (draft / "facts.json").write_text(json.dumps(data), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return open_prepared(folder)


def choose_genes(study: Study, corpus: Corpus, evaluations: Mapping[str, Corpus]) -> npt.NDArray[np.int64]:
    """Choose the genes that the models of a study see; the cells of the evaluation sets take no part in it."""
    among = None
    if study.corpus.shared_genes:
        among = np.logical_and.reduce([entry.measured.any(axis=0) for entry in evaluations.values()])
    return select_genes(corpus, study.corpus.genes, among=among)


def describe(
    study: Study,
    corpus: Corpus,
    evaluations: Mapping[str, Corpus],
    columns: npt.NDArray[np.int64],
    validation: Corpus | None = None,
    spike_in: Corpus | None = None,
) -> Facts:
    """Collect the facts of the cells that a plan needs; ``columns`` are the genes that the models see."""
    return Facts(
        key="",
        corpus_digest=corpus.digest(),
        corpus_cells=len(corpus),
        genes=len(columns),
        genes_digest=digest(corpus.genes[columns].tolist()),
        studies=len(corpus.studies),
        simulated=any(entry.simulated for entry in (corpus, *evaluations.values(), spike_in) if entry is not None),
        held_out=all(spec.corpus_share is None for spec in study.evaluation_sets.values()),
        seed_split=study.seed_split,
        evaluation_digests=tuple(_evaluation_digest(entry, study, evaluations) for entry in study.evaluations),
        evaluation_names=tuple(
            (
                entry.name,
                study.dataset_id(entry.query),
                study.dataset_id(entry.reference) if entry.reference else None,
            )
            for entry in study.evaluations
        ),
        evaluation_methods=tuple(
            (entry.kind, entry.method, entry.config().model_dump_json()) for entry in study.evaluations
        ),
        coverage=tuple(round(_coverage(entry, evaluations, columns), 6) for entry in study.evaluations),
        validation_digest=validation.digest() if validation is not None else "",
        spike_in_digest=spike_in.digest() if spike_in is not None else "",
        spike_in_cells=len(spike_in) if spike_in is not None else 0,
        datasets=tuple(_datasets(study, corpus, evaluations, validation)),
    )


def _save_evaluation(
    entry: EvaluationSpec,
    study: Study,
    sets: Mapping[str, Corpus],
    columns: npt.NDArray[np.int64],
    folder: Path,
) -> None:
    """Write the cells of one evaluation whose label is frequent enough, on both sides if there are two.

    Raises
    ------
    CorpusError
        If fewer than two labels are: there is nothing to classify.
    """
    query = sets[entry.query]
    if entry.reference is None:
        _save_set(list(sets).index(entry.query), query, columns, folder)
    if entry.task is not None and entry.reference is None:
        rows = entry.task.rows(query, entry.config(), study.min_label_cells)
        _save_side(query, rows, query.label, columns, folder / "query")
        for number, key in enumerate(entry.columns):
            np.save(folder / "query" / f"column{number}.npy", query.columns[key][rows])
        return
    if entry.reference is None:
        names, shared = _frequent(query.label, study.min_label_cells), None
        sides = {"query": (query, query.label)}
    else:
        reference = sets[entry.reference]
        shared = query.measured[0] & reference.measured[0]
        # Coarse labels, because two studies rarely share their fine ones.
        names = _frequent(query.coarse, study.min_label_cells) & _frequent(reference.coarse, study.min_label_cells)
        sides = {"query": (query, query.coarse), "reference": (reference, reference.coarse)}
    what = f"{entry.kind} {entry.query}" + (f" from {entry.reference}" if entry.reference else "")
    if len(names) < 2:
        msg = (
            f"Evaluation {what}: {len(names)} cell types with at least {study.min_label_cells} cells"
            f"{' on both sides' if entry.reference else ''}; two are needed. Change the sets, coarse_key or "
            "min_label_cells of the study file."
        )
        raise CorpusError(msg)
    for side, (cells, labels) in sides.items():
        rows = np.flatnonzero(np.isin(labels, sorted(names)))
        _save_side(cells, rows, labels, columns, folder / side, shared=shared)


def _save_set(number: int, cells: Corpus, columns: npt.NDArray[np.int64], folder: Path) -> None:
    """Write all cells of a set once, and for an evaluation which set is its own."""
    whole = folder.parent / "sets" / str(number)
    if not whole.is_dir():
        save_counts(choose_counts(cells, columns), whole)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "set.npy", number)


def _save_side(
    cells: Corpus,
    rows: npt.NDArray[np.int64],
    labels: Text,
    columns: npt.NDArray[np.int64],
    folder: Path,
    *,
    shared: npt.NDArray[np.bool_] | None = None,
) -> None:
    """Write cells of a set over the models' genes, which they are, their labels, and the group of each."""
    save_counts(choose_counts(take(cells, rows), columns, shared=shared), folder)
    np.save(folder / "rows.npy", rows)
    np.save(folder / "labels.npy", labels[rows])
    # Drawn over the whole set, so that a cell is of one group in every evaluation of it.
    np.save(folder / "groups.npy", cell_groups(len(cells))[rows])


def _coverage(entry: EvaluationSpec, sets: Mapping[str, Corpus], columns: npt.NDArray[np.int64]) -> float:
    """Share of the models' genes that the query measured, and the reference too if there is one."""
    measured = np.asarray(sets[entry.query].measured.any(axis=0))
    if entry.reference is not None:
        measured = measured & sets[entry.reference].measured.any(axis=0)
    return float(measured[columns].mean())


def _check_coverage(entry: EvaluationSpec, sets: Mapping[str, Corpus], columns: npt.NDArray[np.int64]) -> None:
    covered = _coverage(entry, sets, columns)
    if covered < MIN_COVERAGE and not entry.low_coverage:
        what = f"Evaluation {entry.kind} {entry.query}" + (f" from {entry.reference}" if entry.reference else "")
        raise LowCoverage(what, round(covered * len(columns)), len(columns))


def _check_measured(what: str, cells: Corpus, columns: npt.NDArray[np.int64]) -> None:
    measured = int(np.asarray(cells.measured.any(axis=0))[columns].sum())
    if measured < MIN_COVERAGE * len(columns):
        raise LowCoverage(what, measured, len(columns), advice="Take cells that measured more of them.")


def _frequent(labels: Text, min_cells: int) -> set[str]:
    names, cells = np.unique(labels, return_counts=True)
    return set(names[cells >= min_cells].tolist()) - {UNKNOWN}


def _types(corpus: Corpus) -> Text:
    """Fine types of the corpus; coarse ones where it has no two fine ones."""
    return corpus.coarse if len(set(corpus.label.tolist())) < 2 else corpus.label


def _clusters(cells: GeneCounts, k: int) -> npt.NDArray[np.int32]:
    from scaling.sampling.clusters import clusters, whole_components

    return clusters(whole_components(LogCounts(cells)), k, seed=0)


def _boxes(cells: GeneCounts) -> npt.NDArray[np.int64]:
    from scaling.sampling.clusters import whole_components
    from scaling.sampling.sketch import boxes_of, cover

    return cover(whole_components(LogCounts(cells)), boxes_of(len(cells)))[0]


def _evaluation_digest(entry: EvaluationSpec, study: Study, sets: Mapping[str, Corpus]) -> str:
    left_out = {"low_coverage"} if entry.task is None else {"low_coverage", "method"}
    if entry.task is not None and entry.reference is None:
        left_out.add("reference")
    what = entry.model_dump(mode="json", exclude=left_out) | {"settings": entry.config().model_dump(mode="json")}
    parts: list[Any] = [what, study.min_label_cells]
    for name in (entry.query, entry.reference):
        if name:
            labels = sets[name].label if entry.reference is None else sets[name].coarse
            parts.append([sets[name].digest(), labels.tolist()])
    parts += [sets[entry.query].columns[key].tolist() for key in entry.columns]
    return digest(parts, 64)


def _datasets(
    study: Study, corpus: Corpus, evaluations: Mapping[str, Corpus], validation: Corpus | None
) -> list[Dataset]:
    """Records of the corpus and all sets: the vocabulary's facts, with the sizes of the actual files."""
    from graph.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    records = {}
    sets = {study.corpus.id: corpus} | {study.dataset_id(name): cells for name, cells in evaluations.items()}
    if validation is not None and study.validation is not None:
        sets[study.validation.dataset_id] = validation
    for dataset_id, cells in sets.items():
        facts = {
            "cells": len(cells),
            "genes": int(cells.measured.any(axis=0).sum()),
            "sha256": cells.digest(),
            "simulated": cells.simulated,
            "left_out": dict(cells.left_out),
        }
        entry = vocabulary.get(dataset_id)
        base = entry if isinstance(entry, Dataset) else Dataset(id=dataset_id, name=dataset_id.partition(":")[2])
        records[dataset_id] = base.model_copy(update=facts)
    return list(records.values())


def _key(study: Study, cells: Path) -> str:
    """Hash of what the prepared cells depend on; of the files name, size and time, as hashing them takes minutes."""
    patterns = ("*.h5ad", "label_map.json", "corpus.json", "*/corpus.json")
    files = [cells] if cells.is_file() else sorted(path for pattern in patterns for path in cells.glob(pattern))
    stamps = [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    return digest([study.data_spec(), canonical_json(stamps), "prepared@5"], 64)
