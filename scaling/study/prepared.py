"""What was prepared of the cells of a study, and how a folder of them is opened: mapped memory that its runs share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.records import Dataset
from scaling.corpus.counts import Text
from scaling.evaluate import kinds, methods
from scaling.evaluate.baselines import Classify, Evaluation
from scaling.study.evaluations import CLASSIFICATIONS
from scaling.views.counts import GeneCounts, load_counts

__all__ = ["Facts", "Prepared", "open_prepared"]


@dataclass(frozen=True)
class Facts:
    """What a plan needs to know of prepared cells."""

    key: str
    """Hash of the data part of the study and of the files; empty for cells that are not on disk."""
    corpus_digest: str
    corpus_cells: int
    genes: int
    """Number of genes that the models see."""
    genes_digest: str
    studies: int
    simulated: bool
    held_out: bool
    """Whether no evaluation set was split off the corpus: each is another study."""
    seed_split: int
    evaluation_digests: tuple[str, ...]
    evaluation_names: tuple[tuple[str, str, str | None], ...]
    """Name, dataset id and reference id of each evaluation."""
    evaluation_methods: tuple[tuple[str, str, str], ...]
    """Kind of each evaluation, its method, and the settings of either as JSON."""
    coverage: tuple[float, ...] = ()
    """Share of the models' genes that each evaluation measured."""
    validation_digest: str = ""
    """sha256 of the validation cells; empty without any."""
    spike_in_digest: str = ""
    """sha256 of the cells that replace a share of subsets; empty without any."""
    spike_in_cells: int = 0
    """Number of these."""
    datasets: tuple[Dataset, ...] = field(default=())


@dataclass(frozen=True)
class Prepared:
    """Cells of a study on disk."""

    facts: Facts
    corpus: GeneCounts
    labels: Text
    """Cell type of each cell of the corpus."""
    coarse: Text
    """Coarse cell type of each."""
    clusters: npt.NDArray[np.int32] | None
    """Cluster of each cell of the corpus, if the study samples by cluster."""
    boxes: npt.NDArray[np.int64] | None
    """Box of each cell of the corpus, if the study draws geometric sketches."""
    evaluations: tuple[Evaluation, ...]
    genes: Text
    """Names of the genes that the models see."""
    validation: GeneCounts | None = None
    """Cells whose loss chooses learning rate and checkpoint."""
    spike_in: GeneCounts | None = None
    """Cells of another source that replace a share of subsets, without cell types."""


def open_prepared(folder: Path) -> Prepared:
    """Open a folder that :func:`scaling.study.prepare.prepare` wrote; arrays are mapped, not read."""
    from scaling.artefacts.genes import read_genes

    data = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    data["datasets"] = tuple(Dataset.model_validate(entry) for entry in data["datasets"])
    data["evaluation_digests"] = tuple(data["evaluation_digests"])
    data["coverage"] = tuple(data["coverage"])
    data["evaluation_methods"] = tuple(tuple(entry) for entry in data["evaluation_methods"])
    names, seen = read_genes(folder / "genes.parquet")
    data["evaluation_names"] = tuple(tuple(entry) for entry in data["evaluation_names"])
    facts = Facts(**data)
    corpus, coarse = load_counts(folder / "corpus"), np.load(folder / "coarse.npy")
    evaluations = []
    sets: dict[int, GeneCounts] = {}
    for number, (name, dataset_id, reference_id) in enumerate(facts.evaluation_names):
        part = folder / f"evaluation{number}"
        kind, method, settings = facts.evaluation_methods[number]
        evaluations.append(
            Evaluation(
                name=name,
                dataset_id=dataset_id,
                reference_id=reference_id,
                coverage=facts.coverage[number],
                digest=facts.evaluation_digests[number],
                seed_split=facts.seed_split,
                **(
                    {"classify": _classifier(method, settings)}
                    if kind in CLASSIFICATIONS
                    else _of_kind(kind, settings, part / "query")
                ),
                query_groups=np.load(part / "query" / "groups.npy"),
                query=load_counts(part / "query"),
                corpus=(corpus, coarse) if kind not in CLASSIFICATIONS and kinds.find(kind).of_corpus else None,
                whole=None if reference_id else _whole(part, folder / "sets", sets),
                query_labels=np.load(part / "query" / "labels.npy"),
                reference=load_counts(part / "reference") if reference_id else None,
                reference_labels=np.load(part / "reference" / "labels.npy") if reference_id else None,
            )
        )
    clusters, boxes = folder / "clusters.npy", folder / "boxes.npy"
    return Prepared(
        facts=facts,
        corpus=corpus,
        labels=np.load(folder / "labels.npy"),
        coarse=coarse,
        clusters=np.load(clusters) if clusters.is_file() else None,
        boxes=np.load(boxes) if boxes.is_file() else None,
        evaluations=tuple(evaluations),
        genes=names[seen],
        validation=load_counts(folder / "validation") if facts.validation_digest else None,
        spike_in=load_counts(folder / "spike_in") if facts.spike_in_digest else None,
    )


def _classifier(method: str, settings: str) -> Classify:
    """Method of an evaluation with its settings."""
    registered = methods.find(method)
    config = registered.config.model_validate_json(settings)
    return lambda train, labels, query: registered.predict(train, labels, query, config)


def _whole(part: Path, folder: Path, opened: dict[int, GeneCounts]) -> tuple[GeneCounts, npt.NDArray[np.int64]]:
    """All cells of the set of an evaluation, which others share, and which of them are its query."""
    number = int(np.load(part / "set.npy"))
    if number not in opened:
        opened[number] = load_counts(folder / str(number))
    return opened[number], np.load(part / "query" / "rows.npy")


def _of_kind(name: str, settings: str, folder: Path) -> dict[str, Any]:
    """Kind of an evaluation, its settings, and the columns of obs that it needs."""
    kind = kinds.find(name)
    config = kind.config.model_validate_json(settings)
    columns = {key: np.load(folder / f"column{number}.npy") for number, key in enumerate(kind.columns(config))}
    return {"kind": kind, "config": config, "columns": columns}
