"""What a clause speaks of beside its models: tasks, data sets, metrics and a regime."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from biorxivist.claims.extract.mention import Kind, Mention

__all__ = ["ANY_METRIC", "Scope", "Setting", "scope_of", "subject_fields"]

ANY_METRIC = "metric:performance"
"""Performance as such, which is no metric that a claim could be held against."""
NO_METRIC = frozenset({ANY_METRIC, "metric:count"})
"""Entries that sizes and curves need, and by which nothing is compared: "monocyte count"."""

PRETRAINING = "task:pretraining"
"""What models go through, and are not compared in: "large-scale pre-training enables scNova to outperform"."""
TASKS = re.compile(r"\btasks?$", re.IGNORECASE)


@dataclass(frozen=True)
class Setting:
    """One task, set and metric of a scope, each where there is one."""

    task: Mention | None = None
    dataset: Mention | None = None
    metric: Mention | None = None
    regime: str | None = None

    def fields(self) -> dict[str, Any]:
        """The fields of a draft that say this."""
        named = {"task": self.task, "dataset": self.dataset, "metric": self.metric}
        return {
            **{field: mention and mention.text for field, mention in named.items()},
            "regime": self.regime,
            "ids": tuple((field, mention.id) for field, mention in named.items() if mention and mention.id),
        }


@dataclass(frozen=True)
class Scope:
    """All tasks, sets and metrics that a clause names; ``None`` stands for none."""

    tasks: tuple[Mention | None, ...] = (None,)
    datasets: tuple[Mention | None, ...] = (None,)
    metrics: tuple[Mention | None, ...] = (None,)
    regime: str | None = None

    def settings(self) -> Iterator[Setting]:
        """Yield each task with each set and each metric; "F1 in A and accuracy in B" are two, and not four."""
        metrics = (None,) if self._is_of_one_task() else self.metrics
        for task, dataset, metric in product(self.tasks, self.datasets, metrics):
            if not self._is_crossed(task, metric):
                yield Setting(task, dataset, metric, self.regime)

    def _is_of_one_task(self) -> bool:
        """Whether the only metric stands among several tasks: "better at A, of higher accuracy in B, and at C"."""
        named = [task for task in self.tasks if task is not None]
        metric = self.metrics[0]
        return (
            len(named) > 1
            and len(self.metrics) == 1
            and metric is not None
            and (named[0].start < metric.start < named[-1].start)
        )

    def _is_crossed(self, task: Mention | None, metric: Mention | None) -> bool:
        """Whether a metric stands among several tasks, and is said of another one."""
        if task is None or metric is None or len(self.tasks) != len(self.metrics) or len(self.tasks) == 1:
            return False
        order = sorted((mention.start, mention.kind) for mention in (*self.tasks, *self.metrics) if mention)
        kinds = [kind for _, kind in order]
        return (
            kinds[::2] != kinds[1::2]
            and len(set(kinds[::2])) == 1
            and (self.tasks.index(task) != self.metrics.index(metric))
        )

    @property
    def first(self) -> Setting:
        """The task, set and metric that are named first."""
        return next(self.settings())


def scope_of(mentions: Iterable[Mention]) -> Scope:
    """Tasks, sets, metrics and the regime among these mentions, each once."""
    listed = list(mentions)
    metrics = tuple(m for m in _distinct(listed, "metric") if m is None or m.id not in NO_METRIC) or (None,)
    regimes = {mention.text for mention in listed if mention.kind == "regime"}
    regime = next(iter(regimes)) if len(regimes) == 1 else None
    tasks = tuple(m for m in _distinct(listed, "task") if m is None or m.id != PRETRAINING) or (None,)
    return Scope(tasks, _distinct(listed, "dataset"), metrics, regime)


def _distinct(mentions: Iterable[Mention], kind: Kind) -> tuple[Mention | None, ...]:
    named: dict[str, Mention] = {}
    of_kind = [mention for mention in mentions if mention.kind == kind]
    distinct = [mention for mention in of_kind if not TASKS.search(mention.text)]
    for mention in distinct or of_kind:  # "in three downstream tasks, A and B": these are A and B
        named.setdefault(mention.id or mention.text.casefold(), mention)
    return tuple(named.values()) or (None,)


def subject_fields(mention: Mention | None) -> dict[str, Any]:
    """The fields of a draft that say whom it is about."""
    return {"subject": mention and mention.text, "subject_id": mention and mention.id}
