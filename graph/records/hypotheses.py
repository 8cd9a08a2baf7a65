"""What a study names before it runs: the metric that decides, and the contrasts that it tests.

The text travels with every `Run` and its digest with every `Result`, so that whoever judges a claim can see that what
is tested, and by which metric, was chosen before there were numbers to choose from.
"""

from __future__ import annotations

import hashlib
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.records.base import canonical_json

__all__ = ["Hypotheses", "Hypothesis"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Hypothesis(_Part):
    """One contrast that a study was set up to test, and the answer that it expects."""

    kind: Literal["comparison", "effect", "scaling", "saturation"]
    """Kind of the claims that it tests."""
    model_id: str
    """Model that is tested (vocabulary id)."""
    comparator_id: str | None = None
    """Model that it is compared with; none where it is compared with itself at another size or sampling."""
    direction: Literal[">", "<", "~", "+", "-", "0", "plateau", "no_plateau"]
    """What is expected. Tests are two-sided: the opposite can be found."""
    sampling: str = "random"
    """How the subset is drawn; for an effect, what is compared with random subsets."""
    fraction: float | None = Field(default=None, gt=0, lt=1)
    """Share of the corpus that is enough, for saturation."""
    ablation: str | None = None
    """What is left out of the model; for an effect, the model is compared with itself as it is."""

    @model_validator(mode="after")
    def _says_what_it_compares(self) -> Self:
        if self.kind == "comparison" and self.comparator_id is None:
            msg = "a comparison needs a model to compare with"
            raise ValueError(msg)
        if self.comparator_id == self.model_id:
            msg = f"{self.model_id} is compared with itself"
            raise ValueError(msg)
        if (self.kind == "saturation") != (self.fraction is not None):
            msg = "saturation needs a fraction of the corpus, other kinds take none"
            raise ValueError(msg)
        if self.kind == "effect" and (self.sampling == "random") == (self.ablation is None):
            msg = "an effect needs either a sampling that is compared with random subsets, or an ablation"
            raise ValueError(msg)
        if self.kind != "effect" and self.ablation is not None:
            msg = f"an ablation is tested as an effect, not as a {self.kind}"
            raise ValueError(msg)
        return self


class Hypotheses(_Part):
    """All that a study named before it ran."""

    primary_metric: str
    """Metric whose interval decides (vocabulary id)."""
    secondary_metrics: tuple[str, ...] = ()
    """Every other metric that is reported; each has to give the same answer."""
    delta: float = Field(gt=0, lt=1)
    """Smallest difference that counts."""
    other_tasks: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Task that is no naming of cell types -> its metrics, the one that decides first; every test is one of it, too."""
    tests: tuple[Hypothesis, ...] = Field(min_length=1)
    """The family of tests: the level of each is corrected for their number, whatever is asked of the study later."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """The primary metric, then the others."""
        return (self.primary_metric, *self.secondary_metrics)

    def metrics_of(self, task_id: str | None) -> tuple[str, ...]:
        """The metrics of a task, the one that decides first."""
        return self.other_tasks.get(task_id or "", self.metrics)

    def text(self) -> str:
        """Canonical JSON: what a run carries."""
        data = self.model_dump(mode="json")
        # Left out where they are empty, so that hypotheses of before they were there keep their digest.
        if not self.other_tasks:
            del data["other_tasks"]
        for test in data["tests"]:
            if test["ablation"] is None:
                del test["ablation"]
        return canonical_json(data)

    def digest(self) -> str:
        """Sha256 of the text: what a result carries."""
        return text_digest(self.text())


def text_digest(text: str) -> str:
    """Sha256 of the text of hypotheses."""
    return hashlib.sha256(text.encode()).hexdigest()
