"""How fast are records written to the embedded store, and how much do batches bring?

    python benchmarks/graph_load.py [--papers 10000] [--edges 100000] [--sample 2000]

Prints rows per second of a whole load (records to rows, graph, ledger, full text, digest, put in place), the same
archive again, a rebuild, and rows per second of the same engine written row by row, one statement and one commit each
(a sample, whose size is printed; its rate is compared, not its sum).
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from graph.archive import Archive
from graph.load import load, rebuild
from graph.records import Paper, Record, Reference
from graph.rows import edge_rows, node_rows
from graph.schema import SCHEMA
from graph.stores.ladybug.engine import close_engine, open_engine, rows_of
from graph.stores.open import open_store
from graph.stores.statements import create_nodes, merge_edges


def make(papers: int, edges: int) -> Iterator[Record]:
    """Papers with abstracts, and as many different citations between them."""
    rng = random.Random(0)
    for number in range(papers):
        abstract = " ".join(f"word{rng.randrange(5000)}" for _ in range(120))
        yield Paper(id=f"doi:10/{number}", title=f"Paper {number}", abstract=abstract, dois=(f"10/{number}",))
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < edges:
        pairs.add((rng.randrange(papers), rng.randrange(papers)))
    for citing, cited in sorted(pairs):
        yield Reference(paper_id=f"doi:10/{citing}", cited_id=f"doi:10/{cited}", key=str(cited))


def row_by_row(folder: Path, records: list[Record], sample: int, *, together: bool) -> tuple[float, float]:
    """Rows per second for nodes and for edges, one statement per row, each with its commit or all ``together``."""
    graph = open_engine(folder / f"rows-{together}.lbug", read_only=False)
    for statement in SCHEMA.ladybug_ddl():
        list(rows_of(graph, statement))
    nodes = [node for record in records for node in node_rows(record)]
    some = nodes[:sample]
    begin, commit = ("BEGIN TRANSACTION", "COMMIT") if together else ("RETURN 1", "RETURN 1")
    start = time.perf_counter()
    list(rows_of(graph, begin))
    for node in some:
        statement, rows = create_nodes(node.label, SCHEMA.nodes[node.label], [node.row])
        list(rows_of(graph, statement, {"rows": rows}))
    list(rows_of(graph, commit))
    node_rate = len(some) / (time.perf_counter() - start)
    for first in range(sample, len(nodes), 1000):  # the other papers, so that the edges find as many as in the load
        statement, rows = create_nodes("Paper", SCHEMA.nodes["Paper"], [n.row for n in nodes[first : first + 1000]])
        list(rows_of(graph, statement, {"rows": rows}))
    edges = [edge for record in records for edge in edge_rows(record)]
    picked = random.Random(1).sample(edges, min(sample, len(edges)))
    start = time.perf_counter()
    list(rows_of(graph, begin))
    for edge in picked:
        row = {"_a": edge.start[1], "_b": edge.end[1]}
        statement, rows = merge_edges("CITES", ("Paper", "Paper"), key=(), properties=(), rows=[row])
        list(rows_of(graph, statement, {"rows": rows}))
    list(rows_of(graph, commit))
    edge_rate = len(picked) / (time.perf_counter() - start)
    close_engine(graph)
    return node_rate, edge_rate


def main() -> None:
    """Run the benchmark in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2000, help="rows of each kind that are written one by one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = list(make(asked.papers, asked.edges))
        archive = Archive(folder / "archive")
        start = time.perf_counter()
        archive.append(records, writer="benchmark")
        print(f"archive: {len(records) / (time.perf_counter() - start):,.0f} records/s")
        with open_store(f"ladybug:{folder / 'store'}") as store:
            start = time.perf_counter()
            counts = load(store, records)
            seconds = time.perf_counter() - start
            rate = (counts["nodes"] + counts["edges"]) / seconds
            print(f"load: {counts['nodes']:,} nodes, {counts['edges']:,} edges in {seconds:.1f} s = {rate:,.0f} rows/s")
            digest = store.digest()
            start = time.perf_counter()
            again = load(store, archive.read())
            print(
                f"same archive again: {again['nodes']} nodes, {again['edges']} edges written, digest "
                f"{'equal' if store.digest() == digest else 'DIFFERENT'}, {time.perf_counter() - start:.1f} s"
            )
        start = time.perf_counter()
        rebuild(archive, f"ladybug:{folder / 'store'}")
        print(f"rebuild from the archive: {time.perf_counter() - start:.1f} s")
        rows = min(asked.sample, counts["nodes"])
        for together in (False, True):
            node_rate, edge_rate = row_by_row(folder, records, asked.sample, together=together)
            expected = counts["nodes"] / node_rate + counts["edges"] / edge_rate
            how = "in one transaction" if together else "a commit each"
            print(f"row by row, {how} (n = {rows} of each kind): {node_rate:,.0f} nodes/s, {edge_rate:,.0f} edges/s;")
            print(f"    scaled to the whole {expected:.1f} s, so the load is {expected / seconds:.1f} times faster")


if __name__ == "__main__":
    main()
