"""The tools as functions from arguments and an open graph to a result."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel

from biorxivist import __version__
from biorxivist.answers import answer
from biorxivist.answers.evidence import speaks_of
from biorxivist.claims.check import check_paper, check_statement
from biorxivist.claims.compare import compare_named, is_paper
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.show import show
from biorxivist.claims.standing import stands
from biorxivist.claims.verdicts import verdict_rows
from biorxivist.errors import InvalidInput
from biorxivist.tools.opened import OpenGraph
from biorxivist.tools.shapes import (
    Ask,
    Asked,
    Check,
    Checked,
    ClaimRow,
    ClaimsFound,
    CompareClaims,
    Compared,
    ComparedRow,
    EvidenceFound,
    FindClaims,
    FindEvidence,
    GetPaper,
    GraphQuery,
    GraphSchema,
    PaperFound,
    PaperRow,
    PapersFound,
    Provenance,
    RowsFound,
    SchemaFound,
    SearchPapers,
    Work,
)  # fmt: skip
from biorxivist.workspace.query import run_query, schema_rows, unknown_values
from graph.evidence.verdict import verdict_row
from graph.queries import named, names
from graph.records import Claim, Paper

__all__ = [
    "ask", "check", "compare_claims", "evidence", "find_claims", "get_paper", "graph_query", "graph_schema",
    "search_papers",
]  # fmt: skip

CHARACTERS = 60_000
"""Of the rows of a result as JSON; rows beyond are left out, and ``truncated`` says so."""
WORKS = 50
SECONDS = 10.0
Row = TypeVar("Row")


def search_papers(arguments: SearchPapers, graph: OpenGraph) -> PapersFound:
    """Papers whose title, abstract, text or claims share words with a query, the best first."""
    index = graph.index
    ids = dict.fromkeys(
        str(row["paper_id"]) for row in graph.store.search(arguments.query, 400) if row["paper_id"] in index.papers
    )
    counts: dict[str, int] = {}
    for claim in index.claims.values():
        counts[claim.paper_id] = counts.get(claim.paper_id, 0) + 1
    papers = [index.papers[each] for each in ids]
    rows = [
        PaperRow(
            id=paper.id, cite=index.cite(paper.id), title=paper.title, year=paper.year, venue=paper.venue,
            kind=paper.kind, claims=counts.get(paper.id, 0),
        )
        for paper in papers
    ]  # fmt: skip
    shown, cut = _cut(rows, arguments.limit)
    return PapersFound(rows=shown, total=len(rows), truncated=cut, provenance=_provenance(index, (r.id for r in shown)))


def get_paper(arguments: GetPaper, graph: OpenGraph) -> PaperFound:
    """One paper: its facts, versions, claims with verdicts, and who disagrees."""
    from biorxivist.claims.show import PaperPage

    index = graph.index
    page = show(arguments.paper, index)
    if not isinstance(page, PaperPage):
        msg = f"{arguments.paper!r} is not a paper. Give a DOI, an id, a title, or a citation such as Kedzierska 2025."
        raise InvalidInput(msg)
    row = page.row()
    whole = len(row["claims"])
    row["claims"] = row["claims"][: arguments.claims]
    while len(json.dumps(row)) > CHARACTERS and row["claims"]:
        row["claims"] = row["claims"][: len(row["claims"]) // 2]
        row["disagreements"] = row["disagreements"][: len(row["disagreements"]) // 2]
    cut = len(row["claims"]) < whole
    notes = [f"{len(row['claims'])} of {whole} claims; find_claims lists the others."] if cut else []
    return PaperFound(rows=[row], total=1, truncated=cut, notes=notes, provenance=_provenance(index, [page.paper.id]))


def find_claims(arguments: FindClaims, graph: OpenGraph) -> ClaimsFound:
    """Claims about a model, set, task, paper or words, each with who makes it and the most telling verdict."""
    index, vocabulary = graph.index, graph.index.vocabulary
    wanted = [
        vocabulary.resolve(kind, name)
        for kind, name in (("model", arguments.model), ("dataset", arguments.dataset), ("task", arguments.task))
        if name
    ]
    paper = index.paper(arguments.paper).id if arguments.paper else None
    order = {claim.id: place for place, claim in enumerate(index.by_interest())}
    if arguments.text:
        hits = [row["id"] for row in graph.store.search(arguments.text, 400) if row["label"] == "Claim"]
        order = {name: place for place, name in enumerate(hits)}
    claims = [
        claim
        for claim in index.claims.values()
        if claim.id in order
        and stands(claim)
        and paper in (None, claim.paper_id)
        and arguments.kind in (None, claim.kind)
        and all(speaks_of(claim, [name], vocabulary) for name in wanted)
    ]
    claims.sort(key=lambda claim: order[claim.id])
    rows = [_claim_row(claim, index) for claim in claims]
    shown, cut = _cut(rows, arguments.limit)
    provenance = _provenance(index, (row.paper_id for row in shown))
    return ClaimsFound(rows=shown, total=len(rows), truncated=cut, provenance=provenance)


def compare_claims(arguments: CompareClaims, graph: OpenGraph) -> Compared:
    """Whether two claims, or the claims of two papers, agree, contradict each other, or differ in scope, and why."""
    index = graph.index
    pairs = compare_named(arguments.a, arguments.b, index)
    rows = [ComparedRow.model_validate(pair.row()) for pair in pairs]
    shown, cut = _cut(rows, arguments.limit)
    works = (claim.paper_id for pair in pairs[: len(shown)] for claim in (pair.first, pair.second))
    return Compared(rows=shown, total=len(rows), truncated=cut, provenance=_provenance(index, works))


def check(arguments: Check, graph: OpenGraph) -> Checked:
    """What the field and the runs say about a sentence or a paper, before it is written or cited."""
    index = graph.index
    if is_paper(arguments.what, index):
        checked = check_paper(arguments.what, index, limit=arguments.limit)
    else:
        checked = check_statement(arguments.what, index, search=graph.store.search, limit=arguments.limit)
    rows = [finding.row() for finding in checked.findings]
    shown, cut = _cut(rows, arguments.limit)
    more = [re.search(r"^(\d+) more claims", note) for note in checked.notes]
    left_out = sum(int(match[1]) for match in more if match)
    return Checked(
        reading=checked.reading, rows=shown, total=len(rows) + left_out, truncated=cut or left_out > 0,
        notes=list(checked.notes), provenance=_provenance(index, (row["paper"] for row in shown)),
    )  # fmt: skip


def evidence(arguments: FindEvidence, graph: OpenGraph) -> EvidenceFound:
    """Verdicts on claims: reproduced or not, by new runs or by printed numbers, with effects and intervals."""
    index = graph.index
    verdict = re.sub(r"[\s-]+", "_", arguments.verdict.strip().lower()) or None
    rows = list(verdict_rows(index, claim=arguments.claim or None, verdict=verdict, kind=arguments.kind))
    shown, cut = _cut(rows, arguments.limit)
    works = (str(row["paper"]) for row in shown)
    return EvidenceFound(rows=shown, total=len(rows), truncated=cut, provenance=_provenance(index, works))


def ask(arguments: Ask, graph: OpenGraph) -> Asked:
    """An answer from the graph in which every sentence names its source, or a refusal that says what is near."""
    reply = answer(arguments.question, index=graph.index, store=graph.store)
    papers = (paper for sentence in reply.sentences for paper in sentence.papers)
    return Asked(answer=reply, total=len(reply.sentences), provenance=_provenance(graph.index, papers))


def graph_query(arguments: GraphQuery, graph: OpenGraph) -> RowsFound:
    """Rows of a named query, or of Cypher that only reads; names of models and papers are understood in parameters."""
    rows = run_query(graph.store, arguments.query, arguments.parameters, limit=arguments.limit + 1, timeout=SECONDS)
    notes = [] if rows else unknown_values(graph.store, arguments.parameters)
    shown, cut = _cut(rows, arguments.limit)
    works = (value for row in shown for value in row.values() if isinstance(value, str) and value in graph.index.papers)
    return RowsFound(
        rows=shown, total=len(rows), truncated=cut, notes=notes, provenance=_provenance(graph.index, works)
    )


def graph_schema(arguments: GraphSchema, graph: OpenGraph) -> SchemaFound:
    """Labels, properties and relationships of the graph, and the named queries that can be asked."""
    del arguments
    rows = list(schema_rows())
    queries = [
        {"name": each, "question": named(each).question, "parameters": dict(named(each).parameters)} for each in names()
    ]
    return SchemaFound(rows=rows, queries=queries, total=len(rows), provenance=_provenance(graph.index, ()))


def _claim_row(claim: Claim, index: ClaimIndex) -> ClaimRow:
    verdicts = index.verdicts(claim.id)
    return ClaimRow(
        claim_id=claim.id, who=index.who(claim), statement=claim.statement, kind=claim.kind, paper_id=claim.paper_id,
        quote=claim.quote, source_url=claim.source_url, location=claim.location, extractor=claim.extractor,
        confidence=claim.confidence, verdict=verdict_row(verdicts[0]) if verdicts else None,
    )  # fmt: skip


def _cut(rows: Sequence[Row], limit: int) -> tuple[list[Row], bool]:
    """The first rows, within the limits on rows and characters; whether any was left out."""
    shown: list[Row] = []
    size = 0
    for row in rows[:limit]:
        text = row.model_dump_json() if isinstance(row, BaseModel) else json.dumps(row, default=str)
        size += len(text)
        if size > CHARACTERS and shown:
            break
        shown.append(row)
    return shown, len(shown) < len(rows)


def _provenance(index: ClaimIndex, papers: Iterable[str]) -> Provenance:
    return Provenance(version=__version__, works=list(_works(index, papers)))


def _works(index: ClaimIndex, papers: Iterable[str]) -> Iterator[Work]:
    for paper_id in list(dict.fromkeys(papers))[:WORKS]:
        paper: Paper | None = index.papers.get(paper_id)
        if paper is not None:
            yield Work(id=paper_id, cite=index.cite(paper_id), title=paper.title, licence=paper.license)
