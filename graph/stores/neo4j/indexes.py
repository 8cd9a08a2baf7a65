"""Constraints and indexes on a server: what makes a database a store, full text, and vectors.

The name of the full-text index holds the fingerprint of the schema. It is made last, so that it says two things: the
graph is whole, and which version of this package built it.

Scores mean on the server what they mean in the embedded store. Full text: BM25 (Lucene here, SQLite there; both with
k1 = 1.2 and b = 0.75, English stems; Lucene leaves out the factor k1 + 1, which is put back), higher is better,
comparable within one answer only. The words of a search are the same on both (``fulltext.expression``); those of a
text differ in few places: Lucene keeps a decimal number or a name with an underscore as one word, SQLite cuts it.
Vectors: the cosine from -1 to 1; the server's own score is (1 + cosine) / 2 and is converted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.errors import StoreError, StoreUnavailable
from graph.schema import SCHEMA
from graph.stores import fulltext
from graph.stores.neo4j.connection import Connection
from graph.stores.version import store_version

__all__ = ["built_by", "create", "make_lookups", "make_vector_index", "search", "similar"]

TEXT = "biorxivist_text_"
VECTOR = "biorxivist_vector"
LUCENE_FACTOR = 2.2
"""k1 + 1, which Lucene leaves out of its scores."""
SPARE = 50
"""Texts that are fetched beyond the first k, so that ties at the end are cut in the order of ids."""
ONLINE_SECONDS = 300


def text_index() -> str:
    """Name of the full-text index of this version."""
    return TEXT + store_version()[:12]


def built_by(connection: Connection) -> str | None:
    """Name of the full-text index that is there, or None if the database was never built."""
    names = _text_indexes(connection)
    return text_index() if text_index() in names else next(iter(names), None)


def _text_indexes(connection: Connection) -> list[str]:
    names = (row["name"] for row in connection.rows("SHOW INDEXES YIELD name"))
    return sorted(name for name in names if name.startswith(TEXT))


def make_lookups(connection: Connection) -> None:
    """Make every id unique, which also finds a node by its id, and index what a writer looks for."""
    there = {row["name"] for row in connection.rows("SHOW INDEXES YIELD name")}
    bookkeeping = [
        f"CREATE CONSTRAINT biorxivist{label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        for label in ("_Record", "_Waiting", "_State", "_Embedding", "_Writer")
    ]
    bookkeeping += [
        f"CREATE INDEX biorxivist{label.lower()}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"
        for label, name in (("_Record", "shared"), ("_Record", "stale"), ("_Waiting", "end"))
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
    if k <= 0 or not (words := fulltext.expression(text)):
        return []
    rows = connection.rows(
        "CALL db.index.fulltext.queryNodes($index, $words, {limit: $many}) YIELD node, score "
        "RETURN labels(node)[0] AS label, node, score",
        {"index": text_index(), "words": words, "many": k + SPARE},
    )
    hits = []
    for row in rows:
        node: Mapping[str, Any] = {"title": None, "abstract": None, **row["node"]}
        paper, content = fulltext.text_of(row["label"], node) or (None, "")
        hits.append(
            {
                "id": node["id"],
                "label": row["label"],
                "paper_id": paper,
                "text": content,
                "score": LUCENE_FACTOR * row["score"],
            }
        )
    return sorted(hits, key=lambda hit: (-hit["score"], hit["label"], hit["id"]))[:k]


def vector_indexes(connection: Connection) -> dict[str, int]:
    """Names of the vector indexes -> dimensions."""
    # not every release takes parameters in SHOW, so the prefix, a constant, stands in the text
    rows = connection.rows(
        f"SHOW VECTOR INDEXES YIELD name, options WHERE name STARTS WITH '{VECTOR}' RETURN name, options"
    )
    return {row["name"]: int(row["options"]["indexConfig"]["vector.dimensions"]) for row in rows}


def make_vector_index(connection: Connection, dimensions: int) -> None:
    """One vector index of this many dimensions, in place of what there is."""
    there = vector_indexes(connection)
    connection.schema(f"DROP INDEX `{n}` IF EXISTS" for n, size in there.items() if (n, size) != (VECTOR, dimensions))
    connection.schema(
        [
            f"CREATE VECTOR INDEX {VECTOR} IF NOT EXISTS FOR (e:_Embedding) ON e.vector OPTIONS {{indexConfig: "
            f"{{`vector.dimensions`: {dimensions}, `vector.similarity_function`: 'cosine', "
            "`vector.quantization.enabled`: false}}"
        ]
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
    numbers = [float(number) for number in vector]
    length = sum(number * number for number in numbers) ** 0.5
    if len(numbers) != dimensions or not 0 < length < float("inf"):
        msg = f"A vector of {len(numbers)} numbers and length {length:g} cannot be compared with {dimensions} numbers."
        raise StoreError(msg)
    if k <= 0:
        return []
    hits = connection.rows(
        "CALL db.index.vector.queryNodes($index, $k, $vector) YIELD node AS e "
        "RETURN e.id AS id, 2 * vector.similarity.cosine(e.vector, $vector) - 1 AS score",
        {"index": VECTOR, "k": k, "vector": [number / length for number in numbers]},
    )
    return sorted(hits, key=lambda hit: (-hit["score"], hit["id"]))
