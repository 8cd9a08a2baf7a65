"""Random queries in what people and models write: each holds one of the constructs that `graph.cypher.rows` answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .generated_graph import constants
from .generated_values import LITERALS, Variable, Writer
from .generated_values import written as literal


class Written(NamedTuple):
    """A query, and what of its answer is settled."""

    cypher: str
    ordered: bool = False
    """Whether the order of the rows is."""
    lists_in_order: bool = True
    """Whether the order of the members of lists is."""


PARTS = ("year", "quarter", "month", "week", "day", "dayOfWeek")
LEAVING: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Paper": (("CITES", "Paper"), ("MAKES", "Claim"), ("HAS_VERSION", "Version"), ("HAS_PASSAGE", "Passage")),
    "Claim": (("ABOUT", "Model"), ("ABOUT", "Dataset"), ("AGREES_WITH", "Claim"), ("CONTRADICTS", "Claim")),
    "Result": (("OF", "Model"), ("ON", "Dataset"), ("FOR_TASK", "Task")),
    "Run": (("SCORED", "Result"), ("TRAINS", "Model")),
    "Author": (("WROTE", "Paper"),),
    "Evidence": (("EVIDENCE_FOR", "Claim"), ("USES", "Result")),
}
"""Relationships that the generated graphs have, by the label that they leave."""
LOOPS = (("Paper", "CITES"), ("Claim", "AGREES_WITH"), ("Claim", "CONTRADICTS"))


def begin(writer: Writer, label: str = "", *, share: float = 0.3) -> tuple[str, Variable]:
    """MATCH of one node, sometimes on a condition that some node meets."""
    node = Variable("n", label or writer.rng.choice(list(LEAVING)))
    where = f" WHERE {writer.is_found([node])}" if writer.rng.random() < share else ""
    return f"MATCH (n:{node.owner}){where}", node


def step(writer: Writer, node: Variable, name: str = "b") -> tuple[str, Variable]:
    """A pattern from a node to another, and the other."""
    kind, end = writer.rng.choice(LEAVING[node.owner])
    return f"({node.name})-[:{kind}]->({name}:{end})", Variable(name, end)


def numeric(writer: Writer, node: Variable) -> str:
    """A number that the node has, or null."""
    names = node.properties("number")
    return f"{node.name}.{writer.rng.choice(names)}" if names else f"size({node.name}.id)"


def condition(writer: Writer, node: Variable, share: float = 0.4) -> str:
    return f" WHERE {writer.is_found([node])}" if writer.rng.random() < share else ""


def list_where(writer: Writer) -> Written:
    head, node = begin(writer)
    rng = writer.rng
    if rng.random() < 0.3:
        kept = rng.choice(["k % 2 = 1", "k > 1", f"k <> {rng.randint(0, 3)}", f"k < {writer.whole([node], 0)}"])
        yields = rng.choice(["", " | k * 2", " | toString(k)", " | {k: k}", f" | k + {rng.randint(0, 9)}"])
        made = f"[k IN range(0, {rng.randint(0, 5)}) WHERE {kept}{yields}]"
    else:
        kept = rng.choice([
            f"t {rng.choice(['=', '<>', '<', '>=', 'CONTAINS', 'STARTS WITH'])} {rng.choice(LITERALS)}",
            f"size(t) > {rng.randint(0, 2)}", f"t <> {writer.text([node], 0)}", "t IS NOT NULL", "NOT t = 'x'",
            "t > 'a' XOR size(t) = 1",
        ])  # fmt: skip
        yields = rng.choice(["", "", " | toUpper(t)", " | size(t)", " | t + 'x'", " | [t, 'a']"])
        source = rng.choice([writer.list([node], 1), "[]", "$empty", "['x', null, 'b']", "[null, '']"])
        made = f"[t IN {source} WHERE {kept}{yields}]"
    if "$empty" in made:
        writer.parameters["empty"] = []
    shown = rng.choice([made, f"size({made})", f"{made}[0]"]) if "| {k" not in made else made
    return Written(f"{head} RETURN n.id AS id, {shown} AS l")


def pattern_comprehension(writer: Writer) -> Written:
    head, node = begin(writer)
    rng = writer.rng
    pattern, end = step(writer, node)
    value = writer.value(rng.choice(["text", "number", "whole", "truth"]), [end], 0)
    if node.owner == "Paper" and rng.random() < 0.3:
        pattern, end = f"(n)-[:CITES*1..{rng.randint(1, 3)}]->(b:Paper)", Variable("b", "Paper")
        value = "b.id"
    elif rng.random() < 0.2:
        pattern, value = f"q = {pattern}", rng.choice(["length(q)", "[x IN nodes(q) | x.id]", "b.id"])
    made = f"[{pattern}{condition(writer, end)} | {value}]"
    shown = rng.choice([made, made, f"size({made})"])
    return Written(f"{head} RETURN n.id AS id, {shown} AS l", lists_in_order=False)


def map_projection(writer: Writer) -> Written:
    head, node = begin(writer)
    rng = writer.rng
    names = rng.sample(node.names, k=min(3, len(node.names)))
    parts = [f".{name}" for name in names]
    if rng.random() < 0.5:
        parts = rng.choice([[".*"], [".*"], [".id"]])
    if rng.random() < 0.4:
        parts.append(f"more: {writer.value(rng.choice(['text', 'whole', 'list']), [node], 1)}")
    with_word = rng.random() < 0.3
    if with_word:
        parts.append("word")
        head = f"UNWIND ['a', 'é'] AS word {head}"
    return Written(f"{head} RETURN {'word AS w, ' if with_word else ''}n.id AS id, n {{{', '.join(parts)}}} AS m")


def reduced(writer: Writer) -> Written:
    rng = writer.rng
    if rng.random() < 0.3:
        head, node = begin(writer, rng.choice(["Paper", "Claim", "Result"]))
        number = rng.choice(node.properties("whole"))
        group = rng.choice(["true", f"n.{rng.choice(node.properties('text'))}"])
        found = f"WITH {group} AS g, collect(n.{number}) AS ks"
        return Written(f"{head} {found} RETURN g AS g, reduce(s = {rng.randint(0, 2)}, k IN ks | s + k) AS s")
    head, node = begin(writer)
    if rng.random() < 0.5:
        source = rng.choice(["[1, 2, 3]", "range(1, 5)", "[]", "[2, 9007199254740993]"])
        made = f"reduce(s = {rng.randint(0, 3)}, k IN {source} | {rng.choice(['s + k', 's - k', 's * 2 + k', 'k'])})"
    else:
        between = rng.choice(
            ["s + t", "s + ', ' + t", "t + s", "s + toUpper(t)", "CASE WHEN t = 'x' THEN s ELSE s + t END"]
        )
        made = f"reduce(s = {rng.choice(LITERALS)}, t IN {writer.list([node], 1)} | {between})"
    return Written(f"{head} RETURN n.id AS id, {made} AS r")


def _path(writer: Writer, *, most: int = 3) -> tuple[str, Variable]:
    """MATCH of a named path between nodes of one label, and a node of it for conditions on `x`."""
    rng = writer.rng
    label, kind = rng.choice(LOOPS)
    start = Variable("a", label)
    hops = rng.choice(["", f"*1..{most}", f"*..{most}", "*2", "*0..1"])
    arrow = rng.choice([f"-[:{kind}{hops}]->", f"<-[:{kind}{hops}]-"])
    where = f" WHERE {writer.is_found([start])}" if rng.random() < 0.5 else ""
    return f"MATCH p = (a:{label}){arrow}(b:{label}){where}", Variable("x", label)


def loop_over_nodes(writer: Writer) -> Written:
    head, node = _path(writer)
    word = writer.rng.choice(["all", "any", "none", "single"])
    loop = f"{word}(x IN nodes(p) WHERE {writer.is_found([node])})"
    if writer.rng.random() < 0.5:
        joined = " AND " if " WHERE " in head else " WHERE "
        return Written(f"{head}{joined}{loop} RETURN a.id AS a, b.id AS b, length(p) AS n")
    return Written(f"{head} RETURN a.id AS a, b.id AS b, length(p) AS n, {loop} AS t")


def parts_of_a_path(writer: Writer) -> Written:
    head, node = _path(writer)
    value = writer.rng.choice(
        ["x.id", f"x.{writer.rng.choice(node.properties('text'))}", f"size(x.id) + {writer.rng.randint(0, 3)}"]
    )
    kept = writer.rng.choice(["", f" WHERE {writer.is_found([node])}"])
    made = [f"[x IN nodes(p){kept} | {value}] AS l", "[r IN relationships(p) | type(r)] AS k", "length(p) AS n"]
    return Written(f"{head} RETURN a.id AS a, {', '.join(writer.rng.sample(made, k=2))}")


def returned_path(writer: Writer) -> Written:
    head, _ = _path(writer, most=2)
    return Written(f"{head} RETURN p AS p")


def ordered_before(writer: Writer) -> Written:
    """WITH .. ORDER BY before an aggregate: the order of the list is settled."""
    rng = writer.rng
    head, node = begin(writer)
    keys = [f"n.{rng.choice(node.properties('text') + node.properties('number'))}{rng.choice(['', ' DESC'])}"]
    order = ", ".join([*keys, f"n.id{rng.choice(['', ' DESC'])}"])
    cut = rng.choice(["", "", f" LIMIT {rng.randint(1, 9)}", f" SKIP {rng.randint(1, 3)}"])
    shown = rng.choice([
        "collect(n.id) AS l", "collect(n.id)[0] AS l", "head(collect(n)).id AS l", "collect(n.id)[..3] AS l, count(*) AS c",
        f"n.{rng.choice(node.properties('text'))} AS g, collect(n.id) AS l", "collect(n)[0].id AS l", "last(collect(n.id)) AS l",
    ])  # fmt: skip
    return Written(f"{head} WITH n ORDER BY {order}{cut} RETURN {shown}")


def distinct_ordered(writer: Writer) -> Written:
    rng = writer.rng
    head, node = begin(writer)
    first, second = rng.choice(node.properties("text")), rng.choice(node.properties("text") + node.properties("number"))
    order = rng.choice(["a{0}, b{1}", "b{1}, a{0}", f"n.{first}{{0}}, n.{second}{{1}}", "toUpper(a){0}, a, b{1}"])
    order = order.format(rng.choice(["", " DESC"]), rng.choice(["", " DESC"]))
    cut = rng.choice(["", f" LIMIT {rng.randint(1, 9)}", f" SKIP {rng.randint(1, 3)} LIMIT 5"])
    return Written(f"{head} RETURN DISTINCT n.{first} AS a, n.{second} AS b ORDER BY {order}{cut}", ordered=True)


def shortest(writer: Writer) -> Written:
    rng = writer.rng
    label, kind = rng.choice(LOOPS)
    one = rng.choice(constants()[label, "id"])
    writer.parameters["from"] = one
    arrow = rng.choice([f"-[:{kind}*1..{{0}}]->", f"<-[:{kind}*..{{0}}]-", f"-[:{kind}*..{{0}}]-"]).format(
        rng.randint(1, 4)
    )
    ends = f"MATCH (a:{label} {{id: $from}}) MATCH (b:{label}) WHERE a.id <> b.id"
    if rng.random() < 0.4:
        shown = rng.choice(["[x IN nodes(p) | x.id] AS l", "length(p) AS l", "size(relationships(p)) AS l"])
        return Written(f"{ends} MATCH p = allShortestPaths((a){arrow}(b)) RETURN b.id AS b, {shown}")
    match = rng.choice(["MATCH", "MATCH", "OPTIONAL MATCH"])
    return Written(f"{ends} {match} p = shortestPath((a){arrow}(b)) RETURN b.id AS b, length(p) AS n")


def collect_subquery(writer: Writer) -> Written:
    rng = writer.rng
    head, node = begin(writer)
    pattern, end = step(writer, node)
    inner = f"MATCH {pattern}{condition(writer, end)} RETURN"
    if rng.random() < 0.4:
        inner += f" b.id AS x ORDER BY x{rng.choice(['', ' DESC'])} LIMIT {rng.randint(1, 3)}"
        return Written(f"{head} RETURN n.id AS id, COLLECT {{ {inner} }} AS l")
    inner += f" {rng.choice(['', 'DISTINCT '])}{writer.value(rng.choice(['text', 'whole', 'truth']), [end], 0)}"
    shown = rng.choice([f"COLLECT {{ {inner} }}", f"size(COLLECT {{ {inner} }})"])
    return Written(f"{head} RETURN n.id AS id, {shown} AS l", lists_in_order=False)


def called(writer: Writer) -> Written:
    rng = writer.rng
    head, node = begin(writer)
    pattern, end = step(writer, node)
    match = f"{rng.choice(['MATCH', 'MATCH', 'OPTIONAL MATCH'])} {pattern}{condition(writer, end)}"
    shown = rng.choice([
        "count(b) AS c", "count(*) AS c, min(b.id) AS d", "b.id AS c ORDER BY c LIMIT 2", "DISTINCT b.id AS c",
        f"max({numeric(writer, end)}) AS c", "b AS found",
    ])  # fmt: skip
    opened = rng.choice([f"CALL (n) {{ {match}", f"CALL {{ WITH n {match}", f"CALL (*) {{ {match}"])
    name = "found.id" if "AS found" in shown else "c"
    if rng.random() < 0.15:
        return Written(f"CALL () {{ MATCH (m:Model) RETURN count(m) AS c }} {head} RETURN n.id AS id, c AS c")
    return Written(f"{head} {opened} RETURN {shown} }} RETURN n.id AS id, {name} AS c")


def parts_of_a_day(writer: Writer) -> Written:
    rng = writer.rng
    head, _ = begin(writer, rng.choice(["Paper", "Version"]))
    part = rng.choice(PARTS)
    if rng.random() < 0.3:
        return Written(f"{head} RETURN n.posted.{part} AS g, count(*) AS n ORDER BY g", ordered=True)
    kept = f"n.posted.{rng.choice(PARTS)} {rng.choice(['>=', '<', '<>'])} {rng.choice([1, 2, 2021])}"
    return Written(
        f"{head} WITH n WHERE {kept} RETURN n.id AS id, n.posted.{part} AS p, date('2020-12-31').{part} AS q"
    )


def durations(writer: Writer) -> Written:
    rng = writer.rng
    head, _ = begin(writer, rng.choice(["Paper", "Version"]), share=0.1)
    unit = rng.choice(["years", "months", "weeks", "days"])
    more = f", days: {rng.randint(0, 40)}" if unit != "days" and rng.random() < 0.4 else ""
    length = f"duration({{{unit}: {rng.randint(-2, 14)}{more}}})"
    day = rng.choice(["date('2021-03-31')", "date('2020-02-29')", "n.posted"])
    moved = f"{day} {rng.choice('+-')} {length}"
    if rng.random() < 0.5:
        return Written(f"{head} RETURN n.id AS id, {moved} AS d")
    return Written(
        f"{head} WITH n WHERE n.posted {rng.choice(['>', '<='])} {moved.replace('n.posted', day)} RETURN n.id AS id"
    )


def deviation(writer: Writer) -> Written:
    rng = writer.rng
    head, node = begin(writer, rng.choice(["Claim", "Result", "Paper", "Run"]))
    number = numeric(writer, node)
    group = rng.choice(["", f"n.{rng.choice(node.properties('text'))} AS g, "])
    return Written(f"{head} RETURN {group}{rng.choice(['stDev', 'stDevP'])}({number}) AS s, count({number}) AS n")


def element_id(writer: Writer) -> Written:
    head, node = begin(writer)
    pattern, _ = step(writer, node)
    if writer.rng.random() < 0.5:
        return Written(f"{head} RETURN elementId(n) AS e, n.id = elementId(n) AS t")
    return Written(f"{head} MATCH {pattern} RETURN elementId(n) AS e, elementId(b) AS f, count(*) AS c")


def names_by_case(writer: Writer) -> Written:
    rng = writer.rng
    head, node = begin(writer)
    first, second = (writer.value(rng.choice(["text", "whole", "truth"]), [node], 1) for _ in range(2))
    if rng.random() < 0.5:
        return Written(f"{head} RETURN n.id AS id, {first} AS v, {second} AS V")
    return Written(f"{head} WITH n, {first} AS v, {second} AS V RETURN n.id AS id, V AS a, v AS b")


def counted_pattern(writer: Writer) -> Written:
    head, node = begin(writer)
    kind, _ = writer.rng.choice(LEAVING[node.owner])
    return Written(f"{head} RETURN n.id AS id, size((n)-[:{kind}]->()) AS c")


def chosen_case(writer: Writer) -> Written:
    rng = writer.rng
    head, node = begin(writer)
    name = rng.choice(node.properties("text"))
    known = [literal(str(value)) for value in constants().get((node.owner, name), ["a"])]
    whens = " ".join(f"WHEN {value} THEN {rng.choice(LITERALS)}" for value in rng.choices(known, k=2))
    return Written(f"{head} RETURN n.id AS id, CASE n.{name} {whens} ELSE n.id END AS c, [n.id || 'x', n.{name}] AS l")


PRODUCTIONS: Mapping[str, Callable[[Writer], Written]] = {
    made.__name__: made
    for made in (
        list_where, pattern_comprehension, map_projection, reduced, loop_over_nodes, parts_of_a_path, returned_path,
        ordered_before, distinct_ordered, shortest, collect_subquery, called, parts_of_a_day, durations, deviation,
        element_id, names_by_case, counted_pattern, chosen_case,
    )
}  # fmt: skip


def written_query(rng: random.Random) -> tuple[str, Written, Writer]:
    """Name of a production, a query that holds it, and the writer with its parameters."""
    name, writer = rng.choice(list(PRODUCTIONS)), Writer(rng)
    return name, PRODUCTIONS[name](writer), writer
