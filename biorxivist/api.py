"""The functions of ``import biorxivist as bx``; they read the settings where nothing is given.

`check`, `ask` and `compare` answer from the graph that they are given, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, overload

from biorxivist.errors import InvalidInput, ModelNotConfigured

if TYPE_CHECKING:
    from datetime import date

    from biorxivist.answers import Answer
    from biorxivist.answers.written import Event
    from biorxivist.claims.check import CheckResult
    from biorxivist.claims.compare import Comparison
    from biorxivist.claims.index import ClaimIndex
    from biorxivist.claims.manuscript import CitedSentence
    from biorxivist.literature.document import Document
    from biorxivist.literature.search import SearchResult
    from biorxivist.literature.sources import Sources
    from biorxivist.llm.budget import Budget
    from biorxivist.llm.request import Model
    from graph.records import Claim, Relation
    from graph.stores.base import Store

__all__ = ["ask", "check", "compare", "get", "open_graph", "parse", "search"]

MAX_QUESTION = 2_000
MAX_CLAIMS = 10
MAX_CALLS = 4
"""Calls that one answer may make: the answer, its repair, and once more each if the server fails."""
ANSWERS = "llm.sqlite"
NO_MODEL = (
    "No language model is named: give --model NAME or set BIORXIVIST_LLM_MODEL, and BIORXIVIST_LLM_BASE_URL for a "
    "server that is not OpenAI's."
)


def search(
    query: str,
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    source: str = "europepmc",
    limit: int = 75,
    folder: Path | str | None = None,
) -> SearchResult:
    """Papers that match a query; nothing is fetched before it is looked at.

    Parameters
    ----------
    query
        Words, or the syntax of the source; for ``biorxiv`` a subject category.
    since, until
        First and last day of posting, as dates or YYYY-MM-DD.
    source
        Source to query: europepmc, biorxiv, biorxiv_web or local.
    limit
        Number of papers fetched first; ``.more()`` and ``.all()`` fetch further ones.
    folder
        Folder of your own papers, for ``source="local"``; the settings' by default.

    Raises
    ------
    NotOffered
        If the source cannot search, or is not known.
    FetchError
        When papers are looked at, if the source does not answer.
    """
    from biorxivist.literature.search import search as search_source

    sources = _sources(folder=Path(folder) if folder else None)
    return search_source(query, since=since, until=until, source=source, limit=limit, sources=sources)


def get(doi: str, *, version: int | str | None = None, full_text: bool = True) -> Document:
    """Fetch a paper by the first route that has its text; the document's log says which one answered.

    The path of a file is read from there, with what the services know of its paper.

    Raises
    ------
    PaperNotFound, NotOpenAccess, Blocked, RateLimited, EmptyResponse, BadResponse
        If no route answers; the error says what each of them answered.
    """
    from biorxivist.literature.get import file_named, get_file
    from biorxivist.literature.get import get as get_paper

    if (path := file_named(doi)) is not None:
        return get_file(path, sources=_sources())
    return get_paper(doi, version=version, full_text=full_text, sources=_sources())


def parse(source: Path | str | bytes) -> Document:
    """Read a paper of your own: PDF, JATS XML, a saved bioRxiv article page, or a MECA archive.

    Raises
    ------
    ParseError
        If it is none of these; the message says what it is. Of a file that is not there an `UnreadableFile`, which is
        an OSError, too.
    ExtraMissing
        If it is a PDF, and the part that reads PDFs is not installed.
    """
    from biorxivist.literature.parse import parse as parse_paper

    return parse_paper(source)


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
    from biorxivist.load.prepare import open_graph as open_home_graph
    from biorxivist.workspace.home import open_home

    return open_home_graph(open_home(store_url=url))


@overload
def compare(a: Claim, b: Claim, *, graph: Store | None = None) -> Relation: ...


@overload
def compare(a: str | Claim, b: str | Claim, *, graph: Store | None = None) -> Relation | list[Comparison]: ...


def compare(a: str | Claim, b: str | Claim, *, graph: Store | None = None) -> Relation | list[Comparison]:
    """What two claims, or the claims of two papers, are to each other, with the scope fields that differ.

    Parameters
    ----------
    a, b
        Claims, ids of claims or the beginnings of ids, DOIs, or ids of papers.
    graph
        An open store; the settings' by default.

    Returns
    -------
    The relation of two claims; if either side is a paper, its comparable pairs, contradictions first.

    Raises
    ------
    NotFound
        If there is no such claim or paper.
    InvalidInput
        If both are the same.
    """
    from biorxivist.claims.compare import compare_named, is_paper

    index = _index_of(a, b, graph=graph)
    pairs = compare_named(a, b, index)
    return pairs if is_paper(a, index) or is_paper(b, index) else pairs[0].relation


def comparisons(a: str | Claim, b: str | Claim, *, graph: Store | None = None) -> list[Comparison]:
    """Like `compare`, but always pairs, each with its claims and who makes them: what the command line prints.

    Raises
    ------
    NotFound
        If there is no such claim or paper.
    InvalidInput
        If both are the same.
    """
    from biorxivist.claims.compare import compare_named

    return compare_named(a, b, _index_of(a, b, graph=graph))


def _index_of(a: str | Claim, b: str | Claim, *, graph: Store | None) -> ClaimIndex:
    """The index of the graph, or an empty one where no name has to be looked up."""
    from biorxivist.claims.index import ClaimIndex, read_index

    if isinstance(a, str) or isinstance(b, str):
        with _opened(graph) as store:
            return read_index(store)
    return ClaimIndex()


@overload
def check(what: str, *, graph: Store | None = None, limit: int | None = None) -> list[CheckResult]: ...


@overload
def check(
    what: str | Path, *, graph: Store | None = None, limit: int | None = None
) -> list[CheckResult] | list[CitedSentence]: ...


def check(
    what: str | Path, *, graph: Store | None = None, limit: int | None = None
) -> list[CheckResult] | list[CitedSentence]:
    """What the field and our runs say about a statement, a DOI, each entry of a .bib file, or a manuscript.

    Parameters
    ----------
    what
        A sentence, a DOI or id of a paper, or a path that ends in ``.bib``, ``.md`` or ``.tex``. Of a manuscript
        every sentence that cites a paper is checked against what that paper claims.
    graph
        An open store; the settings' by default.
    limit
        Largest number of claims: 10 by default for a statement, all for a paper. A bibliography is not cut.

    Raises
    ------
    NotFound
        If a DOI is not in the graph.
    BadBibliography
        If the .bib file cannot be read.
    InvalidInput
        If the statement is empty or longer than 2,000 characters.
    """
    from biorxivist.claims.bibliography import check_bibliography
    from biorxivist.claims.check import check_paper, check_statement
    from biorxivist.claims.compare import is_paper
    from biorxivist.claims.index import read_index

    if not isinstance(what, str | Path):
        msg = f"check takes a statement, a DOI or the path of a .bib, .md or .tex file, not {type(what).__name__}."
        raise InvalidInput(msg)
    text = str(what).strip()
    with _opened(graph) as store:
        index = read_index(store)
        if is_manuscript(what):
            from biorxivist.claims.manuscript import check_manuscript

            return check_manuscript(Path(text), index)[0][:limit]
        if isinstance(what, Path) or (text.lower().endswith(".bib") and "\n" not in text):
            return check_bibliography(Path(text), index)
        if is_paper(text, index):
            return [check_paper(text, index, limit=limit)]
        _bounded(text)
        return [check_statement(text, index, search=store.search, limit=limit or MAX_CLAIMS)]


def is_manuscript(what: str | Path) -> bool:
    """Whether this names a manuscript: a path that ends in ``.md`` or ``.tex``."""
    text = str(what).strip()
    return "\n" not in text and text.lower().endswith((".md", ".tex"))


def ask(
    question: str,
    *,
    graph: Store | None = None,
    model: str | None = None,
    cypher: bool = False,
    budget: Budget | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Answer:
    """Answer a question from the graph; each sentence names its sources, and what is not supported is refused.

    Parameters
    ----------
    question
        One question in plain English.
    graph
        An open store; the settings' by default.
    model
        Name of a language model that writes the answer from evidence of the graph; ``BIORXIVIST_LLM_MODEL`` by default,
        and none if neither is given or this is empty. What it writes is verified sentence by sentence.
    cypher
        Whether the model may write a query of its own, which is guarded, only reads, and is shown.
    budget
        Caps on calls, tokens and money; four calls by default.
    on_event
        Called at each step of an answer by a model, with verified sentences only.

    Raises
    ------
    ModelNotConfigured
        If the server of the model cannot be reached, refuses the key, or has no such model.
    InvalidInput
        If the question is empty or longer than 2,000 characters.
    """
    from biorxivist.answers import answer
    from biorxivist.claims.index import read_index

    _bounded(question)
    chosen = _chosen_model(model)
    if chosen is None and cypher:
        raise ModelNotConfigured(NO_MODEL)
    with _opened(graph) as store:
        index = read_index(store)
        if chosen is None:
            return answer(question, index=index, store=store)
        return _written(question, index, store, chosen, budget, on_event, cypher=cypher)


def _written(
    question: str,
    index: ClaimIndex,
    store: Store,
    model: Model,
    budget: Budget | None,
    on_event: Callable[[Event], None] | None,
    *,
    cypher: bool,
) -> Answer:
    from biorxivist.answers import answer
    from biorxivist.answers.evidence import Graph
    from biorxivist.answers.written import ModelWriter, write_answer
    from biorxivist.llm.budget import Budget
    from biorxivist.llm.cache import Answers
    from biorxivist.workspace.home import open_home

    with Answers(open_home().folder / ANSWERS) as answers:
        writer = ModelWriter(model, answers, budget or Budget(calls=MAX_CALLS))
        if cypher:
            from biorxivist.answers.written.cypher import ask_cypher

            return ask_cypher(question, index, store, writer)
        offline = answer(question, index=index, store=store)
        if offline.status != "answered":
            from biorxivist.answers.written.choose import choose_kind

            offline = choose_kind(question, index, store, writer) or offline
        return write_answer(question, offline, Graph(store, index), writer, on_event=on_event or (lambda _: None))


def plan_ask(question: str, *, graph: Store | None = None, model: str | None = None) -> dict[str, object]:
    """What `ask` with a model would send, without sending it.

    Raises
    ------
    ModelNotConfigured
        If no model is named.
    """
    from biorxivist.answers import answer
    from biorxivist.answers.evidence import Graph
    from biorxivist.answers.written.write import plan_of
    from biorxivist.claims.index import read_index
    from biorxivist.llm.cache import Answers
    from biorxivist.workspace.home import open_home

    _bounded(question)
    chosen = _chosen_model(model, sends=False)
    if chosen is None:
        raise ModelNotConfigured(NO_MODEL)
    with _opened(graph) as store, Answers(open_home().folder / ANSWERS) as answers:
        index = read_index(store)
        offline = answer(question, index=index, store=store)
        return plan_of(question, offline, Graph(store, index), chosen, answers)


def _chosen_model(name: str | None, *, sends: bool = True) -> Model | None:
    """The model that is named, or that of the settings; none where there is none, whatever keys there are."""
    from biorxivist.settings import load_settings

    settings = load_settings()
    wanted = settings.llm_model if name is None else name
    if not wanted:
        return None
    from biorxivist.llm.open import open_model

    return open_model(
        wanted,
        base_url=settings.llm_base_url,
        key=settings.llm_api_key,
        openai_key=settings.openai_api_key,
        sends=sends,
    )


@contextmanager
def _opened(graph: Store | None) -> Iterator[Store]:
    """The graph that was given, left open; else the settings', closed at the end."""
    if graph is not None:
        yield graph
        return
    with open_graph() as store:
        yield store


def _bounded(text: str) -> None:
    if not text.strip() or len(text) > MAX_QUESTION:
        msg = f"The text has {len(text)} characters; give 1 to {MAX_QUESTION}."
        raise InvalidInput(msg)


def _sources(*, folder: Path | None = None) -> Sources:
    from biorxivist.literature.sources import Sources
    from biorxivist.settings import load_settings

    settings = load_settings()
    options = {"folder": folder} if folder else {}
    return Sources.configured(settings.model_dump(), home=settings.home, **options)
