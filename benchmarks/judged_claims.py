"""How many of the claims that a reader judged were right, by how surely the rules said so.

    python benchmarks/judged_claims.py [JUDGED.csv]

JUDGED holds the claims that a reader who does not know the rules held against the sentences of papers that the rules
were not written on, in twenty-one readings; the rules were mended between them, so that only the last ones say what to
expect. Reading 10 judged what single sentences gave, and has no confidence. It is ``judged_claims.csv`` beside this
file if none is given.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path

Row = dict[str, str]


def main(arguments: Sequence[str]) -> None:
    path = Path(arguments[0]) if arguments else Path(__file__).with_name("judged_claims.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for reading in sorted({row["reading"] for row in rows}, key=int):
        judged = [row for row in rows if row["reading"] == reading]
        print(f"reading {reading}: {len(judged)} claims of {len({row['source'] for row in judged})} works")
        _print_shares("confidence", judged, lambda row: row["confidence"])
        _print_shares("kind", judged, lambda row: row["kind"] + (", inherited subject" if row["inferred"] else ""))


def _print_shares(title: str, rows: list[Row], key: Callable[[Row], str]) -> None:
    print(f"  {title:32} {'right':>10}  {'share':>6}  95 %")
    for name in sorted({key(row) for row in rows}):
        of_name = [row for row in rows if key(row) == name]
        right = sum(row["judgement"].startswith("right") for row in of_name)
        low, high = wilson(right, len(of_name))
        count = f"{right} of {len(of_name)}"
        print(f"  {name:32} {count:>10}  {right / len(of_name):6.2f}  {low:.2f}-{high:.2f}")


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share."""
    share = right / n
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


if __name__ == "__main__":
    main(sys.argv[1:])
