"""Who cites a paper and whom it cites, and whose claims disagree with its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from biorxivist.claims.index import ClaimIndex
from biorxivist.literature.errors import FetchError
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Hit
from graph.archive import Archive
from graph.records import Reference

__all__ = ["CitedPaper", "Direction", "citations"]

Direction = Literal["in", "out"]
CITING = ("openalex", "europepmc")
"""Services that know citing papers, in the order in which they are asked; what both know is said once."""


@dataclass(frozen=True)
class CitedPaper:
    """A paper at the other end of a citation."""

    direction: Direction
    """``in`` if it cites the paper, ``out`` if the paper cites it."""
    doi: str | None
    title: str
    year: int | None
    paper_id: str | None
    """Its id in the archive; none if it is not there."""
    claims: int = 0
    """Claims of it in the archive."""
    contradicts: tuple[str, ...] = ()
    """Claims of it that contradict a claim of the paper."""
    differs: tuple[str, ...] = ()
    """Claims of it that say the opposite under other conditions."""

    def plain(self) -> dict[str, Any]:
        """A row for JSON and tables."""
        return asdict(self)


def citations(
    doi: str, archive: Archive, sources: Sources, *, directions: Sequence[Direction] = ("in", "out")
) -> tuple[list[CitedPaper], list[str]]:
    """Papers that cite a paper, and that it cites, those that disagree with it first.

    Parameters
    ----------
    doi
        DOI of the paper, of any of its versions.
    archive
        Where its reference list and the claims are, as far as they are known.
    sources
        Services that know citing papers, and the reference lists that are not in the archive.
    directions
        ``in`` for citing papers, ``out`` for cited ones.

    Returns
    -------
    The papers, and what could not be asked.

    Raises
    ------
    FetchError
        If nothing is known and no service answered.
    """
    index = ClaimIndex.of(archive.read("Paper", "Author", "Version", "Claim", "Relation"))
    work = index.by_doi.get(doi)
    problems: list[FetchError] = []
    cited: list[CitedPaper] = []
    if "in" in directions:
        cited += _citing(doi, sources, index, problems)
    if "out" in directions:
        cited += _cited(doi, work, archive, sources, index, problems)
    if not cited and problems:
        raise problems[0]
    opposed = _opposed(work, index) if work else {}
    whole = [_with_claims(paper, index, opposed) for paper in cited]
    whole.sort(key=lambda p: (-len(p.contradicts), -len(p.differs), -p.claims, p.direction, -(p.year or 0), p.title))
    return whole, [str(problem) for problem in problems]


def _citing(doi: str, sources: Sources, index: ClaimIndex, problems: list[FetchError]) -> Iterator[CitedPaper]:
    seen: set[str] = set()
    for name in CITING:
        try:
            hits: Iterable[Hit] = sources.open(name).cited_by(doi)
        except FetchError as error:
            problems.append(error)
            continue
        for hit in hits:
            names = {hit.paper.id, *hit.paper.dois}
            if not names & seen:
                yield _paper("in", next(iter(hit.paper.dois), None), hit.paper.title, hit.paper.year, index)
            seen |= names


def _cited(
    doi: str, work: str | None, archive: Archive, sources: Sources, index: ClaimIndex, problems: list[FetchError]
) -> Iterator[CitedPaper]:
    references = [r for r in archive.read("Reference") if isinstance(r, Reference) and r.paper_id == work]
    if not references:
        try:
            references = list(sources.open("crossref").references(doi))
        except FetchError as error:
            problems.append(error)
    references.sort(key=lambda r: (int(r.key) if r.key.isdigit() else 0, r.key))
    for reference in references:
        yield _paper("out", reference.doi, reference.title or reference.text, reference.year, index)


def _paper(direction: Direction, doi: str | None, title: str, year: int | None, index: ClaimIndex) -> CitedPaper:
    return CitedPaper(direction, doi, title, year, index.by_doi.get(doi or ""))


def _opposed(work: str, index: ClaimIndex) -> dict[str, dict[str, tuple[str, ...]]]:
    """Paper -> relation -> its claims that stand in that relation to a claim of this work."""
    opposed: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for relation in index.relations:
        ends = [index.claims.get(name) for name in (relation.claim_id, relation.other_id)]
        for own, other in ((ends[0], ends[1]), (ends[1], ends[0])):
            if own and other and own.paper_id == work and other.paper_id != work:
                opposed[other.paper_id][relation.relation].append(other.id)
    return {paper: {kind: tuple(dict.fromkeys(ids)) for kind, ids in kinds.items()} for paper, kinds in opposed.items()}


def _with_claims(paper: CitedPaper, index: ClaimIndex, opposed: dict[str, dict[str, tuple[str, ...]]]) -> CitedPaper:
    if paper.paper_id is None:
        return paper
    kinds = opposed.get(paper.paper_id, {})
    return CitedPaper(
        paper.direction,
        paper.doi,
        paper.title,
        paper.year,
        paper.paper_id,
        claims=sum(claim.paper_id == paper.paper_id for claim in index.claims.values()),
        contradicts=kinds.get("contradicts", ()),
        differs=kinds.get("differs_in_scope", ()),
    )
