"""Constraints and indexes on a server: what makes a database a store, full text, and vectors.

The name of the full-text index holds the fingerprint of the schema. It is made last, so that it says two things: the
graph is whole, and which version of this package built it.

Scores mean on the server what they mean in the embedded store. Full text: BM25 (Lucene here, SQLite there; both with
k1 = 1.2 and b = 0.75, English stems; Lucene leaves out the factor k1 + 1, which is put back), higher is better,
comparable within one answer only. Vectors: the cosine from -1 to 1; the server's own score is (1 + cosine) / 2 and is
converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.errors import StoreError, StoreUnavailable
from graph.schema import SCHEMA
from graph.stores import fulltext
from graph.stores.neo4j.connection import Connection

__all__ = ["EMBEDDING", "built_by", "create", "make_unique", "make_vector_indexes", "search", "similar"]

TEXT = "biorxivist_text_"
VECTOR = "biorxivist_vector_"
EMBEDDING = "_embedding"
LEFT_OUT = 2.2
SPARE = 50
"""Texts that are fetched beyond those asked for, so that ties at the end are cut in the order of ids."""
ONLINE_SECONDS = 300


def text_index() -> str:
    """Name of the full-text index of this version."""
    return TEXT + SCHEMA.fingerprint()[:12]


def built_by(connection: Connection) -> str | None:
    """Name of the full-text index that is there, or None if the database was never built."""
    found = _text_indexes(connection)
    return text_index() if text_index() in found else next(iter(found), None)


def _text_indexes(connection: Connection) -> list[str]:
    names = (row["name"] for row in connection.rows("SHOW INDEXES YIELD name"))
    return sorted(name for name in names if name.startswith(TEXT))


def make_unique(connection: Connection) -> None:
    """Make every id unique, which also finds a node by its id."""
    there = {row["name"] for row in connection.rows("SHOW CONSTRAINTS YIELD name")}
    bookkeeping = [
        f"CREATE CONSTRAINT biorxivist{label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        for label in ("_Waiting", "_Writer")
    ]
    texts = [*SCHEMA.neo4j_ddl(), *bookkeeping]
    connection.schema(text for text in texts if text.split()[2] not in there)


def create(connection: Connection) -> None:
    """Make the full-text index in place of those of other versions, and wait until all indexes are filled.

    The others go first: the server makes no second index over the same properties, whatever its name.
    """
    connection.schema(f"DROP INDEX `{n}` IF EXISTS" for n in _text_indexes(connection) if n != text_index())
    connection.schema(
        [
            f"CREATE FULLTEXT INDEX {text_index()} IF NOT EXISTS FOR (n:Passage|Claim|Paper) "
            "ON EACH [n.text, n.statement, n.title, n.abstract] OPTIONS {indexConfig: {`fulltext.analyzer`: 'english'}}"
        ]
    )
    await_indexes(connection)


def await_indexes(connection: Connection) -> None:
    """Wait until all indexes are filled."""
    connection.rows("CALL db.awaitIndexes($seconds)", {"seconds": ONLINE_SECONDS}, seconds=ONLINE_SECONDS + 10)


def search(connection: Connection, text: str, k: int) -> list[dict[str, Any]]:
    """Best ``k`` texts: id, label, paper_id, text, score (higher is better); ties in the order of ids."""
    if k <= 0 or not (asked := fulltext.expression(text)):
        return []
    rows = connection.rows(
        "CALL db.index.fulltext.queryNodes($index, $asked, {limit: $many}) YIELD node, score "
        "RETURN labels(node)[0] AS label, node, score",
        {"index": text_index(), "asked": asked, "many": k + SPARE},
    )
    found = []
    for row in rows:
        node: Mapping[str, Any] = {"title": None, "abstract": None, **row["node"]}
        paper, words = fulltext.text_of(row["label"], node) or (None, "")
        found.append(
            {
                "id": node["id"],
                "label": row["label"],
                "paper_id": paper,
                "text": words,
                "score": LEFT_OUT * row["score"],
            }
        )
    return sorted(found, key=lambda hit: (-hit["score"], hit["label"], hit["id"]))[:k]


def vector_indexes(connection: Connection) -> dict[str, int]:
    """Names of the vector indexes -> dimensions."""
    asked = "SHOW VECTOR INDEXES YIELD name, options WHERE name STARTS WITH $start RETURN name, options"
    # SHOW takes no parameters in every release; the prefix is a constant
    rows = connection.rows(asked.replace("$start", f"'{VECTOR}'"))
    return {row["name"]: int(row["options"]["indexConfig"]["vector.dimensions"]) for row in rows}


def make_vector_indexes(connection: Connection, labels: Iterable[str], dimensions: int) -> None:
    """One vector index for each of these labels, in place of all there are."""
    wanted = {f"{VECTOR}{label.lower()}": label for label in labels}
    there = vector_indexes(connection)
    old = [name for name, size in there.items() if name not in wanted or size != dimensions]
    connection.schema(f"DROP INDEX `{name}` IF EXISTS" for name in old)
    connection.schema(
        f"CREATE VECTOR INDEX {name} IF NOT EXISTS FOR (n:{label}) ON n.{EMBEDDING} OPTIONS {{indexConfig: "
        f"{{`vector.dimensions`: {dimensions}, `vector.similarity_function`: 'cosine', "
        "`vector.quantization.enabled`: false}}"
        for name, label in wanted.items()
    )
    await_indexes(connection)


def similar(connection: Connection, vector: Sequence[float], k: int) -> list[dict[str, Any]]:
    """Nearest ``k`` nodes: id and cosine, best first, ties in the order of ids.

    Raises
    ------
    StoreUnavailable
        If no node has an embedding.
    StoreError
        If the vector has another number of dimensions, or no direction.
    """
    indexes = vector_indexes(connection)
    if not indexes:
        msg = f"{connection.url} has no vectors; write some with write_vectors, or use search(text)."
        raise StoreUnavailable(msg)
    dimensions = next(iter(indexes.values()))
    asked = [float(number) for number in vector]
    length = sum(number * number for number in asked) ** 0.5
    if len(asked) != dimensions or not 0 < length < float("inf"):
        msg = f"A vector of {len(asked)} numbers and length {length:g} cannot be compared with {dimensions} numbers."
        raise StoreError(msg)
    if k <= 0:
        return []
    found: list[dict[str, Any]] = []
    for name in indexes:
        found += connection.rows(
            "CALL db.index.vector.queryNodes($index, $k, $vector) YIELD node, score "
            f"RETURN node.id AS id, 2 * vector.similarity.cosine(node.{EMBEDDING}, $vector) - 1 AS score",
            {"index": name, "k": k, "vector": [number / length for number in asked]},
        )
    return sorted(found, key=lambda hit: (-hit["score"], hit["id"]))[:k]
