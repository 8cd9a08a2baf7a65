"""How much does a write of the embedded store write, and how large is what stands beside its graph?

    PYTHONPATH=. python benchmarks/store_writes.py SAMPLES [--papers 0 1000]

SAMPLES is the folder of real samples (api, html, jats). The papers are copies of its bioRxiv files under ids of their
own; 0 stands for the seeds. Printed are the sizes of the files and the ledger over the graph; then, for a whole load,
for the same records again, for one new author, for one changed paper and for one new passage, the bytes that the
process handed to the system for writing (Linux counts them) and their share of the whole load.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from biorxivist import seeds
from biorxivist.literature.import_files import ingest
from graph.archive import Archive
from graph.records import Author, Paper, Passage, Record
from graph.stores.base import Store
from graph.stores.open import open_store
from tests.fake_literature.corpus import JATS, rename


def written() -> int:
    """Bytes that this process handed to the system for writing, until now."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("wchar")).split()[1])


def papers_archive(folder: Path, samples: Path, papers: int) -> Archive:
    """Archive of so many copies of the sample files."""
    files = [(samples / "jats" / name).read_bytes() for name in JATS]
    source = folder / "papers"
    source.mkdir()
    for number in range(papers):
        doi = f"10.64898/2026.08.01.{1_000_000 + number}"
        (source / f"{number:06d}.xml").write_bytes(rename(files[number % len(files)], doi, 1))
    archive = Archive(folder / "archive")
    ingest([source], archive)
    return archive


def changes(records: Iterable[Record]) -> Iterator[tuple[str, list[Record]]]:
    """Small writes, by name."""
    paper, passage = None, None
    for record in records:
        paper = record if paper is None and isinstance(record, Paper) else paper
        passage = record if passage is None and isinstance(record, Passage) else passage
    yield "one new author", [Author(id="author:new", name="Ada New")]
    if paper is not None:
        yield "one changed paper", [paper.model_copy(update={"title": f"{paper.title} (revised)"})]
    if passage is not None:
        new = {**passage.model_dump(), "text": "Nobody wrote this.", "end": 18}
        new.pop("id", None)
        yield "one new passage", [Passage(**new)]


def measure(store: Store, name: str, records: Iterable[Record], whole: int | None = None) -> int:
    """Write, and print what it took."""
    before, started, used = written(), time.perf_counter(), time.process_time()
    counts = store.write(records)
    spent, seconds, used = written() - before, time.perf_counter() - started, time.process_time() - used
    share = "" if whole is None else f", {spent / whole:.2%} of the whole load"
    print(f"  {name}: {spent:,} bytes written{share}; {seconds:.2f} s, {used:.2f} s of a core; {counts}", flush=True)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--papers", type=int, nargs="+", default=[0, 1000])
    given = parser.parse_args()
    for papers in given.papers:
        print(f"{papers} papers" if papers else "the seeds", flush=True)
        with tempfile.TemporaryDirectory() as name:
            archive = papers_archive(Path(name), given.samples, papers) if papers else None
            records = list(seeds.records()) if archive is None else None
            again = lambda records=records, archive=archive: records or archive.read()  # noqa: E731
            with open_store(f"ladybug:{name}/store") as store:
                whole = measure(store, "whole load", again())
                (folder,) = Path(name, "store").glob("gen-*")
                sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
                print("  files:", ", ".join(f"{file} {size:,}" for file, size in sizes.items() if size > 1000))
                print(f"  ledger over graph: {sizes['ledger.sqlite'] / sizes['graph.lbug']:.2f}", flush=True)
                measure(store, "the same records again", again(), whole)
                for what, some in changes(again()):
                    measure(store, what, some, whole)


if __name__ == "__main__":
    main()
