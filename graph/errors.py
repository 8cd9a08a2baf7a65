"""Errors of the graph package.

GraphError
|- ArchiveError             a line of the archive is not a record (has .path, .line)
|- ArchiveUnwritable        the archive cannot be written: read-only or full (also an OSError; graph.archive.append)
|- UnknownName              a model, dataset, task or metric that the vocabulary does not know (has .suggestions)
|- StoreError
|  |- StoreUnavailable      no such store, it cannot be opened, or it has never been built
|  |- StoreClosed           it was closed, by close() or at the end of its with block (has .url)
|  |- StoreBusy             another process is writing to the store
|  |- StoreCorrupt          the files do not open; rebuild from the archive
|  `- QueryFailed           the engine refused the query (has .query)
|     |- QueryTimeout       stopped at the time limit (has .seconds)
|     `- QueryTooLarge      stopped at the memory limit
|- UnsafeCypher             refused by the guard (has .reason, .position, .hint)
`- UnknownQuery             no named query of this name (has .suggestions)

A message says what happened, with the value, and what to do next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten


class GraphError(Exception):
    """Root of every error raised by ``graph``."""


class ArchiveError(GraphError):
    """A line of the archive is not a record."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        super().__init__(
            f"{path}, line {line}: {reason}. Nothing was loaded; repair or remove that line "
            "(a line is one JSON object: record, v, id, at, data)."
        )


def or_list(names: Sequence[str]) -> str:
    """Names as alternatives: "a, b or c"; one that holds a comma is quoted, so that it does not look like two."""
    quoted = [f"'{name}'" if "," in name else name for name in names]
    return " or ".join([*([", ".join(quoted[:-1])] if quoted[1:] else []), *quoted[-1:]])


class UnknownName(GraphError, LookupError):
    """A name that the vocabulary does not know; similar names are suggested, never used."""

    def __init__(self, kind: str, name: str, suggestions: tuple[str, ...] = ()) -> None:
        self.kind, self.name, self.suggestions = kind, name, suggestions
        hint = f" Did you mean {or_list(suggestions)}?" if suggestions else ""
        super().__init__(
            f"{kind} {name!r} is not in the vocabulary.{hint} Names are matched exactly; "
            f"`biorxivist vocabulary add {kind} NAME --source URL` adds a new one."
        )


class StoreError(GraphError):
    """A store could not execute a request."""


class StoreUnavailable(StoreError):
    """No such store, it cannot be opened, or it has never been built."""


class StoreClosed(StoreError):
    """The store was closed, by ``close()`` or at the end of its ``with`` block."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"The graph at {url} was closed; nothing can be asked of it any more. Ask inside the `with` block, or open "
            "it again."
        )


class StoreBusy(StoreError):
    """Another process is writing to the store."""


class StoreCorrupt(StoreError):
    """The files of the store do not open; the archive can rebuild them."""


class QueryFailed(StoreError):
    """The engine refused the query."""

    def __init__(self, message: str, query: str = "") -> None:
        self.query = query
        super().__init__(message)


class QueryTimeout(QueryFailed):
    """The query was stopped at its time limit."""

    def __init__(self, seconds: float, query: str = "") -> None:
        self.seconds = seconds
        super().__init__(
            f"The query was stopped after {seconds:g} s, its time limit. "
            "Narrow it (labels, WHERE, LIMIT) or raise --timeout.",
            query,
        )


class QueryTooLarge(QueryFailed):
    """The query was stopped at its memory limit."""


class UnsafeCypher(GraphError):
    """The guard refused the text: it is not in the accepted read language."""

    def __init__(self, reason: str, position: int = 0, hint: str = "") -> None:
        self.reason, self.position, self.hint = reason, position, hint
        super().__init__(f"{reason} (at character {position})." + (f" {hint}" if hint else ""))


class UnknownQuery(GraphError, LookupError):
    """No named query of this name."""

    def __init__(self, name: str, suggestions: tuple[str, ...] = ()) -> None:
        self.name, self.suggestions = name, suggestions
        if re.search(r"[\s({]", name.strip()):  # names are words joined by underscores
            start = shorten(name, 40, placeholder=" ...")
            super().__init__(
                f"{start!r} is Cypher, not the name of a query: use .query(...), or `biorxivist graph query` on the "
                "command line."
            )
            return
        hint = f" Did you mean {or_list(suggestions)}?" if suggestions else ""
        super().__init__(f"No named query {name!r}.{hint} `biorxivist graph query --list` lists them.")
