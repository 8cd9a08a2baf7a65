"""Write ``docs/schema.md``, the shape of the graph, from the declaration in ``graph.schema``."""

from __future__ import annotations

from pathlib import Path

from graph.records import RECORDS
from graph.schema import SCHEMA, Relationship

PAGE = Path(__file__).with_name("schema.md")

PREFACE = """\
# The graph

<!-- Written by docs/build_schema.py from graph/schema.py. Change the declaration there, then run `make docs`. -->

Labels, relationships and properties are the same on the embedded store and on Neo4j. A label is a kind of record and
its properties are the record's fields: [data.md](data.md) explains each. Every node has the key `id`. What is nested
in a record (gates, details) is JSON text in the graph. `biorxivist graph schema` prints all this with every property,
`--mermaid` prints the diagram, and [queries.md](queries.md) shows what can be asked.
"""

CLOSING = """\
The direction matters. Two relationships of one type between the same nodes differ in the properties under "told apart
by": a claim that is about one model as subject and as comparator has two `ABOUT`. `ON` and `end` are reserved words
of the embedded engine; write them in back-ticks.
"""


def relationship_row(relationship: Relationship) -> str:
    """A relationship type in a row of the table."""
    starts = ", ".join(dict.fromkeys(start for start, _ in relationship.pairs))
    ends = ", ".join(dict.fromkeys(end for _, end in relationship.pairs))
    properties = ", ".join(f"`{name}` {kind}" for name, kind in relationship.properties.items())
    key = ", ".join(f"`{name}`" for name in relationship.key)
    return f"| {starts} | `{relationship.type}` | {ends} | {properties} | {key} |"


def label_row(label: str) -> str:
    """A label in a row of the table."""
    meaning = " ".join((RECORDS[label].__doc__ or "").split())
    return f"| [{label}](data.md#{label.lower()}) | {meaning} | {len(SCHEMA.nodes[label])} |"


def render() -> str:
    """The whole page."""
    diagram = f"```mermaid\n{SCHEMA.mermaid()}\n```"
    labels = ["| label | what it is | properties |", "|---|---|---|", *map(label_row, SCHEMA.nodes)]
    relationships = ["| from | relationship | to | properties | told apart by |", "|---|---|---|---|---|"]
    relationships += map(relationship_row, SCHEMA.relationships.values())
    parts = [PREFACE.rstrip(), diagram, "## Labels", "\n".join(labels), "## Relationships", "\n".join(relationships)]
    return "\n\n".join([*parts, CLOSING.rstrip()]) + "\n"
