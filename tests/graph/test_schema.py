from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Literal

import pytest

from graph.errors import StoreError
from graph.records import RECORDS, FetchLog, Reference, Relation, Review, Tombstone
from graph.schema import SCHEMA, Relationship, Schema, property_type


def test_every_record_is_a_node_an_edge_or_says_nothing_to_the_graph() -> None:
    others = {cls.__name__ for cls in (Reference, Relation, Review, FetchLog, Tombstone)}
    assert set(SCHEMA.nodes) == set(RECORDS) - others


def test_every_field_of_a_node_record_is_a_property() -> None:
    for label, properties in SCHEMA.nodes.items():
        assert set(RECORDS[label].model_fields) <= set(properties)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (str, "STRING"), (int | None, "INT64"), (float, "DOUBLE"), (bool, "BOOL"), (date | None, "DATE"),
        (datetime, "TIMESTAMP"), (tuple[str, ...], "STRING[]"), (Literal["a", "b"] | None, "STRING"),
        (dict[str, float], "STRING"), (Any, "STRING"), (float | str | None, "STRING"), (tuple[int, ...], "STRING"),
    ],
)  # fmt: skip
def test_a_field_has_the_engine_type_of_its_annotation(annotation: object, expected: str) -> None:
    assert property_type(annotation) == expected


@pytest.mark.parametrize(
    ("nodes", "relationships", "message"),
    [
        ({"A": {"id": "STRING", "x": "DOUBLE"}, "B": {"id": "STRING", "x": "STRING"}}, (), "one name, one type"),
        ({"A": {"id": "STRING", "x": "DOUBLE", "X": "DOUBLE"}}, (), "one name, one type"),
        ({"A": {"id": "STRING", "x": "DOUBLE"}}, (Relationship("R", (("A", "A"),), {"x": "STRING"}),), "one name"),
        ({"A": {"x": "STRING"}}, (), "no id"),
        ({"Run": {"id": "STRING"}}, (Relationship("RUN", (("Run", "Run"),)),), "only in case"),
        ({"A": {"id": "STRING"}}, (Relationship("R", (("A", "B"),)),), "is not a label"),
    ],
)
def test_a_declaration_that_an_engine_would_read_otherwise_is_refused(
    nodes: Any, relationships: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Schema(nodes, relationships)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "run:1", "steps": 2**63}, "steps"),
        ({"id": "run:1", "steps": 1.5}, "steps"),
        ({"id": "run:1", "steps": True}, "steps"),
        ({"id": "run:1", "evaluation_digests": [1]}, "evaluation_digests"),
        ({"id": "run:1", "nonsense": 1}, "no property 'nonsense'"),
        ({"id": ""}, "without an id"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_the_property_named(row: dict[str, Any], message: str) -> None:
    with pytest.raises(StoreError, match=re.escape(message)):
        SCHEMA.check_node("Run", row)


def test_an_edge_between_labels_that_it_does_not_join_is_refused() -> None:
    with pytest.raises(StoreError, match=r"no relationship \(:Claim\)-\[:MAKES\]->\(:Paper\)"):
        SCHEMA.check_edge("MAKES", "Claim", "Paper", {})


def test_the_prompt_and_the_picture_name_every_label_and_relationship() -> None:
    for text in (SCHEMA.prompt(), SCHEMA.mermaid()):
        for relationship in SCHEMA.relationships.values():
            assert relationship.type in text
        assert all(label in text for label in SCHEMA.nodes)


def test_neo4j_gets_one_uniqueness_constraint_per_label() -> None:
    statements = SCHEMA.neo4j_ddl()
    assert len(statements) == len(SCHEMA.nodes)
    assert all("IF NOT EXISTS" in statement and "IS UNIQUE" in statement for statement in statements)
