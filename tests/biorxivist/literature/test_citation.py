from __future__ import annotations

import json
import re
from datetime import date

import bibtexparser
import pytest
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts
from hypothesis import given, settings
from hypothesis import strategies as st

from biorxivist.literature.citation import bibtex, cite, csl_json, family_and_given, ris
from biorxivist.literature.edition import NoSuchVersion
from biorxivist.literature.people import Person, authors_in_order
from graph.records import Author, Paper, Version

ANNA = Author(id="author:anna", name="Ångström, A. B.")
MARIA = Author(id="author:maria", name="Maria D. Van Kerkhove", orcid="0000-0002-1825-0097")
GROUP = Author(id="author:tabula", name="Tabula")
PREPRINT = Paper(
    id="doi:10.64898/2026.07.31.741992",
    title="Scaling of 100% & more: {cells} cost_$5 ~ a \\ b #1 ^2",
    year=2026,
    posted=date(2026, 7, 31),
    venue="bioRxiv",
    server="bioRxiv",
    author_ids=(ANNA.id, MARIA.id, GROUP.id),
    dois=("10.64898/2026.07.31.741992",),
)
ARTICLE = Paper(
    id="doi:10.1101/574103",
    title="A review",
    year=2020,
    venue="Nature",
    author_ids=(MARIA.id,),
    dois=("10.1101/574103", "10.1038/x_1"),
    published_doi="10.1038/x_1",
)
AUTHORS = {author.id: author for author in (ANNA, MARIA, GROUP)}


def test_bibtex_is_read_back_by_bibtexparser() -> None:
    parser = pytest.importorskip("bibtexparser")
    library = parser.parse_string(bibtex([PREPRINT, ARTICLE], AUTHORS))
    assert not library.failed_blocks
    first, second = library.entries
    assert first.entry_type == "misc"
    assert first["author"] == "Ångström, A. B. and Van Kerkhove, Maria D. and {Tabula}"
    assert first["doi"] == "10.64898/2026.07.31.741992"
    unescaped = re.sub(r"\\([{}$&#_%])", r"\1", first["title"].strip("{}"))
    unescaped = unescaped.replace(r"\textbackslash{}", "\\").replace(r"\textasciitilde{}", "~")
    assert unescaped.replace(r"\textasciicircum{}", "^") == PREPRINT.title
    assert second.entry_type == "article"
    assert second["journal"] == "Nature"
    assert second["doi"] == "10.1038/x_1"


def test_keys_are_told_apart() -> None:
    keys = re.findall(r"@\w+\{([^,]+),", bibtex([ARTICLE, ARTICLE, PREPRINT], AUTHORS))
    assert keys == ["vankerkhove2020review", "vankerkhove2020review-2", "angstrom2026scaling"]


def test_csl_json_has_names_in_parts_and_the_day() -> None:
    first, second = json.loads(csl_json([PREPRINT, ARTICLE], AUTHORS))
    assert first["author"][1] == {"family": "Van Kerkhove", "given": "Maria D."}
    assert first["author"][2] == {"literal": "Tabula"}
    assert first["issued"] == {"date-parts": [[2026, 7, 31]]}
    assert first["title"] == PREPRINT.title
    assert second["type"] == "article-journal"
    assert second["issued"] == {"date-parts": [[2020]]}


def test_ris_ends_each_record_and_has_one_field_a_line() -> None:
    text = ris([PREPRINT, ARTICLE], AUTHORS)
    assert text.count("TY  - ") == text.count("ER  - ") == 2
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in text.split("\r\n") if line)
    assert "AU  - Van Kerkhove, Maria D.\r\n" in text


def test_there_is_no_other_style() -> None:
    with pytest.raises(ValueError, match="bibtex, csl-json, ris"):
        cite([PREPRINT], style="apa")


@settings(deadline=None)
@given(title=st.text(min_size=1, max_size=80), name=st.text(min_size=1, max_size=30))
def test_no_title_or_name_breaks_out_of_its_field(title, name) -> None:
    author = Author(id="author:a", name=name)
    paper = PREPRINT.model_copy(update={"title": title, "author_ids": (author.id,)})
    entry = bibtex([paper], {author.id: author})
    depth = 0
    bare = re.sub(r"\\.", "", entry, flags=re.S)
    for place, character in enumerate(bare.rstrip()):
        depth += (character == "{") - (character == "}")
        assert depth > 0 or place < bare.index("{") or place == len(bare.rstrip()) - 1
    assert depth == 0
    assert json.loads(csl_json([paper], {author.id: author}))[0]["id"]
    lines = ris([paper], {author.id: author}).split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines if line)


