"""Random read queries of the accepted language over the package's schema."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from graph.schema import SCHEMA

from .generated_graph import constants, joined
from .generated_rows import written_query
from .generated_values import Kind, Variable, Writer

ROWS_SHARE = 0.5
"""Share of questions for one of the constructs that are computed from rows."""

KINDS: tuple[Kind, ...] = ("text", "number", "whole", "truth", "list", "day")
SCALARS: tuple[Kind, ...] = ("text", "number", "whole", "truth")
LOOPS = ("CITES", "AGREES_WITH", "CONTRADICTS", "DIFFERS_IN_SCOPE")
"""Relationships between nodes of one label, of which paths of variable length are made."""


@dataclass(frozen=True)
class Question:
    """A query, its parameters, and whether the order of its rows is settled."""

    cypher: str
    parameters: dict[str, Any]
    ordered: bool = False
    lists_in_order: bool = True
    """Whether the order of the members of lists is settled."""
    production: str = ""
    """Name of the construct that it was written for, if it was for one."""


def questions(seed: int, number: int) -> Iterator[Question]:
    """``number`` queries; the same seed gives the same ones."""
    for place in range(number):
        yield question(random.Random(f"{seed}/{place}"))


def question(rng: random.Random) -> Question:
    """One query."""
    if rng.random() < ROWS_SHARE:
        name, written, writer = written_query(rng)
        question = _asked(written.cypher, writer, ordered=written.ordered)
        return replace(question, lists_in_order=written.lists_in_order, production=name)
    writer = Writer(rng)
    if rng.random() < 0.06:
        return _union(writer)
    clauses, seen = _reading(writer)
    returned, ordered = _returned(writer, seen)
    return _asked(" ".join([*clauses, returned]), writer, ordered=ordered)


def _union(writer: Writer) -> Question:
    kind = writer.rng.choice(["text", "whole", "truth"])  # a number may be an integer in one part and not in the other
    parts = []
    for _ in range(2):
        clauses, seen = _reading(writer, short=True)
        parts.append(" ".join([*clauses, f"RETURN {writer.value(kind, seen)} AS a"]))
    return _asked(writer.rng.choice([" UNION ", " UNION ALL "]).join(parts), writer)


def _asked(cypher: str, writer: Writer, *, ordered: bool = False) -> Question:
    used = set(re.findall(r"\$(\w+)", cypher))
    values = {name: value for name, value in writer.parameters.items() if name in used}
    return Question(cypher, values, ordered, lists_in_order="collect(" not in cypher)


def _reading(writer: Writer, *, short: bool = False) -> tuple[list[str], list[Variable]]:
    rng = writer.rng
    clauses: list[str] = []
    seen: list[Variable] = []
    if rng.random() < 0.12:
        clauses.append(rng.choice(["UNWIND ['a', 'é', 'a'] AS word", "UNWIND $words AS word"]))
        if "$words" in clauses[-1]:
            writer.parameters["words"] = ["x", "a", "ß"]
        seen.append(Variable("word", "text", "value"))
    elif rng.random() < 0.06:
        label = rng.choice(["Paper", "Claim", "Model"])
        ids = rng.choices(constants()[label, "id"], k=3)
        writer.parameters["rows"] = [{"id": found, "k": number} for number, found in enumerate(ids)]
        clauses.append(f"UNWIND $rows AS line MATCH (u:{label} {{id: line.id}})")
        seen.append(Variable("u", label))
        clauses.append(_match(writer, seen, start=seen[0]))
        return clauses, seen
    elif rng.random() < 0.08:
        clauses.append(f"UNWIND range({rng.randint(-1, 1)}, {rng.randint(1, 4)}) AS k")
        seen.append(Variable("k", "whole", "value"))
    clauses.append(_match(writer, seen))
    if short:
        return clauses, seen
    while rng.random() < 0.2 and len(seen) < 6:
        clauses.append(_match(writer, seen, start=_node(writer, seen)))
    if rng.random() < 0.35:
        clauses.append(_optional(writer, seen))
    if rng.random() < 0.12 and (lists := [v for v in seen if v.properties("list")]):
        chosen = rng.choice(lists)
        clauses.append(f"UNWIND {chosen.name}.{rng.choice(chosen.properties('list'))} AS item")
        seen.append(Variable("item", "text", "value"))
    if rng.random() < 0.35:
        clause, seen = _with(writer, seen)
        clauses.append(clause)
        if rng.random() < 0.3 and (start := _node(writer, seen)):
            clauses.append(_match(writer, seen, start=start, prefix="n"))
    return clauses, seen


def _node(writer: Writer, seen: list[Variable]) -> Variable | None:
    nodes = [variable for variable in seen if variable.what == "node" and not variable.name.startswith("o")]
    return writer.rng.choice(nodes) if nodes else None


def _steps(rng: random.Random, label: str) -> list[tuple[str, str, str]]:
    """Type, direction and label of the other end of the relationships of ``label``."""
    found = []
    for relationship in SCHEMA.relationships.values():
        for start, end in relationship.pairs:
            if (relationship.type, start, end) not in joined() and rng.random() < 0.9:
                continue
            if start == label:
                found += [(relationship.type, ">", end), (relationship.type, "-", end)]
            if end == label:
                found += [(relationship.type, "<", start), (relationship.type, "-", start)]
    rng.shuffle(found)
    return found


def _match(writer: Writer, seen: list[Variable], start: Variable | None = None, prefix: str = "m") -> str:
    rng = writer.rng
    label = start.owner if start else rng.choice([*SCHEMA.nodes, "Paper", "Claim", "Claim", "Result"])
    names = iter(f"{prefix}{number}" for number in range(len(seen), 99))
    name = start.name if start else next(names)
    if not start:
        seen.append(Variable(name, label))
    pattern = f"({name})" if start else f"({name}:{label})"
    bare = True
    for _ in range(rng.choice([0, 1, 1, 1, 1, 2, 2, 3]) if not start else rng.choice([1, 1, 2])):
        kind, direction, other = rng.choice(_steps(rng, label))
        relationship = ""
        if kind in LOOPS and rng.random() < 0.35:
            least, most = rng.choice([(1, 2), (1, 3), (0, 1), (2, 2), (0, 2)])
            relationship = f":{kind}*{least}..{most}"
        elif rng.random() < 0.1 and direction != "-":
            relationship = ""
            other = rng.choice([found for k, d, found in _steps(rng, label) if d == direction])
        else:
            if rng.random() < 0.3:
                relationship = next(names).replace(prefix, f"{prefix}r")
                seen.append(Variable(relationship, kind, "relationship"))
            relationship += f":{kind}"
            if rng.random() < 0.15 and (properties := writer.properties_of(kind)):
                relationship += f" {properties}"
            elif rng.random() < 0.1:
                more = {k for k, d, found in _steps(rng, label) if d == direction and found == other} - {kind}
                relationship = relationship if "r" in relationship else f":{'|'.join([kind, *sorted(more)])}"
        middle = f"[{relationship}]" if relationship else ""
        pattern += {">": f"-{middle}->", "<": f"<-{middle}-", "-": f"-{middle}-"}[direction]
        node = next(names)
        seen.append(Variable(node, other))
        pattern += f"({node}:{other}{_inside(writer, node, other)})"
        label = other
        bare = False
    if rng.random() < 0.08 and not start:
        extra = next(names)
        owner = rng.choice(["Task", "Metric", "Dataset"])
        seen.append(Variable(extra, owner))
        pattern += f", ({extra}:{owner})"
        bare = False
    named = f"path{len(seen)} = " if not bare and "," not in pattern and rng.random() < 0.05 else ""
    return f"MATCH {named}{pattern}{_where(writer, seen)}"


def _where(writer: Writer, seen: list[Variable]) -> str:
    """No condition, one that is often met, or any."""
    chance = writer.rng.random()
    if chance < 0.66:
        return ""
    entities = [variable for variable in seen if variable.what != "value"] or seen
    if chance < 0.95:
        return " WHERE " + " AND ".join(
            writer.is_found(entities) for _ in range(writer.rng.choice([1, 1, 1, 1, 1, 2, 3]))
        )
    return f" WHERE {writer.truth(entities)}"


def _inside(writer: Writer, name: str, label: str) -> str:
    rng = writer.rng
    if rng.random() < 0.05:
        return f" WHERE {writer.truth([Variable(name, label)], 0)}"
    return f" {writer.properties_of(label)}" if rng.random() < 0.05 else ""


def _optional(writer: Writer, seen: list[Variable]) -> str:
    rng = writer.rng
    start = _node(writer, seen)
    if start is None:
        return _match(writer, seen)
    kind, direction, other = rng.choice(_steps(rng, start.owner))
    arrow = {">": f"-[:{kind}]->", "<": f"<-[:{kind}]-", "-": f"-[:{kind}]-"}[direction]
    name = f"o{len(seen)}"
    pattern = f"({start.name}){arrow}({name}:{other})"
    inner = [Variable(name, other)]
    if rng.random() < 0.3:
        kind, direction, third = rng.choice(_steps(rng, other))
        arrow = {">": f"-[:{kind}]->", "<": f"<-[:{kind}]-", "-": f"-[:{kind}]-"}[direction]
        pattern += f"{arrow}({name}b:{third})"
        inner.append(Variable(f"{name}b", third))
    where = f" WHERE {writer.truth(rng.choice([inner, [*inner, start]]), 1)}" if rng.random() < 0.5 else ""
    seen += inner
    return f"OPTIONAL MATCH {pattern}{where}"


def _with(writer: Writer, seen: list[Variable]) -> tuple[str, list[Variable]]:
    rng = writer.rng
    kept = [variable for variable in seen if rng.random() < 0.6] or seen[:1]
    names = ", ".join(variable.name for variable in kept)
    match rng.randint(0, 6):
        case 0:
            counted = [*kept, Variable("cnt", "whole", "value")]
            return f"WITH {names}, count(*) AS cnt WHERE {writer.truth(counted, 0)}", counted
        case 5:
            counted = [*kept, Variable("cnt", "whole", "value"), Variable("largest", "number", "value")]
            number = writer.number(seen, 1)
            return f"WITH {names}, count(*) AS cnt, max({number}) AS largest WHERE cnt > {rng.randint(0, 2)}", counted
        case 1:
            return f"WITH DISTINCT {names}", kept
        case 2:
            kind = rng.choice(SCALARS)
            value = writer.value(kind, seen, 1)
            known = [*kept, Variable("v", kind, "value")]
            where = writer.truth(known, 1) if rng.random() < 0.4 else writer.is_found(known)
            return f"WITH {names}, {value} AS v WHERE {where}", known
        case 3:
            scalar = [Variable("g", "text", "value"), Variable("s", "number", "value"), Variable("c", "whole", "value")]
            group, number = writer.text(seen, 1), writer.number(seen, 1)
            return f"WITH {group} AS g, max({number}) AS s, count(DISTINCT {writer.text(seen, 1)}) AS c", scalar
        case _:
            return "WITH *", seen


def _returned(writer: Writer, seen: list[Variable]) -> tuple[str, bool]:
    rng = writer.rng
    chance = rng.random()
    if chance < 0.3:
        return _grouped(writer, seen)
    columns = [
        f"{v.name}.id AS i{v.name}" if v.what == "node" else f"{v.name} AS i{v.name}"
        for v in seen if v.what != "relationship"
    ]  # fmt: skip
    ordered = rng.random() < 0.3
    chosen = rng.choices(SCALARS if ordered else KINDS, k=3)
    values = [(name, writer.value(kind, seen)) for name, kind in zip("abc", chosen, strict=True)]
    shown = columns + [f"{value} AS {name}" for name, value in values]
    relationships = [v for v in seen if v.what == "relationship"]
    if relationships and rng.random() < 0.5:
        shown.append(f"type({rng.choice(relationships).name}) AS kind")
    if rng.random() < 0.06:
        shown.append(f"{{k: {writer.text(seen, 0)}, n: {writer.number(seen, 0)}}} AS m")
    if rng.random() < 0.06 and (node := _node(writer, seen)):
        shown.append(f"labels({node.name}) AS l, {node.name} AS whole_node")
    distinct = rng.random() < 0.25
    if distinct and rng.random() < 0.5:
        shown = [f"{value} AS {name}" for name, value in values]
        columns = []
    text = f"RETURN {'DISTINCT ' if distinct else ''}{', '.join(shown)}"
    if ordered:
        keys = [shown_as.rpartition(" AS ")[2] for shown_as in columns] + list("abc")
        order = ", ".join(f"{key}{rng.choice(['', ' DESC'])}" for key in rng.sample(keys, len(keys)))
        text += f" ORDER BY {order}"
        whole_rows = len(shown) == len(columns) + len(values)
        if whole_rows and rng.random() < 0.6:
            text += f" SKIP {rng.randint(0, 2)}" if rng.random() < 0.4 else ""
            text += f" LIMIT {rng.choice([0, 1, 2, 3, 5, 5, 10, 10, 20, 20, 30])}"
        return text, whole_rows
    return text, False


def _grouped(writer: Writer, seen: list[Variable]) -> tuple[str, bool]:
    rng = writer.rng
    group = writer.value(rng.choice(SCALARS), seen, 1)
    number = writer.number(seen, 1)
    shown = [
        f"{group} AS g", "count(*) AS n", f"sum({number}) AS s",
        f"{rng.choice(['min', 'max', 'avg'])}({writer.number(seen, 1)}) AS m",
        f"count(DISTINCT {writer.text(seen, 1)}) AS d",
    ]  # fmt: skip
    if rng.random() < 0.4:
        shown.append(f"collect({rng.choice(['', 'DISTINCT '])}{writer.text(seen, 1)}) AS l")
    if rng.random() < 0.2:
        shown.append(f"{rng.choice(['min', 'max'])}({writer.text(seen, 1)}) AS t")
    if rng.random() < 0.1:
        shown.append(f"percentileCont({number}, 0.5) AS q")
    text = f"RETURN {', '.join(shown[0 if rng.random() < 0.85 else 1 :])}"
    if rng.random() < 0.25 and text.startswith(f"RETURN {group} AS g"):
        return f"{text} ORDER BY g{rng.choice(['', ' DESC'])}", True
    return text, False
