"""Experiments: corpus -> view -> subset -> pre-training -> evaluation -> saturation point.

>>> import scaling
>>> scaling.load_study("ci").budget.steps
250

Nothing heavy is imported until a name is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaling.analysis.points import saturation
    from scaling.artefacts.pretrained import load
    from scaling.evaluate.score import score
    from scaling.study.cluster import Cluster
    from scaling.study.design.design import design
    from scaling.study.plan import plan
    from scaling.study.run import run
    from scaling.study.spec import Study, load_study

__all__ = ["Cluster", "Study", "design", "load", "load_study", "plan", "run", "saturation", "score"]

_HOMES = {
    "Cluster": "study.cluster",
    "Study": "study.spec",
    "design": "study.design.design",
    "load": "artefacts.pretrained",
    "load_study": "study.spec",
    "plan": "study.plan",
    "run": "study.run",
    "saturation": "analysis.points",
    "score": "evaluate.score",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module 'scaling' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    return getattr(import_module(f"scaling.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
