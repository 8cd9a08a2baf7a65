"""Errors of calls to a language model.

BiorxivistError
|- CallFailed        the server gave no answer (has .why, .retry_after, .transient, .fatal)
|- UnusableAnswer    it gave one that cannot be used: cut off, refused, not of the schema (has .why)
|- BudgetSpent       the next call would exceed a cap (has .cap)
`- AlreadyAsking     another process is asking for this home
"""

from __future__ import annotations

from typing import Literal

from biorxivist.errors import BiorxivistError

__all__ = ["AlreadyAsking", "BudgetSpent", "CallFailed", "UnusableAnswer", "Why"]

Why = Literal[
    "rate_limited", "server_error", "timeout", "unreachable", "quota", "refused_key", "no_such_model", "bad_request"
]
TRANSIENT = frozenset({"rate_limited", "server_error", "timeout", "unreachable"})
FATAL = frozenset({"quota", "refused_key", "no_such_model"})


class CallFailed(BiorxivistError):
    """The server gave no answer."""

    def __init__(self, message: str, *, why: Why, retry_after: float | None = None) -> None:
        self.why, self.retry_after = why, retry_after
        super().__init__(message)

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.why in TRANSIENT

    @property
    def fatal(self) -> bool:
        """Whether every other request would fail in the same way."""
        return self.why in FATAL


class UnusableAnswer(BiorxivistError):
    """The model answered, and the answer cannot be used."""

    def __init__(
        self, message: str, *, why: Literal["cut_off", "refusal", "not_json", "wrong_schema", "no_answer"]
    ) -> None:
        self.why = why
        super().__init__(message)


class BudgetSpent(BiorxivistError):
    """The next call would exceed a cap."""

    def __init__(self, message: str, *, cap: Literal["calls", "tokens", "usd"]) -> None:
        self.cap = cap
        super().__init__(message)


class AlreadyAsking(BiorxivistError):
    """Another process is asking a language model for this home."""
