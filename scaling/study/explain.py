"""What is wrong with a study file, in words: each wrong key with the nearest known one."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

__all__ = ["explain"]


def explain(error: ValidationError, known: Callable[[tuple[Any, ...]], list[str]]) -> str:
    """Word the first problems of a table.

    Parameters
    ----------
    known
        Keys of the table at a place.
    """
    lines = []
    for problem in _own(error.errors(include_url=False))[:5]:
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            key = str(problem["loc"][-1])
            similar = difflib.get_close_matches(key, known(problem["loc"][:-1]), n=1, cutoff=0.5)
            lines.append(f"unknown key {where!r}" + (f"; did you mean {similar[0]!r}?" if similar else ""))
        elif problem["type"] == "value_error":  # a rule of ours, whose words are enough
            lines.append(f"{where}: {problem['ctx']['error']}".removeprefix(": "))
        else:
            lines.append(f"{where}: {problem['msg']} (got {str(problem.get('input'))[:60]!r})")
    return "; ".join(lines)


def _own(problems: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without the "too short" of a list that is short only because entries of it are wrong."""
    places = [problem["loc"] for problem in problems]

    def follows(problem: Mapping[str, Any]) -> bool:
        loc = problem["loc"]
        return problem["type"] == "too_short" and any(
            len(place) > len(loc) and place[: len(loc)] == loc for place in places
        )

    return [problem for problem in problems if not follows(problem)]
