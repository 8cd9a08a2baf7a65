"""A study as a TOML file: corpus, budget, arms, evaluations. Everything a plan needs, nothing about a machine.

An unknown key is refused with the nearest known one as a suggestion, so that no setting is silently ignored.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from graph.records import canonical_json
from graph.vocabulary.protocol import CLUSTER_REWEIGHTED, DELTA, GEOMETRIC_SKETCHING
from scaling import families
from scaling.errors import StudyError
from scaling.sampling.draws import Draws
from scaling.study.arms import Arm, Family, check_arms_can_be_drawn
from scaling.study.evaluations import EvaluationSpec, Name, Part
from scaling.study.explain import explain
from scaling.study.fairness import check_batches, check_pairs, check_pilots, check_rates, check_sides
from scaling.study.hypotheses import HypothesesSpec, TestSpec, check_arms

if TYPE_CHECKING:
    from scaling.model.family import FamilyConfig

__all__ = [
    "Arm", "Budget", "CorpusSpec", "EvaluationSpec", "SetSpec", "SpikeInSpec", "Study", "ValidationSpec", "load_study",
    "presets",
]  # fmt: skip


VocabularyId = Annotated[str, Field(pattern=r"^dataset:[a-z0-9_]+$", max_length=100)]


BATCH_SIZE = 128


class CorpusSpec(Part):
    """Cells for pre-training."""

    id: VocabularyId
    """Dataset id of the corpus."""
    files: tuple[Name, ...] = Field(min_length=1)
    """Files without ``.h5ad``; ``*`` takes all of the folder that no set names."""
    exclude: tuple[str, ...] = ()
    """``file`` or ``file/batch`` to leave out."""
    genes: int = Field(default=2000, ge=10, le=60_000)
    """Variable genes that the models see."""
    min_genes: int = Field(default=5000, ge=1)
    """A file with fewer genes is a panel and is refused."""
    gene_share: float = Field(default=0.5, gt=0, le=1)
    """Fraction of the files that must have measured a gene."""
    shared_genes: bool = False
    """Choose the genes that the models see among those that every evaluation set measured."""
    clusters: int = Field(default=40, ge=2, le=10_000)
    """Clusters for ``cluster_reweighted``."""


class SetSpec(Part):
    """An evaluation set."""

    id: VocabularyId | None = None
    """Dataset id; ``dataset:<key>`` if left out."""
    file: Name | None = None
    """File without ``.h5ad``; the key if left out."""
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """obs column -> values to select; all cells if empty."""
    corpus_share: float | None = Field(default=None, gt=0, lt=1)
    """Take this fraction of the corpus cells instead of a file (they leave the corpus). The studies are then the same
    on both sides, so nothing of it becomes evidence."""


class ValidationSpec(Part):
    """Cells whose loss chooses learning rate and checkpoint. They need no labels."""

    file: Name
    """File without ``.h5ad``; of an experiment that is in neither corpus nor evaluation."""
    id: VocabularyId | None = None
    """Dataset id; ``dataset:<file>`` if left out."""
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """obs column -> values to select; all cells if empty."""

    @property
    def dataset_id(self) -> str:
        """Dataset id of the cells."""
        return self.id or f"dataset:{self.file.lower()}"


class Budget(Part):
    """Training budget, the same for every size."""

    steps: int = Field(default=4000, ge=1, le=10_000_000)
    """Optimiser steps."""
    checkpoints: tuple[int, ...] = ()
    """Steps at which the model is scored; S/16, S/4 and S if left out."""
    batch_size: Annotated[int, Field(ge=2)] | dict[Family, Annotated[int, Field(ge=2)]] = BATCH_SIZE
    """Cells per step, for all families or by family; at most half of a subset, for every family alike."""
    learning_rate_factors: tuple[Annotated[float, Field(gt=0)], ...] = (1.0,)
    """Each run is trained at so many times its family's learning rate; with three of them, the loss on the validation
    cells chooses one. More runs than one cost the same factor for every family."""
    pilot_seeds: int | None = Field(default=None, ge=1)
    """So many replicates are trained at every learning rate, and their mean loss chooses one for all replicates of
    the family and size, which are trained at that one only. If left out, every replicate chooses for itself."""
    warmup: int | None = Field(default=None, ge=0)
    """Steps of rising learning rate; the family's own if left out."""
    learning_rate: float | None = Field(default=None, gt=0, le=1)
    """Learning rate after the warm-up, for all families; the family's own if left out."""
    hidden: tuple[int, ...] | None = None
    """Hidden layers of the families that have such a setting; the family's own if left out."""
    dimensions: int | None = Field(default=None, ge=2, le=4096)
    """Dimensions of the embedding of the families that have such a setting; the family's own if left out."""

    @model_validator(mode="after")
    def _checkpoints_end_at_steps(self) -> Self:
        if not self.checkpoints:
            steps = {max(self.steps // 16, 1), max(self.steps // 4, 1), self.steps}
            # The model is frozen for its users; this default depends on another field.
            object.__setattr__(self, "checkpoints", tuple(sorted(steps)))
        if tuple(sorted(set(self.checkpoints))) != self.checkpoints or self.checkpoints[-1] != self.steps:
            msg = f"checkpoints must rise and end at steps = {self.steps}"
            raise ValueError(msg)
        return self


class SpikeInSpec(Part):
    """Cells that replace a share of the subsets of an arm with ``spike_in``. They need no labels."""

    file: Name
    """File without ``.h5ad``; its experiment counts as one of the corpus."""
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """obs column -> values to select; all cells if empty."""


class Study(Part):
    """A study: what is trained on what, and where it is scored."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]
    """Name of the study; its records carry it."""
    title: str = ""
    """One sentence for readers."""
    protocol: str = "corrected@2"
    """Training and evaluation protocol, name@version."""
    seed_split: int = 0
    """Seed of evaluation splits; splits are never replicates."""
    draws: Draws | None = None
    """Whether the subsets of a replicate lie within each other, size by size, or are independent of each other. If left
    out, its seed draws every size, as before one could choose (:mod:`scaling.sampling.draws`)."""
    delta: float = Field(default=DELTA, gt=0, lt=1)
    """Margin of the equivalence test."""
    label_key: str = "cell_type"
    """obs column of fine labels."""
    coarse_key: str = "cell_type_coarse"
    """obs column of coarse labels; fine ones are used where it is missing."""
    author_key: str = "author_label"
    """obs column that ``label_map.json`` beside the cells translates, where ``label_key`` is missing."""
    min_label_cells: int = Field(default=10, ge=2)
    """A label with fewer cells in a set is not scored."""
    corpus: CorpusSpec
    """Pre-training cells."""
    budget: Budget = Field(default_factory=Budget)
    """Training budget."""
    validation: ValidationSpec | None = None
    """Cells that choose learning rate and checkpoint; with them, the study must give every family the same budget."""
    spike_in: SpikeInSpec | None = None
    """Cells of another source that arms with ``spike_in`` put into their subsets."""
    families: dict[Family, dict[str, Any]] = Field(default_factory=dict)
    """Settings of a family that are not its defaults."""
    experiments: dict[Name, tuple[str, ...]] = Field(default_factory=dict)
    """Name of an experiment -> its files, or ``file/batch``. A file that is not listed is an experiment of its own."""
    sets: dict[Name, SetSpec] = Field(default_factory=dict)
    """Evaluation sets by key; a set that is only named in an evaluation is the file of that name."""
    arms: tuple[Arm, ...] = Field(min_length=1)
    """What is trained."""
    evaluations: tuple[EvaluationSpec, ...] = Field(min_length=1)
    """What is scored."""
    hypotheses: HypothesesSpec | None = None
    """What is tested, and by which metric, named before the first run; without it the study decides no claim."""

    @model_validator(mode="after")
    def _hypotheses_are_about_the_arms(self) -> Self:
        if self.hypotheses is not None:
            trained = ((family, arm.drawn, arm.change) for arm in self.arms for family in arm.families)
            check_arms(self.hypotheses, trained)
        return self

    @model_validator(mode="after")
    def _is_fair(self) -> Self:
        files = {name: spec.file or name for name, spec in self.evaluation_sets.items() if spec.corpus_share is None}
        check_arms_can_be_drawn(self.arms, self.evaluations, spiked=self.spike_in is not None, draws=self.draws)
        sides = {"the corpus": self._corpus_parts(), "the evaluations": list(files.values())}
        if self.validation is not None:
            sides["[validation]"] = [self.validation.file]
            trained = dict.fromkeys(family for arm in self.arms for family in arm.families)
            sizes = [size for arm in self.arms for size in arm.sizes if isinstance(size, int)]
            check_batches({family: self._batch_size(family) for family in trained}, sizes)
        check_sides(sides, self.experiments)
        pairs = [(entry.reference, entry.query) for entry in self.evaluations if entry.reference in files]
        check_pairs(
            [(files[first], files[second]) for first, second in pairs if first and second in files], self.experiments
        )
        check_rates(self.budget.learning_rate_factors, validated=self.validation is not None)
        check_pilots(self.budget.pilot_seeds, self.budget.learning_rate_factors, [arm.seeds for arm in self.arms])
        return self

    def _corpus_parts(self) -> list[str]:
        """Files of the corpus, and batches of them that are listed as parts of an experiment."""
        files = [file for file in self.corpus.files if file not in self.corpus.exclude]
        batches = [part for parts in self.experiments.values() for part in parts if part.partition("/")[0] in files]
        spiked = [self.spike_in.file] if self.spike_in is not None else []
        return files + [part for part in batches if "/" in part and part not in self.corpus.exclude] + spiked

    def config(self, family: str, factor: float = 1.0, ablation: str | None = None) -> FamilyConfig:
        """Settings of a family in this study, at a multiple of its learning rate, with something left out.

        Raises
        ------
        StudyError
            If the study gives the family a setting, or an ablation, that it does not have.
        """
        kind = families.find(family).config
        if ablation is not None and ablation not in kind.ablations:
            known = ", ".join(kind.ablations) or "none"
            msg = f"Study {self.name}: {family} has no ablation {ablation!r}; it has: {known}."
            raise StudyError(msg)
        left_out = dict(kind.ablations[ablation]) if ablation else {}
        shared = {"hidden": self.budget.hidden, "dimensions": self.budget.dimensions}
        usual = {name: value for name, value in shared.items() if value is not None and name in kind.model_fields}
        try:
            config = kind.model_validate(usual | self.families.get(family, {}) | left_out)
        except ValidationError as error:
            msg = f"Study {self.name}, [families.{family}]: {explain(error, lambda _: list(kind.model_fields))}"
            raise StudyError(msg) from error
        optimiser = config.optimiser
        if optimiser is None:
            return config
        rate = (self.budget.learning_rate or optimiser.learning_rate) * factor
        warmup = optimiser.warmup if self.budget.warmup is None else self.budget.warmup
        changed = optimiser.model_copy(update={"learning_rate": rate, "warmup": warmup})
        return config.model_copy(update={"optimiser": changed})

    def batch_size(self, family: str, cells: int) -> int:
        """Cells per step on a subset of so many cells.

        At most half of it, so that a batch holds no cell twice and is another one at each step: a cell would be a
        negative of itself in a contrastive batch.
        """
        return min(self._batch_size(family), max(cells // 2, 2))

    def _batch_size(self, family: str) -> int:
        size = self.budget.batch_size
        return size if isinstance(size, int) else size.get(family, BATCH_SIZE)

    @property
    def evaluation_sets(self) -> dict[str, SetSpec]:
        """Every set that an evaluation names, by key."""
        names = [name for entry in self.evaluations for name in (entry.reference, entry.query) if name]
        return {name: self.sets.get(name, SetSpec()) for name in dict.fromkeys(names)}

    def columns_of(self, name: str) -> list[str]:
        """Columns of obs that the evaluations of a set need."""
        columns = (column for entry in self.evaluations if entry.query == name for column in entry.columns)
        return list(dict.fromkeys(columns))

    def dataset_id(self, name: str) -> str:
        """Dataset id of an evaluation set."""
        return self.evaluation_sets[name].id or f"dataset:{name.lower()}"

    def data_spec(self) -> str:
        """Canonical JSON of everything that decides how cells are prepared; fields of training leave it alone."""
        training = {"arms", "budget", "title", "delta", "draws", "name", "families", "protocol", "hypotheses"}
        fields = self.model_dump(mode="json", exclude=training)
        if self.spike_in is None:
            del fields["spike_in"]  # so that cells that were prepared before there was any are still these
        drawn = {arm.sampling for arm in self.arms}
        made = {"clustered": CLUSTER_REWEIGHTED in drawn, "covered": GEOMETRIC_SKETCHING in drawn}
        return canonical_json(fields | made)


def load_study(path: Path | str) -> Study:
    """Load a study from a TOML file, or a preset by name (``blood_p``, ``ci``, ``demo``).

    Raises
    ------
    StudyError
        If there is no such file or preset, it is not TOML, or a key or value is not known.
    """
    path = Path(path)
    if not path.is_file() and path.name == str(path) and path.stem in presets():
        path = Path(str(resources.files("scaling.study") / "presets" / f"{path.stem}.toml"))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        study = Study.model_validate(data)
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot read the study file ({error}). Presets are: {', '.join(presets())}."
        raise StudyError(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"{path}: not TOML: {error}. Compare it with a preset ({', '.join(presets())})."
        raise StudyError(msg) from error
    except ValidationError as error:
        msg = f"{path}: {explain(error, _known_keys)}"
        raise StudyError(msg) from error
    for name in study.families:  # only where there are any: it imports the family
        study.config(name)
    return study


def presets() -> tuple[str, ...]:
    """List the names of the studies that ship with the package."""
    folder = resources.files("scaling.study") / "presets"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def _known_keys(loc: tuple[Any, ...]) -> list[str]:
    """Keys of the table at this place of the study file."""
    parts: dict[str, type[BaseModel]] = {
        "corpus": CorpusSpec, "budget": Budget, "sets": SetSpec, "arms": Arm, "evaluations": EvaluationSpec,
        "validation": ValidationSpec,
        "spike_in": SpikeInSpec,
        "hypotheses": TestSpec if "tests" in loc else HypothesesSpec,
    }  # fmt: skip
    model = parts.get(str(loc[0]), Study) if loc else Study
    return list(model.model_fields)
