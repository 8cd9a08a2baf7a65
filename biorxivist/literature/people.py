"""Authors of a work, from people as its sources print them.

A source gives the parts of a name where it has them (`Person.family` ...), and the name as printed in any case. An
author with an ORCID is everywhere the same record; one without belongs to a place in the list of one work.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph.records import Author

__all__ = [
    "GROUP",
    "MARKS",
    "SUFFIX_ALONE",
    "Person",
    "are_degrees",
    "authors_in_order",
    "has_check_digit",
    "moved_to",
    "named",
    "without_marks",
]

GROUP = re.compile(
    r"\b(?:consorti(?:um|a)|collaborati(?:on|ve)|group|team|network|initiative|project|atlas|committee|society|"
    r"foundation|institute|investigators|alliance|program(?:me)?|study|center|centre|university|laborator(?:y|ies)|"
    r"association|organi[sz]ation|workshop|contributors|developers|biohub)\b",
    re.IGNORECASE,
)
"""Words by which a name that came as one text is that of a group."""
NEVER_A_SURNAME = re.compile(
    r"(?:\w+ )*(?:consorti(?:um|a)|collaboration|investigators|collaborators|(?:study|working) group)", re.IGNORECASE
)
GROUP_ALONE = re.compile(
    r"group|team|network|initiative|project|atlas|committee|foundation|alliance|program(?:me)?|study|biohub",
    re.IGNORECASE,
)
"""Words that are surnames, too: a group where a name stands before them, and not initials."""
INITIALS_ALONE = re.compile(r"(?:\w\.?[\s-]*){1,4}")
SUFFIX_ALONE = re.compile(r"(?:Jr|Sr|Jnr|Snr)\.?|I{2,3}|IV")
DEGREE = re.compile(
    r"Ph\.?\s?D|D\.?\s?Phil|M\.?\s?Sc|B\.?\s?Sc|M\.?\s?Phil|Pharm\.?\s?D|Dr\.?\s?P\.?H|MPH|MBBS|MBChB|MRC\w*|FRC\w*|DVM|"
    r"Dr\.?\s?(?:rer|med|sc)\.?(?:\s?nat\.?)?|Prof|D\.?\s?Sc|MBA|MEng|MTech|BTech|Esq",
    re.IGNORECASE,
)
"""Academic degrees, which are no part of a name, as far as they are no initials."""
DEGREE_OR_INITIALS = re.compile(r"M\.?D|D\.?O|M\.?[SA]|B\.?[SA]|R\.?N|D\.?D\.?S|D\.?M", re.IGNORECASE)
MARKS = " ,;*∗†‡§¶#‖"
"""What stands at a name and means a note."""
SUFFIX_BEHIND = re.compile(r"(.*\w.*)\s((?:Jr|Sr)\.?|I{2,3}|IV)")


def are_degrees(text: str, *, may_be_initials: bool = False) -> bool:
    """Whether a part of a name is degrees and nothing else; ``MD`` are initials where it may be.

    >>> are_degrees("MD, PhD"), are_degrees("Ph.D.", may_be_initials=True), are_degrees("MD", may_be_initials=True)
    (True, True, False)
    """
    parts = [part for piece in re.split(r"[,;]|\s(?=[A-Z])", text) if (part := piece.strip(" ."))]
    known = [DEGREE] if may_be_initials else [DEGREE, DEGREE_OR_INITIALS]
    return bool(parts) and all(any(pattern.fullmatch(part) for pattern in known) for part in parts)


def without_marks(text: str) -> str:
    """A part of a name without the marks of notes and the commas around it."""
    return text if text.isalpha() else text.strip(MARKS)


class Person(NamedTuple):
    """A person or a group in a list of authors."""

    name: str
    """As printed."""
    family: str | None = None
    given: str | None = None
    suffix: str | None = None
    collective: str | None = None
    orcid: str | None = None
    affiliations: tuple[str, ...] = ()


def named(name: str, *, orcid: str | None = None) -> Person:
    """A person, or a group, of whom a source prints one text.

    ``Family, Given`` is told apart at its comma, and a suffix by its own; which words of ``Given Family`` are which is
    not guessed. A group is known by its words, even where a service took the last of them for a family name.

    >>> named("King, Martin L., Jr.").suffix, named("Consortium, The Tabula Sapiens").collective
    ('Jr.', 'The Tabula Sapiens Consortium')
    """
    parts = [part for part in map(without_marks, name.split(",")) if any(map(str.isalnum, part))]
    if len(parts) > 1 and any(map(are_degrees, parts[1:])):
        name_only = _without_degrees(parts)
        name, parts = (", ".join(name_only), name_only) if len(name_only) < len(parts) else (name, parts)
    suffixes = [part for part in parts[1:] if SUFFIX_ALONE.fullmatch(part)]
    parts = [part for part in parts if part not in suffixes] if suffixes else parts
    if len(parts) == 1:
        return _in_one_part(name, parts[0], suffixes, orcid)
    if len(parts) != 2:
        return Person(name, orcid=orcid)
    family, given = parts
    is_group = GROUP_ALONE.fullmatch(family) and not INITIALS_ALONE.fullmatch(given)
    if is_group or NEVER_A_SURNAME.fullmatch(family):
        return Person(name, collective=f"{given} {family}", orcid=orcid)
    for place, part in enumerate((family, given)):
        if not suffixes and (match := SUFFIX_BEHIND.fullmatch(part)):
            suffixes.append(match[2])
            family, given = (match[1], given) if place == 0 else (family, match[1])
    return Person(name, family=family, given=given, suffix=suffixes[0] if suffixes else None, orcid=orcid)


def _without_degrees(parts: list[str]) -> list[str]:
    """Parts of a name that are no degrees; the second one may be initials, unless the first is a whole name."""
    is_unsure = len(parts) == 2 or " " not in parts[0]
    return [part for place, part in enumerate(parts)
            if not place or not are_degrees(part, may_be_initials=is_unsure and place == 1)]  # fmt: skip


def _in_one_part(name: str, text: str, suffixes: list[str], orcid: str | None) -> Person:
    if suffixes and " " in text:  # Martin Luther King, Jr.
        given, _, family = text.rpartition(" ")
        return Person(name, family=family, given=given, suffix=suffixes[0], orcid=orcid)
    return Person(name, collective=text if " " in text and GROUP.search(text) else None, orcid=orcid)


def has_check_digit(orcid: str) -> bool:
    """Whether the last digit of an ORCID follows from the others (ISO 7064, MOD 11-2).

    >>> has_check_digit("0000-0002-1825-0097"), has_check_digit("0000-0002-1825-0098")
    (True, False)
    """
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    return orcid[-1] == "0123456789X"[(12 - total % 11) % 11]


def authors_in_order(people: Iterable[Person], work: str) -> tuple[Author, ...]:
    """Authors of a work in printed order; an ORCID that is printed twice is one author.

    Where it is printed for two names it is wrong for one of them, and nobody knows which: neither has it then. One
    whose check digit is wrong is nobody's.
    """
    people = list(people)
    surnames: defaultdict[str | None, set[str]] = defaultdict(set)
    for person in people:
        surnames[person.orcid].add((person.family or person.name.rpartition(" ")[2]).casefold())
    people = [
        p._replace(orcid=None) if p.orcid and (len(surnames[p.orcid]) > 1 or not has_check_digit(p.orcid)) else p
        for p in people
    ]
    authors = (
        Author(
            name=person.name,
            family=person.family,
            given=person.given,
            suffix=person.suffix,
            collective=person.collective,
            orcid=person.orcid,
            affiliations=person.affiliations,
            paper_id=None if person.orcid else work,
            position=None if person.orcid else position,
        )
        for position, person in enumerate(people, start=1)
    )
    return tuple({author.id: author for author in authors}.values())


def moved_to(work: str, authors: Sequence[Author]) -> tuple[Author, ...]:
    """The same authors under the id of the work that their row turned out to be about."""
    if all(author.orcid or author.paper_id == work for author in authors):
        return tuple(authors)
    return tuple(
        author if author.orcid else Author(**{**author.model_dump(exclude={"id"}), "paper_id": work})
        for author in authors
    )
