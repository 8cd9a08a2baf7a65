"""Random expressions of the accepted language, each of a given kind of value."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from graph.schema import SCHEMA, PropertyType

from .generated_graph import constants

Kind = Literal["text", "number", "whole", "truth", "list", "day"]
TYPES: dict[Kind, tuple[PropertyType, ...]] = {
    "text": ("STRING",),
    "number": ("INT64", "DOUBLE"),
    "whole": ("INT64",),
    "truth": ("BOOL",),
    "list": ("STRING[]",),
    "day": ("DATE",),
}
ID_SHARE, PARAMETER_SHARE = 0.06, 0.3
LITERALS = (
    "'a'",
    "'Al '",
    "'x'",
    "''",
    "'é'",
    "'ß'",
    "'😀'",
    "'中文'",
    "'it\\'s'",
    '"q\\""',
    "'RETURN 1 // SET'",
    "'1'",
    "'A'",
)
"""Text as it is written in a query."""


@dataclass(frozen=True)
class Variable:
    """What a query has bound."""

    name: str
    owner: str
    """Label or relationship type, or the kind of a value."""
    what: Literal["node", "relationship", "value"] = "node"

    @property
    def names(self) -> list[str]:
        """All properties."""
        if self.what == "value":
            return []
        return [*(SCHEMA.nodes[self.owner] if self.what == "node" else SCHEMA.relationships[self.owner].properties)]

    def properties(self, kind: Kind) -> list[str]:
        """Properties of that kind."""
        if self.what == "value":
            return []
        known: Mapping[str, PropertyType] = (
            SCHEMA.nodes[self.owner] if self.what == "node" else SCHEMA.relationships[self.owner].properties
        )
        return [name for name, found in known.items() if found in TYPES[kind]]


def written(value: Any) -> str:
    """A value as it is written in a query."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return str(value).lower() if isinstance(value, bool) else repr(value)


