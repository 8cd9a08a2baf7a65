"""Words that stand on one line across the page, and the runs that wide gaps part them into."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from biorxivist.literature.parse.pdf.shapes import Word

WIDE = 0.6
"""Share of the font size: a wider gap may part two columns."""
SMALL = 0.85
"""A raised or lowered word is smaller than this share of the line that it belongs to."""


@dataclass(slots=True)
class Row:
    """Words on one baseline, with what is raised and lowered beside them, from left to right."""

    words: list[Word]
    base: float
    size: float

    @property
    def text(self) -> str:
        """Its words, parted by spaces."""
        return " ".join(word.text for word in self.words)


def rows_of(words: Iterable[Word]) -> list[Row]:
    """Rows of a page, from top to bottom."""
    rows: list[Row] = []
    for word in sorted(words, key=lambda w: (w.base, w.x0)):
        row = rows[-1] if rows else None
        if row is not None and word.base - row.base <= max(0.8, 0.12 * min(word.size, row.size)):
            row.words.append(word)
            row.size = max(row.size, word.size)
        else:
            rows.append(Row([word], word.base, word.size))
    _take_in_small(rows)
    rows = [row for row in rows if row.words]
    for row in rows:
        row.words.sort(key=lambda w: w.x0)
        row.size = main_size(row.words)
    return rows


def runs_of(row: Row) -> list[Row]:
    """Parts of a row that gaps wider than a space part."""
    runs = [[row.words[0]]]
    edge = row.words[0].x1
    for word in row.words[1:]:
        if word.x0 - edge > WIDE * max(word.size, runs[-1][-1].size):
            runs.append([])
        runs[-1].append(word)
        edge = max(edge, word.x1)
    return [Row(run, row.base, main_size(run)) for run in runs]


def main_size(words: Sequence[Word]) -> float:
    """Size of most characters."""
    counts: Counter[float] = Counter()
    for word in words:
        counts[round(word.size, 1)] += len(word.text)
    return max(counts, key=lambda size: (counts[size], size))


def _take_in_small(rows: list[Row]) -> None:
    """Move raised and lowered words to the line that they touch."""
    bases = [row.base for row in rows]
    for number, row in enumerate(rows):
        stay: list[Word] = []
        for word in row.words:
            target = _line_of(word, number, rows, bases)
            if target is None:
                stay.append(word)
            else:
                target.words.append(word)
        row.words = stay


def _line_of(word: Word, own: int, rows: list[Row], bases: list[float]) -> Row | None:
    middle = word.middle[1]
    reach = word.size / SMALL * 2
    first = bisect_left(bases, word.base - reach)
    best: Row | None = None
    for number in range(first, len(rows)):
        row = rows[number]
        if row.base > word.base + reach:
            break
        if number == own:
            continue
        for other in row.words:
            if word.size > SMALL * other.size or abs(other.base - row.base) > 1.0:
                continue
            gap = max(other.x0 - word.x1, word.x0 - other.x1)
            if other.base - 0.95 * other.size < middle < other.base + 0.4 * other.size and gap < 0.3 * other.size:
                if best is None or abs(row.base - word.base) < abs(best.base - word.base):
                    best = row
                break
    return best
