"""The papers of an archive -> what a language model claims of them, verified, in the archive.

A second run asks only about what has no usable answer yet, and writes only what has changed. Every answer of the past
is judged anew, at no cost, so that a new name of the vocabulary or a better rule reaches it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biorxivist.claims.extract.archived import newest_texts
from biorxivist.claims.extract.llm.call import Caller, Outcome
from biorxivist.claims.extract.llm.judge import judge
from biorxivist.claims.extract.llm.ledger import Ledger, alone
from biorxivist.claims.extract.llm.plan import Plan, plan_calls
from biorxivist.claims.extract.llm.prompt import PROMPT
from biorxivist.claims.extract.llm.readings import read_passages
from biorxivist.claims.extract.llm.sections import Part, split_sections
from biorxivist.claims.extract.of_field import hold_back
from biorxivist.claims.extract.verify import Rejected
from biorxivist.llm.budget import Budget, Usage
from biorxivist.llm.cache import Answers
from biorxivist.llm.prices import Price
from biorxivist.llm.request import Model
from biorxivist.llm.retry import Patience
from biorxivist.workspace.vocabulary import read_vocabulary
from graph.progress import Progress, silent
from graph.records import Claim, Passage, Review, Tombstone
from graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from graph.archive import Archive

__all__ = ["FILE", "Proposed", "extract_with_model", "plan_extraction"]

FILE = "llm.sqlite"
"""File of answers and ledger in the home."""
WRITER = "llm"
BATCH = 16
"""Sections after which claims are written, if their papers end there."""
MOST = 200
"""Claims of one section that are looked at; more is a model that repeats itself."""


@dataclass
class Proposed:
    """What a model proposed, and what became of it."""

    model: str
    papers: int = 0
    """Papers that have a section to ask about."""
    sections: int = 0
    asked: int = 0
    """Sections that were answered in this run; the others had their answer already, or have none."""
    claims: list[Claim] = field(default_factory=list)
    """Verified claims, each once."""
    new: int = 0
    """Claims that no extractor had read before."""
    confirmed: int = 0
    """Claims that stand in the archive by another reader, and stay that reader's."""
    removed: int = 0
    """Claims of an earlier prompt or answer that this one does not make, and that nobody had reviewed."""
    rejected: Counter[str] = field(default_factory=Counter)
    """Reason -> proposals that made no claim."""
    rejections: list[Rejected] = field(default_factory=list)
    open: list[Outcome] = field(default_factory=list)
    """Sections without a usable answer, each with the reason."""
    used: Usage = field(default_factory=Usage)
    stopped: str | None = None
    """Why nothing more was asked, if the run ended before its end."""

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "model": self.model, "papers": self.papers, "sections": self.sections, "asked": self.asked,
            "claims": len(self.claims), "new": self.new, "confirmed": self.confirmed, "removed": self.removed,
            "rejected": dict(self.rejected), "calls": self.used.calls, "tokens_in": self.used.tokens_in,
            "tokens_out": self.used.tokens_out, "usd": self.used.usd, "stopped": self.stopped,
            "open": [
                {"version": each.part.version_id, "section": each.part.name, "why": each.why, "detail": each.detail}
                for each in self.open
            ],
        }  # fmt: skip


def plan_extraction(
    archive: Archive,
    folder: Path,
    model: Model,
    paper_ids: Collection[str] | None = None,
    *,
    price: Price | None = None,
) -> Plan:
    """Count the calls that `extract_with_model` would make; send and write nothing."""
    vocabulary = read_vocabulary(archive)
    parts = [part for _, parts in _papers(archive, paper_ids, vocabulary) for part in parts]
    with Answers(folder / FILE) as answers:
        return plan_calls(parts, model, answers=answers, price=price)


