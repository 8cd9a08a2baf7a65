"""From a study to its runs. A run's id says what is computed, so that a plan made twice is the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.records import Run, canonical_json
from scaling.corpus import Corpus
from scaling.errors import StudyError
from scaling.genes import select_genes
from scaling.prepare import Facts, describe
from scaling.study import Arm, Family, Study
from scaling.train import Training

__all__ = ["RunSpec", "pca_components", "plan", "specs"]


@dataclass(frozen=True)
class RunSpec:
    """One pre-training run that is still to be done."""

    run: Run
    """The record without outcome; cells = 0 is the untrained model."""
    training: Training | None
    """How to train; none for PCA."""

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
    """Runs of a study on cells that were read (``scaling.prepare.read_cells``); see :func:`specs`."""
    return specs(study, describe(study, corpus, evaluations, select_genes(corpus, study.corpus.genes)))


def specs(study: Study, facts: Facts) -> list[RunSpec]:
    """Runs of a study: every arm's families x sizes x seeds, and the untrained models.

    Parameters
    ----------
    facts
        What is known of the prepared cells (``scaling.prepare.prepare(...).facts``).

    Returns
    -------
    Runs without repeats, seed by seed, so that an interrupted study has whole replicates first. Sizes at or above the
    corpus are left to ``"all"``, which random sampling alone has: every way of sampling takes all cells there.

    Raises
    ------
    StudyError
        If no run is left.
    """
    found: dict[str, RunSpec] = {}
    for seed in range(max(arm.seeds for arm in study.arms)):
        for arm in study.arms:
            if seed < arm.seeds:
                for spec in _replicate(study, facts, arm, seed):
                    found.setdefault(spec.run_id, spec)
    if not found:
        msg = (
            f"Study {study.name}: every size is above the {facts.corpus_cells} cells of the corpus; name smaller ones."
        )
        raise StudyError(msg)
    return list(found.values())


def pca_components(study: Study) -> int:
    """Components of PCA: 50, as published, and fewer only where the models see fewer genes."""
    return min(50, study.corpus.genes)


def _replicate(study: Study, facts: Facts, arm: Arm, seed: int) -> list[RunSpec]:
    sizes = [facts.corpus_cells if size == "all" else size for size in arm.sizes]
    kept = [
        size
        for asked, size in zip(arm.sizes, sizes, strict=True)
        if (asked == "all" and arm.sampling == "random") or (asked != "all" and size < facts.corpus_cells)
    ]
    if arm.untrained and arm.sampling == "random":
        kept = [0, *kept]
    return [_spec(study, facts, arm, family, size, seed) for size in kept for family in arm.families]


def _spec(study: Study, facts: Facts, arm: Arm, family: Family, size: int, seed: int) -> RunSpec:
    budget = study.budget
    training = None
    config: dict[str, object] = {"genes": facts.genes, "genes_digest": facts.genes_digest, "input": "log1p_cp10k"}
    if family == "pca":
        config["components"] = pca_components(study)
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
    if arm.sampling == "cluster_reweighted":
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
        ),
        training=training,
    )
