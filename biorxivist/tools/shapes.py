"""What the tools are called with, and what they return: the schemas that agents see are made from these models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from biorxivist.answers import Answer
from graph.records import ClaimKind

__all__ = [
    "Ask",
    "Asked",
    "Check",
    "Checked",
    "ClaimRow",
    "ClaimsFound",
    "CompareClaims",
    "Compared",
    "ComparedRow",
    "EvidenceFound",
    "FindClaims",
    "FindEvidence",
    "GetPaper",
    "GraphQuery",
    "GraphSchema",
    "PaperFound",
    "PaperRow",
    "PapersFound",
    "Provenance",
    "RowsFound",
    "SchemaFound",
    "SearchPapers",
    "ToolResult",
    "Work",
]  # fmt: skip

MOST_ROWS = 200
Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]


class Arguments(BaseModel):
    """Arguments of a tool."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


class SearchPapers(Arguments):
    """Arguments of ``search_papers``."""

    query: Text
    """Words, for example ``batch integration benchmark``."""
    limit: Limit = 10
    """Largest number of papers."""


class GetPaper(Arguments):
    """Arguments of ``get_paper``."""

    paper: Name
    """DOI, arXiv id, id, title, or a citation such as ``Kedzierska 2025``."""
    claims: Limit = 50
    """Largest number of its claims."""


class FindClaims(Arguments):
    """Arguments of ``find_claims``; what is left out does not matter."""

    text: Annotated[str, Field(max_length=2_000)] = ""
    """Words that the claims are about."""
    model: Annotated[str, Field(max_length=300)] = ""
    """Name of a model; its versions count too."""
    dataset: Annotated[str, Field(max_length=300)] = ""
    """Name of a corpus or evaluation set."""
    task: Annotated[str, Field(max_length=300)] = ""
    """Name of a task; narrower tasks count too."""
    paper: Annotated[str, Field(max_length=300)] = ""
    """DOI or id of a paper."""
    kind: ClaimKind | None = None
    """Kind of claim."""
    limit: Limit = 20
    """Largest number of claims."""


class CompareClaims(Arguments):
    """Arguments of ``compare_claims``."""

    a: Name
    """Id of a claim (its beginning will do), or DOI or id of a paper."""
    b: Name
    """Another one."""
    limit: Limit = 50
    """Largest number of pairs."""


class Check(Arguments):
    """Arguments of ``check``."""

    what: Text
    """A sentence that you are about to write, or the DOI of a paper that you are about to cite."""
    limit: Limit = 10
    """Largest number of claims."""


class FindEvidence(Arguments):
    """Arguments of ``evidence``; what is left out does not matter."""

    claim: Annotated[str, Field(max_length=300)] = ""
    """Id of a claim, or its beginning."""
    verdict: Annotated[str, Field(max_length=60)] = ""
    """Only this verdict, for example ``consistent_with_printed``."""
    kind: ClaimKind | None = None
    """Only claims of this kind."""
    limit: Limit = 50
    """Largest number of verdicts."""


class Ask(Arguments):
    """Arguments of ``ask``."""

    question: Text
    """One question in plain English."""


class GraphQuery(Arguments):
    """Arguments of ``graph_query``."""

    query: Annotated[str, Field(min_length=1, max_length=20_000)]
    """Name of a named query, or Cypher that only reads."""
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """Values of its parameters."""
    limit: Limit = 100
    """Largest number of rows."""


class GraphSchema(Arguments):
    """``graph_schema`` takes no arguments."""


class Shape(BaseModel):
    """A part of a result."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Work(Shape):
    """A paper behind a result."""

    id: str
    """Its id."""
    cite: str
    """First author and year."""
    title: str
    """Its title."""
    licence: str | None
    """Licence of its text, as printed; none where it is not known."""


class Provenance(Shape):
    """Where the rows come from and what may be done with them."""

    source: str = "biorxivist graph"
    """What was asked."""
    version: str
    """Version of the software."""
    licence: str = "Facts and claims in our own words: CC0-1.0. Quotes and titles: under the licence of their paper."
    """Terms of the rows."""
    works: list[Work] = Field(default_factory=list)
    """Papers that the rows name, the first fifty."""


class ToolResult(Shape):
    """What every tool returns beside its rows."""

    total: int
    """Rows that were found."""
    truncated: bool = False
    """Whether rows were left out: by the limit, or because the result would be too long."""
    notes: list[str] = Field(default_factory=list)
    """How the arguments were understood, and what was not found."""
    provenance: Provenance
    """Where the rows come from."""


class RowsFound(ToolResult):
    """Rows of a query."""

    rows: list[dict[str, Any]]
    """As ``--json`` prints them."""


class PaperRow(Shape):
    """A paper of the graph."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    id: str
    """Its id."""
    cite: str
    """First author and year."""
    title: str
    """Title."""
    year: int | None
    """Year."""
    venue: str | None
    """Where it appeared."""
    kind: str
    """article, commentary, summary, thread, note or code."""
    claims: int
    """Claims that the graph holds of it."""


class PapersFound(ToolResult):
    """Papers."""

    rows: list[PaperRow]
    """The best first."""


class PaperFound(ToolResult):
    """A page about one paper."""

    rows: list[dict[str, Any]]
    """One row, as ``show --json`` prints it."""


class ClaimRow(Shape):
    """A claim with the most telling verdict on it."""

    claim_id: str
    """Its id."""
    who: str
    """Who makes it."""
    statement: str
    """What it says."""
    kind: str
    """What sort of claim."""
    paper_id: str
    """The work that makes it."""
    quote: str | None
    """The words of the paper, where they are kept."""
    source_url: str | None
    """Where it was read."""
    location: str | None
    """Place in that source."""
    extractor: str
    """Who read it."""
    confidence: float
    """How sure the reader was."""
    verdict: dict[str, Any] | None
    """The most telling verdict."""


class ClaimsFound(ToolResult):
    """Claims."""

    rows: list[ClaimRow]
    """The best first."""


class ComparedRow(Shape):
    """Two claims and what they are to each other."""

    relation: Literal["agrees", "contradicts", "differs_in_scope", "not_comparable"]
    """By the rule of comparison."""
    fields: list[str]
    """Conditions that differ."""
    reasons: list[str]
    """Why."""
    claim: str
    """Id of the first."""
    who: str
    """Who makes it."""
    statement: str
    """What it says."""
    other: str
    """Id of the second."""
    other_who: str
    """Who makes that."""
    other_statement: str
    """What that says."""
    rule: str
    """The rule, with its version."""


class Compared(ToolResult):
    """Pairs of claims."""

    rows: list[ComparedRow]
    """Contradictions first."""


class Checked(ToolResult):
    """What is known about a statement or a paper."""

    reading: str
    """How it was understood."""
    rows: list[dict[str, Any]]
    """A finding each, as ``check --json`` prints them."""


class EvidenceFound(ToolResult):
    """Verdicts."""

    rows: list[dict[str, Any]]
    """Each with its claim, as ``evidence --json`` prints them."""


class Asked(ToolResult):
    """An answer."""

    answer: Answer
    """As ``ask --json`` prints it."""


class SchemaFound(ToolResult):
    """The shape of the graph."""

    rows: list[dict[str, Any]]
    """A row per label and relationship, as ``graph schema --json`` prints them."""
    queries: list[dict[str, Any]]
    """Named queries with what they answer and their parameters."""
