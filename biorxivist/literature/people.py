"""Authors of a work, from people as its sources print them.

A source gives the parts of a name where it has them (`Person.family` ...), and the name as printed in any case. An
author with an ORCID is everywhere the same record; one without belongs to a place in the list of one work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.records import Author

__all__ = ["Person", "authors_in_order", "moved_to", "named"]


@dataclass(frozen=True, slots=True)
class Person:
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
    """A person of whom a source prints one text; ``Family, Given`` is told apart at its comma, nothing is guessed."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and family and given:
        return Person(name, family=family, given=given, orcid=orcid)
    return Person(name, orcid=orcid)


def authors_in_order(people: Iterable[Person], work: str) -> tuple[Author, ...]:
    """Authors of a work in printed order; an ORCID that is printed twice is one author."""
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
