"""The calls for the sections of a paper, several at once; what fails stays open and stops nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from biorxivist.claims.extract.llm.ledger import Ledger
from biorxivist.claims.extract.llm.prompt import request_of
from biorxivist.claims.extract.llm.schema import ProposedClaims
from biorxivist.claims.extract.llm.sections import Part
from biorxivist.llm.ask import ask
from biorxivist.llm.budget import Budget
from biorxivist.llm.cache import Answers
from biorxivist.llm.errors import BudgetSpent, CallFailed, UnusableAnswer
from biorxivist.llm.request import Model, fingerprint
from biorxivist.llm.retry import Patience

__all__ = ["Caller", "Outcome"]

GIVES_UP_AFTER = 5
"""Calls that failed one after the other, each tried several times: the server is away."""
NOT_TRIED = frozenset({"calls", "tokens", "usd", "stopped"})
"""Why a section was not asked about: a cap, or the end of the run."""


@dataclass(frozen=True)
class Outcome:
    """What became of a section in this run."""

    part: Part
    answer: ProposedClaims | None = None
    """Its answer, of this run or an earlier one."""
    cached: bool = False
    why: str | None = None
    """Why there is no answer."""
    detail: str = ""


@dataclass
class Caller:
    """A model, and what a run may use of it."""

    model: Model
    answers: Answers
    ledger: Ledger
    budget: Budget
    patience: Patience = field(default_factory=Patience)
    at_once: int = 4
    """Calls under way at the same time."""
    stopped: Outcome | None = None
    """The failure after which nothing more is asked in this run: a quota, a wrong key, a server that is away."""

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=self.at_once, thread_name_prefix="language-model")
        self._failures = 0
        self._lock = threading.Lock()

    def close(self) -> None:
        """Wait for the calls that are under way; begin no other."""
        self._pool.shutdown(cancel_futures=True)

    def call(self, parts: Sequence[Part]) -> Iterator[Outcome]:
        """Ask about each section that has no answer yet; yield what became of each."""
        for future in as_completed([self._pool.submit(self._ask, part) for part in parts]):
            outcome, key = future.result()
            if outcome.answer is not None:
                if not self.ledger.is_done(outcome.part, key):
                    self.ledger.finish(outcome.part, key)
            elif outcome.why not in NOT_TRIED:
                self.ledger.leave_open(outcome.part, key, str(outcome.why), outcome.detail)
            yield outcome

    def _ask(self, part: Part) -> tuple[Outcome, str]:
        request = request_of(part)
        key = fingerprint(self.model, request)
        # an answer that is here already costs nothing, so it is read even after a stop
        if self.stopped is not None and self.answers.find(key) is None:
            return Outcome(part, why="stopped", detail=f"not asked, after {self.stopped.why}"), key
        try:
            reply = ask(
                self.model, request, ProposedClaims, answers=self.answers, budget=self.budget, patience=self.patience
            )
        except BudgetSpent as error:
            return Outcome(part, why=error.cap, detail=str(error)), key
        except UnusableAnswer as error:
            self._note(None)
            return Outcome(part, why=error.why, detail=str(error)), key
        except CallFailed as error:
            outcome = Outcome(part, why=error.why, detail=str(error))
            self._note(outcome, fatal=error.fatal)
            return outcome, key
        if not reply.cached:
            self._note(None)
        return Outcome(part, reply.answer, reply.cached), key

    def _note(self, failure: Outcome | None, *, fatal: bool = False) -> None:
        """Count failures in a row; stop after too many, or after one that all others would share."""
        with self._lock:
            self._failures = 0 if failure is None else self._failures + 1
            if fatal or self._failures >= GIVES_UP_AFTER:
                self.stopped = self.stopped or failure
