"""How much do batches bring when records are loaded into a Neo4j server?

    python benchmarks/neo4j_load.py [--papers 10000] [--edges 100000] [--sample 500]

Starts a throw-away server, prints rows per second of a whole load (check, compare, batches), the same records again,
and of the same server written row by row, one transaction each (a sample, whose size is printed; its rate is
compared). Then p50 and p95 of a two-hop query and of a full-text query on what was loaded.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from graph_load import make  # type: ignore[import-not-found]  # a script beside this one

from graph.rows import edge_rows, node_rows
from graph.schema import SCHEMA
from graph.stores.neo4j.connection import Connection
from graph.stores.neo4j.statements import merge_edges, merge_nodes
from graph.stores.neo4j.store import Neo4jStore
from tests.neo4j_server.server import Server


def rate(work: Callable[[int], object], times: int) -> float:
    """Calls per second."""
    start = time.perf_counter()
    for number in range(times):
        work(number)
    return times / (time.perf_counter() - start)


def latency(work: Callable[[int], object], times: int = 50) -> str:
    """p50 and p95 of calls after one that is not counted."""
    work(0)
    found = []
    for number in range(times):
        start = time.perf_counter()
        work(number)
        found.append(1000 * (time.perf_counter() - start))
    return f"p50 {statistics.median(found):.1f} ms, p95 {statistics.quantiles(found, n=20)[18]:.1f} ms"


def main() -> None:
    """Run the benchmark on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=500, help="rows of each kind that are written one by one")
    asked = parser.parse_args()
    records = list(make(asked.papers, asked.edges))
    with tempfile.TemporaryDirectory() as name, Server(Path(name)) as server:
        with Neo4jStore(server.url, server.login) as store:
            start = time.perf_counter()
            counts = store.write(records)
            seconds = time.perf_counter() - start
            total = counts["nodes"] + counts["edges"]
            print(f"Neo4j {server.release}: load of {total:,} rows in {seconds:.1f} s = {total / seconds:,.0f} rows/s")
            start = time.perf_counter()
            again = store.write(records)
            print(f"the same again: {again['nodes'] + again['edges']} rows, {time.perf_counter() - start:.1f} s")
            hops = "MATCH (a:Paper {id: $id})-[:CITES]->(b:Paper)-[:CITES]->(c:Paper) RETURN count(DISTINCT c.id) AS n"
            two_hops = latency(lambda number: store.query(hops, {"id": f"doi:10/{number}"}))
            print(f"two hops, through the guard: {two_hops}")
            print(f"full text: {latency(lambda number: store.search(f'word{number} word{number + 1}'))}")
        nodes = [node for record in records for node in node_rows(record)]
        edges = random.Random(1).sample([edge for record in records for edge in edge_rows(record)], asked.sample)
        connection = Connection(server.url, server.login)
        by_node = rate(
            lambda n: connection.write([merge_nodes("Paper", list(SCHEMA.nodes["Paper"]), [nodes[n].row])]),
            asked.sample,
        )
        by_edge = rate(
            lambda n: connection.write(
                [
                    merge_edges(
                        "CITES", ("Paper", "Paper"), key=(), properties=(),
                        rows=[{"_a": edges[n].start[1], "_b": edges[n].end[1]}],
                    )
                ]
            ),
            asked.sample,
        )  # fmt: skip
        connection.close()
        expected = counts["nodes"] / by_node + counts["edges"] / by_edge
        print(f"row by row (n = {asked.sample} of each): {by_node:,.0f} nodes/s, {by_edge:,.0f} edges/s;")
        print(f"    scaled to the whole {expected:.1f} s, so the load is {expected / seconds:.1f} times faster")


if __name__ == "__main__":
    main()