def extract_with_model(
    archive: Archive,
    folder: Path,
    model: Model,
    paper_ids: Collection[str] | None = None,
    *,
    budget: Budget | None = None,
    patience: Patience | None = None,
    at_once: int = 4,
    progress: Progress = silent,
) -> Proposed:
    """Ask a model about the sections of papers, verify what it proposes, and write the claims to the archive.

    Parameters
    ----------
    folder
        The home, for the file of answers.
    paper_ids
        Papers to read; all that have a text if left out.
    at_once
        Calls under way at the same time.

    Raises
    ------
    AlreadyAsking
        If another process does this in the same home.
    """
    path = folder / FILE
    budget = budget or Budget()
    vocabulary = read_vocabulary(archive)
    done = Proposed(model.name)
    with alone(path), Answers(path) as answers, Ledger(path, model, PROMPT) as ledger:
        caller = Caller(model, answers, ledger, budget, patience or Patience(), at_once)
        papers = list(_papers(archive, paper_ids, vocabulary))
        done.papers, done.sections = len(papers), sum(len(parts) for _, parts in papers)
        standing = _Standing(archive, f"llm:{model.name}@{PROMPT}")
        try:
            for batch in _batches(papers):
                outcomes: dict[Part, Outcome] = {}
                for outcome in caller.call([part for _, parts in batch for part in parts]):
                    outcomes[outcome.part] = outcome
                    progress(done.asked + len(outcomes), done.sections, outcome.part.version_id)
                for passages, parts in batch:
                    claims = _judge(done, passages, [outcomes[part] for part in parts], vocabulary, standing.extractor)
                    answered = [part for part in parts if outcomes[part].answer is not None]
                    standing.replace(done, claims, answered)
        finally:
            caller.close()
            done.used = budget.used
    done.stopped = caller.stopped.detail if caller.stopped else None
    return done


def _papers(
    archive: Archive, paper_ids: Collection[str] | None, vocabulary: Vocabulary
) -> Iterator[tuple[list[Passage], list[Part]]]:
    """The passages of each paper that has a section to ask about, with these sections."""
    for _, passages in sorted(newest_texts(archive, paper_ids).items()):
        parts = list(split_sections(passages, vocabulary))
        if parts:
            yield passages, parts


def _batches(
    papers: Sequence[tuple[list[Passage], list[Part]]],
) -> Iterator[list[tuple[list[Passage], list[Part]]]]:
    batch: list[tuple[list[Passage], list[Part]]] = []
    for paper in papers:
        batch.append(paper)
        if sum(len(parts) for _, parts in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _judge(
    done: Proposed, passages: list[Passage], outcomes: Sequence[Outcome], vocabulary: Vocabulary, extractor: str
) -> list[Claim]:
    """Verify what was proposed of one paper; count the rest."""
    sentences = read_passages(passages, vocabulary) if any(o.answer and o.answer.claims for o in outcomes) else {}
    claims: dict[str, Claim] = {}
    for outcome in outcomes:
        if outcome.answer is None:
            done.open.append(outcome)
            continue
        done.asked += not outcome.cached
        within = {passage.id for passage in outcome.part.passages}
        others = [passage for passage in passages if passage.id not in within]
        for proposed in outcome.answer.claims[:MOST]:
            made = judge(proposed, outcome.part.passages, sentences, vocabulary, extractor=extractor, others=others)
            if isinstance(made, Claim):
                claims.setdefault(made.id, made)
            else:
                done.rejected[made.outcome] += 1
                done.rejections.append(made)
    return hold_back(claims.values(), passages)


class _Standing:
    """The claims that stand in the archive, and how those of one model replace each other."""

    def __init__(self, archive: Archive, extractor: str) -> None:
        self.archive, self.extractor = archive, extractor
        self.claims = {claim.id: claim for claim in archive.read("Claim") if isinstance(claim, Claim)}
        self.reviewed = {review.claim_id for review in archive.read("Review") if isinstance(review, Review)}

    def replace(self, done: Proposed, claims: Sequence[Claim], answered: Sequence[Part]) -> None:
        """Write the claims of one paper; remove those that the same answered sections made before and make no more."""
        done.claims += claims
        own = self.extractor.rpartition("@")[0] + "@"
        fresh = []
        for claim in claims:
            before = self.claims.get(claim.id)
            if before is None:
                done.new += 1
            elif not before.extractor.startswith(own):
                done.confirmed += 1
                continue
            if before != claim and claim.id not in self.reviewed:
                fresh.append(claim)
        now = {claim.id for claim in claims}
        within = {passage.id for part in answered for passage in part.passages}
        gone = [
            claim
            for claim in self.claims.values()
            if claim.extractor.startswith(own) and claim.passage_id in within and claim.id not in now | self.reviewed
        ]
        self.archive.append(fresh, writer=WRITER)
        self.archive.append(
            [
                Tombstone(target_record="Claim", target_id=claim.id, reason=f"{self.extractor} does not make it")
                for claim in gone
            ],
            writer=WRITER,
        )
        done.removed += len(gone)
