"""A study as a TOML file: corpus, budget, arms, evaluations. Everything a plan needs, nothing about a machine.

An unknown key is refused with the nearest known one as a suggestion, so that no setting is silently ignored.
"""

from __future__ import annotations

import difflib
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph.records import canonical_json
from graph.vocabulary.protocol import CLUSTER_REWEIGHTED, DELTA, RANDOM
from scaling.errors import StudyError
from scaling.study.hypotheses import HypothesesSpec, TestSpec, check_arms

__all__ = ["Arm", "Budget", "CorpusSpec", "EvaluationSpec", "SetSpec", "Study", "load_study", "presets"]

BATCH_SIZE: dict[Any, int] = {"masked": 128, "contrastive": 50}
Family = Literal["pca", "masked", "contrastive"]
Sampling = Literal["random", "celltype_reweighted", "cluster_reweighted"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.*-]+$", max_length=100)]
VocabularyId = Annotated[str, Field(pattern=r"^dataset:[a-z0-9_]+$", max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CorpusSpec(_Part):
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


class SetSpec(_Part):
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


class EvaluationSpec(_Part):
    """A kNN classification."""

    kind: Literal["cross_study", "within_study"]
    """Classifier fitted on another study (coarse labels), or on half of the same study (fine labels)."""
    query: Name
    """Set that is scored."""
    reference: Name | None = None
    """Set that the classifier is fitted on; cross_study only."""
    low_coverage: bool = False
    """Score a set that measured under half of the models' genes all the same; it is never evidence."""

    @model_validator(mode="after")
    def _reference_fits(self) -> Self:
        if (self.kind == "cross_study") != (self.reference is not None):
            msg = "cross_study needs `reference`, within_study takes none"
            raise ValueError(msg)
        if self.reference == self.query:
            msg = f"reference and query are both {self.query}; use within_study"
            raise ValueError(msg)
        return self


class Budget(_Part):
    """Training budget, the same for every size."""

    steps: int = Field(default=4000, ge=1, le=10_000_000)
    """Optimiser steps."""
    checkpoints: tuple[int, ...] = ()
    """Steps at which the model is scored; S/16, S/4 and S if left out."""
    warmup: int = Field(default=100, ge=0)
    """Steps of rising learning rate."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Constant after the warm-up."""
    batch_size: dict[Family, int] = Field(default=BATCH_SIZE)
    """Cells per step."""
    hidden: tuple[int, ...] = (256, 128)
    """Hidden layers of the encoder."""
    dimensions: int = Field(default=64, ge=2, le=4096)
    """Dimensions of the embedding."""

    @model_validator(mode="before")
    @classmethod
    def _batch_sizes_have_defaults(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("batch_size"), dict):
            return {**data, "batch_size": BATCH_SIZE | data["batch_size"]}
        return data

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


class Arm(_Part):
    """Families x sizes x seeds with one way of sampling."""

    families: tuple[Family, ...] = Field(min_length=1)
    """Families that are pre-trained."""
    sampling: Sampling = RANDOM
    """How the subsets are drawn."""
    sizes: tuple[Annotated[int, Field(ge=2)] | Literal["all"], ...] = Field(min_length=1)
    """Cells per subset; sizes of the whole corpus and above are left to ``all``."""
    seeds: int = Field(ge=1, le=1000)
    """Replicates 0 ... seeds - 1: replicate i has data seed i and initialisation seed i."""
    untrained: bool = True
    """Score the initial weights of each replicate too."""


class Study(_Part):
    """A study: what is trained on what, and where it is scored."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]
    """Name of the study; its records carry it."""
    title: str = ""
    """One sentence for readers."""
    protocol: str = "corrected@1"
    """Training and evaluation protocol, name@version."""
    seed_split: int = 0
    """Seed of evaluation splits; splits are never replicates."""
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
            check_arms(self.hypotheses, ((family, arm.sampling) for arm in self.arms for family in arm.families))
        return self

    @property
    def evaluation_sets(self) -> dict[str, SetSpec]:
        """Every set that an evaluation names, by key."""
        names = [name for entry in self.evaluations for name in (entry.reference, entry.query) if name]
        return {name: self.sets.get(name, SetSpec()) for name in dict.fromkeys(names)}

    def dataset_id(self, name: str) -> str:
        """Dataset id of an evaluation set."""
        return self.evaluation_sets[name].id or f"dataset:{name.lower()}"

    def data_spec(self) -> str:
        """Canonical JSON of everything that decides how cells are prepared; fields of training leave it alone."""
        fields = self.model_dump(mode="json", exclude={"arms", "budget", "title", "delta", "name", "hypotheses"})
        return canonical_json(fields | {"clustered": any(arm.sampling == CLUSTER_REWEIGHTED for arm in self.arms)})


def load_study(path: Path | str) -> Study:
    """Load a study from a TOML file, or a preset by name (``full_cpu``, ``ci``, ``demo``).

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
        return Study.model_validate(data)
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot read the study file ({error}). Presets are: {', '.join(presets())}."
        raise StudyError(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"{path}: not TOML: {error}. Compare it with a preset ({', '.join(presets())})."
        raise StudyError(msg) from error
    except ValidationError as error:
        msg = f"{path}: {_explain(error)}"
        raise StudyError(msg) from error


def presets() -> tuple[str, ...]:
    """List the names of the studies that ship with the package."""
    folder = resources.files("scaling.study") / "presets"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False)[:5]:
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            key = str(problem["loc"][-1])
            similar = difflib.get_close_matches(key, _known_keys(problem["loc"][:-1]), n=1, cutoff=0.5)
            lines.append(f"unknown key {where!r}" + (f"; did you mean {similar[0]!r}?" if similar else ""))
        else:
            lines.append(f"{where}: {problem['msg']} (got {str(problem.get('input'))[:60]!r})")
    return "; ".join(lines)


def _known_keys(loc: tuple[Any, ...]) -> list[str]:
    """Keys of the table at this place of the study file."""
    parts: dict[str, type[BaseModel]] = {
        "corpus": CorpusSpec, "budget": Budget, "sets": SetSpec, "arms": Arm, "evaluations": EvaluationSpec,
        "hypotheses": TestSpec if "tests" in loc else HypothesesSpec,
    }  # fmt: skip
    model = parts.get(str(loc[0]), Study) if loc else Study
    return list(model.model_fields)
