"""Entries of both versions of forty odd papers, read back by the readers that other programs use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts

from biorxivist.literature.citation import cite
from biorxivist.literature.edition import Wanted
from biorxivist.literature.people import Person, authors_in_order
from graph.records import Author, Paper, Version

PEOPLE = (
    Person("Maria D. Van Kerkhove", family="Van Kerkhove", given="Maria D."),
    Person("Ludwig van Beethoven", family="van Beethoven", given="Ludwig"),
    Person("Brian Wiel Jr.", family="Wiel", given="Brian", suffix="Jr."),
    Person("Alexander Graham Bell III", family="Bell", given="Alexander Graham", suffix="III"),
    Person("José Ñúñez-Ångström", family="Ñúñez-Ångström", given="José"),
    Person("Zoë O’Neil", family="O’Neil", given="Zoë"),
    Person("Wei Wang", family="Wang", given="Wei"),
    Person("Wei Wang", family="Wang", given="Wei"),
    Person("王伟", family="王", given="伟"),
    Person("J.-P. de la Cruz y Roe", family="de la Cruz y Roe", given="J.-P."),
    Person("The Tabula Sapiens Consortium", collective="The Tabula Sapiens Consortium"),
    Person("Smith and Sons & Co. Group", collective="Smith and Sons & Co. Group"),
    Person("And Anderson", family="Anderson", given="And"),
    Person("{Braced} Name_1", family="Name_1", given="{Braced}"),
    Person("Plato", family="Plato"),
)
TITLES = (
    "A {braced} title with {{two}}",
    "Cells at 10^5 & 100% of $5",
    "σ² ≤ 1 in $O(n \\log n)$",
    "Über Zellen: “größer” ist naïve",
    "A_b ~ c # d \\ e",
    "IL-2/CD8+ T cells, {DNA} and 3′ ends",
    'A "quoted" title @article{x, y}',
    "Does size matter? Yes!",
    "单细胞 foundation models",
    "TY - JOUR is no field",
)


class Entry(NamedTuple):
    """A paper of which both versions are cited."""

    paper: Paper
    versions: tuple[Version, Version]
    authors: Mapping[str, Author]
    people: tuple[Person, ...]


def entry(number: int) -> Entry:
    doi, journal = (
        f"10.1101/2024.01.01.{600000 + number}",
        f"10.1002/(sici)1097({number})1:1<{number}::aid-x>3.0.co;2-2",
    )
    work = f"doi:{doi}"
    people = tuple(PEOPLE[(number * 3 + step) % len(PEOPLE)] for step in range(1 + number % 5))
    authors = authors_in_order(people, work)
    title = f"{TITLES[number % len(TITLES)]} {number}"
    paper = Paper(
        id=work, title=title, year=2025, venue="Cell & Gene {Methods}", server="bioRxiv", dois=(doi, journal),
        published_doi=journal, posted=date(2024, 1, 1), author_ids=tuple(author.id for author in authors),
    )  # fmt: skip
    preprint = Version(paper_id=work, label="2", doi=doi, posted=date(2024, 2, 3), title=f"Early: {title}")
    record = Version(paper_id=work, label="journal", doi=journal, posted=date(2025, 4, 5))
    return Entry(paper, (preprint, record), {author.id: author for author in authors}, people)


def expected(given: Entry, version: Wanted) -> tuple[str, str, int, str]:
    """Title, DOI, year and where it appeared."""
    preprint, record = given.versions
    if version == "preprint":
        return str(preprint.title), str(preprint.doi), 2024, "bioRxiv"
    return given.paper.title, str(record.doi), 2025, str(given.paper.venue)


def written(given: Entry, style: Any, version: Wanted) -> str:
    return cite([given.paper], given.authors, versions=given.versions, style=style, version=version)


EACH = pytest.mark.parametrize("number", range(40))
VERSIONS = pytest.mark.parametrize("version", ["preprint", "journal"])


@EACH
@VERSIONS
def test_bibtexparser_reads_what_was_written(number: int, version: Wanted) -> None:
    given = entry(number)
    title, doi, year, venue = expected(given, version)
    library = bibtexparser.parse_string(
        written(given, "bibtex", version), append_middleware=[SeparateCoAuthors(), SplitNameParts()]
    )
    assert not library.failed_blocks
    [read] = library.entries
    assert read.entry_type == ("article" if version == "journal" else "misc")
    assert unescaped(read["title"]) == title
    assert (read["doi"], read["year"]) == (doi, str(year))
    assert unescaped(read["journal" if version == "journal" else "howpublished"]) == venue
    names = [(name.von + name.last, name.first, name.jr) for name in read["author"]]
    assert [tuple(unescaped(" ".join(part)) for part in name) for name in names] == [
        (person.collective or person.family, person.given or "", person.suffix or "") for person in given.people
    ]


@EACH
@VERSIONS
def test_rispy_reads_what_was_written(number: int, version: Wanted) -> None:
    given = entry(number)
    title, doi, year, venue = expected(given, version)
    [read] = rispy.loads(written(given, "ris", version))
    assert read["type_of_reference"] == ("JOUR" if version == "journal" else "UNPB")
    assert read.get("title", read.get("primary_title")) == title
    assert (read["doi"], read["year"]) == (doi, str(year))
    assert read["secondary_title" if version == "journal" else "publisher"] == venue
    assert read["authors"] == [
        person.collective or ", ".join(part for part in (person.family, person.given, person.suffix) if part)
        for person in given.people
    ]


@EACH
@VERSIONS
def test_csl_json_holds_what_its_schema_allows(number: int, version: Wanted) -> None:
    given = entry(number)
    title, doi, year, venue = expected(given, version)
    [read] = json.loads(written(given, "csl-json", version))
    texts = {
        "id",
        "type",
        "title",
        "container-title",
        "publisher",
        "genre",
        "version",
        "DOI",
        "URL",
        "abstract",
        "note",
    }
    assert set(read) <= texts | {"author", "issued"}
    assert all(isinstance(read[name], str) and read[name] for name in texts & set(read))
    assert read["type"] == ("article-journal" if version == "journal" else "article")
    assert (read["title"], read["DOI"]) == (title, doi)
    assert read["container-title" if version == "journal" else "publisher"] == venue
    [parts] = read["issued"]["date-parts"]
    assert parts == ([year] if version == "journal" else [2024, 2, 3])
    for name, person in zip(read["author"], given.people, strict=True):
        whole = {"family": person.family, "given": person.given, "suffix": person.suffix}
        assert name == (
            {"literal": person.collective}
            if person.collective
            else {part: text for part, text in whole.items() if text}
        )


def unescaped(text: str) -> str:
    text = text.removeprefix("{").removesuffix("}") if text.startswith("{") and text.endswith("}") else text
    for code, meant in ((r"\textbackslash{}", "\0"), (r"\textasciitilde{}", "~"), (r"\textasciicircum{}", "^")):
        text = text.replace(code, meant)
    return re.sub(r"\\([{}$&#_%])", r"\1", text).replace("\0", "\\")
