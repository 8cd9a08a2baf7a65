"""Ask two stores one question and say whether they answer the same."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from graph.errors import QueryTimeout, QueryTooLarge, StoreError, UnsafeCypher
from graph.stores.base import Store

from .generated_queries import Question

Outcome = Literal["same", "refused", "both failed", "stopped", "mismatch"]
LIMIT = 100_000


def outcome(one: Store, other: Store, question: Question) -> tuple[Outcome, str]:
    """How the answers compare, and what there is to say about it.

    A question that the guard refuses has no answer to compare. What fails in one store only is a mismatch, unless it
    was stopped at its limit of time or memory.
    """
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(_answer, other, question)
        first, second = _answer(one, question), asked.result()
    errors = [answer for answer in (first, second) if isinstance(answer, Exception)]
    for error in errors:
        if isinstance(error, UnsafeCypher):
            return "refused", error.reason
    for error in errors:
        if isinstance(error, QueryTimeout | QueryTooLarge):
            return "stopped", str(error)
    if len(errors) == 2:
        return "both failed", f"{errors[0]} | {errors[1]}"
    if errors:
        return "mismatch", f"only one failed: {errors[0]}"
    assert isinstance(first, list) and isinstance(second, list)  # noqa: PT018
    return difference(first, second, question)


def difference(first: list[dict[str, Any]], second: list[dict[str, Any]], question: Question) -> tuple[Outcome, str]:
    """Compare rows; their order counts where the question settles it, and so does the order in lists."""
    collected = not question.lists_in_order
    left = [_canonical(row, collected=collected) for row in first]
    right = [_canonical(row, collected=collected) for row in second]
    if not question.ordered:
        left.sort()
        right.sort()
    if left == right:
        return "same", str(len(left))
    only_left = [row for row in left if row not in right][:3]
    only_right = [row for row in right if row not in left][:3]
    return "mismatch", f"{len(left)} and {len(right)} rows\n    {only_left}\n    {only_right}"


def _answer(store: Store, question: Question) -> list[dict[str, Any]] | Exception:
    try:
        return store.query(question.cypher, question.parameters, limit=LIMIT, timeout=20.0)
    except (StoreError, UnsafeCypher) as error:
        return error


def _canonical(value: Any, *, collected: bool) -> str:
    """Text of a value; numbers to nine digits, because sums depend on the order of their terms."""
    match value:
        case bool() | None | str():
            return repr(value)
        case int() | float():
            return repr(float(f"{round(value, 12):.9g}") + 0.0) if math.isfinite(value) else repr(value)
        case dict():
            return repr({name: _canonical(value[name], collected=collected) for name in sorted(value)})
        case list():
            members = [_canonical(member, collected=collected) for member in value]
            return repr(sorted(members) if collected else members)
    return repr(value)
