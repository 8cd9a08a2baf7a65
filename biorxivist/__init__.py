"""What the papers claim, what was measured again, and which claims stand.

>>> import biorxivist as bx
>>> with bx.open_graph() as graph:  # doctest: +SKIP
...     graph.query("MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title, c.statement LIMIT 5")

- ``search(query, since=, until=, source=, limit=)``: papers that fit a query, fetched as they are looked at
- ``get(doi, version=, full_text=)``: a paper with its text, by the first route that has it
- ``parse(path_or_bytes)``: a paper of your own: PDF, JATS XML, a saved article page, a MECA archive
- ``open_graph(url=None)``: the graph, built from the shipped facts when there is none yet
- ``compare(a, b)``: what two claims are to each other, and why
- ``check(what)``: what the field and our runs say about a statement, a DOI, a .bib file or a manuscript
- ``ask(question)``: an answer whose every sentence names its source

The functions read the settings (`biorxivist.settings`) when none are given. Importing this package loads nothing
else; the functions load what they need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biorxivist.api import ask, check, compare, get, open_graph, parse, search

__version__ = "0.1.0"
__all__ = ["__version__", "ask", "check", "compare", "get", "open_graph", "parse", "search"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("biorxivist.api"), name)
    msg = f"module 'biorxivist' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted(__all__)
