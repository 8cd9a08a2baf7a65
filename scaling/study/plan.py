"""From a study to its runs.

The id of a run is a hash of everything that decides its result, so a study that is planned again has the same runs,
and those that are done are not executed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.records import Run, canonical_json
from graph.vocabulary.protocol import CLUSTER_REWEIGHTED, RANDOM
from scaling.corpus.counts import Corpus
from scaling.errors import StudyError
from scaling.families import pca
from scaling.study.hypotheses import stamp
from scaling.study.prepare import Facts, choose_genes, describe
from scaling.study.spec import Arm, Family, Study
from scaling.train.loop import Training

__all__ = ["RunSpec", "plan", "specs"]


@dataclass(frozen=True)
class RunSpec:
    """A pre-training run as it is planned."""

    run: Run
    """The record without its outcome; cells = 0 is the untrained model."""
    training: Training | None
    """Hyper-parameters of training; none for PCA."""

    @property
    def run_id(self) -> str:
        """Id of the run."""
        return self.run.id

    @property
    def text(self) -> str:
        """The run in a few words."""
        size = f"{self.run.cells} cells" if self.run.cells else "untrained"
        return f"{self.run.family} {self.run.sampling} {size} seed {self.run.seed_data}"


def plan(study: Study, corpus: Corpus, evaluations: Mapping[str, Corpus]) -> list[RunSpec]:
    """Plan the runs of a study on cells that were read (`scaling.study.reading.read_cells`); see :func:`specs`."""
    return specs(study, describe(study, corpus, evaluations, choose_genes(study, corpus, evaluations)))


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
        If no run is left.
    """
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


def _replicate(study: Study, facts: Facts, arm: Arm, seed: int) -> list[RunSpec]:
    """Runs of one seed of an arm."""
    sizes = [0] if arm.untrained and arm.sampling == RANDOM else []
    for size in arm.sizes:
        if size == "all":
            sizes += [facts.corpus_cells] if arm.sampling == RANDOM else []
        elif size < facts.corpus_cells:
            sizes.append(size)
    return [_spec(study, facts, arm, family, size, seed) for size in sizes for family in arm.families]


def _spec(study: Study, facts: Facts, arm: Arm, family: Family, size: int, seed: int) -> RunSpec:
    budget = study.budget
    training = None
    config: dict[str, object] = {"genes": facts.genes, "genes_digest": facts.genes_digest, "input": "log1p_cp10k"}
    if family == "pca":
        config["components"] = pca.components_of(study.corpus.genes)
    else:
        training = Training(
            family=family,
            steps=budget.steps,
            checkpoints=budget.checkpoints,
            batch_size=budget.batch_size[family],
            hidden=budget.hidden,
            dimensions=budget.dimensions,
            learning_rate=budget.learning_rate,
            warmup=budget.warmup,
        )
        config |= vars(training)
    if arm.sampling == CLUSTER_REWEIGHTED:
        config["clusters"] = study.corpus.clusters
    return RunSpec(
        run=Run(
            study=study.name,
            model_id=f"model:ours_{family}",
            corpus_id=study.corpus.id,
            corpus_digest=facts.corpus_digest,
            corpus_cells=facts.corpus_cells,
            genes=facts.genes,
            studies=facts.studies,
            sampling=arm.sampling,
            cells=size,
            fraction=size / facts.corpus_cells,
            family=family,
            config=canonical_json(config),
            protocol=study.protocol,
            seed_data=seed,
            seed_init=seed,
            seed_split=study.seed_split,
            evaluation_digests=facts.evaluation_digests,
            simulated=facts.simulated,
            held_out=facts.held_out,
            **stamp(study.hypotheses),
        ),
        training=training,
    )
