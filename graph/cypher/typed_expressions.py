"""The kind of value of each expression, and which kinds go together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph.cypher import kinds
from graph.cypher.kinds import (
    DURATION,
    FLOAT,
    INTEGER,
    LIST,
    MIXED_NUMBER,
    TEXT,
    TRUTH,
    Kind,
    alternatives,
    require_kind,
    require_same_kind,
)
from graph.cypher.printer import to_text
from graph.cypher.scope import times_taken
from graph.cypher.tree import as_pattern, position, subquery_clauses, token, trees
from graph.cypher.typed_names import SchemaNames
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

    from graph.schema import PropertyType

__all__ = ["ExpressionKinds", "Known"]

Known = dict[str, Kind | None]
_LITERALS = {"integer": INTEGER, "float": FLOAT, "string": TEXT, "true": TRUTH, "false": TRUTH, "null": None}
_TEXT_TESTS = {"starts_with": "STARTS WITH", "ends_with": "ENDS WITH", "contains": "CONTAINS", "regex": "=~"}
_LOGIC = {"disjunction": "OR", "exclusive": "XOR", "conjunction": "AND", "negated": "NOT"}
_ARITHMETIC = {"product": "* / %", "power": "^", "sign": "-"}


class ExpressionKinds(SchemaNames, ABC):
    """Finds the kinds of expressions; ``known`` maps the variables in scope to their kinds."""

    @abstractmethod
    def single_query(self, tree: Tree[Token], around: Known | None = None) -> Known:
        """Check the clauses of a query or subquery; the kinds of the columns that are returned."""

    @abstractmethod
    def _match(self, clause: Tree[Token], known: Known) -> Known:
        """Check a MATCH; the variables after it."""

    @abstractmethod
    def _pattern(self, pattern: Tree[Token], known: Known) -> Known:
        """Check a pattern; the variables after it."""

    def _condition(self, tree: Tree[Token], known: Known, what: str = "WHERE") -> None:
        require_kind(tree, self.kind(tree, known), ("truth value",), what)

    def kind(self, tree: Tree[Token], known: Known) -> Kind | None:
        """Check an expression; its kind, None if the text does not tell."""
        rule = str(tree.data)
        if rule in _LITERALS:
            return _LITERALS[rule]
        method = getattr(self, f"_kind_of_{rule}", None)
        if method is not None:
            kind_by_rule: Kind | None = method(tree, known)
            return kind_by_rule
        parts = trees(tree)
        if rule in _LOGIC:
            for part in parts:
                self._condition(part, known, _LOGIC[rule])
            return TRUTH
        if rule in _TEXT_TESTS:
            for part in parts:
                require_kind(part, self.kind(part, known), ("text",), _TEXT_TESTS[rule])
            return TRUTH
        if rule in _ARITHMETIC:
            operands = [(part, self.kind(part, known)) for part in parts]
            for part, kind in operands:
                require_kind(part, kind, kinds.NUMBER, _ARITHMETIC[rule])
            result = require_same_kind(operands, _ARITHMETIC[rule])
            if "/" in tree.children and result == MIXED_NUMBER:
                msg = "/ of a value that is an integer in some rows and a float in others"
                self.cast.append(UnsafeCypher(msg, position(tree), "Divide toFloat(x), or write 2.0 for 2."))
            return FLOAT if rule == "power" else result
        for part in parts:
            self.kind(part, known)
        return TRUTH if rule in ("is_null", "is_not_null") else None

    def _kind_of_variable(self, tree: Tree[Token], known: Known) -> Kind | None:
        return known.get(token(tree))

    def _kind_of_parameter(self, tree: Tree[Token], _known: Known) -> Kind | None:
        return kinds.kind_of_value(self._parameters.get(token(tree)))

    def _kind_of_comparison(self, tree: Tree[Token], known: Known) -> Kind:
        parts = [(part, self.kind(part, known)) for part in trees(tree)]
        require_same_kind(parts, "a comparison")
        signs = {str(child) for child in tree.children if isinstance(child, str)}
        if signs - {"=", "<>"}:
            for part, kind in parts:
                require_kind(part, kind, kinds.ORDERED, "< or >")
        return TRUTH

    def _kind_of_in_list(self, tree: Tree[Token], known: Known) -> Kind:
        value, values = trees(tree)
        kind = self.kind(values, known)
        require_kind(values, kind, ("list",), "IN")
        require_same_kind([(value, self.kind(value, known)), (values, kind.members if kind else None)], "IN")
        return TRUTH

    def _kind_of_sum(self, tree: Tree[Token], known: Known) -> Kind | None:
        parts = [(part, self.kind(part, known)) for part in trees(tree)]
        if any(kind == DURATION for _, kind in parts):
            return self._moved_day(parts)
        if any(kind and kind.name == "list" for _, kind in parts) and "-" not in tree.children:
            return self._longer_list(parts)
        same_kind = require_same_kind(parts, "a sum")
        wanted = kinds.NUMBER if "-" in tree.children else (*kinds.NUMBER, "text", "list")
        for part, kind in parts:
            require_kind(part, kind, wanted, "- " if "-" in tree.children else "+")
        return same_kind

    def _moved_day(self, parts: list[tuple[Tree[Token], Kind | None]]) -> Kind:
        """A day and durations that move it."""
        days = [part for part, kind in parts if kind != DURATION]
        for part in days:
            require_kind(part, next(kind for other, kind in parts if other is part), ("day",), "+ duration()")
        if len(days) != 1 or parts[0][0] is not days[0]:
            msg = "a sum of durations"
            raise UnsafeCypher(msg, position(parts[0][0]), "Write date() - duration({years: 2}).")
        return kinds.DAY

    def _longer_list(self, parts: list[tuple[Tree[Token], Kind | None]]) -> Kind:
        """Lists one behind the other, or a list and a member."""
        members = [(part, kind.members if kind and kind.name == "list" else kind) for part, kind in parts]
        if any(kind is None or kind.name != "list" for _, kind in parts) or len({kind for _, kind in members}) > 1:
            msg = "a list and a member in a sum"
            self.cast.append(UnsafeCypher(msg, position(parts[0][0]), "Write the member as a list: [x]."))
        return Kind("list", alternatives(members, "a list"))

    def _kind_of_has_label(self, tree: Tree[Token], known: Known) -> Kind:
        for name in trees(trees(tree)[0]):
            kind = known.get(token(tree))
            among = self._schema.relationships if kind and kind.name == "relationship" else self._schema.nodes
            self._require_known(token(name), among, "label", name)
        return TRUTH

    def _kind_of_access(self, tree: Tree[Token], known: Known) -> Kind | None:
        base, *accessors = trees(tree)
        kind = self.kind(base, known)
        for step in accessors:
            if step.data == "property":
                if step is accessors[0]:
                    self._require_key(base, trees(step)[0])
                accepted = ("node", "relationship", "map", "day", "time")
                require_kind(base, kind, accepted, f".{token(trees(step)[0])}")
                kind = self._key(kind, trees(step)[0]) if kind else None
                continue
            for part in trees(step):
                at = trees(part)[0] if part.data in ("lower", "upper") else part
                require_kind(
                    at,
                    self.kind(at, known),
                    ("text",) if kind and kind.name == "map" else ("integer",),
                    "a place in a list",
                )
            require_kind(base, kind, ("list", "map"), "[]")
            if step.data == "index":
                kind = kind.members if kind else None
        return kind

    def _key(self, owner: Kind, name: Tree[Token]) -> Kind | None:
        """Kind of what a node, relationship or map has under a name."""
        if owner.name in ("day", "time"):
            parts = kinds.TIME_PARTS if owner.name == "time" else kinds.DAY_PARTS
            if token(name) not in parts:
                msg = f"a {owner.name} has no {token(name)}"
                raise UnsafeCypher(msg, position(name), f"It has {', '.join(parts)}.")
            return INTEGER
        if owner.name != "map":
            return self._property(owner, name)
        if owner.fields is not None and token(name) not in dict(owner.fields):
            msg = f"the map has no {token(name)}"
            raise UnsafeCypher(msg, position(name), f"It has {', '.join(dict(owner.fields)) or 'none'}.")
        return owner.field(token(name))

    def _require_key(self, base: Tree[Token], key: Tree[Token]) -> None:
        """Refuse a key that the map of a parameter does not have."""
        value = self._parameters.get(token(base)) if base.data == "parameter" else None
        if isinstance(value, Mapping) and token(key) not in value:
            msg = f"the map ${token(base)} has no {token(key)}"
            raise UnsafeCypher(msg, position(key), f"It has {', '.join(map(str, value)) or 'none'}.")

    def _kind_of_list(self, tree: Tree[Token], known: Known) -> Kind:
        return Kind("list", alternatives([(part, self.kind(part, known)) for part in trees(tree)], "a list"))

    def _kind_of_map(self, tree: Tree[Token], known: Known) -> Kind:
        fields: dict[str, Kind | None] = {}
        for entry in trees(tree):
            key, value = trees(entry)
            if token(key) in fields:
                msg = f"the map has {token(key)} twice"
                raise UnsafeCypher(msg, position(key), "Give it different keys.")
            fields[token(key)] = self.kind(value, known)
        return Kind("map", fields=tuple(fields.items()))

    def _kind_of_case(self, tree: Tree[Token], known: Known) -> Kind | None:
        for part in trees(tree):
            if part.data == "when":
                self._condition(trees(part)[0], known, "WHEN")
        return self._results(tree, known)

    def _kind_of_simple_case(self, tree: Tree[Token], known: Known) -> Kind | None:
        wanted = [trees(tree)[0], *(trees(part)[0] for part in trees(tree) if part.data == "when")]
        require_same_kind([(part, self.kind(part, known)) for part in wanted], "CASE")
        return self._results(tree, known)

    def _results(self, tree: Tree[Token], known: Known) -> Kind | None:
        results = [trees(part)[-1] for part in trees(tree) if part.data in ("when", "otherwise")]
        return alternatives([(part, self.kind(part, known)) for part in results], "the results of CASE")

    def _loop(self, tree: Tree[Token], known: Known) -> tuple[Kind | None, Known]:
        name, values, *_ = trees(tree)
        kind = self.kind(values, known)
        require_kind(values, kind, ("list",), "IN")
        return kind, {**known, token(name): kind.members if kind else None}

    def _kind_of_quantifier(self, tree: Tree[Token], known: Known) -> Kind:
        _, inside = self._loop(tree, known)
        self._condition(trees(trees(tree)[2])[0], inside)
        return TRUTH

    def _kind_of_list_comprehension(self, tree: Tree[Token], known: Known) -> Kind:
        kind, inside = self._loop(tree, known)
        for part in trees(tree)[2:]:
            if part.data == "where":
                self._condition(trees(part)[0], inside)
            else:
                kind = Kind("list", self.kind(trees(part)[0], inside))
        return kind or LIST

    def _kind_of_pattern_comprehension(self, tree: Tree[Token], known: Known) -> Kind:
        path, *rest = trees(tree)
        inside = self._pattern(as_pattern(path), known)
        for part in rest[:-1]:
            self._condition(trees(part)[0], inside)
        return Kind("list", self.kind(trees(rest[-1])[0], inside))

    def _kind_of_map_projection(self, tree: Tree[Token], known: Known) -> Kind:
        base = known.get(token(tree))
        variable = tree.__class__("variable", [tree.children[0]])
        require_kind(variable, base, ("node", "relationship", "map"), f"{token(tree)} {{}}")
        fields: dict[str, Kind | None] = {}
        for part in trees(tree):
            match str(part.data):
                case "own_property":
                    name = trees(part)[0]
                    fields[token(name)] = self._key(base, name) if base else None
                case "own_variable":
                    fields[token(part)] = known.get(token(part))
                case "entry":
                    key, value = trees(part)
                    fields[token(key)] = self.kind(value, known)
                case _:
                    fields = self._all_fields(base) | fields
        return Kind("map", fields=tuple(fields.items()))

    def _all_fields(self, base: Kind | None) -> Known:
        """What ``.*`` stands for."""
        if base is None or base.name == "map":
            return dict(base.fields or ()) if base else {}
        if base.name == "node":
            owned: list[Mapping[str, PropertyType]] = [self._schema.nodes[label] for label in sorted(base.owners)]
        else:
            owned = [self._schema.relationships[kind].properties for kind in sorted(base.owners)]
        return {name: kinds.PROPERTY_KINDS[each] for properties in owned for name, each in properties.items()}

    def _kind_of_reduce(self, tree: Tree[Token], known: Known) -> Kind | None:
        result, start, name, values, body = trees(tree)
        first, over = self.kind(start, known), self.kind(values, known)
        require_kind(values, over, ("list",), "IN")
        inside = {**known, token(result): first, token(name): over.members if over else None}
        step = trees(body)[0]
        kind = alternatives([(start, first), (step, self.kind(step, inside))], "reduce()")
        require_kind(start, kind, (*kinds.NUMBER, "text", "truth value"), "reduce()")
        used = times_taken(token(result), step)
        if kind == TEXT and used > 1:
            msg = f"reduce() takes {token(result)} {used} times, so that the text doubles with every member"
            raise UnsafeCypher(msg, position(step), "Take it once.")
        return kind

    def _kind_of_collect(self, tree: Tree[Token], known: Known) -> Kind:
        (kind,) = self.single_query(trees(tree)[0], known).values()
        return Kind("list", kind)

    def _kind_of_exists(self, tree: Tree[Token], known: Known) -> Kind:
        for clause in subquery_clauses(tree):
            known = self._match(clause, known)
        return TRUTH

    def _kind_of_count(self, tree: Tree[Token], known: Known) -> Kind:
        self._kind_of_exists(tree, known)
        return INTEGER

    def _kind_of_pattern_predicate(self, tree: Tree[Token], known: Known) -> Kind:
        self._pattern(tree, known)
        return TRUTH

    def _kind_of_count_rows(self, _tree: Tree[Token], _known: Known) -> Kind:
        return INTEGER

    def _kind_of_function(self, tree: Tree[Token], known: Known) -> Kind | None:
        name = token(tree).lower()
        arguments = [part for part in trees(tree) if part.data != "distinct"]
        kinds_of = [self.kind(part, known) for part in arguments]
        if name == "collect":
            return Kind("list", kinds_of[0])
        if name == "reverse" and arguments[0].data == "access" and kinds_of[0] and kinds_of[0].name == "list":
            msg = f"reverse() of the stored list {to_text(arguments[0])}, which Neo4j 5.26 refuses"
            raise UnsafeCypher(msg, position(tree), f"Write reverse([x IN {to_text(arguments[0])} | x]).")
        if name == "coalesce":
            return alternatives(list(zip(arguments, kinds_of, strict=True)), "coalesce()")
        wanted, result = kinds.SIGNATURES.get(name, ((), None))
        for place, (part, kind) in enumerate(zip(arguments, kinds_of, strict=True)):
            if wanted:
                require_kind(part, kind, wanted[min(place, len(wanted) - 1)], f"{name}()")
        if name in ("startnode", "endnode"):
            side = 0 if name == "startnode" else 1
            owners = (kinds_of[0].owners if kinds_of[0] else None) or self._schema.relationships
            pairs = (pair for kind in owners for pair in self._schema.relationships[kind].pairs)
            return Kind("node", owners=frozenset(pair[side] for pair in pairs))
        if name in ("head", "last"):
            return kinds_of[0].members if kinds_of[0] else None
        return (
            kinds_of[0]
            if result is None and name in ("tail", "sum", "abs", "min", "max", "reverse", "properties")
            else result
        )
