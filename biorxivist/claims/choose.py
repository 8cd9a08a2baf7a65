"""Models that fit what a user needs: what is known of each, and what is claimed. There is no ranking of our own.

A model fits, does not fit, or it is not known whether it fits, because no source states the fact: such models are
listed apart, with what is missing. Models come under the family that they are a version or a size of, because claims
often speak of the family.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from biorxivist.claims.facts import Fact, facts_of
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.show import ClaimLine, claim_lines
from biorxivist.claims.standing import stands
from biorxivist.errors import InvalidInput
from graph.errors import UnknownName, or_list
from graph.records import Model

__all__ = ["LICENCE_WORDS", "Candidate", "Member", "Needs", "choosable", "choose"]

PERMISSIVE = {
    "mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "isc", "cc-by-4.0", "cc0-1.0", "unlicense", "zlib",
}  # fmt: skip
LICENCE_WORDS = ("permissive", "noncommercial")
"""``permissive``: use, change and pass on, also in products; ``noncommercial``: any stated licence will do."""
LATIN = {"homo sapiens": "human", "mus musculus": "mouse", "danio rerio": "zebrafish"}
ROLES = ("foundation", "method")
TO_BE_HAD = ("species", "input", "licence_code", "licence_weights", "weights_url")
"""A model of which none of these is known cannot be chosen: nothing says that it can be had, or for what."""

TELLING = ("comparison", "score", "effect", "qualitative", "scaling", "saturation", "scale_fact")
"""Kinds of claims, from those that help most to tell models apart to those that help least."""

Fits = bool | None
"""None where no source states what the answer depends on."""


@dataclass(frozen=True)
class Needs:
    """What a model has to meet; what is left out does not matter."""

    species: str | None = None
    licence: str | None = None
    """``permissive``, ``noncommercial``, or an SPDX identifier."""
    task: str | None = None
    """Name of a task that something has to be claimed for."""
    input: str | None = None
    max_parameters: int | None = None
    weights: bool = False
    """Weights can be had at a known address."""


@dataclass(frozen=True)
class Member:
    """A model of a family, with its facts."""

    model: Model
    facts: tuple[Fact, ...]
    unknown: tuple[str, ...]
    """Facts that were asked for and that no source states; none if the model fits."""


@dataclass(frozen=True)
class Candidate:
    """A family with those of its models that fit, or may."""

    family: Model
    members: tuple[Member, ...]
    claims: tuple[ClaimLine, ...]
    """What is claimed of the family and its models, for the task where one was asked for."""

    @property
    def fits(self) -> bool:
        """Whether some model of the family is known to fit."""
        return any(not member.unknown for member in self.members)

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "model": self.family.id,
            "name": self.family.name,
            "fits": self.fits or None,
            "members": [
                {
                    "id": member.model.id,
                    "name": member.model.name,
                    "fits": None if member.unknown else True,
                    "unknown": list(member.unknown),
                    "facts": {fact.name: {"value": fact.value, "source": fact.source} for fact in member.facts},
                    "read_on": str(member.model.read_on) if member.model.read_on else None,
                }
                for member in self.members
            ],
            "claims": [line.row() for line in self.claims],
        }


def choose(needs: Needs, index: ClaimIndex, *, by: Literal["name", "year"] = "name") -> list[Candidate]:
    """Families with models that fit, then those of which it is not known; each part by name, or the newest first.

    Parameters
    ----------
    needs
        What the model has to meet.
    index
        Claims, verdicts and the vocabulary.
    by
        Order.

    Raises
    ------
    InvalidInput
        If a word of the needs is known of no model, with similar ones.
    """
    task = _task(needs.task, index) if needs.task else None
    tests = dict(_tests(needs, index))
    families: dict[str, list[Member]] = {}
    for model in _models(index):
        answers = {name: test(model) for name, test in tests.items()}
        if False not in answers.values():
            unknown = tuple(name for name, answer in answers.items() if answer is None)
            members = families.setdefault(index.vocabulary.family(model.id), [])
            members.append(Member(model, facts_of(model), unknown))
    candidates = [
        Candidate(family, tuple(members), tuple(_claims(family.id, task, index)))
        for family_id, members in families.items()
        if isinstance(family := index.vocabulary.get(family_id), Model)
    ]
    if task:
        candidates = [candidate for candidate in candidates if candidate.claims]

    def place(candidate: Candidate) -> tuple[object, ...]:
        year = candidate.family.year or min((m.model.year for m in candidate.members if m.model.year), default=0)
        return (not candidate.fits, -year if by == "year" else 0, candidate.family.name.casefold())

    return sorted(candidates, key=place)


def choosable(model: Model) -> bool:
    """Whether a model is one that can be had: no group, baseline or model of ours, and something is known of it."""
    return model.role in ROLES and any(getattr(model, name) for name in TO_BE_HAD)


def _models(index: ClaimIndex) -> Iterator[Model]:
    return (entry for entry in index.vocabulary if isinstance(entry, Model) and choosable(entry))


def _tests(needs: Needs, index: ClaimIndex) -> Iterator[tuple[str, Callable[[Model], Fits]]]:
    if needs.species:
        species = _known("species", LATIN.get(needs.species.casefold(), needs.species), index)
        yield "species", lambda model: species in map(str.casefold, model.species) if model.species else None
    if needs.licence:
        licence = _known("licence", needs.licence, index, more=LICENCE_WORDS)
        yield "licence", lambda model: _allowed(licence, model)
    if needs.input:
        phrase = _known("input", needs.input, index)
        yield "input", lambda model: phrase in _phrases(model.input) if model.input else None
    if (most := needs.max_parameters) is not None:
        yield "parameters", lambda model: model.parameters <= most if model.parameters else None
    if needs.weights:
        yield "weights", lambda model: True if model.weights_url else None


def _allowed(licence: str, model: Model) -> Fits:
    """Whether the licences that are stated allow it; that of the code has to be, for what runs is code."""
    stated = [each.casefold() for each in (model.licence_code, model.licence_weights) if each]
    if licence == "noncommercial":
        return True if stated else None
    allowed = PERMISSIVE if licence == "permissive" else {licence}
    if any(each not in allowed for each in stated):
        return licence != "permissive" and licence in stated
    return True if model.licence_code else None


def _words_of(need: str, index: ClaimIndex) -> list[str]:
    """Words that are known for a need (species, licence, input), sorted."""
    return sorted({word for model in _models(index) for word in _stated(need, model)}, key=str.casefold)


def _stated(need: str, model: Model) -> Iterable[str]:
    match need:
        case "species":
            return model.species
        case "licence":
            return [each for each in (model.licence_code, model.licence_weights) if each]
        case _:
            return _phrases(model.input)


def _phrases(text: str | None) -> list[str]:
    return [part.strip().casefold() for part in (text or "").split(",") if part.strip()]


def _known(need: str, word: str, index: ClaimIndex, *, more: tuple[str, ...] = ()) -> str:
    """The word as models have it, in lower case.

    Raises
    ------
    InvalidInput
        If no model has it.
    """
    words = [*more, *_words_of(need, index)]
    folded: Mapping[str, str] = {re.sub(r"[\s_-]+", "", each.casefold()): each for each in words}
    bare = re.sub(r"[\s_-]+", "", word.casefold())
    if bare in folded:
        return folded[bare].casefold()
    near = [folded[each] for each in difflib.get_close_matches(bare, folded, n=3)]
    hint = f"Did you mean {or_list(near)}?" if near else f"Known are {', '.join(words)}."
    msg = f"No model is known with {need} {word!r}. {hint}"
    raise InvalidInput(msg)


def _task(name: str, index: ClaimIndex) -> str:
    try:
        return index.vocabulary.resolve("task", name)
    except UnknownName as error:
        raise InvalidInput(str(error)) from error


def _claims(family: str, task: str | None, index: ClaimIndex) -> Iterator[ClaimLine]:
    """Claims about a family or its variants that stand, on the task or a narrower one."""
    names = {family, *index.vocabulary.variants(family)}
    chosen = [
        claim
        for claim in filter(stands, index.by_interest())
        if names & {*claim.subject_ids, *claim.comparator_ids}
        and (task is None or task in index.vocabulary.lineage(claim.task_id))
    ]
    # first what tells models apart, and of that what speaks of few of them
    chosen.sort(key=lambda claim: (TELLING.index(claim.kind), len(claim.subject_ids)))
    return claim_lines(chosen, index)
