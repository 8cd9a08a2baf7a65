"""Which families a study trains in place of the models that a claim names.

A family stands in for a model if the rules of evidence would take it for one (`graph.vocabulary.scale.stand_ins`): it
is that model, or trains the same objective in the same way. Of several, the model's own family is taken, and the
cheapest where that is a transformer, which a processor without a GPU cannot train to anything (docs/families.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from graph.records import Model
from graph.vocabulary import Vocabulary
from graph.vocabulary.scale import stand_ins
from scaling import families

__all__ = ["Side", "architecture", "sides_of"]

CHEAPEST_FIRST = ("pca", "masked", "contrastive", "scvi", "ldvae", "ssl", "scimilarity", "binned", "geneformer")
OURS = "model:ours_"


@dataclass(frozen=True)
class Side:
    """One side of a claim."""

    families: tuple[str, ...]
    """What is trained for it; empty if nothing stands in for any of its models."""
    stood_in: dict[str, tuple[str, ...]]
    """Model of the claim -> families that stand in for it."""
    differs: tuple[str, ...] = ()
    """How a family differs from the model that it stands in for, a sentence each."""
    missing: tuple[str, ...] = ()
    """Models that nothing stands in for, a sentence each."""


def sides_of(
    subjects: Sequence[str],
    comparators: Sequence[str],
    vocabulary: Vocabulary,
    *,
    family: str | None = None,
    able: Collection[str] | None = None,
) -> tuple[Side, Side]:
    """Choose the families for both sides of a claim; the second side is empty where nothing is compared.

    What could stand in for both sides stands in for none: the rules of evidence could not tell the sides apart.

    Parameters
    ----------
    family
        Family that is to stand in where it can.
    able
        Families that can be asked what the study asks; all if left out.
    """
    ours, theirs = (_candidates(side, vocabulary) for side in (subjects, comparators))
    both = {name for names in ours.values() for name in names} & {name for names in theirs.values() for name in names}
    can = set(families.names() if able is None else able)
    return _side(ours, both, can, vocabulary, family), _side(theirs, both, can, vocabulary, family)


def _candidates(models: Iterable[str], vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    trained = [f"{OURS}{name}" for name in _by_cost()]
    return {model: tuple(name.removeprefix(OURS) for name in stand_ins(model, trained, vocabulary)) for model in models}


def _by_cost() -> list[str]:
    known = families.names()
    return sorted(known, key=lambda name: (CHEAPEST_FIRST.index(name) if name in CHEAPEST_FIRST else len(known), name))


def _side(
    candidates: dict[str, tuple[str, ...]], both: set[str], able: set[str], vocabulary: Vocabulary, family: str | None
) -> Side:
    chosen: dict[str, tuple[str, ...]] = {}
    differs: list[str] = []
    missing: list[str] = []
    taken: list[str] = []
    for model, names in candidates.items():
        apart = [name for name in names if name not in both and name in able]
        own = [family] if family in apart else _choose(model, apart, taken, vocabulary)
        if own:
            chosen[model] = tuple(own)
            taken += own
            differs += [text for name in own if (text := _difference(model, name, vocabulary))]
        else:
            missing.append(_why_none(model, names, apart, able, vocabulary))
    return Side(tuple(dict.fromkeys(taken)), chosen, tuple(dict.fromkeys(differs)), tuple(missing))


def _choose(model: str, names: Sequence[str], taken: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """One family for a model, what is trained already if that will do; one per objective for a group of models."""
    entry = vocabulary.get(model)
    plain = [name for name in names if _fact(name, "supervision", vocabulary) != "supervised"]
    quick = [name for name in plain if architecture(name, vocabulary) != "transformer"]
    if isinstance(entry, Model) and entry.role == "group":
        by_objective: dict[str | None, str] = {}
        for name in quick or plain:
            by_objective.setdefault(_fact(name, "objective", vocabulary), name)
        return list(by_objective.values())
    own = [name for name in quick if model in vocabulary.lineage(f"{OURS}{name}")]
    already = [name for name in taken if name in quick]
    return (own or already or quick or plain)[:1]


def _difference(model: str, family: str, vocabulary: Vocabulary) -> str:
    entry = vocabulary.get(model)
    if not isinstance(entry, Model) or entry.role == "group" or model in vocabulary.lineage(f"{OURS}{family}"):
        return ""
    theirs, ours = entry.architecture or "not stated", architecture(family, vocabulary)
    if theirs == ours:
        return f"The family {family} stands in for {entry.name}: the same objective ({entry.objective}), also a {ours}."
    return (
        f"The family {family} stands in for {entry.name}: the same objective ({entry.objective}), another architecture "
        f"({ours}, where that of {entry.name} is {theirs})."
    )


def _why_none(model: str, names: Sequence[str], apart: Sequence[str], able: set[str], vocabulary: Vocabulary) -> str:
    entry = vocabulary.get(model)
    name = entry.name if entry else model
    if apart:  # only what learns from labels was left
        return (
            f"{name}: {', '.join(apart)} would stand in for it, and learns from the cell types of its corpus; with a "
            f"corpus that has them, `--family {apart[0]}` takes it."
        )
    if names and not able & set(names):
        can = f"only {', '.join(sorted(able))} can" if able else "no family can"
        return f"{name}: {', '.join(names)} would stand in for it, and {can} be asked what the claim is about."
    if names:
        return (
            f"{name}: the families that train its objective stand in for both sides of the claim, so that no study "
            "tells the sides apart."
        )
    if isinstance(entry, Model) and entry.role in ("baseline", "method"):
        return (
            f"{name}: nothing is pre-trained for it, and the rules of evidence compare families that a study trained; "
            "baselines stand beside them (in `plain_zheng`, for example) and decide nothing."
        )
    facts = "no source states how"
    if isinstance(entry, Model) and entry.objective:
        facts = f"{entry.objective}, {entry.supervision or 'supervision not stated'}"
    return f"{name}: there is no family here that trains as it does ({facts})."


def architecture(family: str, vocabulary: Vocabulary) -> str | None:
    """Architecture of a family."""
    return _fact(family, "architecture", vocabulary)


def _fact(family: str, fact: str, vocabulary: Vocabulary) -> str | None:
    value: str | None = getattr(vocabulary.get(f"{OURS}{family}"), fact, None)
    return value