@given(name=st.text(max_size=60))
def test_a_name_is_taken_apart_without_loss(name) -> None:
    family, given = family_and_given(name)
    letters = sorted(c for c in name if c.isalnum())
    assert sorted(c for c in family + given if c.isalnum()) == letters


PUBLISHED = Paper(
    id="doi:10.1101/2024.12.13.628448",
    title="Evaluating the role of pre-training size",
    year=2024,
    posted=date(2024, 12, 17),
    venue="bioRxiv",
    server="bioRxiv",
    dois=("10.1101/2024.12.13.628448", "10.1038/s41592-025-1"),
    published_doi="10.1038/s41592-025-1",
)
V1 = Version(paper_id=PUBLISHED.id, label="1", doi="10.1101/2024.12.13.628448", posted=date(2024, 12, 17))
V2 = Version(paper_id=PUBLISHED.id, label="2", doi="10.1101/2024.12.13.628448", posted=date(2025, 2, 1))
RECORD = Version(paper_id=PUBLISHED.id, label="journal", doi="10.1038/s41592-025-1", posted=date(2025, 6, 3))
WITH_VENUE = PUBLISHED.model_copy(update={"venue": "Nature Methods", "year": 2025})


@pytest.mark.parametrize(
    ("paper", "versions", "wanted", "entry"),
    [
        (PUBLISHED, (), None, ("misc", "10.1101/2024.12.13.628448", 2024, "bioRxiv")),
        (PUBLISHED, (V1, V2, RECORD), None, ("misc", "10.1101/2024.12.13.628448", 2025, "bioRxiv")),
        (WITH_VENUE, (V1, V2, RECORD), None, ("article", "10.1038/s41592-025-1", 2025, "Nature Methods")),
        (WITH_VENUE, (V1, RECORD), "preprint", ("misc", "10.1101/2024.12.13.628448", 2024, "bioRxiv")),
        (WITH_VENUE, (), "preprint", ("misc", "10.1101/2024.12.13.628448", 2024, "bioRxiv")),
        (PUBLISHED, (RECORD,), "journal", ("article", "10.1038/s41592-025-1", 2025, None)),
        (PUBLISHED, (), "journal", ("article", "10.1038/s41592-025-1", None, None)),
        (PREPRINT, (), None, ("misc", "10.64898/2026.07.31.741992", 2026, "bioRxiv")),
    ],
)
def test_an_entry_describes_one_version(paper, versions, wanted, entry) -> None:
    kind, doi, year, venue = entry
    text = bibtex([paper], {}, versions=versions, version=wanted)
    assert text.startswith(f"@{kind}{{")
    assert f"doi = {{{doi}}}" in text
    assert ("year = " in text, f"year = {{{year}}}" in text) == (year is not None, year is not None)
    assert (f"{'journal' if kind == 'article' else 'howpublished'} = {{{venue}}}" in text) is (venue is not None)
    [item] = json.loads(csl_json([paper], {}, versions=versions, version=wanted))
    assert (item["DOI"], item.get("container-title" if kind == "article" else "publisher")) == (doi, venue)
    lines = ris([paper], {}, versions=versions, version=wanted).split("\r\n")
    assert lines[0] == f"TY  - {'JOUR' if kind == 'article' else 'UNPB'}"
    assert f"DO  - {doi}" in lines


def test_an_entry_says_which_version_it_is() -> None:
    assert "note = {Preprint, version 2; published as 10.1038/s41592-025-1}" in bibtex(
        [WITH_VENUE], {}, versions=(V1, V2, RECORD), version="preprint"
    )
    assert "note = {Version of record; preprint: 10.1101/2024.12.13.628448}" in bibtex(
        [WITH_VENUE], {}, versions=(V1, V2, RECORD)
    )


