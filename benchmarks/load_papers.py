"""How fast do papers get into the archive and on into the embedded graph, and does memory stay flat?

    PYTHONPATH=. python benchmarks/load_papers.py SAMPLES [--papers 1000 10000] [--graph]

SAMPLES is the folder of real samples (api, html, jats). The papers are copies of its bioRxiv files under ids of their
own. Each number is run in a process of its own; papers per second and peak memory are printed, and the peak of the
largest over that of the smallest.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from biorxivist.literature.import_files import ingest
from graph.archive import Archive
from tests.fake_literature.corpus import JATS, rename


def run(samples: Path, papers: int, *, graph: bool) -> None:
    """One load, in this process; the last line printed is the peak in MiB."""
    files = [(samples / "jats" / name).read_bytes() for name in JATS]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "papers"
        folder.mkdir()
        for number in range(papers):
            doi = f"10.64898/2026.08.01.{1_000_000 + number}"
            (folder / f"{number:06d}.xml").write_bytes(rename(files[number % len(files)], doi, 1))
        archive = Archive(Path(name) / "archive")
        started = time.perf_counter()
        done = ingest([folder], archive)
        seconds = time.perf_counter() - started
        print(f"  archive: {done.papers / seconds:.1f} papers/s, {done.written} records, {seconds:.0f} s")
        if graph:
            from graph.load import rebuild

            started = time.perf_counter()
            counts = rebuild(Archive(archive.folder), f"ladybug:{name}/graph")
            seconds = time.perf_counter() - started
            print(f"  graph: {done.papers / seconds:.1f} papers/s, {counts}, {seconds:.0f} s")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--papers", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--graph", action="store_true")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        run(given.samples, given.papers[0], graph=given.graph)
        return
    peaks = []
    for papers in given.papers:
        print(f"{papers} papers", flush=True)
        options = ["--child", *(["--graph"] if given.graph else [])]
        command = [sys.executable, __file__, str(given.samples), "--papers", str(papers), *options]
        lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        peaks.append(float(lines[-1]))
        print(*lines[:-1], f"  peak memory: {lines[-1]} MiB", sep="\n", flush=True)
    print(f"peak of the largest over that of the smallest: {max(peaks) / min(peaks):.2f}")


if __name__ == "__main__":
    main()
