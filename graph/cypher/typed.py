"""Check a parsed query against the schema: names exist, relationships join such labels, kinds of values agree.

Neo4j answers null for a property that no node has and false for a number that is compared with text. Both are mistakes
of the author of the query, a person or a model, so they are refused on both stores, with what was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graph.cypher import kinds
from graph.cypher.kinds import (
    PATH,
    TEXT,
    Kind,
    family,
    require_kind,
    require_same_kind,
)
from graph.cypher.tree import (
    DIRECTIONS,
    call_parts,
    column_name,
    is_long,
    own_name,
    position,
    steps,
    token,
    trees,
)
from graph.cypher.typed_expressions import ExpressionKinds, Known
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

    from graph.schema import Schema

_MAX_LISTED = 12  # relationships in a hint


def check_names_and_kinds(
    tree: Tree[Token], schema: Schema, parameters: Mapping[str, Any] | None = None
) -> list[UnsafeCypher]:
    """Check a reviewed query.

    Parameters
    ----------
    tree
        The query.
    schema
        Labels, relationships and the types of their properties.
    parameters
        Values that the query will be given, where they are known.

    Returns
    -------
    What the embedded engine computes otherwise, as it has one type for a value in all rows.

    Raises
    ------
    UnsafeCypher
        With the name or value that does not fit, and what would.
    """
    checker = _Checker(schema, parameters or {})
    singles = [part for part in trees(trees(tree)[0]) if part.data == "single_query"]
    columns = [checker.single_query(single) for single in singles]
    for single, kinds_of in zip(singles[1:], columns[1:], strict=True):
        for name, kind in kinds_of.items():
            other = columns[0].get(name)
            if kind and other and family(kind) != family(other):
                msg = f"UNION of two kinds: {name} is a {other.name} in one part and a {kind.name} in another"
                raise UnsafeCypher(msg, position(single), "Use toFloat(x) or toString(x) in one part.")
            if (kind and kind.name) != (other and other.name) and family(kind or other or TEXT) == "number":
                msg = f"UNION of two kinds of numbers: {name}"
                checker.cast.append(UnsafeCypher(msg, position(single), "Use toFloat(x) in both parts."))
    return checker.cast


class _Checker(ExpressionKinds):
    """Walks a query from left to right; ``known`` maps the variables in scope to their kinds."""

    # --- clauses -----------------------------------------------------------------------------------------------

    def single_query(self, tree: Tree[Token], around: Known | None = None) -> Known:
        """Check the clauses in order; the kinds of the columns that are returned."""
        return self._clauses(trees(tree), dict(around or {}))

    def _clauses(self, clauses: Iterable[Tree[Token]], known: Known) -> Known:
        for clause in clauses:
            match str(clause.data):
                case "match_clause" | "optional_match_clause":
                    known = self._match(clause, known)
                case "unwind_clause":
                    values, name = trees(clause)
                    kind = self.kind(values, known)
                    require_kind(values, kind, ("list",), "UNWIND")
                    known = {**known, token(name): kind.members if kind else None}
                case "call_clause":
                    imported, inner = call_parts(clause)
                    inside = known if imported is None else {name: known[name] for name in imported}
                    known = {**known, **self._clauses(inner, dict(inside))}
                case _:
                    known = self._projected(clause, known)
        return known

    def _match(self, clause: Tree[Token], known: Known) -> Known:
        pattern, *where = trees(clause)
        known = self._pattern(pattern, known)
        for part in where:
            self._condition(trees(part)[0], known)
        return known

    def _projected(self, clause: Tree[Token], known: Known) -> Known:
        parts = {str(part.data): part for part in trees(clause)}
        projected: Known = {}
        for column in trees(parts["columns"]):
            if column.data == "star":
                projected |= known
            else:
                projected[column_name(column)] = self.kind(trees(column)[0], known)
        seen = {**known, **projected}
        for key in trees(parts["order_by"]) if "order_by" in parts else ():
            value = trees(key)[0]
            require_kind(value, self.kind(value, seen), kinds.ORDERED, "ORDER BY")
        if "where" in parts:
            self._condition(trees(parts["where"])[0], seen if clause.data == "with_clause" else projected)
        return projected

    # --- patterns ----------------------------------------------------------------------------------------------

    def _pattern(self, pattern: Tree[Token], known: Known) -> Known:
        """Check a pattern; the variables after it. All are bound first: a condition may use a later one."""
        known = dict(known)
        for path in trees(pattern):
            parts = steps(path)
            for part in parts:
                kind = self._step(part, known)
                if name := own_name(part):
                    known[name] = Kind("list", kind) if is_long(part) else kind
            if path.data == "named_path":
                known[token(trees(path)[0])] = PATH
            for place in range(1, len(parts), 2):
                self._check_ends(parts[place - 1], parts[place], parts[place + 1], known)
        for path in trees(pattern):
            for part in steps(path):
                self._check_contents(part, known)
        return known

    def _step(self, part: Tree[Token], known: Known) -> Kind:
        """Kind of a node or relationship of a pattern: the labels that the pattern and earlier ones leave open."""
        names = {token(name): name for labels in trees(part) if labels.data == "labels" for name in trees(labels)}
        if part.data in DIRECTIONS:
            for name, at in names.items():
                self._require_known(name, self._schema.relationships, "relationship type", at)
            return Kind("relationship", owners=frozenset(names or self._schema.relationships))
        for name, at in names.items():
            self._require_known(name, self._schema.nodes, "label", at)
        before = known.get(own_name(part))
        if before and before.owners and names:
            if not before.owners & frozenset(names):
                bound = "|".join(sorted(before.owners))
                msg = f"{own_name(part)} is a {bound}, never a {'|'.join(names)}"
                raise UnsafeCypher(msg, position(part), "A node has one label; give the other node its own name.")
            return Kind("node", owners=before.owners & frozenset(names))
        if before and before.owners:
            return before
        return Kind("node", owners=frozenset(names or self._schema.nodes))

    def _check_contents(self, part: Tree[Token], known: Known) -> None:
        kind = self._step(part, known)
        for child in trees(part):
            if child.data == "map":
                for entry in trees(child):
                    name, value = trees(entry)
                    require_same_kind(
                        [(name, self._property(kind, name)), (value, self.kind(value, known))], "a comparison"
                    )
            elif child.data == "where":
                self._condition(trees(child)[0], known)

    def _check_ends(self, left: Tree[Token], middle: Tree[Token], right: Tree[Token], known: Known) -> None:
        """Refuse a relationship that the schema does not have between these labels in this direction."""
        if is_long(middle):
            return
        ends = [self._step(node, known).owners for node in (left, right)]
        if middle.data == "to_left":
            ends.reverse()
        joining = self._step(middle, known).owners
        pairs = [(kind, pair) for kind in sorted(joining) for pair in self._schema.relationships[kind].pairs]
        for _, (start, end) in pairs:
            either = middle.data == "any_direction" and start in ends[1] and end in ends[0]
            if either or (start in ends[0] and end in ends[1]):
                return
        has = ", ".join(f"(:{start})-[:{kind}]->(:{end})" for kind, (start, end) in pairs[:_MAX_LISTED])
        relationship = "|".join(sorted(joining)) if len(joining) < len(self._schema.relationships) else "relationship"
        start, end = ("|".join(sorted(owners)) or "no label" for owners in ends)
        reason = f"no {relationship} goes from {start} to {end}"
        raise UnsafeCypher(reason, position(middle) or position(left), f"The graph has {has}.")
