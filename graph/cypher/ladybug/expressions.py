"""Expressions for the embedded engine, so that their values are Neo4j's.

The engine counts list places from 1, adds text to null, casts unasked, forgets rows beside a missing value,
and has other functions; each method undoes one of these.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from graph.cypher import scope as cypher_scope
from graph.cypher.kinds import TIME_PARTS
from graph.cypher.ladybug.functions import lowered_call, upper
from graph.cypher.ladybug.refuse import (
    KINDS,
    may_hold_null,
    refuse_either_way,
    refuse_mixed,
    refuse_null,
    refuse_null_members,
)
from graph.cypher.printer import CypherPrinter, to_text
from graph.cypher.tree import (
    number,
    position,
    replaced,
    slice_bounds,
    token,
    trees,
)
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree


MAX_OUTPUT = 100_000
TIGHT = 10
"""Level of IS NULL, IN, CONTAINS and their like: the engine binds them tighter than + and *."""

_NUMBERS = ("integer", "float", "product", "power", "sign", "count", "count_rows")


class LadybugExpressions(CypherPrinter):
    """Prints expressions; ``entities`` says which variables surely come from a pattern."""

    def __init__(self) -> None:
        self.entities: dict[str, str] = {}
        self.undirected: set[str] = set()
        """Relationships that are matched without direction."""
        self.with_nulls: set[str] = set()
        """Variables and ``$parameters`` that are lists in which a value may be missing."""
        self._loops = 0
        self._in_loop = False

    def text(self, tree: Tree[Token]) -> str:
        """Text of any tree, bounded in length."""
        printed = super().text(tree)
        if len(printed) > MAX_OUTPUT:
            msg = "the query grows too long for the embedded store"
            raise UnsafeCypher(msg, position(tree), "Ask in parts.")
        return printed

    def _refused(self, tree: Tree[Token]) -> str:
        """What the engine has no words for."""
        msg = f"{str(tree.data).replace('_', ' ')} in the embedded engine"
        raise UnsafeCypher(msg, position(tree), "Use OPTIONAL MATCH, UNWIND and collect().")

    _print_call_clause = _print_shortest = _print_pattern_comprehension = _print_map_projection = _refused
    _print_reduce = _print_collect = _refused

    def name(self, name: str) -> str:
        """Every name is quoted: the engine has many words of its own."""
        return f"`{name.replace('`', '``')}`"

    def variable_name(self, name: str) -> str:
        """Every name is quoted."""
        return self.name(name)

    def condition(self, tree: Tree[Token], level: int = 0) -> str:
        """A truth value.

        Where it decides, the engine ignores a CASE that is one, and mixes up rows by a column that is one, unless they
        are compared.
        """
        text = self.operand(tree, level)
        return f"({text} = true)" if tree.data in ("case", "simple_case", "variable", "access") else text

    def _print_disjunction(self, tree: Tree[Token]) -> str:
        return " OR ".join(self.condition(part, 1) for part in trees(tree))

    def _print_exclusive(self, tree: Tree[Token]) -> str:
        return " XOR ".join(self.condition(part, 2) for part in trees(tree))

    def _print_conjunction(self, tree: Tree[Token]) -> str:
        return " AND ".join(self.condition(part, 3) for part in trees(tree))

    def _print_negated(self, tree: Tree[Token]) -> str:
        return f"NOT {self.condition(trees(tree)[0], 4)}"

    def _print_where(self, tree: Tree[Token]) -> str:
        return f"WHERE {self.condition(trees(tree)[0])}"

    def _print_comparison(self, tree: Tree[Token]) -> str:
        operands = trees(tree)
        refuse_null_members(operands, self.with_nulls, "comparing")
        refuse_either_way(operands, self.undirected, "compared")
        for left, right in itertools.pairwise(operands):
            refuse_mixed([left, right], "compared")
        operators = [str(child) for child in tree.children if isinstance(child, str)]
        texts = [self.operand(operand, 5) for operand in operands]
        links = [f"{texts[place]} {sign} {texts[place + 1]}" for place, sign in enumerate(operators)]
        return links[0] if len(links) == 1 else f"({' AND '.join(links)})"

    def _print_sum(self, tree: Tree[Token]) -> str:
        """``null + 'x'`` is null in Neo4j and ``'x'`` in ladybug, so a sum that may be text looks for nulls."""
        operands = trees(tree)
        refuse_null(operands, "added")
        signs = [str(child) for child in tree.children if isinstance(child, str)]
        parts = [self.operand(operand, 7) for operand in operands]
        text = parts[0] + "".join(
            f" {'-' if sign == '-' else '+'} {part}" for sign, part in zip(signs, parts[1:], strict=True)
        )
        if "-" in signs or self._in_loop or any(operand.data in _NUMBERS for operand in operands):
            return text
        nulls = [
            f"WHEN {self.operand(operand, TIGHT)} IS NULL THEN NULL"
            for operand in operands
            if operand.data not in ("string", "list", "count_rows")
        ]
        return f"(CASE {' '.join(nulls)} ELSE {text} END)" if nulls else text

    def _print_sign(self, tree: Tree[Token]) -> str:
        """``-(0.0)`` is 0.0 in Neo4j, and a negative zero in ladybug, which it sorts before all numbers."""
        value = trees(tree)[0]
        inner = self.operand(value, 10)
        if tree.children[0] != "-":
            return f"({inner})"
        if value.data == "float" and float(token(value)) == 0:
            msg = "a negative zero"
            raise UnsafeCypher(msg, position(value), "Write 0.0.")
        return f"-{inner}" if value.data in ("integer", "float") else f"(0 - {inner})"

    def _print_is_null(self, tree: Tree[Token]) -> str:
        return self.operand(trees(tree)[0], TIGHT) + " IS NULL"

    def _print_is_not_null(self, tree: Tree[Token]) -> str:
        return self.operand(trees(tree)[0], TIGHT) + " IS NOT NULL"

    def _print_starts_with(self, tree: Tree[Token]) -> str:
        return " STARTS WITH ".join(self.operand(part, TIGHT) for part in trees(tree))

    def _print_ends_with(self, tree: Tree[Token]) -> str:
        return " ENDS WITH ".join(self.operand(part, TIGHT) for part in trees(tree))

    def _print_regex(self, tree: Tree[Token]) -> str:
        return " =~ ".join(self.operand(part, TIGHT) for part in trees(tree))

    def _print_contains(self, tree: Tree[Token]) -> str:
        """Every text contains the empty one, which ladybug denies."""
        value, part = (self.operand(operand, TIGHT) for operand in trees(tree))
        right = trees(tree)[1]
        if right.data == "string":
            return f"{value} {'CONTAINS' if token(right) else 'STARTS WITH'} {part}"
        return f"({value} CONTAINS {part} OR ({part} = '' AND {value} = {value}))"

    def _print_in_list(self, tree: Tree[Token]) -> str:
        value, values = trees(tree)
        if values.data == "list":
            refuse_null(trees(values), "in the list after IN")
            refuse_mixed([value, *trees(values)], "compared")
        return self._member(value, values)

    def _member(self, member: Tree[Token], values: Tree[Token]) -> str:
        """Nothing is in an empty list, null neither; the engine says null there.

        A missing member makes the answer null in Neo4j, if no other is equal, and counts for nothing in the engine.
        """
        value = self.operand(member, TIGHT)
        written = self._written(values)
        if written and not self._in_loop and may_hold_null(values, self.with_nulls):
            return f"({' OR '.join(f'{value} = {each}' for each in written)})"
        refuse_null_members([values], self.with_nulls, "IN")
        members = self.operand(values, TIGHT)
        if values.data == "list":
            return f"{value} IN {members}" if trees(values) else "false"
        return f"((CASE WHEN size({members}) = 0 THEN false ELSE {value} IN {members} END) = true)"

    def _written(self, values: Tree[Token]) -> list[str]:
        """Texts of the members of a list that is written out, as it is or by a loop over one; none for another."""
        if values.data == "list":
            return [self.operand(each, TIGHT) for each in trees(values)]
        if values.data == "list_comprehension":
            name, over, *rest = trees(values)
            if over.data == "list" and [part.data for part in rest] == ["yields"]:
                return self._each(token(name), over, trees(rest[0])[0])
        return []

    def _needs_entity(self, value: Tree[Token], wanted: str) -> None:
        """Asking null for its label or nodes ends the process, so a value must come from a pattern."""
        if cypher_scope.entity(value, self.entities) != wanted:
            msg = f"{to_text(value)} is not surely from a pattern"
            raise UnsafeCypher(msg, position(value), "Use a variable that MATCH binds, or UNWIND nodes(p) AS n.")

    def _print_has_label(self, tree: Tree[Token]) -> str:
        self._needs_entity(tree.__class__("variable", [tree.children[0]]), "one")
        name = self.variable_name(token(tree))
        wanted = ", ".join(f"'{token(label)}'" for label in trees(trees(tree)[0]))
        return f"((CASE WHEN {name} IS NULL THEN NULL ELSE label({name}) IN [{wanted}] END) = true)"

    def _print_list(self, tree: Tree[Token]) -> str:
        refuse_mixed(trees(tree), "in one list")
        return super()._print_list(tree)

    def _print_map(self, tree: Tree[Token]) -> str:
        keys = [token(trees(entry)[0]).lower() for entry in trees(tree)]
        if not keys or len(set(keys)) < len(keys):
            reason = "a map without entries" if not keys else "a map with one key twice"
            raise UnsafeCypher(reason, position(tree), "Give it different keys.")
        return super()._print_map(tree)

    def _print_access(self, tree: Tree[Token]) -> str:
        base, *accessors = trees(tree)
        self._refuse_part(base, accessors)
        text = self.text(base)
        plain = base.data == "variable"
        for step in accessors:
            if step.data == "property":
                text = text + self.text(step) if plain else f"({text}){self.text(step)}"
                continue
            text = text if plain else f"({text})"
            first = "list_any_value" if base.data == "function" and token(base).lower() == "collect" else "list_min"
            indexed = step.data == "index"
            text = self._element(text, trees(step)[0], first=first) if indexed else self._part(text, step)
            plain = False
        return text

    def _refuse_part(self, base: Tree[Token], accessors: list[Tree[Token]]) -> None:
        """A property of what is not a variable, of which the engine finds none, and parts of days."""
        computed = base.data not in ("variable", "parameter") and not _is_of_maps(base)
        owner = self.entities.get(token(base)) if base.data == "variable" else None
        for step in accessors:
            if step.data != "property":
                computed = computed or base.data == "variable"
                continue
            of_day = token(trees(step)[0]) in TIME_PARTS and owner == ""
            if computed or of_day or (step is not accessors[0] and owner == "one"):
                msg = f"a property of {to_text(base)}"
                raise UnsafeCypher(msg, position(step), "Bind it with WITH or UNWIND before.")

    def _element(self, values: str, place: Tree[Token], *, first: str = "list_min") -> str:
        """One element, or null outside of the list.

        Indexing outside of a list is an error there, and a slice of a missing list spoils the rows beside it. So the
        element is the least (``first``) of a slice of one, taken only where there is one.
        """
        if place.data == "string":
            msg = "a property named by text"
            raise UnsafeCypher(msg, position(place), f"Write .{token(place)}.")
        if place.data == "integer":
            at = int(token(place)) + 1
            return f"(CASE WHEN size({values}) >= {at} THEN {first}({values}[{at}:{at}]) END)"
        text = f"({self.text(place)})"
        last = f"size({values}) + {text} + 1"
        from_end = f"CASE WHEN size({values}) + {text} >= 0 THEN {first}({values}[{last}:{last}]) END"
        if place.data == "sign" and trees(place)[0].data == "integer":
            return f"({from_end})"
        from_start = f"CASE WHEN size({values}) > {text} THEN {first}({values}[{text} + 1:{text} + 1]) END"
        return f"(CASE WHEN {text} >= 0 THEN {from_start} ELSE {from_end} END)"

    def _part(self, values: str, step: Tree[Token]) -> str:
        bounds = slice_bounds(step)
        for bound in bounds:
            if bound is not None and bound.data != "integer":
                hint = "Write the bounds as numbers from 0 up, or use LIMIT."
                msg = "a slice with computed or negative bounds"
                raise UnsafeCypher(msg, position(bound), hint)
        lowest, highest = (token(bound) if bound is not None else "" for bound in bounds)
        return f"(CASE WHEN size({values}) >= 0 THEN {values}[{int(lowest or 0) + 1}:{highest}] END)"

    def _print_function(self, tree: Tree[Token]) -> str:
        arguments = trees(tree)
        distinct = bool(arguments) and arguments[0].data == "distinct"
        arguments = arguments[1:] if distinct else arguments
        refuse_either_way(arguments if distinct else [], self.undirected, "after DISTINCT")
        if token(tree).lower() in ("type", "labels", "nodes", "relationships"):
            self._needs_entity(arguments[0], "one")
        elif token(tree).lower() == "split":
            self._loops += 1
        elif token(tree).lower() in ("head", "last"):
            place = number(0 if token(tree).lower() == "head" else -1)
            collected = arguments[0].data == "function" and token(arguments[0]).lower() == "collect"
            first = "list_any_value" if collected else "list_min"
            return self._element(self.operand(arguments[0], 11), place, first=first)
        elif token(tree).lower() == "toupper":
            return upper(self.text(arguments[0]), in_loop=self._in_loop)
        return lowered_call(tree, arguments, [self.text(part) for part in arguments], distinct=distinct)

    def _print_case(self, tree: Tree[Token]) -> str:
        whens = [trees(part) for part in trees(tree) if part.data == "when"]
        return self._cases([(self.condition(condition), value) for condition, value in whens], tree)

    def _print_simple_case(self, tree: Tree[Token]) -> str:
        """Compared by ``=``, because the engine casts the values to the type of the first."""
        subject = trees(tree)[0]
        whens = [trees(part) for part in trees(tree) if part.data == "when"]
        refuse_null([wanted for wanted, _ in whens], "after WHEN")
        refuse_mixed([subject, *(wanted for wanted, _ in whens)], "compared")
        text = self.operand(subject, 5)
        return self._cases([(f"{text} = {self.operand(wanted, 5)}", value) for wanted, value in whens], tree)

    def _cases(self, whens: list[tuple[str, Tree[Token]]], tree: Tree[Token]) -> str:
        """The engine casts all results to the type of the first and rounds; a list finds the type of all."""
        others = [trees(part)[0] for part in trees(tree) if part.data == "otherwise"]
        texts = [self.text(value) for value in [value for _, value in whens] + others]
        kinds = {KINDS.get(str(value.data), "any") for value in [value for _, value in whens] + others} - {"null"}
        results = list(texts)
        if (
            len(set(texts)) > 1
            and ("any" in kinds or {"integer", "float"} <= kinds)
            and not kinds & {"text", "truth value"}
        ):
            results[0] = f"list_extract([{', '.join(dict.fromkeys(texts))}], 1)"
        parts = [f"WHEN {condition} THEN {result}" for (condition, _), result in zip(whens, results, strict=False)]
        return f"CASE {' '.join(parts)}{f' ELSE {results[-1]}' if others else ''} END"

    def _each(self, name: str, values: Tree[Token], body: Tree[Token]) -> list[str]:
        """Text of ``body`` for each element of a list that is written out."""
        texts: list[str] = []
        for element in trees(values):
            texts.append(f"({self.text(replaced(body, name, element))})")
            if sum(map(len, texts)) > MAX_OUTPUT:
                msg = "the loop is too long for the embedded store"
                raise UnsafeCypher(msg, position(values), "Use IN.")
        return texts


def _is_of_maps(tree: Tree[Token]) -> bool:
    """Whether a value is made of maps that are written out and hold no nodes."""
    if tree.data == "access":
        return True
    return (
        tree.data != "variable"
        and (tree.data == "map" or any(map(_is_of_maps, trees(tree))))
        and not any(part.data == "variable" for part in trees(tree))
    )
