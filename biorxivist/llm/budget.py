"""Hard caps on calls, tokens and money, which hold while several calls are under way.

Before a call its largest possible use is set aside; after it, what the server counted takes the place of that. A call
that failed costs no tokens, except one that ran out of time, which the server may have finished and charged.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from biorxivist.llm.errors import BudgetSpent
from biorxivist.llm.prices import Price
from biorxivist.llm.request import Reply, Request, estimate_tokens

__all__ = ["Budget", "Usage"]


@dataclass(frozen=True)
class Usage:
    """What was used."""

    calls: int = 0
    """Requests that were sent, failed ones included."""
    answers: int = 0
    """Requests that were answered, and so are paid."""
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = None
    """Cost; none where the price is not known."""

    @property
    def tokens(self) -> int:
        """Tokens of both directions."""
        return self.tokens_in + self.tokens_out


class Budget:
    """What may still be used.

    Parameters
    ----------
    calls, tokens, usd
        The caps; none means no cap.
    price
        Price of the model; needed for a cap on money.
    """

    def __init__(
        self,
        *,
        calls: int | None = None,
        tokens: int | None = None,
        usd: float | None = None,
        price: Price | None = None,
    ) -> None:
        self.calls, self.tokens, self.usd, self.price = calls, tokens, usd, price
        self._used = Usage(usd=None if price is None else 0.0)
        self._set_aside = 0, 0
        self._changed = threading.Condition()

    @property
    def used(self) -> Usage:
        """What was used so far."""
        with self._changed:
            return self._used

    def set_aside(self, request: Request) -> None:
        """Count a call that is about to be made.

        Raises
        ------
        BudgetSpent
            If it could exceed a cap; then it is not counted and must not be made.
        """
        with self._changed:
            while (refusal := self._refusal(request)) is not None:
                if refusal.cap == "calls" or self._set_aside == (0, 0):
                    raise refusal
                self._changed.wait()  # calls under way have set aside more than they will use
            self._used = replace(self._used, calls=self._used.calls + 1)
            self._set_aside = self._set_aside[0] + request.tokens, self._set_aside[1] + request.max_output

    def _refusal(self, request: Request) -> BudgetSpent | None:
        tokens_in = self._used.tokens_in + self._set_aside[0] + request.tokens
        tokens_out = self._used.tokens_out + self._set_aside[1] + request.max_output
        if self.calls is not None and self._used.calls >= self.calls:
            msg = f"{self.calls} calls were allowed and made. Allow more with --max-calls, or run it again."
            return BudgetSpent(msg, cap="calls")
        used = f"{self._used.tokens} tokens used so far"
        if self.tokens is not None and tokens_in + tokens_out > self.tokens:
            msg = f"The next call could exceed {self.tokens} tokens ({used}). Allow more with --max-tokens."
            return BudgetSpent(msg, cap="tokens")
        if self.usd is not None and (self.price is None or self.price.of(tokens_in, tokens_out) > self.usd):
            msg = f"The next call could exceed {self.usd:g} US dollars ({used}). Allow more with --max-usd."
            return BudgetSpent(msg, cap="usd")
        return None

    def settle(self, request: Request, reply: Reply | None, *, charged: bool = False) -> None:
        """Replace what was set aside by what was used.

        Parameters
        ----------
        reply
            The answer; none if the call failed.
        charged
            Whether a failed call may have been charged.
        """
        tokens_in = tokens_out = 0
        if reply is not None:
            tokens_in = request.tokens if reply.tokens_in is None else reply.tokens_in
            tokens_out = estimate_tokens(reply.text) if reply.tokens_out is None else reply.tokens_out
        elif charged:
            tokens_in, tokens_out = request.tokens, request.max_output
        with self._changed:
            used = self._used
            self._set_aside = self._set_aside[0] - request.tokens, self._set_aside[1] - request.max_output
            self._used = Usage(
                used.calls,
                used.answers + (reply is not None),
                used.tokens_in + tokens_in,
                used.tokens_out + tokens_out,
                None if self.price is None else (used.usd or 0.0) + self.price.of(tokens_in, tokens_out),
            )
            self._changed.notify_all()
