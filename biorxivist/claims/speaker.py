"""Who speaks: the words that stand before a claim wherever one is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graph.records import Claim, Paper

__all__ = ["second_hand", "speaker"]

OF_ITS_KIND = {"commentary": "commentary", "summary": "summary", "thread": "thread", "note": "note", "code": "code"}
"""Kind of a work that is no article -> word for it."""
IN_AN_ARTICLE = {"commentary": "in a commentary", "summary": "as a summary reports", "code": "by its code"}
"""Type of evidence -> words for it, where the work that speaks is an article."""


def speaker(claim: Claim, papers: Mapping[str, Paper], cite: Callable[[str], str]) -> str:
    """Who makes a claim: the work cited in short, what sort of work it is, what it is about, and whom it cites.

    ``DenAdel 2026``, ``Theis 2026 (commentary on DenAdel 2026)``, ``Boiarsky 2024 (by its code)``,
    ``Gowri 2025 (citing Tejada-Lapuerta 2025)``.

    Parameters
    ----------
    claim
        The claim.
    papers
        Paper id -> paper.
    cite
        Short citation of a paper id.
    """
    paper = papers.get(claim.paper_id)
    remarks = []
    if paper is not None and paper.kind in OF_ITS_KIND:
        about = f" on {cite(paper.discusses_ids[0])}" if paper.discusses_ids else ""
        others = " and others" if len(paper.discusses_ids) > 1 else ""
        remarks.append(OF_ITS_KIND[paper.kind] + about + others)
    elif claim.evidence_type in IN_AN_ARTICLE:
        remarks.append(IN_AN_ARTICLE[claim.evidence_type])
    discussed = paper.discusses_ids if paper else ()
    if claim.attribution == "cited" and claim.attributed_to not in discussed:
        remarks.append(f"citing {cite(claim.attributed_to) if claim.attributed_to else 'others'}")
    return f"{cite(claim.paper_id)} ({', '.join(remarks)})" if remarks else cite(claim.paper_id)


def second_hand(claim: Claim) -> bool:
    """Whether a claim is about the work of others: a commentary, a summary, or a finding that is only cited."""
    return claim.evidence_type in ("commentary", "summary") or claim.attribution == "cited"
