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
from biorxivist.claims.extract.grid import CELL, SEVERAL, Grid, NotAGrid, Row, read_grid
from biorxivist.claims.extract.labels import Label, Named, averaged, named_sets
from biorxivist.claims.extract.numbers import Number, find_numbers
from biorxivist.claims.extract.surroundings import Surroundings, read_surroundings
from biorxivist.claims.extract.table_labels import FIELDS, Labels, merge, read_labels
from biorxivist.claims.extract.unread import Missed, NotRead, Unread, heading, nothing_named, row_name
from biorxivist.claims.extract.verify import Rejected, unknown_name, verify
from graph.records import Claim, Model, Passage
from graph.vocabulary import Vocabulary

__all__ = ["TABLES", "TablesRead", "read_tables"]

TABLES = "tables@3"
"""Name and version of the reader of tables."""
CONFIDENCE, BY_CAPTION = 0.92, 0.73
"""Share of cells that a reader found right or incomplete (``benchmarks/judged_tables.csv``), drawn towards that of all
claims as in ``place.py``: of those with headings that name their metric, and of those with a caption that does, or that
speaks of values that are no scores."""
RANKS = 10
"""Values above 1 that are all below this are ranks rather than per cent."""
TABLE = r"(?:(?:Supplement(?:ary|al)|Suppl\.?|Supp\.?|Extended Data) )?Tab(?:le|\.) ?"
LABELLED = re.compile(rf"{TABLE}S?\d", re.IGNORECASE)
LABEL = re.compile(rf"{TABLE}[A-Z]?\d+[a-z]?", re.IGNORECASE)
F1 = re.compile(r"F1(?:[ _-]scores?)?", re.IGNORECASE)
AVERAGED = re.compile(r"(?:macro|micro|weighted)[ _-]?F1|F1[ _-]?(?:macro|micro|weighted)", re.IGNORECASE)
FILES = re.compile(r"\bsuppl|\bsupporting", re.IGNORECASE)
"""Sections in which captions are those of files."""
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
    passages: list[str] = field(default_factory=list)
    """Passages of the tables that have cells."""
    pictures: int = 0
    """Tables of which the text has the caption only."""
    unread: list[Unread] = field(default_factory=list)
    """Tables that gave nothing, and why."""
    partly: list[Unread] = field(default_factory=list)
    """Tables that gave scores, with what was left out of them."""

    @property
    def tables(self) -> int:
        """How many tables have cells."""
        return len(self.passages)


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
    sets = named_sets(ordered, vocabulary)
    for place, passage in enumerate(ordered):
        before, after = (
            ordered[at] if 0 <= at < len(ordered) and ordered[at].section == passage.section else None
            for at in (place - 1, place + 1)
        )
        if passage.kind == "caption" and LABELLED.match(passage.text) and not FILES.search(passage.section):
            read.pictures += after is None or after.kind != "table"
        if passage.kind != "table":
            continue
        read.passages.append(passage.id)
        caption = before.text if before and before.kind == "caption" else ""
        notes = after.text if after and after.kind == "caption" and not LABELLED.match(after.text) else ""
        table = Unread(passage.paper_id, passage.id, _called(passage, caption), "")
        try:
            claims, rejected, left_out = _read(passage, caption, notes, vocabulary, sets)
        except NotRead as error:
            read.unread.append(replace(table, why=str(error)))
            continue
        read.claims += claims
        read.rejected += rejected
        if left_out:
            read.partly.append(replace(table, why=left_out))
    return read


def _called(passage: Passage, caption: str) -> str:
    """What a table is called: "Table 2", or the file and sheet that it is in."""
    if FILES.search(passage.section):
        return passage.section.removeprefix("Supplement ")
    label = LABEL.match(caption)
    return label.group().rstrip(" .:") if label else "a table without a label"


def _read(
    passage: Passage, caption: str, notes: str, vocabulary: Vocabulary, sets: frozenset[str]
) -> tuple[list[Claim], list[Rejected], str]:
    """Read a table; the last is what was left out of it, in words.

    Raises
    ------
    NotRead
        With the reason, if it gives nothing.
    """
    try:
        grid = read_grid(passage.text)
    except NotAGrid as error:
        raise NotRead(str(error)) from error
    around = read_surroundings(f"{caption} {grid.title}", notes, vocabulary)
    labels = read_labels(grid, vocabulary, sets)
    if why := nothing_named(grid, labels, around, vocabulary):
        raise NotRead(why)
    if around.average and any(label.metric and AVERAGED.match(label.metric.text) for label in labels.known):
        around = replace(around, average=None)  # a heading that says less means something else
    missed = Missed()
    scores = list(_scores(grid, labels, around, vocabulary, missed))
    scores = _without_contradictions(_in_fractions(scores, missed), missed)
    if not scores:
        raise NotRead(missed.reason())
    claims: list[Claim] = []
    rejected: list[Rejected] = []
    for score in scores:
        draft, inherited = _draft(score, around, vocabulary), score.inherited_fields()
        made: Claim | Rejected
        if draft.subject_id is None:
            made = unknown_name(draft, score.row.text, str(draft.subject))
        else:
            made = verify(
                draft, score.row.text, passage, vocabulary,
                extractor=TABLES, inherited=inherited, readings=(), at=score.row.start,
            )  # fmt: skip
        if isinstance(made, Claim):
            claims.append(made)
        else:
            rejected.append(made)
    return claims, rejected, missed.in_words(len(scores)) if missed.total() else ""


