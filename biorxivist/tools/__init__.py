"""One definition of each tool: its name, function, arguments, result, and purpose in one sentence.

The command line, LangChain and the MCP server are made from it, so that an agent gets what a person gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from biorxivist.errors import InvalidInput
from biorxivist.tools import functions, shapes
from biorxivist.tools.opened import OpenGraph, open_for_tools

__all__ = ["TOOLS", "OpenGraph", "Tool", "call", "open_for_tools", "tool"]


@dataclass(frozen=True)
class Tool:
    """A function of the graph that an agent may call; it only reads."""

    name: str
    function: Callable[[Any, OpenGraph], shapes.ToolResult]
    """From arguments and an open graph to a result."""
    arguments: type[BaseModel]
    result: type[shapes.ToolResult]
    purpose: str
    """One sentence."""


TOOLS: tuple[Tool, ...] = (
    Tool("search_papers", functions.search_papers, shapes.SearchPapers, shapes.PapersFound,
         "Find papers of the graph by words."),
    Tool("get_paper", functions.get_paper, shapes.GetPaper, shapes.PaperFound,
         "Show one paper with its versions, its claims and the verdicts on them, and who disagrees."),
    Tool("find_claims", functions.find_claims, shapes.FindClaims, shapes.ClaimsFound,
         "Find what papers claim about a model, a data set, a task or a topic, with the verdict on each claim."),
    Tool("compare_claims", functions.compare_claims, shapes.CompareClaims, shapes.Compared,
         "Say whether two claims, or the claims of two papers, agree, contradict each other, or differ in scope."),
    Tool("check", functions.check, shapes.Check, shapes.Checked,
         "Check a sentence or a paper against the claims and verdicts of the graph before you write or cite it."),
    Tool("evidence", functions.evidence, shapes.FindEvidence, shapes.EvidenceFound,
         "List verdicts on claims: what new runs or printed numbers say, with effect and interval."),
    Tool("ask", functions.ask, shapes.Ask, shapes.Asked,
         "Answer a question about single-cell foundation models from the graph, every sentence with its source."),
    Tool("graph_query", functions.graph_query, shapes.GraphQuery, shapes.RowsFound,
         "Run a named query or read-only Cypher on the graph."),
    Tool("graph_schema", functions.graph_schema, shapes.GraphSchema, shapes.SchemaFound,
         "Show labels, properties and relationships of the graph, and its named queries."),
)  # fmt: skip


def tool(name: str) -> Tool:
    """The tool of this name.

    Raises
    ------
    InvalidInput
        With the names that there are.
    """
    match = next((each for each in TOOLS if each.name == name), None)
    if match is None:
        msg = f"There is no tool {name!r}; the tools are {', '.join(each.name for each in TOOLS)}."
        raise InvalidInput(msg)
    return match


def call(name: str, arguments: Mapping[str, Any], graph: OpenGraph) -> shapes.ToolResult:
    """Call a tool.

    Raises
    ------
    InvalidInput
        If there is no such tool, or the arguments are not of its schema.
    """
    wanted = tool(name)
    try:
        parsed = wanted.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "arguments"
        msg = f"{name}: {where}: {first['msg']}."
        raise InvalidInput(msg) from error
    return wanted.function(parsed, graph)
