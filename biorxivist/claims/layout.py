"""Claims with the verdicts on them, laid out for a terminal of any width: cards on a narrow one, a table on a wide one.

Colours are the eight that every terminal theme, light or dark, defines readably; yellow, white and black are not used
because one kind of theme or the other hides them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

from biorxivist.claims.present import clean
from graph.evidence.verdict import verdict_text, why
from graph.records import Claim, Evidence

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from graph.vocabulary import Vocabulary

__all__ = ["STYLES", "TABLE_WIDTH", "print_claims", "prose", "wrapped"]

STYLES = {
    "reproduced": "bold green",
    "not_reproduced": "bold red",
    "same_direction_at_scale": "green",
    "opposite_direction_at_scale": "red",
    "no_effect_at_scale": "magenta",
    "rising_at_scale": "cyan",
    "consistent_with_printed": "green",
    "inconsistent_with_printed": "red",
    "inconclusive": "bold",
    "not_testable": "dim",
}
"""Style of each verdict on a terminal."""
TABLE_WIDTH = 100
"""Columns from which a table is easier to read than cards."""
WHO_WIDTH, ID_DIGITS, GAP = 15, 8, 2
MOST_CHARACTERS = 700
"""Of one text: what a paper says is bounded before it fills a terminal."""
ADDRESS = re.compile(r"https?://(?:www\.)?([^/\s()]+)[^\s()]*")
UNTESTED = "no rule was applied"

Row = tuple[Claim, str, Sequence[Evidence]]


def print_claims(rows: Iterable[Row], console: Console, vocabulary: Vocabulary) -> None:
    """Print claims with their verdicts, ids last.

    Parameters
    ----------
    rows
        (claim, who makes it, the evidence on it in the order to print); evidence may be empty.
    console
        Its width decides between cards (below `TABLE_WIDTH`) and a table. Words are never cut as long as they fit
        a line.
    vocabulary
        Names in place of ids.
    """
    if console.width < TABLE_WIDTH:
        _print_cards(rows, console, vocabulary)
    else:
        _print_table(rows, console, vocabulary)


def prose(text: object, vocabulary: Vocabulary) -> str:
    """Text of a paper or a rule as a reader needs it: safe, names for ids, hosts for addresses, bounded."""
    return shorten(ADDRESS.sub(r"\1", vocabulary.with_names(clean(text))), MOST_CHARACTERS, placeholder=" …")


def wrapped(text: str, width: int) -> str:
    """Text in lines of at most ``width`` characters, broken at spaces and hyphens only."""
    return "\n".join(wrap(text, max(width, 1), break_long_words=False))


def _print_cards(rows: Iterable[Row], console: Console, vocabulary: Vocabulary) -> None:
    from rich.text import Text

    margin = " " * GAP
    inner = console.width - GAP
    for place, (claim, who, evidence) in enumerate(rows):
        if place:
            console.print()
        console.print(Text(wrapped(prose(who, vocabulary), console.width), style="bold"))
        parts = [
            Text(wrapped(prose(claim.statement, vocabulary), inner)),
            *_verdicts(evidence, inner, vocabulary),
            Text(claim.id, style="dim"),
        ]
        for part in parts:
            for line in part.split("\n"):
                console.print(Text.assemble(margin, line))


def _print_table(rows: Iterable[Row], console: Console, vocabulary: Vocabulary) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    # Widths are set by hand: the automatic ones squeeze the widest column until its words are cut.
    room = console.width - WHO_WIDTH - ID_DIGITS - 3 * GAP
    claim_width = room * 2 // 5
    verdict_width = room - claim_width
    table = Table(box=box.HORIZONTALS, show_lines=True, show_edge=False, padding=(0, GAP - 1, 0, 0), pad_edge=False)
    columns = ("who says so", WHO_WIDTH), ("claim", claim_width), ("verdict, and why", verdict_width)
    for title, width in (*columns, ("id", ID_DIGITS)):
        table.add_column(title, width=width, overflow="fold")
    for claim, who, evidence in rows:
        verdicts = Text("\n").join(_verdicts(evidence, verdict_width, vocabulary))
        short_id = claim.id.partition(":")[2][:ID_DIGITS]
        table.add_row(
            Text(wrapped(prose(who, vocabulary), WHO_WIDTH)),
            Text(wrapped(prose(claim.statement, vocabulary), claim_width)),
            verdicts,
            Text(short_id, style="dim"),
        )
    console.print(table)


def _verdicts(evidence: Sequence[Evidence], width: int, vocabulary: Vocabulary) -> list[Text]:
    """For each evidence the verdict with its numbers, and below it what decided."""
    from rich.text import Text

    if not evidence:
        return [Text("not testable", style=STYLES["not_testable"]), Text(UNTESTED, style="dim")]
    lines = []
    for single in evidence:
        words = single.verdict.replace("_", " ")
        # Nothing was measured, so neither numbers nor a basis are worth a line.
        phrase = words if single.verdict == "not_testable" else verdict_text(single)
        headline = Text(wrapped(prose(phrase, vocabulary), width))
        headline.stylize(STYLES.get(single.verdict, "bold"), 0, len(words))
        lines += [headline, Text(wrapped(prose(why(single), vocabulary), width), style="dim")]
    return lines
