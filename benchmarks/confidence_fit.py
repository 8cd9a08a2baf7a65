"""Fit how surely claims are right from the readings, and hold the fit against works that it has not seen.

    python benchmarks/confidence_fit.py [JUDGED.csv]

Written before it was run on held-out works (the shares of whole classes had been looked at, and the classes were chosen
by them, so that only the folds below say what such a table is worth):

- Question: does a table by class (what a comparison says beside who won, and against whom) say better than the shipped
  table by kind how likely a claim is right?
- Primary measure: Brier score of claims of works that the table was not fitted on (ten folds of works), shipped table
  less fitted one, with a 95 % interval from a bootstrap of works. Expected: above zero, by less than .02.
- Second: the same fit by kind alone, and of each band of what is predicted how many are right (Wilson). Expected: no
  band of .90 or more, so that nine in ten is not reached by any class.

Only claims that would enter are counted (readings 4 to 9, the subject in the sentence): the rules of the first three
were others. All readings were made before rules@8, and the rules were mended on each of them.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from judged_claims import wilson

Row = dict[str, str]
Table = dict[str, float]
READINGS = "456789"
# the table of rules@7, which the fit was held against; rules@8 have the fitted shares by kind
SHIPPED = {"comparison": 0.76, "scale_fact": 0.71, "score": 0.83}
FEW_READ = 0.40
PRIOR = 4
"""Claims of the share of all that a class is filled up with, so that a class of three does not say 0 or 1."""
FOLDS = 10
ROUNDS = 2000
GROUP = re.compile(r"\b(?:existing|state|previous|prior|baselines?|others?|methods|models|approaches|competing)\b")
BESIDE = re.compile(r", (?:in|by|on) ")


def main(arguments: Sequence[str]) -> None:
    path = Path(arguments[0]) if arguments else Path(__file__).with_name("judged_claims.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["reading"] in READINGS and not row["inferred"]]
    print(f"{len(rows)} claims of {len({row['source'] for row in rows})} works")
    for name, key in (("kind", kind_of), ("class", class_of)):
        print(f"  by {name}, all works")
        for entry, share in sorted(fit(rows, key).items()):
            print(f"    {entry:34} {share:.2f}  {_counted([row for row in rows if key(row) == entry])}")
    shipped = [SHIPPED.get(row["kind"], FEW_READ) for row in rows]
    for name, key in (("kind", kind_of), ("class", class_of)):
        predicted = held_out(rows, key)
        gain, low, high = difference(rows, shipped, predicted)
        print(
            f"  held-out works, by {name}: Brier {brier(rows, predicted):.3f}, shipped {brier(rows, shipped):.3f}, "
            f"difference {gain:+.3f} ({low:+.3f} to {high:+.3f})"
        )
        _print_bands(rows, predicted)
    print("  shipped")
    _print_bands(rows, shipped)


def kind_of(row: Row) -> str:
    """Comparison, score, size; the rest together."""
    return row["kind"] if row["kind"] in SHIPPED else "other"


def class_of(row: Row) -> str:
    """What a comparison says: better or as good, against a group or a name, with a task, metric or set or without."""
    if row["kind"] != "comparison":
        return kind_of(row)
    if " as well as " in row["claim"]:
        return "comparison, as good as"
    against = row["claim"].partition(" than ")[2].partition(",")[0]
    whom = "a group" if GROUP.search(against.casefold()) else "a name"
    return f"comparison with {whom}" + (", scope" if BESIDE.search(row["claim"]) else "")


def fit(rows: Sequence[Row], key: Callable[[Row], str]) -> Table:
    """Share that is right of each class, drawn towards the share of all."""
    of_all = sum(map(is_right, rows)) / len(rows)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        counts[key(row)][0] += is_right(row)
        counts[key(row)][1] += 1
    return {name: (right + PRIOR * of_all) / (n + PRIOR) for name, (right, n) in counts.items()}


def held_out(rows: Sequence[Row], key: Callable[[Row], str]) -> list[float]:
    """What a table says of each claim that was fitted on the works of the other folds."""
    works = sorted({row["source"] for row in rows})
    random.Random(0).shuffle(works)
    fold = {work: place % FOLDS for place, work in enumerate(works)}
    predicted = [0.0] * len(rows)
    for held in range(FOLDS):
        seen = [row for row in rows if fold[row["source"]] != held]
        table, of_all = fit(seen, key), sum(map(is_right, seen)) / len(seen)
        for place, row in enumerate(rows):
            if fold[row["source"]] == held:
                predicted[place] = table.get(key(row), of_all)
    return predicted


def is_right(row: Row) -> bool:
    return row["judgement"].startswith("right")


def brier(rows: Sequence[Row], predicted: Sequence[float]) -> float:
    return sum((share - is_right(row)) ** 2 for row, share in zip(rows, predicted, strict=True)) / len(rows)


def difference(rows: Sequence[Row], before: Sequence[float], after: Sequence[float]) -> tuple[float, float, float]:
    """Brier score before less after, with a 95 % interval over works."""
    of_work: dict[str, list[float]] = defaultdict(list)
    for row, one, other in zip(rows, before, after, strict=True):
        of_work[row["source"]].append((one - is_right(row)) ** 2 - (other - is_right(row)) ** 2)
    works, rng = list(of_work.values()), random.Random(1)
    drawn = []
    for _ in range(ROUNDS):
        values = [value for work in rng.choices(works, k=len(works)) for value in work]
        drawn.append(sum(values) / len(values))
    drawn.sort()
    all_values = [value for work in works for value in work]
    return sum(all_values) / len(all_values), drawn[int(0.025 * ROUNDS)], drawn[int(0.975 * ROUNDS)]


def _print_bands(rows: Sequence[Row], predicted: Sequence[float]) -> None:
    for low in (0.0, 0.5, 0.6, 0.7, 0.8, 0.9):
        top = 1.01 if low == 0.9 else 0.5 if low == 0.0 else low + 0.1
        of_band = [row for row, share in zip(rows, predicted, strict=True) if low <= share < top]
        if of_band:
            print(f"    said {low:.2f} to {min(top, 1):.2f}: {_counted(of_band)}")


def _counted(rows: Sequence[Row]) -> str:
    right = sum(map(is_right, rows))
    low, high = wilson(right, len(rows))
    return f"{right} of {len(rows)} right, {right / len(rows):.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main(sys.argv[1:])
