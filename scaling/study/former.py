"""Notice that a folder holds runs of another plan: a setting was changed under a study that is done or half done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from scaling.study.folder import StudyFolder
from scaling.study.plan import RunSpec
from scaling.study.spec import Study

__all__ = ["former_plan"]

MOST = 6
"""Changed settings that are listed."""


def former_plan(study: Study, runs: Sequence[RunSpec], folder: StudyFolder) -> str:
    """Say how many models of a folder are of another plan, and what was changed; empty if none is."""
    planned = {folder.artefact(spec).folder.name for spec in runs}
    models = folder.out / "models"
    others = [path for path in sorted(models.glob("*")) if path.name not in planned] if models.is_dir() else []
    if not others or not folder.study.is_file():
        return ""
    before = json.loads(folder.study.read_text(encoding="utf-8"))
    changes = list(_changes(before, study.model_dump(mode="json"), ""))
    listed = "; ".join(changes[:MOST]) or "the cells"
    more = f"; and {len(changes) - MOST} more" if len(changes) > MOST else ""
    return (
        f"{folder.out} holds {len(others)} models of another plan. Changed since the last run: {listed}{more}. They "
        "stay under models/ and are no part of these records; give another folder (--out) to keep the records of both."
    )


def _changes(before: Any, now: Any, name: str) -> Iterator[str]:
    """Settings that differ, with both values."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            yield from _changes(before.get(key), now.get(key), f"{name}.{key}".removeprefix("."))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (left, right) in enumerate(zip(before, now, strict=True)):
            yield from _changes(left, right, f"{name}[{number}]")
    elif before != now:
        yield f"{name} {_short(before)} -> {_short(now)}"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
