"""When a request is sent again: too many requests, faults of the server, timeouts; never where more would cost more."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from biorxivist.llm.budget import Budget
from biorxivist.llm.errors import CallFailed
from biorxivist.llm.request import Model, Reply, Request

__all__ = ["Patience", "send"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long a request is tried."""

    attempts: int = 4
    """Sendings at most."""
    backoff: float = 1.0
    """Seconds before the second one; twice as many before each further one."""
    longest_wait: float = 60.0
    """Seconds; where the server asks for a longer pause, the request waits for the next run."""
    timeout: float = 120.0
    """Seconds without a byte after which a sending has failed."""
    sleep: Callable[[float], None] = time.sleep


def send(model: Model, request: Request, *, budget: Budget, patience: Patience) -> Reply:
    """Send a request until it is answered; every sending counts against the budget.

    Raises
    ------
    CallFailed
        If it fails for good, or patience ends.
    BudgetSpent
        If the next sending could exceed a cap.
    """
    for attempt in range(1, patience.attempts):
        try:
            return _send_once(model, request, budget, patience)
        except CallFailed as failure:
            pause = failure.retry_after or 0.0
            if not failure.transient or pause > patience.longest_wait:
                raise
            jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads requests, protects nothing
            wait = min(max(pause, patience.backoff * 2 ** (attempt - 1) * jitter), patience.longest_wait)
            logger.info("%s: %s; asking again in %.1f s", model.provider, failure.why, wait)
        patience.sleep(wait)
    return _send_once(model, request, budget, patience)


def _send_once(model: Model, request: Request, budget: Budget, patience: Patience) -> Reply:
    budget.set_aside(request)
    reply: Reply | None = None
    charged = True  # by an interrupt or a fault of ours, for all that we know
    try:
        reply = model.send(request, timeout=patience.timeout)
    except CallFailed as failure:
        charged = failure.why == "timeout"
        raise
    finally:
        budget.settle(request, reply, charged=charged)
    return reply
