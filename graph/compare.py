"""Claim against claim: whether two papers agree, contradict each other, or speak of different things.

The rule (``compare@5``): two claims are comparable if they are of one kind, one task family and one metric family; two
comparisons of models, if a model stands in both, or what stands on each side is related.
Comparable claims in the same direction agree. In opposite directions they contradict each other if their scope is
equal, and differ in scope otherwise, with the fields named; most disagreements of this field are of that sort.
Text similarity never enters. Values of one thing agree if their intervals are no farther apart than the margin of the
verdicts (.02 of a score, 5 % of another measure; counts have to overlap as rounded).
A count that is "about" a number may be 5 % off, and "at least" or "at most" one is open on the other side.

What a claim does not state counts as a difference of scope when the other claim states it: a contradiction needs
two scopes that are known to be equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import combinations

from graph.evidence.outcome import RELATIVE
from graph.records import Claim, Metric, Model, Relation
from graph.vocabulary import Vocabulary, load_vocabulary
from graph.vocabulary.protocol import DELTA

__all__ = ["RULE", "compare", "condition_in_words", "reasons_in_order", "relate", "scope"]

RULE = "compare@5"
SIGN = {">": "+", "<": "-", "~": "0", "+": "+", "-": "-", "0": "0", "plateau": "0", "no_plateau": "+"}
FLIP = {"+": "-", "-": "+", "0": "0"}
SAME_SIZE = 1.1
"""Corpora within this ratio are of one size: papers round their cell counts."""

Value = object


def _facts(claim: Claim, field: str, vocabulary: Vocabulary) -> Value:
    """A fact of the claim's subjects, from the vocabulary; one value, or all that occur, sorted."""
    entries = [vocabulary.get(subject) for subject in claim.subject_ids]
    values = {getattr(entry, field) for entry in entries if isinstance(entry, Model)} - {None}
    return tuple(sorted(map(str, values))) or None


def _corpus(claim: Claim, vocabulary: Vocabulary) -> Value:
    return (claim.corpus_id,) if claim.corpus_id else _facts(claim, "corpus_id", vocabulary)


def _size(claim: Claim, vocabulary: Vocabulary) -> int | None:
    """Cells of the pre-training corpus: as claimed, else of the corpus, else the largest of the subjects'."""
    if claim.corpus_cells:
        return claim.corpus_cells
    if claim.corpus_id:
        return getattr(vocabulary.get(claim.corpus_id), "cells", None)
    sizes = [getattr(vocabulary.get(subject), "corpus_cells", None) for subject in claim.subject_ids]
    return max((size for size in sizes if size), default=None)


def _unlisted(claim: Claim, kind: str) -> str | None:
    """The metric, set or task that a claim is about, where no entry has its name: then it stands in the condition."""
    parts = (claim.condition or "").split("; ")
    return next((part.partition(": ")[2].casefold() for part in parts if part.startswith(f"{kind}: ")), None)


def _set(claim: Claim) -> str | None:
    return claim.dataset_id or _unlisted(claim, "dataset")


def _axis(claim: Claim, _: Vocabulary) -> Value:
    return claim.unit if claim.kind == "scaling" else None


SCOPE: dict[str, Callable[[Claim, Vocabulary], Value]] = {
    "subject": lambda claim, _: tuple(sorted(claim.subject_ids)) or None,
    "comparator": lambda claim, _: tuple(sorted(claim.comparator_ids)) or None,
    "objective": lambda claim, vocabulary: _facts(claim, "objective", vocabulary),
    "supervision": lambda claim, vocabulary: _facts(claim, "supervision", vocabulary),
    "corpus": _corpus,
    "size": _size,
    "task": lambda claim, _: claim.task_id or _unlisted(claim, "task"),
    "dataset": lambda claim, _: _set(claim),
    "regime": lambda claim, _: claim.regime,
    "sampling": lambda claim, _: claim.sampling,
    "fraction": lambda claim, _: claim.fraction,
    "train_fraction": lambda claim, _: claim.train_fraction,
    "axis": _axis,
}


def scope(claim: Claim, vocabulary: Vocabulary | None = None) -> dict[str, Value]:
    """Conditions of a claim: scope field -> value, None where neither the claim nor the vocabulary states it."""
    vocabulary = vocabulary or load_vocabulary()
    return {name: read(claim, vocabulary) for name, read in SCOPE.items()}


def _differs(name: str, x: Value, y: Value) -> bool:
    if name == "size" and isinstance(x, int) and isinstance(y, int):
        return max(x, y) > SAME_SIZE * min(x, y)
    return x != y


def condition_in_words(value: Value) -> str:
    """A value of a scope in words: "22,200,000 cells", "25 %", "zero shot"; ids stay as they are."""
    if value is None:
        return "not stated"
    if isinstance(value, tuple):
        return ", ".join(map(condition_in_words, value))
    if isinstance(value, int):
        return f"{value:,} cells"
    if isinstance(value, float):
        return f"{100 * value:.3g} %"
    return str(value) if ":" in str(value) else str(value).replace("_", " ")


