"""A named query or a person's Cypher against the graph, and the schema that they can use."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard, get_args

from biorxivist.errors import InvalidInput
from biorxivist.literature.doi import bare_doi
from biorxivist.workspace.vocabulary import vocabulary_of
from graph.errors import UnsafeCypher, or_list

if TYPE_CHECKING:
    from graph.stores.base import Store

__all__ = ["point_at", "resolve_values", "run_query", "schema_rows", "schema_text", "text_parameters", "unknown_values"]

NAME = re.compile(r"\w+")
Row = dict[str, Any]
ENTRY_KINDS = {"model": "model", "dataset": "dataset", "corpus": "dataset", "task": "task", "metric": "metric"}
"""Parameter of a query -> kind of the vocabulary that its values are names of."""
ALL_PAPERS = 1_000_000
SHORTEST, LISTED = 4, 5
"""Digits of a claim's id that will do in its place, and claims that are named where several begin so."""
KINDS: dict[type, tuple[str, tuple[type, ...]]] = {
    int: ("a whole number", (int,)),
    float: ("a number", (int, float)),
    str: ("text", (str,)),
    bool: ("true or false", (bool,)),
}
"""Kind of a default -> its name, and the kinds of values that it takes."""
POINTED = 56
"""Characters of a line that are shown above a caret: no terminal wraps them, which would move the caret."""


def run_query(
    store: Store,
    text: str,
    parameters: Mapping[str, Any],
    *,
    limit: int | None = None,
    default_limit: int = 1000,
    timeout: float = 10.0,
) -> list[Row]:
    """Rows of a named query, or of Cypher that passes the guard.

    Parameters
    ----------
    store
        An open store.
    text
        One word is the name of a query; anything else is Cypher.
    parameters
        Values of its parameters; a named query takes any name of a model, dataset, task, metric or paper.
    limit
        Largest number of rows; a named query has its own default.
    default_limit
        Largest number of rows of a Cypher query without a limit.
    timeout
        Seconds after which a Cypher query is stopped.

    Raises
    ------
    UnsafeCypher
        If the guard refuses the text; a note shows where.
    UnknownQuery
        If no query has this name.
    InvalidInput
        If the text is empty, or the named query has no such parameter, or one of another kind.
    QueryFailed
        If the engine refuses or stops it.
    """
    from graph.queries import names

    if not text.strip():
        msg = "The query is empty. Give the name of a named query (--list shows them) or Cypher."
        raise InvalidInput(msg)
    if NAME.fullmatch(text.strip()):
        return _run_named(store, text.strip(), parameters, limit)
    try:
        return store.query(text, dict(parameters), limit=limit or default_limit, timeout=timeout)
    except UnsafeCypher as error:
        error.add_note(point_at(text, error.position))
        if (name := text.split()[0]) in names():
            error.add_note(f"{name} is a named query: give it alone, and its parameters with -p KEY=VALUE and --limit.")
        raise