@dataclass
class Writer:
    """Writes expressions over the variables in sight.

    Parameters
    ----------
    rng
        Source of all choices.
    """

    rng: random.Random
    parameters: dict[str, Any] = field(default_factory=dict)
    loops: int = 0

    def is_found(self, seen: Sequence[Variable]) -> str:
        """A condition that some node or relationship meets: a property has a value that it has in the graph."""
        known = constants()
        pairs = [(variable, name) for variable in seen for name in variable.names if (variable.owner, name) in known]
        if not pairs:
            return self.truth(seen, 0)
        few = self.rng.choices(pairs, k=self.rng.choice([2, 4, 8]))
        variable, name = min(few, key=lambda pair: len(known[pair[0].owner, pair[1]]))  # few values are often met
        if self.rng.random() < ID_SHARE and (variable.owner, "id") in known:
            name = "id"
        values = known[variable.owner, name]
        value, of = self.rng.choice(values), f"{variable.name}.{name}"
        match self.rng.randint(0, 9):
            case 0:
                return f"{of} IN [{', '.join(written(each) for each in self.rng.choices(values, k=6))}]"
            case 1 | 6:
                return f"{of} <> {written(value)}"
            case 7:
                return f"{of} IS {self.rng.choice(['', 'NOT ', 'NOT ', 'NOT '])}NULL"
            case 2 | 8 if not isinstance(value, bool):
                return f"{of} {self.rng.choice(['<=', '>='])} {written(value)}"
            case 3:
                return f"{of} = {self._parameter(value)}"
            case 4:
                return f"{of} IN {self._parameter(self.rng.choices(values, k=5))}"
            case 5 if isinstance(value, str) and value:
                return f"{of} {self.rng.choice(['CONTAINS', 'STARTS WITH', 'ENDS WITH'])} {written(value[-2:])}"
        return f"{of} = {written(value)}"

    def properties_of(self, owner: str) -> str:
        """A map that some node or relationship of ``owner`` meets; empty if it has no properties."""
        names = [name for label, name in constants() if label == owner]
        if not names:
            return ""
        few = self.rng.choices(names, k=3)
        name = min(few, key=lambda each: len(constants()[owner, each]))
        name = "id" if "id" in names and self.rng.random() < ID_SHARE else name
        value = self.rng.choice(constants()[owner, name])
        return f"{{{name}: {self._parameter(value) if self.rng.random() < PARAMETER_SHARE else written(value)}}}"

    def value(self, kind: Kind, seen: Sequence[Variable], depth: int = 2) -> str:
        """An expression of ``kind``."""
        return {
            "text": self.text, "number": self.number, "whole": self.whole, "truth": self.truth, "list": self.list,
            "day": self.day,
        }[kind](seen, depth)  # fmt: skip

    def text(self, seen: Sequence[Variable], depth: int = 2) -> str:
        """Text or null."""
        choices: list[Callable[[], str]] = [lambda: self.rng.choice(LITERALS)]
        choices += 4 * self._properties("text", seen)
        choices += [lambda: self._parameter(self.rng.choice(["a", "é", "Al ", "x'y"]))]
        if depth > 0:
            less = depth - 1
            whole = lambda: str(self.rng.randint(0, 3))  # noqa: E731
            choices += [
                lambda: f"{self.rng.choice(['toLower', 'toUpper', 'trim', 'lTrim'])}({self.text(seen, less)})",
                lambda: f"({self.text(seen, less)} {self.rng.choice(['+', '+', '||'])} {self.text(seen, less)})",
                lambda: f"substring({self.text(seen, less)}, {whole()}, {whole()})",
                lambda: f"{self.rng.choice(['left', 'right'])}({self.text(seen, less)}, {whole()})",
                lambda: f"replace({self.text(seen, less)}, 'a', {self.rng.choice(LITERALS)})",
                lambda: f"coalesce({self.text(seen, less)}, {self.text(seen, 0)})",
                lambda: f"toString({self.whole(seen, 0)})",
                lambda: (
                    f"CASE WHEN {self.truth(seen, less)} THEN {self.text(seen, less)} ELSE {self.text(seen, 0)} END"
                ),
                lambda: f"CASE {self.text(seen, 0)} WHEN {self.rng.choice(LITERALS)} THEN {self.text(seen, 0)} END",
                lambda: f"{self.list(seen, 0)}[{self.rng.randint(-2, 2)}]",
                lambda: f"{self.rng.choice(['head', 'last'])}({self.list(seen, 0)})",
            ]
        return self.rng.choice(choices)()

    def whole(self, seen: Sequence[Variable], depth: int = 2) -> str:
        """An integer or null."""
        choices: list[Callable[[], str]] = [lambda: str(self.rng.randint(-2, 4)), lambda: "2020"]
        if self.rng.random() < 0.03:
            choices += 2 * [lambda: self.rng.choice(["9007199254740993", "-4611686018427387904"])]
        choices += 4 * self._properties("whole", seen)
        choices += [lambda: self._parameter(self.rng.randint(-1, 3))]
        if depth > 0:
            less = depth - 1
            choices += [
                lambda: f"({self.whole(seen, less)} {self.rng.choice('+-*')} {self.whole(seen, less)})",
                lambda: f"({self.whole(seen, less)} {self.rng.choice('/%')} {self.rng.choice(['2', '3', '-2'])})",
                lambda: f"size({self.text(seen, 0)})",
                lambda: f"size({self.list(seen, 0)})",
                lambda: f"abs({self.whole(seen, less)})",
                lambda: f"toInteger({self.number(seen, less)})",
            ]
            if nodes := [variable.name for variable in seen if variable.what == "node"]:
                choices.append(lambda: f"COUNT {{ ({self.rng.choice(nodes)})--() }}")
        return self.rng.choice(choices)()

    def number(self, seen: Sequence[Variable], depth: int = 2) -> str:
        """A number or null."""
        choices: list[Callable[[], str]] = [lambda: self.rng.choice(["0.5", "2.25", "-1.5", "1e2", "0.0", "1e300"])]
        choices += [lambda: self.whole(seen, max(0, depth - 1))]
        choices += 4 * self._properties("number", seen)
        if depth > 0:
            less = depth - 1
            choices += [
                lambda: f"({self.number(seen, less)} {self.rng.choice('+-*')} {self.number(seen, less)})",
                lambda: (
                    f"{self.rng.choice(['abs', 'floor', 'ceil', 'round', 'sign', 'toFloat'])}({self.number(seen, less)})"
                ),
                lambda: f"round({self.number(seen, less)}, {self.rng.randint(0, 2)})",
                lambda: f"({self.number(seen, less)} / {self.rng.choice(['2.0', '4.0', '0.5'])})",
                lambda: f"({self.number(seen, 0)} ^ 2)",
                lambda: f"sqrt(abs({self.number(seen, less)}))",
                lambda: f"coalesce({self.number(seen, less)}, {self.number(seen, 0)})",
                lambda: (
                    f"CASE WHEN {self.truth(seen, less)} THEN {self.number(seen, less)} ELSE {self.number(seen, 0)} END"
                ),
                lambda: f"-({self.number(seen, less)})",
            ]
        return self.rng.choice(choices)()

    def list(self, seen: Sequence[Variable], depth: int = 2) -> str:
        """A list of text, or null."""
        choices: list[Callable[[], str]] = [
            lambda: f"[{', '.join(self.rng.choices(LITERALS, k=self.rng.randint(1, 3)))}]"
        ]
        choices += 4 * self._properties("list", seen)
        if depth > 0:
            less = depth - 1
            choices += [
                lambda: f"{self.list(seen, less)}[{self.rng.randint(0, 1)}..{self.rng.choice(['', '2', '3'])}]",
                lambda: f"tail({self.list(seen, less)})",
                lambda: f"split({self.text(seen, less)}, 'a')",
                lambda: f"[{self.text(seen, less)}, {self.text(seen, 0)}]",
                lambda: f"[t IN {self.list(seen, 0)} | toUpper(t)]",
                lambda: f"[t IN ['a', 'b'] | t + {self.text(seen, 0)}]",
            ]
        return self.rng.choice(choices)()

    def day(self, seen: Sequence[Variable], depth: int = 2) -> str:
        """A day or null."""
        choices: list[Callable[[], str]] = [lambda: "date('2021-02-02')", lambda: "date($day)"]
        choices += 4 * self._properties("day", seen)
        written = self.rng.choice(choices)()
        if "$day" in written:
            self.parameters["day"] = "2021-01-02"
        return written

    def truth(self, seen: Sequence[Variable], depth: int = 2) -> str:
        """True, false or null."""
        less = max(0, depth - 1)
        sign = lambda: self.rng.choice(["=", "<>", "<", "<=", ">", ">="])  # noqa: E731
        choices: list[Callable[[], str]] = [
            lambda: f"{self.number(seen, less)} {sign()} {self.number(seen, less)}",
            lambda: f"{self.text(seen, less)} {sign()} {self.text(seen, less)}",
            lambda: (
                f"{self.text(seen, less)} {self.rng.choice(['CONTAINS', 'STARTS WITH', 'ENDS WITH'])} {self.text(seen, less)}"
            ),
            lambda: f"{self.value(self.rng.choice(['text', 'number', 'list', 'day']), seen, less)} IS NULL",
            lambda: f"{self.value(self.rng.choice(['text', 'number', 'list', 'day']), seen, less)} IS NOT NULL",
            lambda: f"{self.text(seen, less)} IN {self.list(seen, less)}",
            lambda: f"{self.whole(seen, 0)} IN [1, 2, 2020, 2021]",
            lambda: f"{self.number(seen, 0)} <= {self.number(seen, 0)} < {self.number(seen, 0)}",
            lambda: f"{self.text(seen, 0)} =~ {self.rng.choice(['(?i).*a.*', 'a.?', '[a-z]+', '.*é'])!r}",
            lambda: f"{self.day(seen, 0)} {sign()} {self.day(seen, 0)}",
        ]
        choices += 2 * self._properties("truth", seen)
        choices += 8 * [lambda: self.is_found(seen)]
        lists = self._properties("list", seen)
        if lists and not self.loops:
            choices.append(lambda: self._quantified(lists, seen))
        choices.append(
            lambda: f"{self.rng.choice(['any', 'all', 'none'])}(t IN ['a', 'X'] WHERE {self.text(seen, 0)} CONTAINS t)"
        )
        for variable in seen:
            if variable.what == "node":
                choices += self._patterns(variable, seen, depth)
        if depth > 0:
            choices += [
                lambda: f"({self.truth(seen, less)} {self.rng.choice(['AND', 'OR', 'XOR'])} {self.truth(seen, less)})",
                lambda: f"({self.truth(seen, less)} {self.rng.choice(['AND', 'OR'])} {self.truth(seen, less)})",
                lambda: f"NOT ({self.truth(seen, less)})",
                lambda: f"CASE WHEN {self.truth(seen, 0)} THEN {self.truth(seen, 0)} ELSE false END",
            ]
        return self.rng.choice(choices)()

    def _quantified(self, lists: Sequence[Callable[[], str]], seen: Sequence[Variable]) -> str:
        self.loops += 1
        word = self.rng.choice(["any", "all", "none", "single"])
        condition = self.rng.choice([
            f"t {self.rng.choice(['=', '<>', '<', 'STARTS WITH', 'CONTAINS'])} {self.rng.choice(LITERALS)}",
            f"size(t) > {self.rng.randint(0, 2)}",
            "toLower(t) = 'x'",
        ])  # fmt: skip
        return f"{word}(t IN {self.rng.choice(lists)()} WHERE {condition})"

    def _patterns(self, variable: Variable, seen: Sequence[Variable], depth: int) -> list[Callable[[], str]]:
        leaving = [
            (r.type, end) for r in SCHEMA.relationships.values() for start, end in r.pairs if start == variable.owner
        ]
        arriving = [
            (r.type, start) for r in SCHEMA.relationships.values() for start, end in r.pairs if end == variable.owner
        ]
        choices: list[Callable[[], str]] = [
            lambda: f"{variable.name}:{self.rng.choice([variable.owner, *SCHEMA.nodes])}",
        ]
        if leaving:
            kind, end = self.rng.choice(leaving)
            name = f"z{self.rng.randint(0, 999)}"
            inner = [Variable(name, end)]
            choices += [
                lambda: f"({variable.name})-[:{kind}]->()",
                lambda: f"EXISTS {{ ({variable.name})-[:{kind}]->({name}:{end}) WHERE {self.truth(inner, 0)} }}",
                lambda: (
                    f"COUNT {{ MATCH ({variable.name})-[:{kind}]->({name}:{end}) WHERE {self.truth(inner, 0)} }} "
                    f"{self.rng.choice(['>', '=', '<='])} {self.rng.randint(0, 2)}"
                ),
            ]
        if arriving:
            arrives, start = self.rng.choice(arriving)
            choices += [
                lambda: f"NOT ({variable.name})<-[:{arrives}]-(:{start})",
                lambda: (
                    f"EXISTS {{ MATCH ({variable.name})<-[:{arrives}]-(y{depth}:{start})--(yy) WHERE yy.id <> 'a' }}"
                ),
            ]
        return choices

    def _properties(self, kind: Kind, seen: Sequence[Variable]) -> list[Callable[[], str]]:
        """Properties in sight; one choice for each variable that has some."""
        found: list[Callable[[], str]] = []
        for variable in seen:
            if variable.what == "value" and variable.owner == kind:
                found.append(lambda variable=variable: variable.name)
            names = variable.properties(kind)
            if names:
                found.append(lambda variable=variable, names=names: f"{variable.name}.{self.rng.choice(names)}")
        return found

    def _parameter(self, value: Any) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"
