"""Reading order: one column or two, with what stretches over both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from biorxivist.literature.parse.pdf.rows import WIDE, Row, rows_of, runs_of
from biorxivist.literature.parse.pdf.shapes import Line, Page

Gutter = tuple[float, float]
NARROWEST = 4.0
"""Points between two columns."""
FEWEST_LINES = 4
"""Lines on either side of a gutter."""
GAP = 1.8
"""Sizes of a letter from one line to the next, behind which something else begins."""
ALIGNED = 0.5
"""Share of the lines right of a gutter that begin at one place."""


def read_lines(pages: Sequence[Page]) -> list[Line]:
    """Lines of all pages in reading order."""
    runs = [[run for row in rows_of(page.words) for run in runs_of(row)] for page in pages]
    gutters = [find_gutter(page_runs) for page_runs in runs]
    usual = _usual(gutters)
    lines: list[Line] = []
    flow = 0
    for page, page_runs, own in zip(pages, runs, gutters, strict=True):
        for group in _stretches(page_runs, _fitting(usual, page_runs) or own):
            lines += [_line(run, page.number, flow) for run in group]
            flow += 1
    _set_edges(lines)
    return lines


def find_gutter(runs: Sequence[Row]) -> Gutter | None:
    """Left and right edge of the gap between two columns of a page; None if there is one column.

    The gap is where most lines stand wholly on its left or wholly on its right, and those on its right begin at one
    place.
    """
    if not runs:
        return None
    left = min(run.words[0].x0 for run in runs)
    right = max(run.words[-1].x1 for run in runs)
    width = right - left
    best: tuple[float, Gutter] | None = None
    starts = sorted({round(run.words[0].x0, 1) for run in runs if 0.3 < (run.words[0].x0 - left) / width < 0.7})
    for start in starts:
        # Of each line the part that comes first on the right: wide gaps may part a line of the right column, too.
        after: dict[float, Row] = {}
        before: dict[float, Row] = {}
        crossing = 0
        for run in runs:
            if run.words[0].x0 >= start - 1.5:
                after.setdefault(run.base, run)
            elif run.words[-1].x1 <= start - NARROWEST + 1:
                before[run.base] = run
            else:
                crossing += 1
        aligned = sum(run.words[0].x0 - start < 1.5 for run in after.values())
        within = [run for run in before.values() if run.words[-1].x1 > left + 0.25 * width]
        if min(len(within), aligned) < max(FEWEST_LINES, crossing / 2) or aligned < ALIGNED * len(after):
            continue
        score = min(len(within), aligned) - 0.25 * crossing
        if best is None or score > best[0]:
            edge = max(run.words[-1].x1 for run in within)
            # Most lines of the right column may be indented, as those of a reference list are.
            first = min(run.words[0].x0 for run in runs if run.words[0].x0 > edge + 1)
            best = score, (min(edge, first - NARROWEST), first)
    return best[1] if best else None


def _usual(gutters: Sequence[Gutter | None]) -> Gutter | None:
    """The gutter of most pages that have one."""
    starts = Counter(round(gutter[1]) for gutter in gutters if gutter)
    if not starts:
        return None
    start, count = starts.most_common(1)[0]
    if count * 3 < len(gutters):
        return None
    return next(gutter for gutter in gutters if gutter and round(gutter[1]) == start)


def _fitting(usual: Gutter | None, runs: Sequence[Row]) -> Gutter | None:
    """The usual gutter, if some lines of a page begin at it: a title page may have many that cross it."""
    if usual is None:
        return None
    return usual if sum(abs(run.words[0].x0 - usual[1]) < 1.5 for run in runs) >= FEWEST_LINES - 1 else None


def _stretches(runs: Sequence[Row], gutter: Gutter | None) -> list[list[Row]]:
    """Runs of a page by stretch, each read from top to bottom before the next begins."""
    if gutter is None:
        return [_joined(runs)] if runs else []
    middle = (gutter[0] + gutter[1]) / 2
    crossing = {run.base for run in runs if _crosses(run, gutter) or _is_parted_line(run, runs, gutter)}
    groups: list[list[Row]] = []
    sides: tuple[list[Row], list[Row]] = ([], [])

    def close() -> None:
        groups.extend(_joined(side) for side in sides if side)
        for side in sides:
            side.clear()

    over: list[Row] = []
    for run in sorted(runs, key=lambda r: (r.base, r.words[0].x0)):
        if run.base in crossing:
            below = _below_both(*sides)
            close()
            over += below
            over.append(run)
            continue
        if over:
            groups.append(_joined(over))
            over = []
        sides[run.words[0].x0 >= middle].append(run)
    if over:
        groups.append(_joined(over))
    close()
    return groups


def _below_both(left: list[Row], right: list[Row]) -> list[Row]:
    """Take the lines off the left column that stand below both, behind a gap: a short heading of what follows.

    What follows stretches over both columns, and so does its heading, however short it is.
    """
    if not left or not right:
        return []
    lowest = max(run.base for run in right)
    for place in range(1, len(left)):
        run, above = left[place], left[place - 1]
        if run.base > lowest + 1 and run.base - above.base > GAP * above.size:
            below = left[place:]
            del left[place:]
            return below
    return []


def _crosses(run: Row, gutter: Gutter) -> bool:
    return run.words[0].x0 < gutter[0] - 1 and run.words[-1].x1 > gutter[1] + 1


def _is_parted_line(run: Row, runs: Sequence[Row], gutter: Gutter) -> bool:
    """Whether a run is half of a line over both columns whose space happens to lie in the gutter."""
    for other in runs:
        if other is run or other.base != run.base:
            continue
        a, b = (run, other) if run.words[0].x0 < other.words[0].x0 else (other, run)
        gap = b.words[0].x0 - a.words[-1].x1
        if 0 < gap < 2 * WIDE * run.size and abs(b.words[0].x0 - gutter[1]) > 1.5 and b.words[0].x0 > gutter[0]:
            return a.words[-1].x1 <= gutter[1]
    return False


def _joined(runs: Sequence[Row]) -> list[Row]:
    """Runs of one stretch with those of one baseline in one row: a list's label and its text, the cells of a table."""
    rows: list[Row] = []
    for run in sorted(runs, key=lambda r: (r.base, r.words[0].x0)):
        if rows and rows[-1].base == run.base:
            rows[-1] = Row([*rows[-1].words, *run.words], run.base, max(rows[-1].size, run.size))
        else:
            rows.append(Row(list(run.words), run.base, run.size))
    return rows


def _line(row: Row, page: int, flow: int) -> Line:
    return Line(row.words, page, row.base, row.size, flow=flow)


def _set_edges(lines: Sequence[Line]) -> None:
    """Edges of the column of every line: where most lines of its kind begin and end, on any page."""
    flows: dict[int, list[Line]] = {}
    for line in lines:
        flows.setdefault(line.flow, []).append(line)
    for members in flows.values():
        left = _low([line.x0 for line in members])
        right = _high([line.x1 for line in members])
        for line in members:
            line.left, line.right = left, right
    widths = Counter((round(line.left), round(line.right)) for line in lines)
    usual = [edges for edges, count in widths.most_common(6) if count >= 5]
    for members in flows.values():  # a short stretch has the edges of the column that it stands in
        first = members[0]
        fitting = [
            e for e in usual if e[0] - 3 <= min(m.x0 for m in members) and max(m.x1 for m in members) <= e[1] + 3
        ]
        if len(members) < 5 and fitting:
            left, right = min(fitting, key=lambda edge: (abs(edge[0] - first.left), edge[1] - edge[0]))
            for line in members:
                line.left, line.right = float(left), float(right)


def _low(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 20]


def _high(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[-1 - len(ordered) // 20]
