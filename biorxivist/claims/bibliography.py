"""A bibliography checked entry by entry, and its entries in a line each, the worst news first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biorxivist.claims.check import CheckResult, Finding, check_paper
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.verdicts import ADVERSE, WORST_FIRST, count_verdicts
from biorxivist.literature.bibtex import Entry, read_bibliography
from biorxivist.literature.doi import bare_doi

__all__ = ["EntrySummary", "KnownPapers", "check_bibliography", "headline", "summarise"]


@dataclass(frozen=True)
class EntrySummary:
    """What is known about the paper of one entry."""

    checked: CheckResult
    verdicts: dict[str, int]
    """Verdict -> number of claims whose most telling verdict it is, the worst first."""
    opposed: int
    """Claims that a claim of another paper contradicts under the same conditions."""
    opposed_elsewhere: int
    """Further claims to which a claim of another paper says the opposite in another scope."""

    @property
    def key(self) -> str:
        """Citation key of the entry."""
        return self.checked.query

    @property
    def contradicted(self) -> bool:
        """Whether a verdict or another paper speaks against a claim of this paper."""
        return bool(self.opposed or self.verdicts.keys() & ADVERSE)

    def line(self) -> str:
        """Paper, number of claims, and verdicts in words."""
        if self.checked.paper is None:
            return f"{self.checked.reading} ({'; '.join(self.checked.notes)})"
        count = len(self.checked.findings)
        if not count:
            return f"{self.checked.paper.title}; no claim of it is in the graph"
        verdicts = [f"{number} {verdict.replace('_', ' ')}" for verdict, number in self.verdicts.items()]
        if self.opposed_elsewhere:
            verdicts.insert(0, f"{self.opposed_elsewhere} opposed by another paper in another scope")
        if self.opposed:
            verdicts.insert(0, f"{self.opposed} contradicted by another paper")
        notes = f" ({' '.join(self.checked.notes)})" if self.checked.notes else ""
        return f"{self.checked.paper.title}; {_claims(count)}: {', '.join(verdicts) or 'no verdict yet'}{notes}"

    def row(self, *, every_claim: bool = False) -> dict[str, Any]:
        """Plain values, for JSON; with ``every_claim`` the findings, else the ids of the claims."""
        findings = self.checked.findings
        return {
            "entry": self.key,
            "paper": self.checked.paper.id if self.checked.paper else None,
            "found": bool(self.checked.findings),
            "contradicted": self.contradicted,
            "verdicts": self.verdicts,
            "opposed": self.opposed,
            "opposed_in_another_scope": self.opposed_elsewhere,
            "claims": [each.row() if every_claim else each.claim.id for each in findings],
            "notes": list(self.checked.notes),
        }


def check_bibliography(path: Path, index: ClaimIndex) -> list[CheckResult]:
    """What is known about each entry of a .bib file.

    Raises
    ------
    BadBibliography
        If the file cannot be read.
    """
    entries, problems = read_bibliography(path)
    known = KnownPapers.of(index)
    checked = [_entry(entry, index, known) for entry in entries]
    return [*checked, *(CheckResult(str(path), "an entry that cannot be read", notes=(note,)) for note in problems)]


@dataclass(frozen=True)
class KnownPapers:
    """Papers of the graph by what a bibliography says of them."""

    dois: dict[str, str]
    arxiv: dict[str, str]
    titles: dict[str, str]

    @classmethod
    def of(cls, index: ClaimIndex) -> KnownPapers:
        """Those of an index."""
        papers = index.papers.values()
        return cls(
            index.by_doi,
            {paper.arxiv.lower(): paper.id for paper in papers if paper.arxiv},
            {_fold(paper.title): paper.id for paper in papers},
        )

    def find(self, entry: Entry) -> str | None:
        """Id of the paper of an entry, by DOI, arXiv id or title."""
        eprint = re.sub(r"^arxiv:|v\d+$", "", entry.fields.get("eprint", "").lower())
        title = _fold(entry.fields.get("title", ""))
        return self.dois.get(_doi(entry) or "") or self.arxiv.get(eprint) or (self.titles.get(title) if title else None)


def _doi(entry: Entry) -> str | None:
    return bare_doi(entry.fields.get("doi", "") or entry.fields.get("url", ""))


def _entry(entry: Entry, index: ClaimIndex, known: KnownPapers) -> CheckResult:
    paper_id, doi = known.find(entry), _doi(entry)
    if paper_id is None:
        label = doi or entry.fields.get("eprint") or entry.fields.get("title") or "no doi, eprint or title"
        return CheckResult(entry.key, label, notes=("not in the graph",))
    checked = check_paper(paper_id, index)
    unknown = index.version_note(label) if (label := entry.fields.get("doi", "")) and doi in index.by_doi else ""
    return CheckResult(entry.key, checked.reading, checked.findings, checked.paper, (unknown,) if unknown else ())


def _fold(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", title.casefold())


def summarise(checked: Iterable[CheckResult]) -> list[EntrySummary]:
    """Summaries of checked entries: contradicted ones first, then by their worst verdict; unknown papers last."""
    return sorted(map(_summary, checked), key=_badness)


def headline(entries: Sequence[EntrySummary]) -> str:
    """One sentence for a whole bibliography."""
    matched = sum(entry.checked.paper is not None for entry in entries)
    contradicted = sum(entry.contradicted for entry in entries)
    total = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    if not matched:
        return f"None of {total} is in the graph."
    text = f"{matched} of {total} {'is' if matched == 1 else 'are'} in the graph"
    elsewhere = sum(bool(entry.opposed_elsewhere) for entry in entries)
    opposed = f"{_have(elsewhere)} claims that another paper opposes in another scope" if elsewhere else ""
    if contradicted:
        against = f"{_have(contradicted)} claims that a verdict or another paper speaks against"
        return f"{text}; {against}{', and ' + opposed if opposed else ''}."
    whose = "it" if matched == 1 else "theirs"
    if opposed:
        return f"{text}; nothing there contradicts a claim of {whose} in the same scope, but {opposed}."
    return f"{text}; nothing there speaks against a claim of {whose}."


def _have(entries: int) -> str:
    return "1 has" if entries == 1 else f"{entries} have"


def _summary(checked: CheckResult) -> EntrySummary:
    verdicts = count_verdicts(each.verdicts[0].verdict for each in checked.findings if each.verdicts)
    sides = [_opposition(finding) for finding in checked.findings]
    return EntrySummary(checked, verdicts, sides.count("contradicts"), sides.count("differs_in_scope"))


def _opposition(finding: Finding) -> str | None:
    """How another paper opposes the claim: ``contradicts``, else ``differs_in_scope``, or not at all."""
    relations = {
        relation.relation for relation, other, _ in finding.relations if other.paper_id != finding.claim.paper_id
    }
    return next((kind for kind in ("contradicts", "differs_in_scope") if kind in relations), None)


def _badness(entry: EntrySummary) -> tuple[bool, bool, int, str]:
    worst = min((WORST_FIRST.index(name) for name in entry.verdicts if name in WORST_FIRST), default=len(WORST_FIRST))
    return (not entry.contradicted, not entry.checked.findings, worst, entry.key)


def _claims(count: int) -> str:
    return f"{count} claim{'' if count == 1 else 's'}"