def _scores(
    grid: Grid, labels: Labels, around: Surroundings, vocabulary: Vocabulary, missed: Missed
) -> Iterable[_Score]:
    for place, row in enumerate(grid.rows):
        beside = labels.rows[place]
        for column, (over, cell) in enumerate(zip(labels.columns, row.cells[grid.stubs :], strict=True)):
            match = CELL.fullmatch(cell)
            if match is None:
                missed.several += SEVERAL.fullmatch(cell) is not None
                continue
            merged = merge([beside, over], vocabulary)
            if place in labels.barred:
                missed.columns[labels.barred[place]] += 1
            elif over is None:
                missed.below(heading(grid, column))
            elif beside is None:
                missed.names[row_name(grid, row)] += 1
            elif merged is None or merged.model is None:
                missed.reasons["row and heading together name no model"] += 1
            elif merged.metric is None and around.metric is None:
                missed.reasons["no metric is named"] += 1
            elif merged.metric is None and around.of_else:
                missed.reasons[f"only the caption names a metric, and it is of something else ({around.of_else})"] += 1
            else:
                score = _score(grid, row, cell, match, beside, merged, around, vocabulary)
                if score is None:
                    missed.reasons["a number or a share of it is not understood"] += 1
                else:
                    yield score


def _score(
    grid: Grid,
    row: Row,
    cell: str,
    match: re.Match[str],
    beside: Label,
    merged: Label,
    around: Surroundings,
    vocabulary: Vocabulary,
) -> _Score | None:
    """The score of a cell that names a model and a metric."""
    label = replace(merged, **{name: getattr(merged, name) or getattr(around, name) for name in FIELDS[1:]})
    (number, *_) = find_numbers(cell) or (None,)
    if number is None or number.scaled or (label.share and not around.of_labels):
        return None
    said = {name for name in CLAIMED if _says(row.text, getattr(beside, name, None))}
    if label.metric and around.average and F1.fullmatch(label.metric.text):
        label = replace(label, metric=averaged(label.metric, around.average, vocabulary))
    if label.metric != beside.metric:
        said.discard("metric")
    return _Score(
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


def _in_fractions(scores: Sequence[_Score], missed: Missed) -> list[_Score]:
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
        else:
            missed.reasons["nobody can tell whether its numbers are fractions or per cent"] += 1
    return drafts


def _without_contradictions(scores: Sequence[_Score], missed: Missed) -> list[_Score]:
    """Scores of which the table gives one value; something that was not understood tells the others apart."""
    values: dict[object, set[float]] = defaultdict(set)
    for score in scores:
        values[score.key].add(score.number.value)
    contradicting = sum(len(values[score.key]) > 1 for score in scores)
    if contradicting:
        missed.reasons["it gives several values of the same thing"] += contradicting
    return [score for key, score in {score.key: score for score in scores}.items() if len(values[key]) == 1]


def _spelled(model: Named, vocabulary: Vocabulary) -> str:
    """The name of a model, with the capitals that it has in the vocabulary."""
    entry = vocabulary.get(model.id) if model.id else None
    names = (entry.name, *entry.aliases) if isinstance(entry, Model) else ()
    return next((name for name in names if name.casefold() == model.text.casefold()), model.text)


def _draft(score: _Score, around: Surroundings, vocabulary: Vocabulary) -> Draft:
    label, number = score.label, score.number
    share = 100 if score.percent else 1
    names = {name: named for name in ("task", "dataset", "metric") if (named := getattr(label, name))}
    cited = around.cited_all or bool(around.cited_mark and around.cited_mark in score.marks)
    return Draft(
        kind="score",
        subject=_spelled(label.model, vocabulary) if label.model else None,
        subject_id=label.model.id if label.model else None,
        **{name: named.text for name, named in names.items()},
        ids=tuple((name, named.id or "") for name, named in names.items() if named.id or name == "dataset"),
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
        confidence=BY_CAPTION if score.by_caption or around.no_scores else CONFIDENCE,
    )
