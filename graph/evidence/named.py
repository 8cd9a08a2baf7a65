"""What a study named before it ran: the metric that decides, and the contrasts that may be decided at all.

A metric or a contrast that is chosen when the numbers are known can always be chosen so that something is found. So a
study names both in its file, its runs carry the text and its results the digest. A contrast that was not named may be
looked at and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import ValidationError

from graph.records import Hypotheses, Hypothesis, Result, Run
from graph.records.hypotheses import text_digest
from graph.vocabulary.protocol import RANDOM

__all__ = ["PLATEAU", "Named", "NeededTest"]

PLATEAU = ("plateau", "no_plateau")
"""Directions of a claim about the upper end of a curve, not about all of it."""


@dataclass(frozen=True)
class NeededTest:
    """A contrast that a claim turns on, as a study would have to name it."""

    kind: str
    model_id: str
    comparator_id: str | None = None
    sampling: str = RANDOM
    fraction: float | None = None
    ablation: str | None = None
    upper_end: bool = False
    """Whether the slope is that of the upper end of the curve, which a plateau is about."""

    def text(self) -> str:
        """The contrast in words."""
        against = f" against {self.comparator_id}" if self.comparator_id else ""
        drawn = f" by {self.sampling}" if self.sampling != RANDOM else ""
        at = "" if self.fraction is None else f" at {self.fraction:.4g} of the corpus"
        without = f" ({self.ablation})" if self.ablation else ""
        return f"{self.kind}{' plateau' if self.upper_end else ''} of {self.model_id}{without}{against}{drawn}{at}"


@dataclass(frozen=True)
class Named:
    """Hypotheses of a study, or why it has none that count."""

    hypotheses: Hypotheses | None = None
    flaw: str = ""

    @classmethod
    def of(cls, runs: Iterable[Run], results: Iterable[Result]) -> Named:
        """Read the hypotheses of a study from its runs, and hold its results to them."""
        runs = list(runs)
        digests = {run.hypotheses_digest for run in runs}
        digests |= {result.hypotheses_digest for result in results if result.run_id}
        if digests <= {None}:
            return cls(flaw="the study named no hypotheses before it ran")
        if len(digests) > 1:
            return cls(flaw="its records carry different hypotheses, so some were named when scores were known")
        texts = {run.hypotheses for run in runs}
        if {text_digest(text) for text in texts} != digests:
            return cls(flaw="its hypotheses do not have the digest that its records carry")
        try:
            return cls(Hypotheses.model_validate_json(texts.pop()))
        except ValidationError as error:
            return cls(flaw=f"its hypotheses cannot be read ({error.errors()[0]['msg']})")

    def metrics_of(self, task_id: str | None) -> tuple[str, ...]:
        """Metrics that were named for a task, the one that decides first; none where nothing was named."""
        return self.hypotheses.metrics_of(task_id) if self.hypotheses else ()

    @property
    def tests(self) -> int:
        """Number of contrasts that were named, in all tasks together; 0 where there are none that count."""
        if self.hypotheses is None:
            return 0
        return len(set(_contrasts(self.hypotheses))) * (1 + len(self.hypotheses.other_tasks))

    def missing(self, contrasts: Iterable[NeededTest]) -> list[NeededTest]:
        """Contrasts among these that the study did not name."""
        named = set(_contrasts(self.hypotheses)) if self.hypotheses else set()
        return [contrast for contrast in contrasts if contrast not in named and _turned(contrast) not in named]


def _contrasts(hypotheses: Hypotheses) -> Iterator[NeededTest]:
    for test in hypotheses.tests:
        yield _contrast(test)


def _contrast(test: Hypothesis) -> NeededTest:
    return NeededTest(
        kind=test.kind,
        model_id=test.model_id,
        comparator_id=test.comparator_id,
        sampling=test.sampling,
        fraction=test.fraction,
        ablation=test.ablation,
        upper_end=test.kind == "scaling" and test.comparator_id is None and test.direction in PLATEAU,
    )


def _turned(contrast: NeededTest) -> NeededTest | None:
    """The same contrast with its sides exchanged."""
    if contrast.comparator_id is None:
        return None
    return replace(contrast, model_id=contrast.comparator_id, comparator_id=contrast.model_id)
