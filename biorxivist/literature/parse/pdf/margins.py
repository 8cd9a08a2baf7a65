"""What stands around the text of every page: running heads, footers, page numbers, line numbers, stamps."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from biorxivist.literature.parse.pdf.rows import Row, rows_of
from biorxivist.literature.parse.pdf.shapes import UNMAPPED, Left, Page, Word

ZONE = 0.16
"""Share of the page's height, above and below, where heads and footers are looked for."""
OUTERMOST = 6
"""Rows from the edge that may belong to a head or a footer."""
REPEATED = 0.3
"""Share of the pages on which a head stands: left and right pages differ, first pages have none."""
NUMBERED = 5
"""Lines of a page that carry numbers in the margin, at least."""
BESIDE = 40.0
"""Points between a line and its number."""
_PAGE_NUMBER = re.compile(r"(?:page\s*|p\.\s*|[-–—|]\s*)?(\d{1,4})(?:\s*(?:of|/|\|)\s*\d{1,4})?(?:\s*[-–—|])?", re.I)
_STAMP = re.compile(
    r"\b(?:bio|med)rxiv preprint\b|was not certified by peer review|copyright holder for this (?:preprint|version)"
    r"|made available under a\s*CC|reuse allowed without permission|\barxiv:\d{4}\.\d{4,5}v\d",
    re.I,
)


def strip_margins(pages: Sequence[Page]) -> list[str]:
    """Take what repeats around the text out of the words of the pages; returns the texts of stamps.

    Each thing that is taken out is entered in ``left`` of its page.
    """
    _strip_line_numbers(pages)
    tops = [_edge_rows(page, top=True) for page in pages]
    bottoms = [_edge_rows(page, top=False) for page in pages]
    repeated = _repeated(pages, tops) | _repeated(pages, bottoms)
    numbers = _page_numbers(pages, tops) | _page_numbers(pages, bottoms)
    stamps: list[str] = [text for page in pages for text in page.stamps]
    for page, top, bottom in zip(pages, tops, bottoms, strict=True):
        for where, rows in (("running head", top), ("footer", bottom)):
            for row in rows:
                if _STAMP.search(row.text):
                    stamps.append(row.text)
                    _take_out(page, row.words, "stamp of the repository", row.text)
                elif id(row) in repeated:
                    _take_out(page, row.words, where, row.text)
                elif id(row) in numbers:
                    _take_out(page, row.words, "page number", row.text)
    return stamps


def _edge_rows(page: Page, *, top: bool) -> list[Row]:
    """Rows at one edge of a page, the outermost first."""
    limit = ZONE * page.height
    words = [w for w in page.words if (w.base < limit if top else w.base > page.height - limit)]
    rows = rows_of(words)
    return rows[:OUTERMOST] if top else rows[::-1][:OUTERMOST]


def _repeated(pages: Sequence[Page], edges: Sequence[Sequence[Row]]) -> set[int]:
    """Rows whose text, but for numbers, stands at one height on several pages."""
    seen: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for page, rows in zip(pages, edges, strict=True):
        for row in rows:
            shape = re.sub(r"\d+", "#", "".join(row.text.split())).lower()
            seen[shape].append((page.number, row))
    least = max(2, REPEATED * len(pages))
    repeated: set[int] = set()
    for shape, places in seen.items():
        if shape == "#":
            continue
        heights = Counter(round(row.base / 4) for _, row in places)
        usual = heights.most_common(1)[0][0]
        fitting = [(number, row) for number, row in places if abs(row.base / 4 - usual) < 1.6]
        if len({number for number, _ in fitting}) >= least:
            repeated |= {id(row) for _, row in fitting}
    return repeated


def _page_numbers(pages: Sequence[Page], edges: Sequence[Sequence[Row]]) -> set[int]:
    """Rows that hold nothing but a number which grows with the page; on a single page the outermost one."""
    offsets: dict[int, list[Row]] = defaultdict(list)
    for page, rows in zip(pages, edges, strict=True):
        for row in rows:
            if match := _PAGE_NUMBER.fullmatch(row.text.strip()):
                offsets[int(match[1]) - page.number].append(row)
    least = 2 if len(pages) > 1 else 1
    return {id(row) for rows in offsets.values() if len(rows) >= least for row in rows}


