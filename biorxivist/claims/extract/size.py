"""Clauses that say how large something is: cells of a corpus, parameters of a model, sets of a benchmark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.counted import find_sizes
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.numbers import Number
from biorxivist.claims.extract.owner import find_owners
from biorxivist.claims.extract.scope import subject_fields
from biorxivist.claims.extract.unowned import is_of_experiment, is_stated_alone

__all__ = ["read_sizes"]

TITLE = re.compile(r"(?:^\s*|\bet al\. |\. )[\w-]{2,25}$")
STATES = re.compile(
    r"(?<!-)\b(?:is|are|was|were|has|have|had|we|contain|compris|cover|includ|span|encompass|consist|collect|curat|allow|enabl|"
    r"train)",
    re.IGNORECASE,
)
"""Words of a sentence that states something, unlike a title."""
ROUNDED = ("exact", "about")
PART = r"(?P<part>(?:(?:pre-?)?train(?:ing)?|test|validation)(?: validation)? set)"
OF_PART = re.compile(
    rf"\b{PART} (?:consist|contain|compris|ha[sd]|includ)\w* (?:of )?(?:about |over )?$", re.IGNORECASE
)
IN_PART = re.compile(rf"(?: cells?)? in the (?:[\w-]+ )?{PART}\b", re.IGNORECASE)


def _part(content: Content, number: Number) -> str | None:
    """The split that a size is of: "13,468 in the test set", "the test set consisted of 4,218 cells"."""
    part = OF_PART.search(content.until(number.start)) or IN_PART.match(content.since(number.end))
    return part["part"] if part else None


def read_sizes(content: Content) -> Iterator[Draft]:
    """Yield a draft for each size; one without a unit has that of the size before it ("and UCE on 36 million")."""
    if content.before and TITLE.search(content.before.text) and not STATES.search(content.text):
        return  # "CellFM: a large-scale model ...", the title of a work in a reference list
    sizes = list(find_sizes(content))
    if not sizes:
        return
    owners = find_owners(content, sizes)
    for number, unit in sizes:
        if number.start not in owners or is_of_experiment(content, number, unit):
            continue
        part = _part(content, number)
        if owners[number.start] is None and part is None and not is_stated_alone(content, number, unit):
            continue
        yield Draft(
            kind="scale_fact",
            **subject_fields(owners[number.start]),
            value=None if number.bound == "at_most" else number.value,
            # "30 million" may be 29.9, and "about 30 million" all the more; a bound is open on its other side
            low=number.value if number.bound == "at_least" else number.low if number.bound in ROUNDED else None,
            high=number.value if number.bound == "at_most" else number.high if number.bound in ROUNDED else None,
            bound=number.bound,
            unit=unit,
            part=part,
        )
