"""How long does a query take, and how much longer when the graph is large?

    python benchmarks/graph_query.py [--papers 100000] [--repeat 30] [--neo4j]

Loads the field as it ships, then the same with so many more papers, each with a passage and two citations, and prints
p50 and p95 in milliseconds on both, and the ratio of the medians: of every named query (in this process), of queries
of a person through the guard (on the embedded store in a warm child process), and of full-text search. ``--neo4j``
asks a throw-away server instead of the embedded store.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from biorxivist import seeds
from graph import queries
from graph.load import load
from graph.records import Paper, Passage, Record, Reference
from graph.stores.base import Store
from graph.stores.open import open_store
from tests.neo4j_server.server import Server

ASKED = (
    "MATCH (p:Paper) RETURN p.id AS paper ORDER BY paper LIMIT 5",
    "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title, c.statement LIMIT 5",
    "MATCH (p:Paper)-[:MAKES]->(c:Claim)-[:ABOUT]->(m:Model) RETURN m.id AS model, count(DISTINCT p.id) AS papers "
    "ORDER BY papers DESC, model LIMIT 10",
    "MATCH (s:SaturationPoint)-[:OF]->(m:Model) RETURN m.id AS model, s.fraction AS fraction, count(s.id) AS points "
    "ORDER BY model, fraction LIMIT 50",
    "MATCH (a:Paper {id: 'doi:10/7'})-[:CITES]->(b:Paper)-[:CITES]->(c:Paper) RETURN count(DISTINCT c.id) AS papers",
)
TEXTS = ("does more pre-training data help foundation models?", "word17 word23")


class Times(NamedTuple):
    """Milliseconds."""

    p50: float
    p95: float


def more(papers: int) -> Iterator[Record]:
    """Papers that say nothing of the field: a passage of 80 words each, two citations."""
    rng = random.Random(0)
    for number in range(papers):
        paper = f"doi:10/{number}"
        text = " ".join(f"word{rng.randrange(20_000)}" for _ in range(80))
        yield Paper(id=paper, title=f"Paper {number}", year=2000 + number % 26, dois=(f"10/{number}",))
        yield Passage(paper_id=paper, version_id=f"{paper}v1", section="Results", text=text, end=len(text))
        for cited in {rng.randrange(papers), rng.randrange(papers)}:
            yield Reference(paper_id=paper, cited_id=f"doi:10/{cited}", key=str(cited))


def measure(call: Callable[[], object], repeat: int) -> Times:
    """Times of ``repeat`` calls after one that is not counted."""
    call()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return Times(statistics.median(times), statistics.quantiles(times, n=20)[18])


def ask_all(store: Store, repeat: int) -> dict[str, Times]:
    """Times of everything that is asked."""
    found = {name: measure(lambda name=name: store.run(name), repeat) for name in queries.names()}  # type: ignore[misc]
    start = time.perf_counter()
    store.query(ASKED[0])
    first = 1000 * (time.perf_counter() - start)
    found["first query of a person (on the embedded store a process starts)"] = Times(first, first)
    found |= {cypher: measure(lambda cypher=cypher: store.query(cypher), repeat) for cypher in ASKED}  # type: ignore[misc]
    return found | {f"full text: {text}": measure(lambda text=text: store.search(text), repeat) for text in TEXTS}  # type: ignore[misc]


def main() -> None:
    """Run the benchmark in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--neo4j", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, login = f"ladybug:{folder / 'store'}", None
        if asked.neo4j:
            server = stack.enter_context(Server(folder / "neo4j"))
            url, login = server.url, server.login
        store = stack.enter_context(open_store(url, login=login))
        measured = []
        for records in (seeds.records(), more(asked.papers)):
            start = time.perf_counter()
            counts = load(store, records)
            seconds = time.perf_counter() - start
            print(f"+ {counts['nodes']:,} nodes, {counts['edges']:,} edges in {seconds:.0f} s", flush=True)
            measured.append(ask_all(store, asked.repeat))
    small, large = measured
    print(f"milliseconds, n = {asked.repeat} each: the field | with {asked.papers:,} more papers | ratio of medians")
    for what, before in small.items():
        now = large[what]
        ratio = now.p50 / before.p50
        print(f"{before.p50:8.2f} {before.p95:8.2f} | {now.p50:8.2f} {now.p95:8.2f} | {ratio:7.1f}   {what[:90]}")
    named = [large[name].p50 for name in queries.names()]
    print(f"named queries, of their medians on the large graph: p50 {statistics.median(named):.1f} ms, "
          f"p95 {statistics.quantiles(named, n=20)[18]:.1f} ms, slowest {max(named):.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
