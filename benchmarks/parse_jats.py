"""How long it takes to read a paper, beside what lxml alone needs to get its text out.

    python benchmarks/parse_jats.py [FILE ...]

Without files the samples under $BIORXIVIST_SHARED are read. Times are processor times, the best of many runs, so that
a busy machine does not decide. Two yardsticks stand beside ours, in the same run and with the same parser settings:

- text: the file parsed, the text of every heading, paragraph, caption, cell and reference, with white space
  collapsed, which is what a reader of the text needs at least
- dump: the file parsed and all its characters joined into one string, which loses every border

``--steps`` counts operations of the interpreter instead, by function: no load disturbs them, and what C does in them is
not counted.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType

from lxml import etree

from biorxivist.literature.parse import parse

BLOCKS = ("title", "article-title", "p", "label", "td", "th", "ref", "aff", "contrib")


def tree(data: bytes) -> etree._Element:
    options = {"load_dtd": False, "no_network": True, "resolve_entities": False, "huge_tree": False}
    return etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True, **options))


def text_of(data: bytes) -> list[str]:
    return [" ".join("".join(block.itertext()).split()) for block in tree(data).iter(*BLOCKS)]


def dump(data: bytes) -> str:
    return " ".join("".join(tree(data).itertext()).split())


def best(works: Sequence[Callable[[], object]], runs: int) -> list[float]:
    """Milliseconds of processor time of each, the best of some runs; in turn, so that a busy spell meets them all."""
    times = [float("inf")] * len(works)
    for _ in range(runs):
        for place, work in enumerate(works):
            start = time.process_time()
            work()
            times[place] = min(times[place], time.process_time() - start)
    return [1e3 * seconds for seconds in times]


def steps(data: bytes) -> Counter[str]:
    """Function -> operations of the interpreter in one reading."""
    counted: Counter[str] = Counter()

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., object]:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            counted[frame.f_code.co_qualname] += 1
        return trace

    parse(data)
    sys.settrace(trace)
    try:
        parse(data)
    finally:
        sys.settrace(None)
    return counted


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--runs", type=int, default=60)
    options.add_argument("--steps", action="store_true", help="count operations of the interpreter")
    given = options.parse_args()
    shared = Path(os.environ.get("BIORXIVIST_SHARED", Path(__file__).parents[2] / "shared"))
    files = given.files or sorted((shared / "samples" / "jats").glob("*.xml"))
    if given.steps:
        for path in files:
            counted = steps(path.read_bytes())
            print(f"{path.name[:32]:32} {counted.total():9,} operations")
            print("".join(f"    {name:50} {number:9,}\n" for name, number in counted.most_common(20)), end="")
        return
    print(f"{'file':32} {'kB':>5} {'ours ms':>8} {'text ms':>8} {'x':>5} {'dump ms':>8} {'x':>5}")
    sums = [0.0, 0.0, 0.0]
    for path in files:
        data = path.read_bytes()
        ours, text, plain = best([partial(work, data) for work in (parse, text_of, dump)], given.runs)
        sums = [a + b for a, b in zip(sums, (ours, text, plain), strict=True)]
        print(
            f"{path.name[:32]:32} {len(data) / 1e3:5.0f} {ours:8.1f} {text:8.1f} {ours / text:5.2f} "
            f"{plain:8.1f} {ours / plain:5.2f}"
        )
    if files:
        ours, text, plain = sums
        print(f"{'all':32} {'':5} {ours:8.1f} {text:8.1f} {ours / text:5.2f} {plain:8.1f} {ours / plain:5.2f}")


if __name__ == "__main__":
    main()
