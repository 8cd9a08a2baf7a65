"""Claims side by side: which papers speak of the same conditions, what they say, and whether they agree.

Rows are papers, columns are conditions (kind of claim, task, metric, regime, data set by default), cells hold claims.
Under each column stands how the claims of different papers in it relate, by the comparison rule: what looks like a
dispute is often a difference of scope, and the fields that differ are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from graph.compare import relate
from graph.errors import GraphError
from graph.records import Claim, Paper, Relation
from graph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["BY", "CONDITIONS", "Column", "Condition", "Matrix", "matrix"]

Condition = Literal["kind", "task", "metric", "regime", "dataset", "corpus", "sampling", "ablation", "unit", "subject"]
CONDITIONS: dict[str, str] = {
    "kind": "kind", "task": "task_id", "metric": "metric_id", "regime": "regime", "dataset": "dataset_id",
    "corpus": "corpus_id", "sampling": "sampling", "ablation": "ablation", "unit": "unit", "subject": "subject_ids",
}  # fmt: skip
"""Condition -> field of the claim."""
BY: tuple[Condition, ...] = ("kind", "task", "metric", "regime", "dataset")
UNSTATED = "not stated"
DIRECTIONS = {
    ">": "better", "<": "worse", "~": "equal", "+": "gains", "-": "loses", "0": "no effect", "plateau": "plateau",
    "no_plateau": "no plateau",
}  # fmt: skip
AGREEMENT = "agreement"
Key = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One set of conditions, with how the claims of different papers under it relate."""

    key: Key
    """Value of each condition; ``not stated`` where a claim leaves it open."""
    label: str
    """The values in words."""
    papers: int
    """Papers that make a claim under these conditions."""
    relations: tuple[Relation, ...] = ()
    """Relations of comparable claims of different papers."""

    def count(self, relation: str) -> int:
        """Pairs of claims of this relation."""
        return sum(other.relation == relation for other in self.relations)

    @property
    def agreement(self) -> float | None:
        """Fraction of the comparable pairs that agree, 0-1; None where no two papers can be compared."""
        return self.count("agrees") / len(self.relations) if self.relations else None

    @property
    def differing(self) -> tuple[str, ...]:
        """Scope fields that part the claims which differ in scope, most frequent first."""
        counted = Counter(
            name for relation in self.relations if relation.relation == "differs_in_scope" for name in relation.fields
        )
        return tuple(sorted(counted, key=lambda name: (-counted[name], name)))

    def summary(self) -> str:
        """Agreement in words."""
        if not self.relations:
            return "one paper" if self.papers == 1 else "not comparable"
        parts = [f"{self.count('agrees')} of {len(self.relations)} agree"]
        if self.count("contradicts"):
            parts.append(f"{self.count('contradicts')} contradict")
        if scoped := self.count("differs_in_scope"):
            parts.append(f"{scoped} differ in scope ({', '.join(self.differing)})")
        return ", ".join(parts)


@dataclass(frozen=True)
class Matrix:
    """Claims by paper and condition."""

    by: tuple[str, ...]
    """The conditions that make a column."""
    papers: tuple[str, ...]
    """Paper ids, one per row."""
    columns: tuple[Column, ...]
    """Columns, those with most papers first."""
    cells: Mapping[tuple[str, Key], tuple[Claim, ...]]
    """(paper id, column key) -> its claims."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Paper id -> name of the row."""
    vocabulary: Vocabulary = field(default_factory=load_vocabulary, repr=False, compare=False)

    def cell(self, paper_id: str, column: Column) -> tuple[Claim, ...]:
        """Claims of a paper under the conditions of a column."""
        return self.cells.get((paper_id, column.key), ())

    def rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """Name and texts of every row; the last one is the agreement per column."""
        rows = [
            (self.names.get(paper, paper), tuple(self._text(self.cell(paper, column)) for column in self.columns))
            for paper in self.papers
        ]
        return [*rows, (AGREEMENT, tuple(column.summary() for column in self.columns))]

    def to_markdown(self) -> str:
        """The matrix as a Markdown table, with the agreement in its last row."""
        lines = [
            _row(("paper", *(column.label for column in self.columns))),
            _row(["---"] * (1 + len(self.columns)), escape=False),
        ]
        return "\n".join([*lines, *(_row((name, *texts)) for name, texts in self.rows())])

    def to_pandas(self) -> Any:
        """The matrix as a DataFrame of texts: index paper, a MultiIndex of conditions as columns.

        The agreement per column, 0-1 or NaN, stands in ``attrs["agreement"]`` as a Series.

        Raises
        ------
        GraphError
            If pandas is not installed.
        """
        pandas = _pandas()
        keys = [column.key for column in self.columns]
        columns = pandas.MultiIndex.from_tuples(keys, names=self.by) if keys else pandas.Index([])
        texts = self.rows()[:-1]
        frame = pandas.DataFrame(
            [list(row) for _, row in texts],
            index=pandas.Index([name for name, _ in texts], name="paper"),
            columns=columns,
        )
        fractions = [column.agreement for column in self.columns]
        frame.attrs[AGREEMENT] = pandas.Series(fractions, index=columns, dtype=float, name=AGREEMENT)
        return frame

    def _text(self, claims: Sequence[Claim]) -> str:
        return "; ".join(_text_of(claim, self.vocabulary) for claim in claims)


