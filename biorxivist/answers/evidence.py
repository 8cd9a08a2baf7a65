"""The graph as an answer uses it, and its parts as sentences: claims with their verdicts, facts, scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from biorxivist.answers.answer import Query, Quote, Sentence
from biorxivist.claims.index import ClaimIndex, entries_of
from biorxivist.claims.standing import stands
from graph.evidence.verdict import sentence, verdict_row, verdict_text, why
from graph.records import Claim, Dataset, Model
from graph.stores.base import Store
from graph.vocabulary import Vocabulary

__all__ = [
    "Graph",
    "claim_sentences",
    "is_about_group_of",
    "missing",
    "name_of",
    "names_in_words",
    "speaks_of",
    "summary",
]

UNTESTED = "not_testable"


@dataclass
class Graph:
    """A store, what it knows in memory, and the queries put to it."""

    store: Store
    index: ClaimIndex
    queries: list[Query] = field(default_factory=list)

    @property
    def vocabulary(self) -> Vocabulary:
        """Names of the field."""
        return self.index.vocabulary

    def run(self, name: str, **slots: Any) -> list[dict[str, Any]]:
        """Rows of a named query, which the answer will name."""
        rows = self.store.run(name, **slots)
        parameters = "".join(f" {key}={value}" for key, value in slots.items() if key != "limit")
        self.queries.append(Query(text=name + parameters, rows=len(rows)))
        return rows

    def claims(self, ids: Iterable[str]) -> list[Claim]:
        """Claims of these ids that stand, each once."""
        candidates = (self.index.claims.get(name) for name in dict.fromkeys(ids))
        return [claim for claim in candidates if claim is not None and stands(claim)]


def claim_sentences(
    claims: Iterable[Claim], graph: Graph, *, part: str = "found", limit: int = 8, reasons: bool = False
) -> Iterator[Sentence]:
    """Each claim, and directly under it every verdict on it that tests something; with ``reasons`` what decided it.

    With reasons, verdicts that say what a test lacks are there, too.
    """
    index = graph.index
    for claim in list(claims)[:limit]:
        who = index.who(claim)
        yield Sentence(
            text=claim.statement, kind="claim", part=part, sources=(claim.id,), claims=(claim.id,),
            quotes=quotes(claim), papers=(claim.paper_id,), citation=who,
        )  # fmt: skip
        for evidence in index.verdicts(claim.id):
            if evidence.verdict != UNTESTED or reasons:
                yield Sentence(
                    text=sentence(evidence) if reasons else f"Verdict: {verdict_text(evidence)}.",
                    kind="verdict",
                    part=part,
                    sources=(evidence.id, claim.id),
                    claims=(claim.id,),
                    results=tuple(each for each in evidence.inputs if each.startswith(("result:", "saturation")))[:20],
                    papers=(claim.paper_id,),
                    citation=who,
                    verdict=verdict_row(evidence),
                )


def quotes(claim: Claim) -> tuple[Quote, ...]:
    """The words that a claim rests on, where it has a passage."""
    if claim.quote is None or claim.passage_id is None or claim.start is None or claim.end is None:
        return ()
    return (Quote(passage_id=claim.passage_id, start=claim.start, end=claim.end, text=claim.quote),)


def summary(text: str, sources: Iterable[str], graph: Graph, *, papers: Iterable[str] = ()) -> Sentence:
    """The bottom line of an answer: what its sources come to."""
    ids = tuple(dict.fromkeys(sources))
    works = tuple(dict.fromkeys(papers))
    return Sentence(
        text=text,
        kind="summary",
        part="bottom_line",
        sources=ids,
        claims=tuple(each for each in ids if each.startswith("claim:")),
        results=tuple(each for each in ids if each.startswith("result:")),
        papers=works,
        citation="; ".join(dict.fromkeys(map(graph.index.cite, works))),
    )


def missing(claims: Sequence[Claim], graph: Graph) -> Iterator[Sentence]:
    """Which of the claims has not been tested, why, and what would test the first of them."""
    index = graph.index
    open_ = [claim for claim in claims if all(each.basis != "experiment" for each in index.verdicts(claim.id))]
    if not open_:
        return
    first = open_[0]
    verdicts = index.verdicts(first.id)
    because = f" {index.who(first)}: {why(verdicts[0]).rstrip('.')}." if verdicts else ""
    whole = "The claim above" if len(claims) == 1 else f"{len(open_)} of the {len(claims)} claims"
    yield Sentence(
        text=f"Missing: {whole} {'has' if len(open_) == 1 or len(claims) == 1 else 'have'} not been tested by new "
        f"runs.{because}",
        kind="missing",
        part="missing",
        sources=tuple(claim.id for claim in open_[:8]),
        claims=tuple(claim.id for claim in open_[:8]),
        papers=(first.paper_id,),
        citation=index.who(first),
    )


def speaks_of(claim: Claim, names: Iterable[str], vocabulary: Vocabulary, *, role: str = "any") -> bool:
    """Whether a claim is about one of these entries, or one of their variants or members.

    Parameters
    ----------
    role
        ``subject``, ``comparator``, or ``any`` for both and for its task, sets and metric.
    """
    wanted = set(names)
    sides = {"subject": claim.subject_ids, "comparator": claim.comparator_ids, "any": entries_of(claim)}
    return any(wanted & set(vocabulary.lineage(each)) for each in sides[role])


def is_about_group_of(claim: Claim, names: Iterable[str], vocabulary: Vocabulary) -> bool:
    """Whether the subject of a claim is a group that one of these entries belongs to, or the entry itself."""
    return any(set(vocabulary.lineage(each)) & set(claim.subject_ids) for each in names)


def name_of(entry_id: str, vocabulary: Vocabulary) -> str:
    """Name of an entry, its id if there is none."""
    entry = vocabulary.get(entry_id)
    return entry.name if entry else entry_id


def names_in_words(ids: Iterable[str], vocabulary: Vocabulary, *, last: str = "and") -> str:
    """Names as a list in a sentence."""
    names = [name_of(each, vocabulary) for each in ids]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


def cite_address(entry: Model | Dataset, field_name: str, graph: Graph) -> tuple[tuple[str, ...], str]:
    """Papers and citation of the address at which a fact of an entry was read."""
    from biorxivist.answers.sources import papers_at

    address = entry.sources.get(field_name) or entry.source_url
    papers = papers_at(address, graph.index)
    return papers, "; ".join((*map(graph.index.cite, papers), *filter(None, (address,))))
