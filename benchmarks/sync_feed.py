"""How fast does a harvest of the feed go, what does a kill cost, and does the server ever see more than the rate?

    PYTHONPATH=. python benchmarks/sync_feed.py SAMPLES [--papers 5000] [--page 30] [--rate 200] [--kills 2]

SAMPLES is the folder of real samples (api, html, jats). Prints papers per second, pages, the busiest second at the
server, peak memory, and for a harvest that was killed so many times the pages fetched again and whether its canonical
archive is the same, byte for byte.
"""

from __future__ import annotations

import argparse
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from biorxivist.literature.harvest.run import sync
from biorxivist.literature.http import Pace
from biorxivist.literature.sources import Endpoint, Sources
from graph.archive import Archive
from tests.fake_literature import FakeLiterature, build


def harvest(folder: Path, url: str, rate: float) -> None:
    """One harvest, in this process."""
    sources = Sources({"biorxiv_api": Endpoint(url, Pace(rate, 1))}, cache=folder / "cache")
    days = {"since": "2026-08-01", "until": "2026-08-31"}
    started = time.perf_counter()
    report = sync(**days, archive=folder / "archive", state=folder / "sync", sources=sources)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {report.line()}\n  {report.papers / seconds:.0f} papers/s, {seconds:.1f} s, peak memory {peak:.0f} MiB")


def child(folder: Path, url: str, rate: float) -> subprocess.Popen[bytes]:
    """One harvest, in a process of its own."""
    command = [sys.executable, __file__, "--child", str(folder), url, str(rate)]
    return subprocess.Popen(command)


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        harvest(Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--papers", type=int, default=5000)
    parser.add_argument("--page", type=int, default=30)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--kills", type=int, default=2)
    given = parser.parse_args()
    corpus = build(given.samples, given.papers, revised=50)
    with tempfile.TemporaryDirectory() as name, FakeLiterature(corpus, page_size=given.page) as fake:
        folder, url = Path(name), fake.url("biorxiv")
        print("unbroken")
        child(folder / "whole", url, given.rate).wait()
        pages = fake.count("details")
        print(f"  {pages} pages, busiest second at the server: {fake.busiest()} requests (limit {given.rate:.0f})")
        print(f"killed {given.kills} times")
        for number in range(1, given.kills + 1):
            process = child(folder / "broken", url, given.rate)
            while fake.count("details") < pages + number * pages // (given.kills + 1) and process.poll() is None:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.wait()
        child(folder / "broken", url, given.rate).wait()
        again = fake.count("details") - 2 * pages
        same = list(Archive(folder / "whole/archive").export()) == list(Archive(folder / "broken/archive").export())
        print(f"  {again} pages fetched again, archives {'the same' if same else 'DIFFERENT'} byte for byte")


if __name__ == "__main__":
    main()
