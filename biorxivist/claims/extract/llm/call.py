"""The calls for the sections of a paper, several at once; what fails stays open and stops nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from biorxivist.claims.extract.llm.ledger import Ledger
from biorxivist.claims.extract.llm.prompt import request_of
from biorxivist.claims.extract.llm.schema import ProposedClaims
from biorxivist.claims.extract.llm.sections import Part
from biorxivist.llm.ask import Asked, ask
from biorxivist.llm.budget import Budget
from biorxivist.llm.cache import Answers
from biorxivist.llm.errors import BudgetSpent, CallFailed, UnusableAnswer
from biorxivist.llm.request import Model, fingerprint
from biorxivist.llm.retry import Patience

__all__ = ["Caller", "Outcome"]

GIVES_UP_AFTER = 5
"""Calls that failed one after the other, each tried several times: the server is away."""


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
    _failures: int = 0

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=self.at_once, thread_name_prefix="language-model")

    def close(self) -> None:
        """Wait for the calls that are under way; begin no other."""
        self._pool.shutdown(cancel_futures=True)

    def call(self, parts: Sequence[Part]) -> Iterator[Outcome]:
        """Ask about each section that has no answer yet; yield what became of each."""
        futures: dict[Future[Asked[ProposedClaims]], Part] = {
            self._pool.submit(self._ask, part): part for part in parts
        }
        for future in as_completed(futures):
            outcome = self._outcome(futures[future], future)
            key = fingerprint(self.model, request_of(outcome.part))
            if outcome.answer is not None:
                if not self.ledger.is_done(outcome.part, key):
                    self.ledger.finish(outcome.part, key)
            elif outcome.why not in {"calls", "tokens", "usd", "stopped"}:  # these were not tried
                self.ledger.leave_open(outcome.part, key, str(outcome.why), outcome.detail)
            yield outcome

    def _ask(self, part: Part) -> Asked[ProposedClaims]:
        request = request_of(part)
        # an answer that is here already costs nothing, so it is read even after a stop
        if self.stopped is not None and self.answers.find(fingerprint(self.model, request)) is None:
            raise _Stopped
        return ask(
            self.model, request, ProposedClaims, answers=self.answers, budget=self.budget, patience=self.patience
        )

    def _outcome(self, part: Part, future: Future[Asked[ProposedClaims]]) -> Outcome:
        try:
            asked = future.result()
        except _Stopped:
            reason = self.stopped
            return Outcome(part, why="stopped", detail=f"not asked, after {reason.why}" if reason else "")
        except BudgetSpent as error:
            return Outcome(part, why=error.cap, detail=str(error))
        except UnusableAnswer as error:
            self._failures = 0
            return Outcome(part, why=error.why, detail=str(error))
        except CallFailed as error:
            self._failures += 1
            outcome = Outcome(part, why=error.why, detail=str(error))
            if error.fatal or self._failures >= GIVES_UP_AFTER:
                self.stopped = self.stopped or outcome
            return outcome
        if not asked.cached:
            self._failures = 0
        return Outcome(part, asked.answer, asked.cached)


class _Stopped(Exception):
    """The run has stopped before this section was asked about."""
