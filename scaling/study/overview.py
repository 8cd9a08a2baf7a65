"""A study on paper: which cells play which role in it, and what it would train on how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import UNKNOWN, Corpus, take
from scaling.study.plan import RunSpec, jobs, specs
from scaling.study.prepare import choose_genes, describe
from scaling.study.reading import read_cells, read_spike_in, read_validation
from scaling.study.spec import Study

__all__ = ["Overview", "SetRow", "TrainingRow", "overview", "training_rows"]


@dataclass(frozen=True)
class SetRow:
    """A study of the corpus, an evaluation set, or the validation cells."""

    name: str
    role: str
    """``corpus``, ``evaluation``, ``reference and query`` ..., ``validation``, or ``spike-in``."""
    cells: int
    genes: int
    """Genes that were measured."""
    coverage: float
    """Share of the genes that the models see which were measured here."""
    labels: int
    """Fine cell types that are known."""
    coarse_labels: int
    """Coarse ones, by which cells are told apart across studies."""


@dataclass(frozen=True)
class TrainingRow:
    """All trainings of a family on subsets of one size."""

    family: str
    """With what is changed of it, or of its cells, in parentheses."""
    sampling: str
    draws: str
    """How its subsets hang together with those of other sizes: ``nested``, ``independent`` or ``by seed``; empty where
    all cells are taken, or none."""
    cells: int
    """Cells of the subset; 0 for untrained models."""
    seeds: int
    learning_rates: int
    trainings: int
    """Of all seeds, at every learning rate that each is trained at."""
    steps: int
    batch_size: int
    cells_seen: int
    """By one training: steps x cells per step."""

    @property
    def plain_family(self) -> str:
        """The family alone."""
        return self.family.partition(" ")[0]


@dataclass(frozen=True)
class Overview:
    """A study on paper."""

    sets: tuple[SetRow, ...]
    trainings: tuple[TrainingRow, ...]
    genes: int
    """Genes that the models see."""


def overview(study: Study, cells: Path | str) -> Overview:
    """Lay a study out on paper: its cells are read and checked as for a run, nothing is trained.

    Raises
    ------
    CorpusError, StudyError
        As :func:`scaling.run` before its first run.
    """
    corpus, evaluations = read_cells(study, Path(cells))
    validation = read_validation(study, Path(cells), corpus, evaluations)
    held_out = [*evaluations.values(), *([validation] if validation is not None else [])]
    source = read_spike_in(study, Path(cells), corpus, held_out)
    genes = choose_genes(study, corpus, evaluations)
    sets = [
        *(_row(take(corpus, np.flatnonzero(corpus.study == number)), "corpus", genes, name, corpus.measured[[number]])
          for number, name in enumerate(corpus.studies)),
        *(_row(entry, _role(study, name), genes, name, entry.measured) for name, entry in evaluations.items()),
    ]  # fmt: skip
    if validation is not None and study.validation is not None:
        sets.append(_row(validation, "validation", genes, study.validation.file, validation.measured))
    if source is not None and study.spike_in is not None:
        sets.append(_row(source, "spike-in", genes, study.spike_in.file, source.measured))
    planned = specs(study, describe(study, corpus, evaluations, genes, validation, source))
    return Overview(tuple(sets), tuple(training_rows(planned)), len(genes))


def _row(
    cells: Corpus, role: str, genes: npt.NDArray[np.int64], name: str, measured_by: npt.NDArray[np.bool_]
) -> SetRow:
    measured = np.logical_or.reduce(measured_by)
    return SetRow(
        name=name,
        role=role,
        cells=len(cells),
        genes=int(measured.sum()),
        coverage=round(float(measured[genes].mean()), 3),
        labels=len(set(cells.label.tolist()) - {UNKNOWN}),
        coarse_labels=len(set(cells.coarse.tolist()) - {UNKNOWN}),
    )


def _role(study: Study, name: str) -> str:
    """What an evaluation set is there for."""
    roles = {
        "query": any(entry.query == name and entry.reference for entry in study.evaluations),
        "reference": any(entry.reference == name for entry in study.evaluations),
        "within": any(entry.query == name and entry.kind == "within_study" for entry in study.evaluations),
        **{entry.kind: True for entry in study.evaluations if entry.query == name and entry.task},
    }
    return ", ".join(role for role, has in roles.items() if has)


def training_rows(planned: Iterable[RunSpec]) -> Iterator[TrainingRow]:
    """Runs of a family, sampling and size as one row, in the order of the plan."""
    groups: dict[tuple[str, str, int], list[RunSpec]] = {}
    for spec in planned:
        family = f"{spec.run.family} ({spec.run.ablation})" if spec.run.ablation else spec.run.family
        groups.setdefault((family, spec.run.sampling, spec.run.cells), []).append(spec)
    for (family, sampling, cells), runs in sorted(groups.items()):
        training = runs[0].training
        yield TrainingRow(
            family=family,
            sampling=sampling,
            draws=runs[0].draws or ("by seed" if 0 < cells < runs[0].run.corpus_cells else ""),
            cells=cells,
            seeds=len({spec.run.seed_data for spec in runs}),
            learning_rates=len({spec.run.learning_rate for spec in runs}),
            trainings=sum(job.trainings for job in jobs(runs)),
            steps=training.steps,
            batch_size=training.batch_size,
            cells_seen=training.steps * training.batch_size,
        )
