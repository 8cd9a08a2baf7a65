"""How long does a query take on the embedded store?

    python benchmarks/graph_query.py [--repeat 50]

Loads the field as it ships, then prints p50 and p95 in milliseconds of every named query (in this process), of
queries of a person through guard and child process (warm), of full-text search, and how long a cold child takes.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from biorxivist import seeds
from graph import queries
from graph.load import load
from graph.stores.base import open_store

ASKED = (
    "MATCH (p:Paper) RETURN p.id AS paper ORDER BY paper LIMIT 5",
    "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title, c.statement LIMIT 5",
    "MATCH (p:Paper)-[:MAKES]->(c:Claim)-[:ABOUT]->(m:Model) RETURN m.id AS model, count(DISTINCT p.id) AS papers "
    "ORDER BY papers DESC, model LIMIT 10",
    "MATCH (s:SaturationPoint)-[:OF]->(m:Model) RETURN m.id AS model, s.fraction AS fraction, count(s.id) AS points "
    "ORDER BY model, fraction LIMIT 50",
)


def measure(call: Callable[[], object], repeat: int) -> str:
    """p50 and p95 of ``repeat`` calls after one that is not counted."""
    call()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return f"p50 {statistics.median(times):7.2f} ms   p95 {statistics.quantiles(times, n=20)[18]:7.2f} ms"


def main() -> None:
    """Run the benchmark in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=50)
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory() as name, open_store(f"ladybug:{Path(name) / 'store'}") as store:
        counts = load(store, seeds.records())
        print(f"{counts['nodes']:,} nodes, {counts['edges']:,} edges; n = {repeat} each")
        for query in queries.names():
            print(f"{measure(lambda query=query: store.run(query), repeat)}   {query}")  # type: ignore[misc]
        start = time.perf_counter()
        store.query(ASKED[0])
        print(f"first query of a person (guard and child process start): {time.perf_counter() - start:.2f} s")
        for cypher in ASKED:
            print(f"{measure(lambda cypher=cypher: store.query(cypher), repeat)}   {cypher[:70]}")  # type: ignore[misc]
        text = "does more pre-training data help foundation models?"
        print(f"{measure(lambda: store.search(text), repeat)}   full-text search")


if __name__ == "__main__":
    main()
