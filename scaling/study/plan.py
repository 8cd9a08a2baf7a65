"""From a study to its runs.

The id of a run is a hash of everything that decides its weights, so a study that is planned again has the same runs,
those that are done are not trained again, and an evaluation that is added trains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from graph.records import Run, canonical_json, digest
from graph.vocabulary.protocol import CLUSTER_REWEIGHTED, GEOMETRIC_SKETCHING, RANDOM
from scaling.errors import SamplingError, StudyError
from scaling.families import find
from scaling.sampling.draws import Draws
from scaling.sampling.sketch import boxes_of
from scaling.sampling.spikein import largest_subset
from scaling.study.hypotheses import stamp
from scaling.study.prepare import choose_genes, describe
from scaling.study.prepared import Facts
from scaling.study.reading import read_cells, read_spike_in
from scaling.study.spec import Arm, Study
from scaling.train.loop import Training

__all__ = ["Job", "RunSpec", "jobs", "plan", "sizes_above", "specs"]

_Size = tuple[str, str | None, str | None, str, int]
"""Family, what is left out of it, the cell type that is left out of its cells, sampling and cells."""


@dataclass(frozen=True)
class RunSpec:
    """A pre-training run as it is planned."""

    run: Run
    """The record without its outcome; cells = 0 is the untrained model."""
    training: Training
    """What is trained, and for how long; no steps for an untrained model and a family that is fitted."""
    left_out: str | None = None
    """Coarse cell type that no cell of the subset is of."""
    spike_in: float | None = None
    """Share of the subset that is replaced by cells of another source."""
    counts_kept: float | None = None
    """Share of the counts that is left of each cell, in training, validation and scoring."""
    draws: Draws | None = None
    """Whether the subsets of its replicate are nested or independent; as its seed draws them if None."""
    is_pilot: bool = False
    """Whether its loss helps to choose the learning rate of all replicates of its family, sampling and size."""

    @property
    def run_id(self) -> str:
        """Id of the run."""
        return self.run.id

    @property
    def text(self) -> str:
        """The run in a few words."""
        size = f"{self.run.cells} cells" if self.run.cells else "untrained"
        left_out = f" ({self.run.ablation})" if self.run.ablation else ""
        if self.left_out is not None:
            left_out = f" (without {self.left_out})"
        return f"{self.run.family}{left_out} {self.run.sampling} {size} seed {self.run.seed_data}"


@dataclass(frozen=True)
class Job:
    """What one worker does in one go: it trains at each learning rate, chooses one, and scores what was trained at it.

    The rates of a replicate are one job, and so are the replicates that choose together, because the choice needs all
    of them.
    """

    specs: tuple[RunSpec, ...]
    pilots: tuple[RunSpec, ...] = ()
    """Runs of the job that chooses the learning rate of this one, of which only that rate is trained."""

    @property
    def job_id(self) -> str:
        """Id of the run, or of all of them together."""
        return _job_id(self.specs)

    @property
    def after(self) -> str | None:
        """Id of the job that has to be done before."""
        return _job_id(self.pilots) if self.pilots else None

    @property
    def text(self) -> str:
        """The job in a few words."""
        first, last = self.specs[0], self.specs[-1]
        more = f" to {last.run.seed_data}" if last.run.seed_data != first.run.seed_data else ""
        rates = 1 if self.pilots else len({spec.run.learning_rate for spec in self.specs})
        return f"{first.text}{more}" + (f", {rates} learning rates" if rates > 1 else "")

    @property
    def trainings(self) -> int:
        """How many runs are trained."""
        return 1 if self.pilots else len(self.specs)


def jobs(runs: Iterable[RunSpec]) -> list[Job]:
    """Join the runs between which a learning rate is chosen, in the order of the first of them."""
    choices: dict[tuple[_Size, tuple[int, int] | None], list[RunSpec]] = {}
    pilots: dict[_Size, list[RunSpec]] = {}
    for spec in runs:
        size = (spec.run.family, spec.run.ablation, spec.left_out, spec.run.sampling, spec.run.cells)
        if spec.is_pilot:
            pilots.setdefault(size, []).append(spec)
        # Pilots choose together, every other replicate for itself where it has none.
        replicate = None if spec.is_pilot else (spec.run.seed_data, spec.run.seed_init)
        choices.setdefault((size, replicate), []).append(spec)
    return [
        Job(tuple(own), () if replicate is None else tuple(pilots.get(size, ())))
        for (size, replicate), own in choices.items()
    ]


def _job_id(runs: tuple[RunSpec, ...]) -> str:
    ids = [spec.run_id for spec in runs]
    return ids[0] if len(ids) == 1 else f"job:{digest(ids, 64)}"


def plan(study: Study, cells: Path | str) -> list[RunSpec]:
    """Plan the runs of a study on the cells of a folder or file, of which nothing is trained; see :func:`specs`.

    Raises
    ------
    CorpusError, StudyError
        If the cells or the study cannot be used.
    """
    corpus, evaluations = read_cells(study, Path(cells))
    source = read_spike_in(study, Path(cells), corpus, evaluations.values())
    genes = choose_genes(study, corpus, evaluations)
    return specs(study, describe(study, corpus, evaluations, genes, spike_in=source))


def specs(study: Study, facts: Facts) -> list[RunSpec]:
    """Plan the runs of a study: every arm's families x sizes x seeds, and the untrained models.

    Parameters
    ----------
    facts
        Facts of the prepared cells (``scaling.study.prepare.prepare(...).facts``).

    Returns
    -------
    Runs without repeats, seed by seed, so that an interrupted study consists of complete replicates. Sizes at or above
    the corpus are left out in favour of ``"all"``, and ``"all"`` is planned for random sampling only, because every
    sampling takes the same cells there.

    Raises
    ------
    StudyError
        If no run is left, or a family of an arm has no batches to draw otherwise.
    SamplingError
        If a subset is larger than what the cells of ``[spike_in]`` can replace the share of.
    """
    _check_spike_ins(study, facts)
    runs: dict[str, RunSpec] = {}
    for seed in range(max(arm.seeds for arm in study.arms)):
        for arm in study.arms:
            if seed < arm.seeds:
                for spec in _replicate(study, facts, arm, seed):
                    runs.setdefault(spec.run_id, spec)
    if not runs:
        msg = (
            f"Study {study.name}: every size is above the {facts.corpus_cells} cells of the corpus; name smaller ones."
        )
        raise StudyError(msg)
    return list(runs.values())


def sizes_above(study: Study, facts: Facts) -> list[int]:
    """Sizes that the study names and the corpus does not reach, so that no run has them."""
    named = {size for arm in study.arms for size in arm.sizes if size != "all"}
    return sorted(size for size in named if size >= facts.corpus_cells)


def _check_spike_ins(study: Study, facts: Facts) -> None:
    """Refuse a subset that cannot be spiked before anything is trained."""
    for arm in study.arms:
        sizes = [size for size in arm.sizes if isinstance(size, int) and size < facts.corpus_cells]
        if arm.spike_in is None or not sizes:
            continue
        limit = largest_subset(facts.spike_in_cells, arm.spike_in)
        if max(sizes) > limit:
            msg = (
                f"Study {study.name}: a subset of {max(sizes):,} cells with spike_in = {arm.spike_in:g} needs more "
                f"than the {facts.spike_in_cells:,} cells of [spike_in]; they are enough for {limit:,}. Name smaller "
                "sizes, for all arms alike: a curve that ends earlier has its best score elsewhere."
            )
            raise SamplingError(msg)


def _replicate(study: Study, facts: Facts, arm: Arm, seed: int) -> list[RunSpec]:
    """Runs of one seed of an arm."""
    sizes = [0] if arm.untrained and arm.as_it_is else []
    for size in arm.sizes:
        if size == "all":
            sizes += [facts.corpus_cells] if arm.sampling == RANDOM else []
        elif size < facts.corpus_cells:
            sizes.append(size)
    return [
        spec
        for size in sizes
        for family in arm.families
        for spec in _at_each_rate(study, facts, arm, family, size, seed)
    ]


def _at_each_rate(study: Study, facts: Facts, arm: Arm, family: str, size: int, seed: int) -> list[RunSpec]:
    """Runs of a subset at each learning rate; one run where there is no rate."""
    optimiser = study.config(family, ablation=arm.ablation).optimiser
    if optimiser is None or size == 0:
        return [_spec(study, facts, arm, family, size, seed)]
    return [_spec(study, facts, arm, family, size, seed, factor) for factor in study.budget.learning_rate_factors]


def _spec(study: Study, facts: Facts, arm: Arm, family: str, size: int, seed: int, factor: float = 1.0) -> RunSpec:
    budget = study.budget
    config = study.config(family, factor, arm.ablation)
    in_steps = config.optimiser is not None and size > 0
    within = arm.batches == "within_studies"
    if within and config.optimiser is None:
        msg = (
            f"Study {study.name}: {family} is fitted to all cells at once and has no batches; leave it out of the arm."
        )
        raise StudyError(msg)
    training = Training(
        family=family,
        # An untrained model hangs on no setting of the optimiser.
        config=config if size else config.model_copy(update={"optimiser": None}),
        steps=budget.steps if in_steps else 0,
        batch_size=study.batch_size(family, size) if in_steps else 0,
        checkpoints=budget.checkpoints if in_steps else (),
        within_studies=within,
    )
    settings: dict[str, object] = {
        "genes": facts.genes,
        "genes_digest": facts.genes_digest,
        "view": find(family).view,
        **training.config.model_dump(mode="json"),
    }
    if in_steps:
        settings |= {"steps": training.steps, "batch_size": training.batch_size}
    draws = study.draws if 0 < size < facts.corpus_cells else None  # all cells, or none, are not drawn
    if draws is not None:
        settings["draws"] = draws
    if arm.left_out is not None:
        settings["left_out"] = arm.left_out
    if arm.spike_in is not None:
        settings["spike_in"] = {"share": arm.spike_in, "source": facts.spike_in_digest}
    if arm.counts_kept is not None:
        settings["counts_kept"] = arm.counts_kept
    if within:
        settings["batches"] = arm.batches
    if arm.sampling == CLUSTER_REWEIGHTED:
        settings["clusters"] = study.corpus.clusters
    if arm.sampling == GEOMETRIC_SKETCHING:
        settings["boxes"] = boxes_of(facts.corpus_cells)
    return RunSpec(
        run=Run(
            study=study.name,
            model_id=f"model:ours_{family}",
            corpus_id=study.corpus.id,
            corpus_digest=facts.corpus_digest,
            corpus_cells=facts.corpus_cells,
            genes=facts.genes,
            studies=facts.studies,
            sampling=arm.drawn,
            cells=size,
            fraction=size / facts.corpus_cells,
            family=family,
            ablation=arm.change,
            config=canonical_json(settings),
            protocol=study.protocol,
            seed_data=seed,
            seed_init=seed,
            learning_rate=training.optimiser.learning_rate if training.optimiser else None,
            simulated=facts.simulated,
            held_out=facts.held_out,
            **stamp(study.hypotheses),
        ),
        training=training,
        left_out=arm.left_out,
        spike_in=arm.spike_in,
        counts_kept=arm.counts_kept,
        draws=draws,
        is_pilot=in_steps and budget.pilot_seeds is not None and seed < budget.pilot_seeds,
    )
