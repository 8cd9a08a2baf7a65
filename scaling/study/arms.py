"""The arms of a study file: what is trained on which cells, and the one thing in which an arm differs from another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from graph.vocabulary.protocol import BATCHES_OF_ONE_STUDY, COUNTS_THINNED, RANDOM, SPIKE_IN, TYPE_LEFT_OUT
from scaling import families
from scaling.sampling.draws import Draws
from scaling.study.evaluations import CLASSIFICATIONS, EvaluationSpec, Part, file_of

__all__ = ["Arm", "Family", "check_arms_can_be_drawn"]

Family = Annotated[str, file_of(families.check)]
Sampling = Literal["random", "celltype_reweighted", "cluster_reweighted", "geometric_sketching"]


class Arm(Part):
    """Families x sizes x seeds with one way of sampling."""

    families: tuple[Family, ...] = Field(min_length=1)
    """Families that are pre-trained."""
    sampling: Sampling = RANDOM
    """How the subsets are drawn."""
    sizes: tuple[Annotated[int, Field(ge=2)] | Literal["all"], ...]
    """Cells per subset; sizes of the whole corpus and above are left to ``all``. None leaves the untrained models."""
    seeds: int = Field(ge=1, le=1000)
    """Replicates 0 ... seeds - 1: replicate i draws its subset with data seed i, and starts, orders and masks with
    initialisation seed i."""
    untrained: bool = True
    """Score the initial weights of each replicate too; those of an arm that draws at random and changes nothing."""
    ablation: str | None = None
    """What is left out of the families, by a name of theirs (``FamilyConfig.ablations``)."""
    left_out: str | None = None
    """Coarse cell type that no cell of the subsets is of (nor of an unknown one). Of the evaluations that ask about
    one type, such models meet that of this type alone."""
    spike_in: float | None = Field(default=None, gt=0, le=1)
    """Share of each random subset that is replaced by cells of the study's ``[spike_in]``; the subset keeps its
    size."""
    counts_kept: float | None = Field(default=None, gt=0, lt=1)
    """Share of the counts that a cell keeps, each count by itself (binomial thinning): of the cells that are trained
    on, of those that validate, and of those that are scored."""
    batches: Literal["mixed", "within_studies"] = "mixed"
    """Whether the cells of a step are drawn from all studies of the subset, or from one at a time."""

    @property
    def change(self) -> str | None:
        """What runs and scores say was changed of the model or of its cells."""
        if self.left_out is not None:
            return TYPE_LEFT_OUT
        if self.counts_kept is not None:
            return f"{COUNTS_THINNED} {self.counts_kept:g}"
        return BATCHES_OF_ONE_STUDY if self.batches == "within_studies" else self.ablation

    @property
    def drawn(self) -> str:
        """How runs and scores say the subsets were drawn."""
        return self.sampling if self.spike_in is None else f"{SPIKE_IN}_{100 * self.spike_in:g}"

    @property
    def as_it_is(self) -> bool:
        """Whether subsets are random and nothing is changed of them: its untrained models stand for all arms."""
        changes = (self.left_out, self.spike_in, self.counts_kept)
        return self.sampling == RANDOM and all(change is None for change in changes) and self.batches == "mixed"

    @model_validator(mode="after")
    def _changes_one_thing(self) -> Self:
        if self.left_out is not None and (self.ablation is not None or self.sampling != RANDOM):
            msg = "an arm with left_out draws at random and has no ablation, so that it differs in one thing"
            raise ValueError(msg)
        given = ("ablation", "left_out", "spike_in", "counts_kept", "batches")
        changed = [name for name in given if getattr(self, name) not in (None, "mixed")]
        if self.sampling != RANDOM and set(changed) - {"ablation"}:
            changed.append("sampling")
        if len(changed) > 1:
            msg = f"an arm changes one thing, so that what follows is due to it, and this one has {', '.join(changed)}"
            raise ValueError(msg)
        for name in ("left_out", "spike_in"):
            if getattr(self, name) is not None and (not self.sizes or "all" in self.sizes):
                msg = f"an arm with {name} needs sizes in cells, which the arm that changes nothing has too"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _has_models(self) -> Self:
        if not self.sizes and not (self.untrained and self.as_it_is):
            msg = "an arm without sizes has its untrained models alone, and this one scores none; name sizes"
            raise ValueError(msg)
        return self


def check_arms_can_be_drawn(
    arms: Sequence[Arm], evaluations: Sequence[EvaluationSpec], *, spiked: bool, draws: Draws | None = None
) -> None:
    """Check that a study has the cells that its arms ask for, and asks of thinned cells what can be asked of them.

    Raises
    ------
    ValueError
        Saying what to change.
    """
    uses = any(arm.spike_in is not None for arm in arms)
    if uses and not spiked:
        msg = "an arm has spike_in and the study does not say of which cells: name their file under [spike_in]"
        raise ValueError(msg)
    if spiked and not uses:
        msg = "[spike_in] names cells that no arm uses: give an arm a share (spike_in = 0.1), or leave it out"
        raise ValueError(msg)
    if draws == "nested":
        _check_nesting(arms)
    if any(arm.counts_kept is not None for arm in arms):
        other = [entry.kind for entry in evaluations if not _by_embedding_alone(entry)]
        if other:
            msg = (
                f"an arm has counts_kept, and {', '.join(dict.fromkeys(other))} asks for the counts that it takes "
                "away: score such arms by cross_study, within_study or integration, in a study of their own"
            )
            raise ValueError(msg)


def _check_nesting(arms: Sequence[Arm]) -> None:
    """Refuse nested subsets where cells that two sizes share are not seen alike."""
    made_by_size = {
        "spike_in": "which cells are replaced, and by which, is drawn for each size",
        "counts_kept": "which counts of a cell stay is drawn for each size",
    }
    for arm in arms:
        for name, reason in made_by_size.items():
            if getattr(arm, name) is not None:
                msg = f'draws = "nested" is not defined for an arm with {name}: {reason}; use draws = "independent"'
                raise ValueError(msg)


def _by_embedding_alone(entry: EvaluationSpec) -> bool:
    """Whether an evaluation looks at nothing of its cells but their embedding."""
    return entry.kind in (*CLASSIFICATIONS, "integration")
