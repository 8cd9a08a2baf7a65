"""LangChain: the tools of the graph for an agent, and retrievers of claims and passages for a chain."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from biorxivist.errors import exit_code
from biorxivist.literature.errors import MissingPart
from biorxivist.tools import TOOLS, OpenGraph, Tool

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import BaseTool, StructuredTool, ToolException
except ImportError as error:
    raise MissingPart(what="The LangChain tools", module="langchain-core") from error

if TYPE_CHECKING:
    from graph.stores.base import Store

__all__ = ["ClaimRetriever", "PassageRetriever", "tools"]


def tools(graph: Store | OpenGraph | None = None) -> list[BaseTool]:
    """The tools of `biorxivist.tools` for an agent, each with its result as text and as ``artifact`` of the message.

    Parameters
    ----------
    graph
        An open store, which stays open; that of the settings if left out.
    """
    opened = _opened(graph)
    return [
        StructuredTool.from_function(
            func=_callable(each, opened),
            name=each.name,
            description=each.purpose,
            args_schema=each.arguments,
            response_format="content_and_artifact",
            handle_tool_error=True,
        )
        for each in TOOLS
    ]


def _callable(tool: Tool, graph: OpenGraph) -> Callable[..., tuple[str, dict[str, Any]]]:
    def called(**given: Any) -> tuple[str, dict[str, Any]]:
        try:
            result = tool.function(tool.arguments.model_validate(given), graph)
        except Exception as error:
            if exit_code(error) is None:
                raise
            raise ToolException(str(error)) from error  # the agent reads what to do instead
        row = result.model_dump(mode="json")
        return json.dumps(row, ensure_ascii=False), row

    return called


class GraphRetriever(BaseRetriever):
    """What retrievers of the graph share; the graph is opened, and its index read, at the first query."""

    graph: Any = None
    """An open store, or a graph of `biorxivist.tools`; that of the settings if left out."""
    k: int = 5
    """Largest number of documents."""
    _read: OpenGraph | None = PrivateAttr(default=None)

    def opened(self) -> OpenGraph:
        """The graph, the same for every query."""
        if self._read is None:
            self._read = _opened(self.graph)
        return self._read


class ClaimRetriever(GraphRetriever):
    """Claims that share words with a query, as documents: the statement, and beside it who makes it and its verdict."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        del run_manager
        from biorxivist.tools.functions import find_claims
        from biorxivist.tools.shapes import FindClaims

        rows = find_claims(FindClaims(text=query, limit=k or self.k), self.opened()).rows
        return [
            Document(
                id=row.claim_id,
                page_content=row.statement,
                metadata={
                    **row.model_dump(exclude={"statement", "verdict"}),
                    "verdict": (row.verdict or {}).get("verdict"),
                },
            )
            for row in rows
        ]


class PassageRetriever(GraphRetriever):
    """Passages of papers that share words with a query, as documents with their paper and licence."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        del run_manager
        opened = self.opened()
        most = k or self.k
        rows = [row for row in opened.store.search(query, most * 10) if row["label"] == "Passage"][:most]
        papers = opened.index.papers
        return [
            Document(
                id=row["id"],
                page_content=row["text"],
                metadata={
                    "paper_id": row["paper_id"],
                    "score": row["score"],
                    "cite": opened.index.cite(row["paper_id"]),
                    "licence": papers[row["paper_id"]].license if row["paper_id"] in papers else None,
                },
            )
            for row in rows
        ]


def _opened(graph: Store | OpenGraph | None) -> OpenGraph:
    if isinstance(graph, OpenGraph):
        return graph
    if graph is not None:
        return OpenGraph(graph)
    from biorxivist.tools import open_for_tools
    from biorxivist.workspace.home import open_home

    return open_for_tools(open_home())