def _related(xs: Iterable[str], ys: Iterable[str], vocabulary: Vocabulary) -> bool:
    return any(x in vocabulary.lineage(y) or y in vocabulary.lineage(x) for x in xs for y in ys)


def _alignment(a: Iterable[str], b: Iterable[str], vocabulary: Vocabulary) -> int:
    """2 if two sides share a model, 1 if they share a group or one holds a family of a member of the other, else 0.

    "Existing methods" are others in every paper, so that two models which both beat them are not yet compared.
    """
    a, b = set(a), set(b)
    if any(getattr(vocabulary.get(model_id), "role", None) != "group" for model_id in a & b):
        return 2
    return int(_related(a, b, vocabulary))


def _orientation(a: Claim, b: Claim, vocabulary: Vocabulary) -> int:
    """1 if both compare in the same order, -1 if the second has subject and comparator swapped, 0 if neither.

    Two comparisons are about one question if they share a side, or if both sides are related.
    """
    # "A beats B" meets "B loses to A" by crossing the sides; the orientation with more in common is taken
    straight = _alignment(a.subject_ids, b.subject_ids, vocabulary) + _alignment(
        a.comparator_ids, b.comparator_ids, vocabulary
    )
    crossed = _alignment(a.subject_ids, b.comparator_ids, vocabulary) + _alignment(
        a.comparator_ids, b.subject_ids, vocabulary
    )
    return 0 if max(straight, crossed) < 2 else (straight > crossed) - (straight < crossed)


def _signs(claim: Claim, *, flipped: bool = False) -> frozenset[str]:
    """Signs that the claim allows: one if asserted, the other two if it denies one."""
    sign = SIGN[claim.direction] if claim.direction else None
    if sign is None:
        return frozenset()
    sign = FLIP[sign] if flipped else sign
    return frozenset({sign}) if claim.polarity == "asserted" else frozenset("+-0") - {sign}


def _interval(claim: Claim) -> tuple[float, float] | None:
    """Ends of the value: a limit is open on its other side, and what is only about right may be off by a little."""
    match claim.bound, claim.value:
        case "about", float(value):
            return value - RELATIVE * abs(value), value + RELATIVE * abs(value)
        case "at_least", float(value):
            return value, math.inf
        case "at_most", float(value):
            return -math.inf, value
    low = claim.low if claim.low is not None else claim.value
    high = claim.high if claim.high is not None else claim.value
    return None if low is None or high is None else (low, high)


def _incomparable(a: Claim, b: Claim, vocabulary: Vocabulary) -> str | None:
    """Why the two claims cannot be compared, or None."""
    if a.kind != b.kind:
        return f"one is a {a.kind} claim, the other a {b.kind} claim"
    if not vocabulary.same_family(a.task_id, b.task_id):
        return f"different task families: {a.task_id} and {b.task_id}"
    if not vocabulary.same_family(a.metric_id, b.metric_id):
        return f"different metric families: {a.metric_id} and {b.metric_id}"
    if a.kind == "effect" and a.ablation != b.ablation:
        return f"effects of different changes: {a.ablation or 'not stated'} and {b.ablation or 'not stated'}"
    if a.kind == "comparison" and _orientation(a, b, vocabulary) == 0:
        return "they compare different pairs"
    return None


def _agreement(a: Claim, b: Claim, vocabulary: Vocabulary) -> tuple[bool | None, str]:
    """Whether the two say the same, and that in words; None if they state nothing that can clash."""
    flipped = a.kind == "comparison" and _orientation(a, b, vocabulary) < 0
    x, y = _signs(a), _signs(b, flipped=flipped)
    if x and y:
        text = f"directions {a.direction} and {b.direction}" + (" with the two sides swapped" if flipped else "")
        if x <= y or y <= x:
            return True, text
        return (False, text) if not x & y else (None, text)
    first, second = _interval(a), _interval(b)
    if first is None or second is None:
        return None, "no direction and no value that could clash"
    metrics = [claim.metric_id or _unlisted(claim, "metric") for claim in (a, b)]
    if metrics[0] != metrics[1]:
        return None, f"values of different metrics: {metrics[0]} and {metrics[1]}"
    if a.unit != b.unit:
        return None, f"values in different units: {a.unit or 'none'} and {b.unit or 'none'}"
    if not _related(a.subject_ids, b.subject_ids, vocabulary):
        return None, "values of different subjects"
    if a.kind == "score" and not (_set(a) or _set(b)):
        return None, "neither says on which set"
    # two values agree if their intervals, each widened by half the margin, meet
    lower_ends = (abs(end) for end in (first[0], second[0]) if math.isfinite(end))
    slack = _tolerance(a.metric_id, max(lower_ends, default=0.0), vocabulary)
    text = f"values {first[0]:g}-{first[1]:g} and {second[0]:g}-{second[1]:g}" + (
        f", within {slack:g}" if slack else ""
    )
    return first[0] - slack <= second[1] and second[0] - slack <= first[1], text


