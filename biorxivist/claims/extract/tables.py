"""Score tables -> one score a cell, with what its row, its column and the caption name.

A cell is read only if every word of its headings is understood, and if no other cell of the table gives another value
of the same thing. Bold print says which is best and claims nothing; no two rows are compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.grid import CELL, Grid, NotAGrid, Row, read_grid
from biorxivist.claims.extract.labels import Label, Named, read_label, read_role
from biorxivist.claims.extract.numbers import Number, find_numbers
from biorxivist.claims.extract.surroundings import Surroundings, read_surroundings
from biorxivist.claims.extract.verify import Rejected, unknown_name, verify
from graph.records import Claim, Passage
from graph.vocabulary import Vocabulary

__all__ = ["TABLES", "TablesRead", "read_tables"]

TABLES = "tables@1"
"""Name and version of the reader of tables."""
CONFIDENCE, BY_CAPTION = 0.7, 0.5
"""Of a cell whose headings name its metric, and of one whose caption does: below that of a score in a sentence, until
there are labelled tables."""
RANKS = 10
"""Values above 1 that are all below this are ranks rather than per cent."""
LABELLED = re.compile(r"(?:(?:Supplement(?:ary|al)|Suppl\.?|Supp\.?|Extended Data) )?Tab(?:le|\.) ?S?\d", re.IGNORECASE)
AVERAGE = re.compile(
    r"(?:grand )?(?:averages?|avg\.?|means?|overall|totals?|all|median|ranks?|std\.?|s\.?d\.?)", re.IGNORECASE
)
FILES = re.compile(r"\bsuppl|\bsupporting", re.IGNORECASE)
"""Sections in which captions are those of files."""
FIELDS = ("model", "metric", "dataset", "task", "regime")
CLAIMED = {
    "model": "subject_ids",
    "metric": "metric_id",
    "dataset": "dataset_id",
    "task": "task_id",
    "regime": "regime",
    "share": "train_fraction",
}
"""What a label names -> field of a claim."""


@dataclass
class TablesRead:
    """What the tables of a paper gave."""

    claims: list[Claim] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    tables: int = 0
    """Tables that have cells."""
    pictures: int = 0
    """Tables of which the text has the caption only."""
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Passage of a table that gave nothing, and why."""


@dataclass(frozen=True)
class _Score:
    """A cell with what it is a score of."""

    row: Row
    label: Label
    inherited: frozenset[str]
    number: Number
    printed: str
    percent: bool
    by_caption: bool
    """Whether only the caption names the metric."""
    marks: str
    """Where a mark for numbers of others would stand: the names of the row and the cell."""

    def inherited_fields(self) -> tuple[str, ...]:
        """Fields of the claim that head or caption say and the row does not."""
        return tuple(
            field for name, field in CLAIMED.items() if name in self.inherited and getattr(self.label, name) is not None
        )

    @property
    def key(self) -> tuple[object, ...]:
        names = (getattr(self.label, name) for name in (*FIELDS, "share"))
        return tuple(name and (name.id or name.text.casefold()) for name in names)


def read_tables(passages: Iterable[Passage], vocabulary: Vocabulary) -> TablesRead:
    """Read the score tables of one version of a paper.

    Parameters
    ----------
    passages
        Its passages; a caption stands just before its table and notes just behind it.
    """
    read = TablesRead()
    ordered = sorted(passages, key=lambda passage: (passage.section, passage.start))
    for place, passage in enumerate(ordered):
        before, after = (
            ordered[at] if 0 <= at < len(ordered) and ordered[at].section == passage.section else None
            for at in (place - 1, place + 1)
        )
        if passage.kind == "caption" and LABELLED.match(passage.text) and not FILES.search(passage.section):
            read.pictures += after is None or after.kind != "table"
        if passage.kind != "table":
            continue
        read.tables += 1
        caption = before.text if before and before.kind == "caption" else ""
        notes = after.text if after and after.kind == "caption" and not LABELLED.match(after.text) else ""
        why = _read(passage, caption, notes, vocabulary, read)
        if why is not None:
            read.unread.append((passage.id, why))
    return read


def _read(passage: Passage, caption: str, notes: str, vocabulary: Vocabulary, read: TablesRead) -> str | None:
    """Read a table; says why if it gives nothing."""
    try:
        grid = read_grid(passage.text)
    except NotAGrid as error:
        return str(error)
    around = read_surroundings(f"{caption} {grid.title}", notes, vocabulary)
    rows, columns = _row_labels(grid, vocabulary), _column_labels(grid, vocabulary)
    labels = [label for label in (*rows.values(), *columns) if label]
    if not any(label.model and label.model.id for label in labels):
        return "its headings name no model of the vocabulary"
    if not around.metric and not any(label.metric for label in labels):
        return "neither its headings nor its caption name a metric"
    scores = _without_contradictions(_in_fractions(list(_scores(grid, rows, columns, around))))
    for score in scores:
        draft, inherited = _draft(score, around), score.inherited_fields()
        made: Claim | Rejected
        if draft.subject_id is None:
            made = unknown_name(draft, score.row.text, str(draft.subject))
        else:
            made = verify(
                draft, score.row.text, passage, vocabulary,
                extractor=TABLES, inherited=inherited, readings=(), at=score.row.start,
            )  # fmt: skip
        if isinstance(made, Claim):
            read.claims.append(made)
        else:
            read.rejected.append(made)
    return None if scores else "no cell has headings that are understood whole"


