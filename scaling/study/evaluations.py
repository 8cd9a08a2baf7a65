"""The evaluations of a study file: what is asked of which set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from scaling.errors import StudyError
from scaling.evaluate import kinds, methods
from scaling.study.explain import explain

if TYPE_CHECKING:
    from scaling.evaluate.kind import Kind
    from scaling.evaluate.method import MethodConfig

__all__ = ["CLASSIFICATIONS", "EvaluationSpec", "Name", "Part", "file_of"]


def file_of(check: Callable[[str], str]) -> AfterValidator:
    """Name that must be that of a file of a registry."""

    def validate(name: str) -> str:
        try:
            return check(name)
        except StudyError as error:
            raise ValueError(str(error)) from error

    return AfterValidator(validate)


MethodName = Annotated[str, file_of(methods.check)]
METHOD = "knn"
CLASSIFICATIONS = ("cross_study", "within_study")
"""Kinds of evaluation that name cell types, by a method."""
KindName = Annotated[str, file_of(lambda name: name if name in CLASSIFICATIONS else kinds.check(name))]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.*-]+$", max_length=100)]


class Part(BaseModel):
    """A table of a study file: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class EvaluationSpec(Part):
    """What is asked of the embedding of a set."""

    kind: KindName
    """``cross_study`` or ``within_study``: a classifier of cell types, fitted on another study (coarse labels) or on
    half of the same one (fine labels); or a file of `scaling.evaluate.kinds` (fine labels)."""
    query: Name
    """Set that is scored."""
    reference: Name | None = None
    """Set that the classifier is fitted on; for cross_study, and for kinds that may learn from another study."""
    method: MethodName = METHOD
    """How cell types are predicted: a file of `scaling.evaluate.methods`."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Settings of the method, or of the kind, that are not its defaults, such as ``{ k = 15 }``."""
    low_coverage: bool = False
    """Score a set that measured under half of the models' genes all the same; it is never evidence."""

    @model_validator(mode="after")
    def _reference_fits(self) -> Self:
        if self.task is not None and self.task.across:
            pass  # with a reference across studies, without one within a set
        elif (self.kind == "cross_study") != (self.reference is not None):
            msg = f"cross_study needs `reference`, {self.kind} takes none"
            raise ValueError(msg)
        # By its value: a study that was written as JSON, as workers read it, names the default too.
        if self.task is not None and self.method != METHOD:
            msg = f"{self.kind} takes no `method`, which says how cell types are predicted"
            raise ValueError(msg)
        if self.reference == self.query:
            msg = f"reference and query are both {self.query}; use within_study"
            raise ValueError(msg)
        self.config()
        return self

    @property
    def task(self) -> Kind | None:
        """The kind; none for the naming of cell types."""
        return None if self.kind in CLASSIFICATIONS else kinds.find(self.kind)

    def config(self) -> MethodConfig:
        """Settings of the method, or of the kind."""
        kind = self.task.config if self.task else methods.find(self.method).config
        try:
            return kind.model_validate(self.settings)
        except ValidationError as error:
            known = list(kind.model_fields)
            what = self.kind if self.task else self.method
            msg = f"settings of {what}: {explain(error, lambda _: known)}. It has: {', '.join(known)}."
            raise ValueError(msg) from error

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of obs that it needs beside cell types."""
        return self.task.columns(self.config()) if self.task else ()

    @property
    def name(self) -> str:
        """What records call the evaluation, such as ``knn5_cross_study``."""
        if self.task is not None:
            return self.task.name(self.config()) + ("_cross_study" if self.reference else "")
        return f"{methods.find(self.method).name(self.config())}_{self.kind}"