def _run_named(store: Store, name: str, parameters: Mapping[str, Any], limit: int | None) -> list[Row]:
    from graph.queries import named

    defaults = named(name).parameters
    for key in parameters:
        if key not in defaults:
            close = difflib.get_close_matches(key, defaults, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"It has {', '.join(defaults) or 'none'}."
            msg = f"The query {name} has no parameter {key!r}. {hint}"
            raise InvalidInput(msg)
    for key, value in parameters.items():
        _require_kind(name, key, value, defaults[key])
    values = resolve_values(store, parameters)
    if limit is not None and "limit" in defaults:
        values["limit"] = limit
    rows = store.run(name, **values)
    return rows if limit is None else rows[:limit]


def _require_kind(query: str, key: str, value: Any, default: Any) -> None:
    """Refuse a value of another kind than the default of its parameter, before an engine does in its own words."""
    kind, accepted = KINDS[type(default)]
    if isinstance(value, bool) is not isinstance(default, bool) or not isinstance(value, accepted):
        msg = f"{key}={value!r}: the parameter {key} of the query {query} is {kind} (default {default!r})."
        raise InvalidInput(msg)


def text_parameters(name: str) -> frozenset[str]:
    """Parameters of a named query that are text, so their digits are not read as a number; none of Cypher."""
    from graph.queries import named, names

    if name not in names():
        return frozenset()
    return frozenset(key for key, default in named(name).parameters.items() if isinstance(default, str))


def resolve_values(store: Store, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with names of models, datasets, tasks, metrics, papers and claims replaced by the ids of the graph.

    ``model=scGPT`` and ``model=model:scgpt`` mean the same, and of a claim's id the beginning will do; a name that
    nothing has stays as it is.
    """
    values = dict(parameters)
    names = {key: value for key, value in values.items() if key in (*ENTRY_KINDS, "paper", "claim") and _is_name(value)}
    if names.keys() & ENTRY_KINDS.keys():
        vocabulary = vocabulary_of(store)
        for key in names.keys() & ENTRY_KINDS.keys():
            values[key] = vocabulary.find(ENTRY_KINDS[key], names[key]) or names[key]
    if "paper" in names:
        values["paper"] = _paper_id(store, names["paper"]) or names["paper"]
    if "claim" in names:
        claims = _claim_ids(store, names["claim"])
        values["claim"] = claims[0] if len(claims) == 1 else names["claim"]
    return values


def unknown_values(store: Store, parameters: Mapping[str, Any]) -> list[str]:
    """Why a query may have found nothing: values of its parameters that name nothing, each with similar names.

    Parameters
    ----------
    store
        An open store.
    parameters
        Values as they were given.
    """
    hints = []
    for key, value in parameters.items():
        if not _is_name(value):
            continue
        if key in ENTRY_KINDS:
            vocabulary, kind = vocabulary_of(store), ENTRY_KINDS[key]
            if vocabulary.find(kind, value) is None:
                hints.append(_no_such(key, value, vocabulary.suggest(kind, value)))
        elif key == "claim":
            claims = _claim_ids(store, value)
            if not claims:
                hints.append(
                    f"no claim {value!r}; `biorxivist evidence` lists them, `biorxivist show NAME` those on it"
                )
            elif len(claims) > 1:
                hints.append(f"several claims begin with {value!r}: {', '.join(claims[:LISTED])}; give more of the id")
        elif key == "paper" and _paper_id(store, value) is None:
            dois = dict.fromkeys(
                doi for row in _papers(store) for doi in (row["id"].removeprefix("doi:"), *row["dois"])
            )
            close = difflib.get_close_matches(bare_doi(value) or value, dois, n=2, cutoff=0.8)
            hints.append(_no_such(key, value, close))
        elif (choices := _choices(key)) and value not in choices:
            hints.append(_no_such(key, value, difflib.get_close_matches(value, choices, n=2) or choices))
    return hints


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _no_such(what: str, value: str, names: Sequence[str]) -> str:
    return f"no {what} {value!r}" + (f"; did you mean {or_list(names)}?" if names else "")


def _papers(store: Store) -> list[Row]:
    text = "MATCH (p:Paper) RETURN p.id AS id, coalesce(p.dois, []) AS dois"
    return store.query(text, limit=ALL_PAPERS, timeout=60.0)


def _paper_id(store: Store, name: str) -> str | None:
    """Id of the paper that has this id or DOI."""
    text = "MATCH (p:Paper) WHERE p.id = $name OR $doi IN p.dois RETURN p.id AS id ORDER BY id"
    rows = store.query(text, {"name": name, "doi": bare_doi(name) or name}, limit=1, timeout=10.0)
    return str(rows[0]["id"]) if rows else None


def _claim_ids(store: Store, name: str) -> list[str]:
    """Ids of the claims that have this id, or begin so, with or without ``claim:``."""
    start = f"claim:{name.removeprefix('claim:')}"
    if len(start) < len("claim:") + SHORTEST:
        return []
    text = "MATCH (c:Claim) WHERE c.id STARTS WITH $start RETURN c.id AS id ORDER BY id"
    return [str(row["id"]) for row in store.query(text, {"start": start}, limit=LISTED + 1, timeout=10.0)]


def _choices(key: str) -> tuple[str, ...]:
    """Values of a parameter that has few; none for others."""
    from graph.records import ClaimKind, Source, Verdict

    choices: dict[str, tuple[str, ...]] = {
        "kind": get_args(ClaimKind),
        "verdict": get_args(Verdict),
        "source": get_args(Source),
        "basis": ("experiment", "reanalysis"),
    }
    return choices.get(key, ())


def point_at(text: str, position: int) -> str:
    """The line of ``text`` that holds ``position``, with a caret under the character."""
    position = max(0, min(position, len(text)))
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : end if end >= 0 else len(text)]
    column = position - start
    if len(line) > POINTED:
        cut = max(0, column - POINTED // 2)
        line, column = line[cut : cut + POINTED], column - cut
    return f"  {line}\n  {' ' * column}^"


def schema_text(*, mermaid: bool = False) -> str:
    """Labels with their properties, and relationships, as text or as a Mermaid diagram."""
    from graph.schema import SCHEMA

    return SCHEMA.mermaid() if mermaid else SCHEMA.prompt()


def schema_rows() -> Iterator[Row]:
    """One row per label and per relationship type."""
    from graph.schema import SCHEMA

    for label, properties in SCHEMA.nodes.items():
        yield {"label": label, "properties": dict(properties)}
    for kind, relationship in SCHEMA.relationships.items():
        pairs = [list(pair) for pair in relationship.pairs]
        yield {"relationship": kind, "pairs": pairs, "properties": dict(relationship.properties)}