def _row_labels(grid: Grid, vocabulary: Vocabulary) -> dict[int, Label | None]:
    """Row -> what its names say together; None where one of them is not understood, or another kind than above it."""
    roles = [read_role(title) for title in grid.titles]
    kinds: list[frozenset[str] | None] = [None] * grid.stubs
    by_row: dict[int, Label | None] = {}
    for place, row in enumerate(grid.rows):
        labels = [read_label(cell, vocabulary, role) for cell, role in zip(row.cells, roles, strict=False)]
        if row.section is not None:
            labels.append(read_label(row.section, vocabulary))
        for column, label in enumerate(labels[: grid.stubs]):
            names = label.kinds() - {"regime", "percent"} if label else frozenset()
            kinds[column] = kinds[column] or names or None
            if names and row.filled and names != kinds[column]:
                labels[column] = None  # cells of a spanning row that slid into each other's place
        by_row[place] = _merge(labels)
    return by_row


def _column_labels(grid: Grid, vocabulary: Vocabulary) -> list[Label | None]:
    """What the headings over each column say together; None where one of them is not understood."""
    lines = []
    for head in grid.head:
        labels = [read_label(text, vocabulary) for text in head]
        known = {kind for label in labels if label for kind in label.kinds() - {"percent"}}
        if known == {"dataset"}:  # what stands beside known sets is a set
            labels = [
                label or (None if AVERAGE.fullmatch(text) else Label(dataset=Named(text)))
                for label, text in zip(labels, head, strict=True)
            ]
        lines.append(labels)
    return [_merge(column) for column in zip(*lines, strict=True)]


def _merge(labels: Sequence[Label | None]) -> Label | None:
    """Labels as one; None if one is not understood, or two name different things of a kind."""
    merged = Label()
    for label in labels:
        if label is None:
            return None
        for name in (*FIELDS, "share"):
            ours, theirs = getattr(merged, name), getattr(label, name)
            if ours and theirs and (ours.id or ours.text) != (theirs.id or theirs.text):
                return None
            merged = replace(merged, **{name: ours or theirs})
        merged = replace(merged, percent=merged.percent or label.percent)
    return merged


def _scores(
    grid: Grid, rows: dict[int, Label | None], columns: Sequence[Label | None], around: Surroundings
) -> Iterable[_Score]:
    for place, row in enumerate(grid.rows):
        beside = rows[place]
        for over, cell in zip(columns, row.cells[grid.stubs :], strict=True):
            match = CELL.fullmatch(cell)
            merged = _merge([beside, over]) if match else None
            if match is None or merged is None or merged.model is None:
                continue
            label = replace(merged, **{name: getattr(merged, name) or getattr(around, name) for name in FIELDS[1:]})
            if label.metric is None or (label.share and not around.of_labels):
                continue
            said = {name for name in CLAIMED if beside and _says(row.text, getattr(beside, name))}
            (number, *_) = find_numbers(cell) or (None,)
            if number is not None and not number.scaled:
                yield _Score(
                    row,
                    label,
                    inherited=frozenset(CLAIMED) - said,
                    number=number,
                    printed=cell,
                    percent=label.percent or around.percent or bool(match["percent"]),
                    by_caption=merged.metric is None,
                    marks=" ".join((*row.cells[: grid.stubs], cell)),
                )


def _says(line: str, name: Named | None) -> bool:
    return name is not None and _folded(name.text) in _folded(line)


def _folded(text: str) -> str:
    return re.sub(r"[-_\s]+", " ", text).casefold()


def _in_fractions(scores: Sequence[_Score]) -> list[_Score]:
    """Scores whose unit is certain, the same for all of a metric: with values above 1 among them they are per cent."""
    values: dict[object, list[float]] = defaultdict(list)
    for score in scores:
        values[score.key[1]].append(abs(score.number.value))
    drafts = []
    for score in scores:
        smallest, largest = min(values[score.key[1]]), max(values[score.key[1]])
        looks_so = largest > 1 if score.percent else largest <= 1 or (smallest > 1 and largest > RANKS)
        if looks_so and largest <= 100:
            drafts.append(replace(score, percent=largest > 1))
    return drafts


def _without_contradictions(scores: Sequence[_Score]) -> list[_Score]:
    """Scores of which the table gives one value; something that was not understood tells the others apart."""
    values: dict[object, set[float]] = defaultdict(set)
    for score in scores:
        values[score.key].add(score.number.value)
    return [score for key, score in {score.key: score for score in scores}.items() if len(values[key]) == 1]


def _draft(score: _Score, around: Surroundings) -> Draft:
    label, number = score.label, score.number
    share = 100 if score.percent else 1
    names = {name: named for name in ("task", "dataset", "metric") if (named := getattr(label, name))}
    cited = around.cited_all or bool(around.cited_mark and around.cited_mark in score.marks)
    return Draft(
        kind="score",
        subject=label.model.text if label.model else None,
        subject_id=label.model.id if label.model else None,
        **{name: named.text for name, named in names.items()},
        ids=tuple((name, named.id) for name, named in names.items() if named.id),
        regime=label.regime.text if label.regime else None,
        value=round(number.value / share, 9),
        low=round(number.low / share, 9),
        high=round(number.high / share, 9),
        bound=number.bound,
        printed=" ".join(score.printed.split()),
        spread=around.spread if "±" in score.printed else None,
        runs=around.runs,
        train_fraction=float(label.share.text) / 100 if label.share else None,
        attribution="cited" if cited else "own",
        confidence=BY_CAPTION if score.by_caption else CONFIDENCE,
    )