def _strip_line_numbers(pages: Sequence[Page]) -> None:
    """Take out numbers beside the text that count the lines."""
    by_page = [(page, _line_numbers(page)) for page in pages]
    numbered = sum(bool(words) for _, words in by_page)
    if numbered * 2 < sum(bool(page.words) for page in pages):
        return  # a list whose lines are numbered, not the lines of a paper
    places = Counter(round(word.x1) for _, words in by_page for word in words)
    usual = [place for place, count in places.items() if count >= NUMBERED]
    for page, words in by_page:
        # Where captions and formulas part them, a few numbers make no chain, but they stand where the others do.
        counted = {id(word) for word in words}
        beside = list(words)
        for place in usual:
            column = [w for w in page.words if _may_count(w) and abs(w.x1 - place) < 1.5]
            if column and _is_margin(column, page):
                beside += [word for word in column if id(word) not in counted]
                counted.update(map(id, column))
        if beside:
            _take_out(page, beside, "line numbers", " ".join(word.text for word in beside))


def _may_count(word: Word) -> bool:
    """Whether a word may be the number of a line; their font is at times one that does not say what it prints."""
    return len(word.text) < 5 and (word.text.isdigit() or not word.text.strip(UNMAPPED))


def _line_numbers(page: Page) -> list[Word]:
    """Numbers that stand one above the other, count by one step, and stand beside nearly every row."""
    columns: dict[int, list[Word]] = defaultdict(list)
    for word in page.words:
        if _may_count(word):
            columns[round(word.x1 / 3)].append(word)
    numbers: list[Word] = []
    for place in sorted(columns):
        words = sorted((*columns[place], *columns.get(place + 1, ())), key=lambda w: w.base)
        unread = [word for word in words if UNMAPPED in word.text]
        for chain in (_longest_chain([word for word in words if UNMAPPED not in word.text]), unread):
            if (
                len(chain) >= NUMBERED
                and not {id(w) for w in chain} & {id(w) for w in numbers}
                and _is_margin(chain, page)
                and _stand_apart(chain, page)
            ):
                numbers += chain
    return numbers


def _longest_chain(words: Sequence[Word]) -> list[Word]:
    """The longest run of numbers that grow by 1, or by 5, downwards."""
    best: list[Word] = []
    for step in (1, 5):
        ends: dict[int, list[Word]] = {}
        for word in words:
            number = int(word.text)
            ends[number] = [*ends.pop(number - step, []), word]
        longest = max(ends.values(), key=len, default=[])
        if len(longest) > len(best):
            best = longest
    return best


def _is_margin(numbers: Sequence[Word], page: Page) -> bool:
    """Whether numbers stand where no text does, but for what goes over the whole page, as a title."""
    left, right = min(w.x0 for w in numbers), max(w.x1 for w in numbers)
    own = {id(word) for word in numbers}
    rows = {round(w.base / 4) for w in page.words if id(w) not in own and w.x0 < right + 1 and w.x1 > left - 1}
    return len(rows) <= len(numbers)


def _stand_apart(chain: Sequence[Word], page: Page) -> bool:
    """Whether numbers stand beside the rows of a column, a gap away, and every row between them has one."""
    left, right = min(w.x0 for w in chain), max(w.x1 for w in chain)
    own = {id(word) for word in chain}
    others = [w for w in page.words if id(w) not in own]
    if any(w.x0 < right + 1 and w.x1 > left - 1 and chain[0].top < w.base < chain[-1].bottom for w in others):
        return False
    if UNMAPPED not in chain[0].text and int(chain[1].text) - int(chain[0].text) > 1:
        return True
    near = [w for w in others if chain[0].top < w.base < chain[-1].bottom]
    right_of = {round(w.base) for w in near if 0 < w.x0 - right < BESIDE}
    left_of = {round(w.base) for w in near if 0 < left - w.x1 < BESIDE}
    bases = max(right_of, left_of, key=len)
    mine = {round(w.base) for w in chain}
    return sum(any(abs(base - m) <= 2 for m in mine) for base in bases) >= 0.6 * max(len(bases), 1)


def _take_out(page: Page, words: Sequence[Word], reason: str, text: str) -> None:
    gone = {id(word) for word in words}
    page.words = [word for word in page.words if id(word) not in gone]
    page.left.append(Left(reason, text, page.number))
