"""The named queries: the questions that the graph was built for, as portable Cypher.

Each is a file in ``queries/`` beside this module. Its head says what it answers and what it can be asked with::

    // question: Which papers contradict each other, and in what?
    // param limit = 100

A default is JSON. The text below the head is the portable subset of Cypher, so that every engine gives the same rows:
one label per node, an order with a tie-break, a limit. (``ON`` and ``end`` stand in backticks, because they are
reserved words of the embedded engine.)
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from graph.errors import UnknownQuery

__all__ = ["NamedQuery", "named", "names"]

QUESTION = re.compile(r"//\s*question:\s*(.+)")
PARAM = re.compile(r"//\s*param\s+(\w+)\s*=\s*(.+)")


@dataclass(frozen=True)
class NamedQuery:
    """A question that the graph answers.

    Attributes
    ----------
    parameters
        Name -> default; an empty text means all.
    """

    name: str
    question: str
    parameters: Mapping[str, Any]
    cypher: str


def parse(name: str, text: str) -> NamedQuery:
    """Take the head of a query file apart.

    Raises
    ------
    ValueError
        If the file has no question, or a line of the head is neither question nor parameter.
    """
    question, parameters = "", {}
    lines = text.splitlines()
    while lines and lines[0].startswith("//"):
        line = lines.pop(0)
        if match := QUESTION.fullmatch(line):
            question = match[1].strip()
        elif match := PARAM.fullmatch(line):
            parameters[match[1]] = json.loads(match[2])
        else:
            msg = f"queries/{name}.cypher: {line!r} is neither '// question: ...' nor '// param NAME = JSON'"
            raise ValueError(msg)
    if not question:
        msg = f"queries/{name}.cypher does not say which question it answers ('// question: ...')"
        raise ValueError(msg)
    return NamedQuery(name, question, parameters, "\n".join(lines).strip())


@cache
def _all() -> Mapping[str, NamedQuery]:
    folder = resources.files("graph") / "queries"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".cypher")), key=lambda file: file.name)
    stems = [file.name.removesuffix(".cypher") for file in files]
    return {stem: parse(stem, file.read_text(encoding="utf-8")) for stem, file in zip(stems, files, strict=True)}


def names() -> tuple[str, ...]:
    """Names of all queries, sorted."""
    return tuple(_all())


def named(name: str) -> NamedQuery:
    """Query of this name.

    Raises
    ------
    UnknownQuery
        With the names that look similar.
    """
    if (query := _all().get(name)) is None:
        raise UnknownQuery(name, tuple(difflib.get_close_matches(name, names(), n=3, cutoff=0.5)))
    return query
