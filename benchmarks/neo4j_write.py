"""Does the cost of a write to a Neo4j server follow the write?

    python benchmarks/neo4j_write.py [--times 5]

Starts a throw-away server, loads all facts that the package ships, and prints what one more Author, one more Reference
and a digest take, each as a fraction of the whole load (median of --times calls).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from biorxivist import seeds
from graph.records import Author, Paper, Reference
from graph.stores.neo4j.store import Neo4jStore
from tests.neo4j_server.server import Server


def seconds(work: Callable[[int], object], times: int) -> float:
    """Median of some calls after one that is not counted: a server plans a query when it first sees it."""
    work(-1)
    taken = []
    for number in range(times):
        start = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Run the benchmark on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    records = list(seeds.records())
    papers = [record.id for record in records if isinstance(record, Paper)]
    with (
        tempfile.TemporaryDirectory() as name,
        Server(Path(name)) as server,
        Neo4jStore(server.url, server.login) as store,
    ):
        start = time.perf_counter()
        counts = store.write(records)
        whole = time.perf_counter() - start
        rows = counts["nodes"] + counts["edges"]
        print(f"Neo4j {server.release}: {len(records):,} records, {rows:,} rows loaded in {whole:.1f} s")
        parts: dict[str, Callable[[int], object]] = {
            "one Author": lambda n: store.write([Author(id=f"author:bench{n}", name="A. Bench")]),
            "one Reference": lambda n: store.write([Reference(paper_id=papers[0], key=f"b{n}", cited_id=papers[n])]),
            "digest()": lambda _: store.digest(),
            "the same records again": lambda _: store.write(records),
        }
        for what, work in parts.items():
            taken = seconds(work, 1 if what.startswith("the same") else options.times)
            print(f"{what:24} {1000 * taken:9.1f} ms, {taken / whole:.4f} of the load (1/{whole / taken:.0f})")


if __name__ == "__main__":
    main()
