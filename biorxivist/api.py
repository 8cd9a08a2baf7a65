"""The functions of ``import biorxivist as bx``; they read the settings where nothing is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.answers import Answer
from biorxivist.answers import answer as answer_offline
from biorxivist.claims.check import Checked, check_bibliography, check_paper, check_statement
from biorxivist.claims.index import KINDS, Knowledge, bare_doi
from biorxivist.errors import InvalidInput, ModelNotConfigured
from biorxivist.workspace.home import Home, open_home, prepare
from biorxivist.workspace.home import open_graph as open_home_graph
from graph.compare import compare as compare_claims
from graph.records import Claim, Relation

if TYPE_CHECKING:
    from datetime import date

    from biorxivist.literature.document import Document
    from biorxivist.literature.search import SearchResult
    from biorxivist.literature.sources import Sources
    from graph.stores.base import Store

__all__ = ["ask", "check", "check_with", "compare", "get", "know", "open_graph", "parse", "search"]

MAX_QUESTION = 2_000


def search(
    query: str,
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    source: str = "europepmc",
    limit: int = 75,
) -> SearchResult:
    """Papers that fit a query; nothing is fetched before it is looked at.

    Parameters
    ----------
    query
        Words, or the syntax of the source; for ``biorxiv`` a subject category.
    since, until
        First and last day of posting, as dates or YYYY-MM-DD.
    source
        Who is asked: europepmc, biorxiv, biorxiv_web or local.
    limit
        How many papers are fetched at first; ``.more()`` and ``.all()`` fetch further ones.

    Raises
    ------
    NotOffered
        If the source cannot search, or is not known.
    FetchError
        When papers are looked at, if the source does not answer.
    """
    from biorxivist.literature.search import search as find

    return find(query, since=since, until=until, source=source, limit=limit, sources=_sources())


def get(doi: str, *, version: int | str | None = None, full_text: bool = True) -> Document:
    """Fetch a paper by the first route that has its text; the document's log says which one answered.

    Raises
    ------
    NotFound, NotOpenAccess, Blocked, RateLimited, EmptyResponse, BadResponse
        If no route answers; the error says what each of them said.
    """
    from biorxivist.literature.get import get as fetch

    return fetch(doi, version=version, full_text=full_text, sources=_sources())


def parse(source: Path | str | bytes) -> Document:
    """Read a paper of your own: JATS XML, a saved bioRxiv article page, or a MECA archive.

    Raises
    ------
    ParseError
        If it is no such paper; the message says what it is.
    """
    from biorxivist.literature.parse import parse as read

    return read(source)


def _sources() -> Sources:
    from biorxivist.literature.sources import Sources
    from biorxivist.settings import load_settings

    settings = load_settings()
    return Sources.configured(settings.model_dump(), home=settings.home)


def open_graph(url: str | None = None) -> Store:
    """The graph, read-only; built from the facts that ship with the package when there is none yet.

    Parameters
    ----------
    url
        Store address; the settings' by default.

    Raises
    ------
    StoreUnavailable
        If the address is not understood, or its server does not answer.
    HomeNotWritable
        If the graph has to be built and the home cannot be written.
    """
    return open_home_graph(open_home(store_url=url))


def know(home: Home | None = None) -> Knowledge:
    """Papers, claims, verdicts and relations of the archive, brought up to date."""
    home = home or open_home()
    prepare(home)
    return Knowledge.of(home.archive.read(*KINDS))


def compare(a: str | Claim, b: str | Claim) -> Relation:
    """What two claims are to each other, with the scope fields that differ and the reasons.

    Parameters
    ----------
    a, b
        Claims, ids of claims, or the beginnings of ids.

    Raises
    ------
    NotFound
        If there is no such claim.
    InvalidInput
        If both are one claim.
    """
    known = Knowledge() if isinstance(a, Claim) and isinstance(b, Claim) else know()
    first, second = (known.claim(claim) if isinstance(claim, str) else claim for claim in (a, b))
    if first.id == second.id:
        msg = f"{first.id} cannot be compared with itself; give two claims."
        raise InvalidInput(msg)
    return compare_claims(first, second)


def check(what: str | Path) -> list[Checked]:
    """What the field and our runs say about a statement, a DOI, or each entry of a .bib file.

    Raises
    ------
    NotFound
        If a DOI is not in the graph.
    BadBibliography
        If the .bib file cannot be read.
    InvalidInput
        If the statement is empty or longer than 2,000 characters.
    """
    home = open_home()
    knowledge = know(home)
    with open_home_graph(home) as store:
        return check_with(what, knowledge, store)


def check_with(what: str | Path, knowledge: Knowledge, store: Store, *, limit: int = 10) -> list[Checked]:
    """`check` against knowledge and a store that are open."""
    text = str(what).strip()
    if isinstance(what, Path) or (text.lower().endswith(".bib") and "\n" not in text):
        return check_bibliography(Path(text), knowledge)
    if bare_doi(text) or text in knowledge.papers:
        return [check_paper(text, knowledge)]
    _bounded(text)
    return [check_statement(text, knowledge, search=store.search, limit=limit)]


def ask(question: str, *, graph: Store | None = None, model: str | None = None) -> Answer:
    """Answer a question from the graph; each sentence names its sources, and what is not supported is refused.

    Parameters
    ----------
    question
        One question in plain English.
    graph
        An open store; the settings' by default.
    model
        Name of a language model. Answers are made without one in this version.

    Raises
    ------
    ModelNotConfigured
        If a model is given.
    InvalidInput
        If the question is empty or longer than 2,000 characters.
    """
    if model is not None:
        msg = (
            f"model={model!r}: this version answers without language models; the llm part brings them. "
            "Leave the model out."
        )
        raise ModelNotConfigured(msg)
    _bounded(question)
    home = open_home()
    knowledge = know(home)
    if graph is not None:
        return answer_offline(question, knowledge=knowledge, search=graph.search)
    with open_home_graph(home) as store:
        return answer_offline(question, knowledge=knowledge, search=store.search)


def _bounded(text: str) -> None:
    if not text.strip() or len(text) > MAX_QUESTION:
        msg = f"The text has {len(text)} characters; give 1 to {MAX_QUESTION}."
        raise InvalidInput(msg)
