"""LangChain: papers as documents, one per passage, each with where it stands; tools and retrievers of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from biorxivist.literature.errors import MissingPart
from biorxivist.literature.get import get
from biorxivist.literature.sources import Sources

try:
    from langchain_core.document_loaders import BaseLoader
    from langchain_core.documents import Document as LangChainDocument

    from biorxivist.langchain_tools import ClaimRetriever, PassageRetriever, tools
except ImportError as error:
    raise MissingPart(what="The LangChain loader", module="langchain-core") from error

if TYPE_CHECKING:
    from biorxivist.literature.document import Document

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
