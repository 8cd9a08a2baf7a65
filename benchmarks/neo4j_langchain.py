"""How does a load compare with langchain-neo4j's `add_graph_documents` on the same data, on the same server?

    pip install langchain-neo4j    # in an environment of its own: no part of this project
    python benchmarks/neo4j_langchain.py [--papers 10000] [--edges 100000]

Starts a throw-away server with APOC, which langchain-neo4j needs (fetched by mvn), and loads the papers and citations
of ``graph_load.make`` three times into an empty database: by this project's store, by ``add_graph_documents`` with one
document per paper (as its extractors make them), and with 1,000 papers per document (the best case for it). All with
its index on (``baseEntityLabel=True``). Prints rows per second and the ratios.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from graph_load import make  # type: ignore[import-not-found]  # a script beside this one

from graph.records import Record
from graph.rows import Edge, Node, edge_rows, node_rows
from graph.stores.neo4j.connection import Connection
from graph.stores.neo4j.store import Neo4jStore
from tests.neo4j_server.server import Server

APOC = "org.neo4j.procedure:apoc-core:5.26.0:jar:core"
RELEASE = "5.26.0"
"""The last release for which APOC is on Maven Central."""
SETTINGS = (
    "dbms.security.procedures.allowlist=db.index.fulltext.queryNodes,db.index.vector.queryNodes,db.awaitIndexes,apoc.*",
    "dbms.security.procedures.unrestricted=apoc.*",
)


def documents(nodes: list[Node], edges: list[Edge], papers: int) -> Iterator[Any]:
    """Graph documents of so many papers each, with what they cite."""
    from langchain_core.documents import Document
    from langchain_neo4j.graphs.graph_document import GraphDocument, Relationship
    from langchain_neo4j.graphs.graph_document import Node as Entity

    cited: dict[str, list[Edge]] = {}
    for edge in edges:
        cited.setdefault(edge.start[1], []).append(edge)
    for first in range(0, len(nodes), papers):
        some = nodes[first : first + papers]
        made = []
        for node in some:
            row = {name: value for name, value in node.row.items() if value is not None and name != "id"}
            made.append(Entity(id=node.row["id"], type=node.label, properties=row))
        links = [
            Relationship(
                source=Entity(id=edge.start[1], type="Paper"), target=Entity(id=edge.end[1], type="Paper"), type="CITES"
            )
            for node in some
            for edge in cited.get(node.row["id"], ())
        ]
        yield GraphDocument(nodes=made, relationships=links, source=Document(page_content=some[0].row["id"]))


def by_langchain(server: Server, nodes: list[Node], edges: list[Edge], papers: int) -> float:
    """Seconds of ``add_graph_documents`` into an empty database; making the documents is not counted."""
    from langchain_neo4j import Neo4jGraph

    empty(server)
    made = list(documents(nodes, edges, papers))
    password = server.login.password
    assert password is not None
    graph = Neo4jGraph(server.url, "neo4j", password.get_secret_value(), refresh_schema=False)
    start = time.perf_counter()
    graph.add_graph_documents(made, baseEntityLabel=True)
    seconds = time.perf_counter() - start
    found = graph.query(
        "MATCH (p:Paper) WITH count(p) AS papers MATCH ()-[c:CITES]->() RETURN papers, count(c) AS cited"
    )
    assert found == [{"papers": len(nodes), "cited": len(edges)}], found
    graph.close()
    return seconds


def by_store(server: Server, records: list[Record]) -> float:
    """Seconds of a load into an empty database, with its checks, its ledger and its full-text index."""
    empty(server)
    with Neo4jStore(server.url, server.login) as store:
        start = time.perf_counter()
        store.write(records)
        return time.perf_counter() - start


def empty(server: Server) -> None:
    """Remove all nodes, a batch at a time."""
    connection = Connection(server.url, server.login)
    while connection.rows("MATCH (n) RETURN count(n) AS n")[0]["n"]:
        connection.write([("MATCH (n) WITH n LIMIT 5000 DETACH DELETE n", ())])
    connection.close()


def main() -> None:
    """Run the benchmark on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--edges", type=int, default=100_000)
    asked = parser.parse_args()
    if find_spec("langchain_neo4j") is None or (maven := shutil.which("mvn")) is None:
        sys.exit("skipped: langchain-neo4j and mvn are needed (see the head of this file)")
    records = list(make(asked.papers, asked.edges))
    nodes = [node for record in records for node in node_rows(record)]
    edges = [edge for record in records for edge in edge_rows(record)]
    rows = len(nodes) + len(edges)
    with tempfile.TemporaryDirectory() as name:
        plugins = Path(name) / "plugins"
        goal = [f"-Dartifact={APOC}", f"-DoutputDirectory={plugins}"]
        subprocess.run([maven, "-q", "-B", "dependency:copy", *goal], check=True)
        with Server(Path(name), release=RELEASE, settings=SETTINGS) as server:
            by_store(server, records[: asked.papers // 10])  # a server is slow until it has compiled what it runs
            ours = by_store(server, records)
            print(f"{rows / ours:10,.0f} rows/s  {ours:6.1f} s  this project's store", flush=True)
            for papers in (1, 1000):
                theirs = by_langchain(server, nodes, edges, papers)
                print(
                    f"{rows / theirs:10,.0f} rows/s  {theirs:6.1f} s  langchain-neo4j, papers per document: {papers}; "
                    f"the store takes {ours / theirs:.2f} of its time",
                    flush=True,
                )


if __name__ == "__main__":
    main()
