"""LangChain: papers as documents, one per passage, each with where it stands; tools and retrievers of the graph."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from biorxivist.errors import exit_code
from biorxivist.literature.errors import MissingPart
from biorxivist.literature.get import get
from biorxivist.literature.sources import Sources
from biorxivist.tools import TOOLS, OpenGraph, Tool

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.document_loaders import BaseLoader
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import BaseTool, StructuredTool, ToolException
except ImportError as error:
    raise MissingPart(what="biorxivist.langchain", module="langchain-core") from error

if TYPE_CHECKING:
    from biorxivist.literature.document import Document
    from graph.stores.base import Store

__all__ = ["BioRxivLoader", "ClaimRetriever", "PassageRetriever", "chunks", "documents_of", "tools"]

KINDS = ("abstract", "paragraph")


class BioRxivLoader(BaseLoader):
    """Loads papers as LangChain documents, one passage at a time.

    Parameters
    ----------
    dois
        DOIs or addresses, with ``v2`` at their ends for a version.
    kinds
        Which passages: abstract, paragraph, caption, table, title.
    web
        Whether the bioRxiv site may be queried for full text.
    sources
        Where the services are; as the environment says when left out.
    """

    def __init__(
        self,
        dois: str | Iterable[str],
        *,
        kinds: Iterable[str] = KINDS,
        web: bool = False,
        sources: Sources | None = None,
    ) -> None:
        self.dois = (dois,) if isinstance(dois, str) else tuple(dois)
        self.kinds, self.web, self.sources = frozenset(kinds), web, sources

    def lazy_load(self) -> Iterator[LangChainDocument]:
        """Documents of one paper after the other; a paper is fetched when its first document is requested.

        Raises
        ------
        FetchError
            If a paper cannot be fetched.
        """
        sources = self.sources or Sources.configured()
        for doi in self.dois:
            yield from documents_of(get(doi, web=self.web, sources=sources), kinds=self.kinds)


def documents_of(document: Document, *, kinds: Iterable[str] = KINDS) -> Iterator[LangChainDocument]:
    """Passages of a paper as LangChain documents, whose ``metadata`` say where each stands and under which licence."""
    wanted = frozenset(kinds)
    paper = document.paper
    licences = {version.id: version.license for version in document.versions}
    routes = {version.id: version.text_route for version in document.versions}
    for passage in document.passages:
        if passage.kind in wanted:
            metadata: dict[str, Any] = {
                "title": paper.title,
                "source": paper.source_url or f"https://doi.org/{paper.id.removeprefix('doi:')}",
                "doi": paper.dois[0] if paper.dois else None,
                "paper_id": paper.id,
                "version_id": passage.version_id,
                "passage_id": passage.id,
                "section": passage.section,
                "kind": passage.kind,
                "start": passage.start,
                "end": passage.end,
                "page": passage.page,
                "route": routes.get(passage.version_id),
                "license": licences.get(passage.version_id) or paper.license,
            }
            yield LangChainDocument(id=passage.id, page_content=passage.text, metadata=metadata)


def chunks(text: str, *, size: int = 1000, metadata: dict[str, Any] | None = None) -> list[LangChainDocument]:
    """Paragraphs of a text put together into documents of at most ``size`` characters; a longer one stays whole."""
    texts: list[str] = []
    for paragraph in (part.strip() for part in text.split("\n\n")):
        if not paragraph:
            continue
        if texts and len(texts[-1]) + 2 + len(paragraph) <= size:
            texts[-1] += f"\n\n{paragraph}"
        else:
            texts.append(paragraph)
    return [LangChainDocument(page_content=chunk, metadata=dict(metadata or {})) for chunk in texts]


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
    ) -> list[LangChainDocument]:
        del run_manager
        from biorxivist.tools.functions import find_claims
        from biorxivist.tools.shapes import FindClaims

        rows = find_claims(FindClaims(text=query, limit=k or self.k), self.opened()).rows
        return [
            LangChainDocument(
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
    ) -> list[LangChainDocument]:
        del run_manager
        opened = self.opened()
        most = k or self.k
        rows = [row for row in opened.store.search(query, most * 10) if row["label"] == "Passage"][:most]
        papers = opened.index.papers
        return [
            LangChainDocument(
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