def matrix(
    claims: Iterable[Claim],
    *,
    papers: Iterable[Paper] | None = None,
    by: Sequence[Condition] = BY,
    least: int = 1,
    vocabulary: Vocabulary | None = None,
) -> Matrix:
    """Lay claims out by paper and condition.

    Parameters
    ----------
    claims
        The claims; those of one paper in several versions stand in one row.
    papers
        The rows, in this order, named by their titles; every paper that makes one of the claims when left out.
    by
        Conditions that make a column.
    least
        Leave out columns under which fewer papers make a claim.
    vocabulary
        Names, and families of tasks and metrics; the shipped one by default.

    Raises
    ------
    GraphError
        If a condition is unknown, or none is given.
    """
    if not by or (unknown := sorted(set(by) - set(CONDITIONS))):
        wrong = ", ".join(unknown) if by else "none"
        msg = f"A column is made by {', '.join(CONDITIONS)}; given: {wrong}."
        raise GraphError(msg)
    vocabulary = vocabulary or load_vocabulary()
    known = {paper.id: paper for paper in papers} if papers is not None else None
    every = {claim.id: claim for claim in claims if known is None or claim.paper_id in known}
    rows = tuple(known) if known is not None else tuple(sorted({claim.paper_id for claim in every.values()}))
    cells: dict[tuple[str, Key], list[Claim]] = {}
    for claim in sorted(every.values(), key=lambda claim: claim.id):
        cells.setdefault((claim.paper_id, _key(claim, by)), []).append(claim)
    under: dict[Key, list[Claim]] = {}
    for (_, key), members in cells.items():
        under.setdefault(key, []).extend(members)
    columns = [_column(key, members, vocabulary) for key, members in under.items()]
    columns = sorted(
        (column for column in columns if column.papers >= least), key=lambda column: (-column.papers, column.key)
    )
    return Matrix(
        by=tuple(by),
        papers=rows,
        columns=tuple(columns),
        cells={place: tuple(members) for place, members in cells.items()},
        names={paper.id: f"{paper.title} ({paper.year})" if paper.year else paper.title for paper in known.values()}
        if known is not None
        else {},
        vocabulary=vocabulary,
    )


def _column(key: Key, claims: Sequence[Claim], vocabulary: Vocabulary) -> Column:
    paper_of = {claim.id: claim.paper_id for claim in claims}
    relations = [
        relation
        for relation in relate(claims, vocabulary=vocabulary)
        if paper_of[relation.claim_id] != paper_of[relation.other_id]
    ]
    return Column(
        key=key,
        label=" · ".join(_name(part, vocabulary) for part in key),
        papers=len(set(paper_of.values())),
        relations=tuple(sorted(relations, key=lambda relation: relation.id)),
    )


def _key(claim: Claim, by: Sequence[str]) -> Key:
    return tuple(_part(getattr(claim, CONDITIONS[name])) for name in by)


def _part(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(sorted(value)) or UNSTATED
    return UNSTATED if value is None else str(value)


def _name(part: str, vocabulary: Vocabulary) -> str:
    entries = [vocabulary.get(item) for item in part.split(", ")]
    named = [entry.name if entry else item for entry, item in zip(entries, part.split(", "), strict=True)]
    return ", ".join(named).replace("_", " ")


def _text_of(claim: Claim, vocabulary: Vocabulary) -> str:
    """What a claim says, as short as a cell needs it: subjects, direction, value."""
    subjects = _name(", ".join(claim.subject_ids), vocabulary) if claim.subject_ids else "not named"
    others = f" against {_name(', '.join(claim.comparator_ids), vocabulary)}" if claim.comparator_ids else ""
    direction = DIRECTIONS.get(claim.direction or "", "")
    stated = f"not {direction}" if direction and claim.polarity == "negated" else direction
    value = "" if claim.value is None else f"{claim.value:,.10g} {claim.unit or ''}".strip()
    axis = f"with {claim.unit}" if claim.kind == "scaling" and claim.unit and not value else ""
    at_fraction = "" if claim.fraction is None else f"at {claim.fraction:.0%}"
    text = " ".join(filter(None, (stated, axis, value, at_fraction))) or claim.kind
    return f"{subjects}{others}: {text}"


def _row(texts: Iterable[str], *, escape: bool = True) -> str:
    cells = (text.replace("|", "\\|").replace("\n", " ") if escape else text for text in texts)
    return f"| {' | '.join(cells)} |"


def _pandas() -> Any:
    """Pandas, which comes with an extra and is not needed otherwise."""
    from importlib import import_module

    try:
        return import_module("pandas")
    except ModuleNotFoundError as error:
        msg = "to_pandas needs pandas: pip install pandas, or use rows() or to_markdown()."
        raise GraphError(msg) from error