def test_a_version_that_a_work_does_not_have_is_refused() -> None:
    with pytest.raises(NoSuchVersion, match="--version preprint"):
        cite([PREPRINT], version="journal")
    article = Paper(id="doi:10.1038/x", title="T", year=2020, venue="Nature", dois=("10.1038/x",))
    with pytest.raises(NoSuchVersion, match="--version journal"):
        cite([article], version="preprint", versions=[Version(paper_id=article.id, label="journal", doi="10.1038/x")])


ODD = [
    Person("Maria D. Van Kerkhove", family="Van Kerkhove", given="Maria D."),
    Person("Brian Wiel Jr", family="Wiel", given="Brian", suffix="Jr"),
    Person("Brian Wiel Jr"),
    Person("Brian Wiel Jr", family="Wiel Jr", given="Brian"),
    Person("The Tabula Sapiens Consortium", collective="The Tabula Sapiens Consortium"),
    Person("The Tabula Sapiens Consortium"),
    Person("Smith and Sons Working Group, Inc.", collective="Smith and Sons Working Group, Inc."),
    Person("José Ñúñez-Ångström", family="Ñúñez-Ångström", given="José"),
    Person("Ludwig van Beethoven", family="van Beethoven", given="Ludwig"),
    Person("Plato", family="Plato"),
    Person("Wang W", family="Wang", given="W"),
    Person("Henry VIII & Co_$5 ~", family="VIII & Co_$5 ~", given="Henry"),
    Person("Alexander III", family="Alexander", given="X", suffix="III"),
    Person("O'Neil", family="O'Neil", given="A. B."),
]
TITLES = ["A {braced} title", "Cells at 10^5 & 100%", "σ² ≤ 1 in $O(n)$", "Über Zellen", "A_b ~ c # d \\ e"]


def expected(person: Person) -> tuple[str, str, str]:
    """Family or group, given, suffix."""
    if person.collective or "Consortium" in person.name:
        return person.collective or person.name, "", ""
    family = (person.family or "Wiel").removesuffix(" Jr")
    return family, person.given or ("Brian" if "Wiel" in person.name else ""), person.suffix or (
        "Jr" if person.name.endswith("Jr") else "")  # fmt: skip


@pytest.mark.parametrize("number", range(40))
def test_forty_odd_entries_come_back_as_they_were(number: int) -> None:
    people = [ODD[(number * 3 + step) % len(ODD)] for step in range(1 + number % 4)]
    work = f"doi:10.1101/{number}"
    authors = authors_in_order(people, work)
    paper = Paper(
        id=work, title=TITLES[number % len(TITLES)], year=2020, venue="bioRxiv", server="bioRxiv", dois=(work[4:],),
        author_ids=tuple(author.id for author in authors),
    )  # fmt: skip
    known = {author.id: author for author in authors}
    wanted = [expected(person) for person in people]

    library = bibtexparser.parse_string(
        bibtex([paper], known), append_middleware=[SeparateCoAuthors(), SplitNameParts()]
    )
    assert not library.failed_blocks
    read = [
        (" ".join((*name.von, *name.last)), " ".join(name.first), " ".join(name.jr))
        for name in library.entries[0]["author"]
    ]
    assert [tuple(map(unescaped, parts)) for parts in read] == wanted
    assert unescaped(library.entries[0]["title"]) == paper.title

    [item] = json.loads(csl_json([paper], known))
    assert item["type"] in {"article", "article-journal"}
    assert all(set(name) <= {"family", "given", "suffix"} or set(name) == {"literal"} for name in item["author"])
    assert [
        (name.get("literal") or name["family"], name.get("given", ""), name.get("suffix", ""))
        for name in item["author"]
    ] == wanted
    assert item["title"] == " ".join(paper.title.split())

    lines = [line for line in ris([paper], known).split("\r\n") if line.startswith("AU")]
    assert [line[6:] for line in lines] == [
        family.replace(",", "") if not given else ", ".join(part for part in (family, given, suffix) if part)
        for family, given, suffix in wanted
    ]


def unescaped(text: str) -> str:
    text = text.removeprefix("{").removesuffix("}") if text.startswith("{") and text.endswith("}") else text
    for written, meant in ((r"\textbackslash{}", "\0"), (r"\textasciitilde{}", "~"), (r"\textasciicircum{}", "^")):
        text = text.replace(written, meant)
    return re.sub(r"\\([{}$&#_%])", r"\1", text).replace("\0", "\\")