def _tolerance(metric_id: str | None, value: float, vocabulary: Vocabulary) -> float:
    """Largest gap between two values that still agree: the margin of the verdicts; none for counts, which are exact."""
    metric = vocabulary.get(metric_id) if metric_id else None
    if not isinstance(metric, Metric) or metric.unit == "count":
        return 0.0
    return DELTA if metric.unit == "fraction" else RELATIVE * value


def compare(a: Claim, b: Claim, *, vocabulary: Vocabulary | None = None) -> Relation:
    """Relation of two claims, with the differing scope fields and the reasons.

    Parameters
    ----------
    a, b
        Two claims, in either order: the relation is symmetric.
    vocabulary
        Facts of the models and the families of tasks and metrics; the shipped one by default.

    Raises
    ------
    ValueError
        If both are the same claim.
    """
    if a.id == b.id:
        msg = f"{a.id} cannot be compared with itself; give two claims."
        raise ValueError(msg)
    first, second = sorted((a, b), key=lambda claim: claim.id)
    return _relation(first, second, *_judged(first, second, vocabulary or load_vocabulary()))


def _relation(first: Claim, second: Claim, kind: str, fields: tuple[str, ...], reasons: tuple[str, ...]) -> Relation:
    return Relation.model_validate(
        {
            "claim_id": first.id, "other_id": second.id, "relation": kind, "fields": fields, "reasons": reasons,
            "rule": RULE,
        }
    )  # fmt: skip


def reasons_in_order(a: Claim, b: Claim, *, vocabulary: Vocabulary | None = None) -> tuple[str, ...]:
    """Reasons of the relation of two claims, worded with what ``a`` says first.

    A `Relation` has one order, that of the ids, whichever claim a reader named first.
    """
    return _judged(a, b, vocabulary or load_vocabulary())[2]


def _judged(a: Claim, b: Claim, vocabulary: Vocabulary) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Relation, differing scope fields and reasons; only the wording of the reasons depends on the order."""
    if reason := _incomparable(a, b, vocabulary):
        return "not_comparable", (), (reason,)
    agree, text = _agreement(a, b, vocabulary)
    if agree is None:
        return "not_comparable", (), (text,)
    if a.kind == "comparison" and _orientation(a, b, vocabulary) < 0:
        b = b.model_copy(update={"subject_ids": b.comparator_ids, "comparator_ids": b.subject_ids})
    x, y = scope(a, vocabulary), scope(b, vocabulary)
    fields = tuple(name for name in SCOPE if _differs(name, x[name], y[name]))
    reasons = (
        text,
        *(f"{name}: {condition_in_words(x[name])} against {condition_in_words(y[name])}" for name in fields),
    )
    if agree:
        return "agrees", fields, reasons
    return "differs_in_scope" if fields else "contradicts", fields, reasons


def relate(claims: Iterable[Claim], *, vocabulary: Vocabulary | None = None) -> list[Relation]:
    """Relations of all comparable pairs of claims that stand in different papers or versions.

    Claims of one kind are paired, comparisons only where they have a model or its family in common: most of a large
    archive have not. So the cost is quadratic in what is claimed of one model, and in the largest other kind.
    """
    vocabulary = vocabulary or load_vocabulary()
    kinds: dict[str, list[Claim]] = {}
    for claim in sorted({claim.id: claim for claim in claims}.values(), key=lambda claim: claim.id):
        kinds.setdefault(claim.kind, []).append(claim)
    pairs = (
        pair
        for kind, group in kinds.items()
        for pair in (_pairs_with_a_model(group, vocabulary) if kind == "comparison" else combinations(group, 2))
        if pair[0].version_id != pair[1].version_id
    )
    # nine pairs of ten cannot be compared: no record is made of them
    judged = ((a, b, _judged(a, b, vocabulary)) for a, b in pairs)
    return [_relation(a, b, *judgement) for a, b, judgement in judged if judgement[0] != "not_comparable"]


def _pairs_with_a_model(claims: list[Claim], vocabulary: Vocabulary) -> list[tuple[Claim, Claim]]:
    """Pairs, in the order of the claims, of which one names a model, or the family of a model, of the other."""
    naming: dict[str, list[int]] = {}
    for place, claim in enumerate(claims):
        for model_id in {*claim.subject_ids, *claim.comparator_ids}:
            naming.setdefault(model_id, []).append(place)
    pairs = {
        (min(place, other), max(place, other))
        for place, claim in enumerate(claims)
        for model_id in (*claim.subject_ids, *claim.comparator_ids)
        for above in vocabulary.lineage(model_id)
        for other in naming.get(above, ())
        if other != place
    }
    return [(claims[first], claims[second]) for first, second in sorted(pairs)]
