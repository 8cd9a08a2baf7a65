"""What is asked of the engine for a variable, and the value that is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.cypher.printer import CypherPrinter
from graph.cypher.rows.values import Edge, Node, Path
from graph.cypher.tree import DIRECTIONS, token, trees

if TYPE_CHECKING:
    from lark import Token, Tree

    from graph.schema import Schema

__all__ = ["Reading", "Wanted", "wanted_in"]

_PRINTER = CypherPrinter()
_TAKES_PART = ("count", "labels", "type", "length", "exists", "elementid")
"""Functions of a node, relationship or path that need none of its properties."""


class Wanted(NamedTuple):
    """Properties of nodes that a query may ask for."""

    schema: Schema
    names: frozenset[str]
    whole: bool
    """Whether a node may be shown with all that it has, or the ends of a relationship are asked for."""

    def of(self, label: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Those that a label has; the engine gives null for those of others."""
        return {name: properties.get(name) for name in self.schema.nodes[label] if name in properties}


def wanted_in(query: Tree[Token], schema: Schema) -> Wanted:
    """What a query asks for: every name after a dot, or everything, where a node is used as a whole."""
    names = {"id"}
    for part in query.iter_subtrees():
        if part.data in ("property", "own_property", "entry"):
            names.add(token(trees(part)[0]))
    return Wanted(schema, frozenset(names), any(_uses_whole(query)))


def _uses_whole(tree: Tree[Token]) -> Iterator[bool]:
    """Whether there is a variable that is more than a step on the way to a property."""
    if tree.data in ("named_path", "all_properties", "own_variable"):
        yield True
    if tree.data == "return_clause" and _is_shown(tree):
        yield True
    for part in trees(tree):
        if part.data != "variable":
            yield from _uses_whole(part)
        elif tree.data == "function":
            yield token(tree).lower() not in _TAKES_PART
        elif tree.data in ("list", "map", "entry", "when", "otherwise", "yields", "reduce"):
            yield True


def _is_shown(clause: Tree[Token]) -> bool:
    """Whether a RETURN shows a variable as it is, or all of them."""
    columns = next(part for part in trees(clause) if part.data == "columns")
    return any(column.data == "star" or trees(column)[0].data == "variable" for column in trees(columns))


class Reading:
    """The columns that the engine is asked for, and the variables that are made of them.

    Parameters
    ----------
    parts
        Variable -> its node or relationship in the pattern.
    paths
        Names of paths.
    bound
        Variables whose values are known; only which node it is needs to be read.
    wanted
        Properties that the query may ask for.
    """

    def __init__(
        self, parts: Mapping[str, Tree[Token]], paths: Sequence[str], bound: Sequence[str], wanted: Wanted
    ) -> None:
        self._wanted = wanted
        self._edges = [name for name, part in parts.items() if part.data in DIRECTIONS]
        self._nodes = [name for name, part in parts.items() if part.data not in DIRECTIONS]
        self._paths = list(paths)
        self._properties = {
            name: ["id"] if name in bound else _possible(parts[name], wanted)
            for name in self._nodes
            if not wanted.whole and (name in bound or _labels(parts[name]) or wanted.names == {"id"})
        }
        """Nodes of which properties are read; the others, of any label, are read as a whole."""
        self.columns: list[str] = []
        for place, name in enumerate(self._nodes):
            text = _PRINTER.variable_name(name)
            if name not in self._properties:
                self.columns.append(f"{text} AS v__{place}")
                continue
            self.columns.append(f"labels({text}) AS v__{place}")
            for at, each in enumerate(self._properties[name]):
                self.columns.append(f"{text}.{_PRINTER.name(each)} AS v__{place}_{at}")
        self.columns += [f"{_PRINTER.variable_name(name)} AS e__{place}" for place, name in enumerate(self._edges)]
        self.columns += [f"{_PRINTER.variable_name(name)} AS w__{place}" for place, name in enumerate(self._paths)]

    def values(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Variables of a row of the engine."""
        by_name: dict[str, Any] = {}
        by_number: dict[tuple[int, int], Node] = {}
        for place, name in enumerate(self._nodes):
            if name not in self._properties:
                by_name[name] = self._node(raw[f"v__{place}"], by_number)
                continue
            (label,) = raw[f"v__{place}"]
            properties = {each: raw[f"v__{place}_{at}"] for at, each in enumerate(self._properties[name])}
            by_name[name] = Node(label, properties["id"], self._wanted.of(label, properties))
        for place, name in enumerate(self._edges):
            by_name[name] = self._edge(raw[f"e__{place}"], by_number)
        for place, name in enumerate(self._paths):
            whole = raw[f"w__{place}"]
            inside: dict[tuple[int, int], Node] = {}
            nodes = tuple(self._node(node, inside) for node in whole["_NODES"])
            by_name[name] = Path(nodes, tuple(self._edge(edge, inside) for edge in whole["_RELS"]))
        return by_name

    def _node(self, raw: Mapping[str, Any], by_number: dict[tuple[int, int], Node]) -> Node:
        node = Node(raw["_LABEL"], raw["id"], self._wanted.of(raw["_LABEL"], raw))
        by_number[_number(raw["_ID"])] = node
        return node

    def _edge(self, raw: Mapping[str, Any], nodes: Mapping[tuple[int, int], Node]) -> Edge:
        declared = self._wanted.schema.relationships[raw["_LABEL"]].properties
        return Edge(
            raw["_LABEL"],
            _number(raw["_ID"]),
            {name: raw.get(name) for name in declared},
            nodes.get(_number(raw["_SRC"])),
            nodes.get(_number(raw["_DST"])),
        )


def _number(raw: Mapping[str, int]) -> tuple[int, int]:
    return raw["table"], raw["offset"]


def _labels(node: Tree[Token]) -> set[str]:
    return {token(name) for labels in trees(node) if labels.data == "labels" for name in trees(labels)}


def _possible(node: Tree[Token], wanted: Wanted) -> list[str]:
    """Properties that are asked for and that one of the labels of a node has; the id always."""
    owned = {name for label in _labels(node) for name in wanted.schema.nodes.get(label, ())}
    return ["id", *sorted((owned & wanted.names) - {"id"})]
