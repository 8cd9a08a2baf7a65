"""Every citing sentence of a manuscript against what the cited paper claims, and what evidence says of that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from biorxivist.claims.bibliography import KnownPapers
from biorxivist.claims.check import CheckResult, Finding, check_statement
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.manuscript.citing import Citing, Manuscript, read_manuscript
from biorxivist.claims.standing import stands
from biorxivist.claims.statement import Wording, read, unknown_names
from biorxivist.claims.verdicts import ADVERSE
from biorxivist.literature.bibtex import Entry
from biorxivist.literature.doi import bare_doi
from graph.compare import compare, scope
from graph.evidence.verdict import verdict_row
from graph.records import Claim, Model, Paper

__all__ = ["CitedSentence", "Outcome", "check_manuscript"]

Outcome = Literal["supported", "scope_differs", "contradicted", "numbers_differ", "does_not_say_so", "unknown"]
NUMBERED = ("scale_fact", "score")
SIZES = {"cells": "corpus_cells", "parameters": "parameters"}
"""Unit of a size -> fact of a model that states it."""
FROM_SIDES = ("subject", "comparator", "objective", "supervision", "corpus", "size")
"""Scope fields that follow from who is compared, which the sentence says."""
ROUNDED = 0.02
"""Relative distance at which a number in a sentence is the fact rounded."""
ALL = 10_000
SPECIAL = ("few_shot", "from_scratch")


class Rower(Protocol):
    """What makes a row of an outcome."""

    def __call__(
        self, outcome: Outcome, why: str, finding: Finding | None = None, fields: tuple[str, ...] = (), /
    ) -> CitedSentence:
        """The row."""
        ...


@dataclass(frozen=True)
class CitedSentence:
    """A sentence, one of the papers that it cites, and whether that paper says so."""

    file: str
    line: int
    sentence: str
    key: str
    """Citation key, DOI or number in the reference list."""
    paper: Paper | None
    """The paper; none if the graph does not hold it."""
    outcome: Outcome
    fields: tuple[str, ...] = ()
    """Conditions that differ."""
    why: str = ""
    """What decided it."""
    finding: Finding | None = None
    """The claim of the paper that comes nearest."""

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        finding = self.finding
        return {
            "file": self.file,
            "line": self.line,
            "sentence": self.sentence,
            "key": self.key,
            "paper": self.paper.id if self.paper else None,
            "outcome": self.outcome,
            "fields": list(self.fields),
            "why": self.why,
            "claim": finding.claim.id if finding else None,
            "statement": finding.claim.statement if finding else None,
            "verdicts": [verdict_row(each) for each in finding.verdicts] if finding else [],
        }


def check_manuscript(path: Path, index: ClaimIndex) -> tuple[list[CitedSentence], list[str]]:
    """Check a ``.md`` or ``.tex`` file.

    Returns
    -------
    rows
        One for each citing sentence and paper that it cites, in the order of the file.
    problems
        Bibliographies, or entries of them, that could not be read.

    Raises
    ------
    InvalidInput
        If the file cannot be read.
    """
    manuscript = read_manuscript(path)
    known = KnownPapers.of(index)
    own: dict[str, ClaimIndex] = {}
    rows = [
        _judge(each, key, _paper(key, manuscript, known, index), path.name, index, own)
        for each in manuscript.sentences
        for key in each.keys
    ]
    return rows, list(manuscript.problems)


def _paper(key: str, manuscript: Manuscript, known: KnownPapers, index: ClaimIndex) -> Paper | None:
    if (entry := manuscript.entries.get(key)) is not None:
        paper = known.find(entry) or _by_text(entry, known)
        return index.papers.get(paper or "")
    doi = bare_doi(key)
    return index.papers.get(known.dois.get(doi or "", ""))


def _by_text(entry: Entry, known: KnownPapers) -> str | None:
    """Paper whose title stands in the text of a reference."""
    text = re.sub(r"[^a-z0-9]+", "", entry.fields.get("text", "").casefold())
    return next((paper for title, paper in known.titles.items() if len(title) > 20 and title in text), None)


def _judge(
    citing: Citing, key: str, paper: Paper | None, file: str, index: ClaimIndex, own: dict[str, ClaimIndex]
) -> CitedSentence:
    def row(outcome: Outcome, why: str, finding: Finding | None = None, fields: tuple[str, ...] = ()) -> CitedSentence:
        return CitedSentence(file, citing.line, citing.text, key, paper, outcome, fields, why, finding)

    if paper is None:
        return row("unknown", "the graph does not hold this paper")
    if paper.id not in own:
        claims = {claim.id: claim for claim in index.claims.values() if claim.paper_id == paper.id}
        own[paper.id] = replace(index, claims=claims)
    of_paper = own[paper.id]
    wording = read(citing.text, index.vocabulary)
    if not wording.claims:
        names = unknown_names(citing.text, index.vocabulary)
        named = f"; nothing is known of {', '.join(names)}" if names else ""
        return row("unknown", f"no rule reads a finding in the sentence{named}")
    if not any(stands(claim) for claim in of_paper.claims.values()):
        return row("unknown", "the graph holds the paper and no claim of it")
    checked = check_statement(citing.text, of_paper, search=_nothing, limit=ALL)
    return _weigh(row, checked, wording, of_paper)


def _nothing(text: str, k: int) -> list[dict[str, Any]]:
    """No full-text search: a likeness of words says nothing of what a paper claims."""
    del text, k
    return []


def _weigh(row: Rower, checked: CheckResult, wording: Wording, index: ClaimIndex) -> CitedSentence:
    """The outcome of a sentence: what a claim of the paper says, then what evidence says of that claim."""
    agree = [each for each in checked.findings if each.stand == "agrees"]
    oppose = [each for each in checked.findings if each.stand == "contradicts"]
    scoped = [each for each in checked.findings if each.stand == "differs_in_scope"]
    numbers = [each for each in (*oppose, *scoped) if each.claim.kind in NUMBERED]
    if agree and not [each for each in oppose if each.claim.kind not in NUMBERED]:
        best = next((each for each in agree if not _is_special(each.claim)), agree[0])
        adverse = next((each for each in best.verdicts if each.verdict in ADVERSE), None)
        if adverse is not None:
            return row("contradicted", f"the paper says so; verdict: {adverse.verdict.replace('_', ' ')}", best)
        if missing := _wider(wording, agree, index):
            return row("scope_differs", f"the paper says so for {missing[1]}", best, (missing[0],))
        return row("supported", f"claim: {best.claim.statement}", best)
    plain = [each for each in agree if not _is_special(each.claim)]
    if plain and oppose and all(_is_special(each.claim) for each in oppose):
        best = plain[0]
        return row("supported", f"claim: {best.claim.statement} (the opposite only: {oppose[0].claim.statement})", best)
    if agree and oppose:
        fields = _fields(wording, agree[0].claim, oppose[0].claim, index)
        return row(
            "scope_differs", "the paper says so under some conditions and the opposite under others", agree[0], fields
        )
    if numbers and len(numbers) == len(oppose) + len(scoped):
        return _number(row, numbers, wording, index)
    oppose += [each for each in scoped if _names_all_sides(wording, each.claim, index)]
    if oppose:
        return row("contradicted", f"the paper says: {oppose[0].claim.statement}", oppose[0])
    if scoped:
        fields = _fields(wording, scoped[0].claim, None, index)
        return row(
            "scope_differs", f"the paper says, under other conditions: {scoped[0].claim.statement}", scoped[0], fields
        )
    return _number(row, [], wording, index)


def _number(row: Rower, numbers: list[Finding], wording: Wording, index: ClaimIndex) -> CitedSentence:
    """Whether a number of the sentence is a fact of the model, where no claim of the paper states it."""
    for claim in wording.claims:
        stated = list(_facts(claim, index))
        if claim.value is not None and stated:
            if any(abs(claim.value - value) <= ROUNDED * value for value in stated):
                return row("supported", "by the facts of the graph; no claim of this paper states it")
            if not numbers:
                listed = ", ".join(f"{value:,}" for value in stated)
                return row("numbers_differ", f"the facts of the graph: {listed}")
    if numbers:
        return row("numbers_differ", f"the paper says: {numbers[0].claim.statement}", numbers[0])
    return row("does_not_say_so", "no claim of the paper is about this")


def _facts(claim: Claim, index: ClaimIndex) -> Iterator[int]:
    if claim.kind != "scale_fact" or claim.unit not in SIZES:
        return
    for subject in claim.subject_ids:
        for name in (subject, *index.vocabulary.variants(subject)):
            model = index.vocabulary.get(name)
            value = getattr(model, SIZES[claim.unit], None) if isinstance(model, Model) else None
            if value:
                yield value


def _wider(wording: Wording, agree: list[Finding], index: ClaimIndex) -> tuple[str, str] | None:
    """A condition that every agreeing claim has and the sentence names otherwise: a set, a regime."""
    for field, name in (("dataset_id", "dataset"), ("regime", "regime")):
        named = {getattr(claim, field) for claim in wording.claims} - {None}
        held = {getattr(each.claim, field) for each in agree}
        if named and None not in held and not named & held:
            lineages = {part for each in held if each for part in index.vocabulary.lineage(each)}
            if not named & lineages:
                listed = index.vocabulary.with_names(", ".join(sorted(map(str, held))))
                return name, listed
    return None


def _names_all_sides(wording: Wording, claim: Claim, index: ClaimIndex) -> bool:
    """Whether a claim compares every pair of the sentence beside others, and differs in nothing else.

    "Harmony or scVI beat scGPT and Geneformer" speaks of scVI against scGPT.
    """
    sides = {*claim.subject_ids, *claim.comparator_ids}
    pairs = [each for each in wording.claims if each.kind == claim.kind == "comparison"]
    return bool(pairs) and all(
        {*pair.subject_ids, *pair.comparator_ids} <= sides
        and set(compare(pair, claim, vocabulary=index.vocabulary).fields) <= set(FROM_SIDES)
        for pair in pairs
    )


def _is_special(claim: Claim) -> bool:
    """Whether a claim holds under a condition of its own: few labels, a part left out, another condition."""
    return claim.train_fraction not in (None, 1.0) or bool(claim.ablation or claim.condition) or claim.regime in SPECIAL


def _fields(wording: Wording, claim: Claim, other: Claim | None, index: ClaimIndex) -> tuple[str, ...]:
    """Scope fields in which a claim differs from the sentence, or from the claim that says the opposite."""
    if other is not None:
        first, second = scope(claim, index.vocabulary), scope(other, index.vocabulary)
        return tuple(name for name in first if name not in FROM_SIDES and first[name] != second[name])
    relation = compare(wording.claims[0], claim, vocabulary=index.vocabulary)
    return tuple(name for name in relation.fields if name not in FROM_SIDES) or relation.fields
