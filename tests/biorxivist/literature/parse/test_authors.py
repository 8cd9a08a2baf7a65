"""Who wrote a paper: people and groups, each once for each place in the list."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.literature.parse import parse
from biorxivist.literature.people import named
from graph.records import Author

DOI = "10.1101/2026.01.01.000001"


def authors(contribs: str, *, groups: str = "") -> tuple[Author, ...]:
    data = (
        f'<article><front><article-meta><article-id pub-id-type="doi">{DOI}</article-id>'
        f"<contrib-group>{contribs}</contrib-group>{groups}</article-meta></front><body/></article>"
    )
    return parse(data.encode()).authors


def person(surname: str, given: str, inside: str = "", suffix: str = "") -> str:
    jr = f"<suffix>{suffix}</suffix>" if suffix else ""
    return (
        f'<contrib contrib-type="author"><name><surname>{surname}</surname><given-names>{given}</given-names>{jr}'
        f"</name>{inside}</contrib>"
    )


@pytest.mark.parametrize("places", [1, 2, 3])
def test_people_of_one_name_stay_as_many_as_they_are(places: int) -> None:
    read = authors(person("Wang", "Wei") * places + person("Li", "Jing"))
    assert [author.name for author in read] == ["Wei Wang"] * places + ["Jing Li"]
    assert len({author.id for author in read}) == places + 1
    assert [author.position for author in read] == list(range(1, places + 2))


def test_the_two_wei_wangs_of_the_review_are_two(shared: Path) -> None:
    document = parse(shared / "review1" / "papers" / "two_wei_wangs.xml")
    assert [(a.family, a.given, a.affiliations) for a in document.authors] == [
        ("Wang", "Wei", ("Peking University",)),
        ("Li", "Jing", ("Peking University",)),
        ("Wang", "Wei", ("MIT",)),
    ]
    assert len(set(document.paper.author_ids)) == 3


def test_a_suffix_is_no_part_of_the_family_name() -> None:
    [author] = authors(person("Wiel", "Brian", suffix="Jr"))
    assert (author.family, author.given, author.suffix, author.name) == ("Wiel", "Brian", "Jr", "Brian Wiel Jr")


MEMBERS = f"<contrib-group>{person('Foe', 'Ann')}{person('Bar', 'Bo')}</contrib-group>"


@pytest.mark.parametrize(
    ("contribs", "groups"),
    [
        (f'<contrib contrib-type="author"><collab>The Atlas{MEMBERS}</collab></contrib>', ""),
        (
            '<contrib contrib-type="author"><collab>The Atlas</collab></contrib>',
            f'<contrib-group content-type="collab-members">{person("Foe", "Ann")}</contrib-group>',
        ),
        (
            '<contrib contrib-type="author" id="g1"><collab>The Atlas</collab></contrib>',
            f"<contrib-group>{person('Foe', 'Ann').replace('<contrib ', '<contrib rid=$g1$ ').replace('$', chr(34))}"
            "</contrib-group>",
        ),
        (
            '<contrib contrib-type="author"><collab>The Atlas</collab></contrib>',
            f'<contrib-group>{person("Foe", "Ann").replace("author", "collab member")}</contrib-group>',
        ),
    ],
)  # fmt: skip
def test_a_group_signs_as_one_and_its_members_are_no_authors(contribs: str, groups: str) -> None:
    read = authors(person("Li", "Jing") + contribs, groups=groups)
    assert [(a.name, a.collective, a.family) for a in read] == [
        ("Jing Li", None, "Li"),
        ("The Atlas", "The Atlas", None),
    ]


def test_an_orcid_is_the_author_and_a_place_is_the_other_one() -> None:
    orcid = '<contrib-id contrib-id-type="orcid">https://orcid.org/0000-0002-1825-0097</contrib-id>'
    first, second = authors(person("Wang", "Wei", orcid) + person("Wang", "Wei"))
    assert (first.orcid, first.paper_id, first.position) == ("0000-0002-1825-0097", None, None)
    assert (second.orcid, second.paper_id, second.position) == (None, f"doi:{DOI}", 2)


@pytest.mark.parametrize(
    ("surname", "given", "parts"),
    [
        ("King Jr.", "M. L.", ("King", "M. L.", "Jr.")),
        ("Davis", "Sammy, III", ("Davis", "Sammy", "III")),
        ("Jr", "Clotilde Wiel", ("Wiel", "Clotilde", "Jr")),
        ("Le", "VI", ("Le", "VI", None)),
        ('Roe<xref ref-type="corresp" rid="c">*</xref>', "R.<fn><p>Equal.</p></fn>", ("Roe", "R.", None)),
    ],
)
def test_a_name_is_taken_apart_wherever_its_suffix_and_its_marks_stand(
    surname: str, given: str, parts: tuple[str, str, str | None]
) -> None:
    [author] = authors(person(surname, given))
    assert (author.family, author.given, author.suffix) == parts


@pytest.mark.parametrize(
    "identifier",
    [
        '<contrib-id contrib-id-type="ORCID">000000021694233X</contrib-id>',
        "<contrib-id>https://orcid.org/0000-0002-1694-233x</contrib-id>",
        '<contrib-id contrib-id-type="orcid"> http://orcid.org/0000-0002-1694-233X/ </contrib-id>',
        '<contrib-id contrib-id-type="orcid">https://orcid.org/000000021694233X</contrib-id>',
        "<contrib-id>http://orcid.org/000000021694233x/</contrib-id>",
        '<contrib-id contrib-id-type="orcid">orcid.org/000000021694233X</contrib-id>',
        '<contrib-id contrib-id-type="orcid">0000 0002 1694 233X</contrib-id>',
        '<contrib-id contrib-id-type="orcid">0000–0002–1694–233X</contrib-id>',
        '<ext-link xmlns:xlink="http://www.w3.org/1999/xlink" ext-link-type="orcid" '
        'xlink:href="0000-0002-1694-233X">iD</ext-link>',
        '<uri content-type="orcid">0000-0002-1694-233X</uri>',
    ],
)
def test_an_orcid_is_read_however_it_is_written(identifier: str) -> None:
    [author] = authors(person("Roe", "R.", identifier))
    assert author.orcid == "0000-0002-1694-233X"


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0098", "0000-0002-1825-009X", "0000-0000-0000-0000"])
def test_an_orcid_with_a_wrong_check_digit_is_nobodys(orcid: str) -> None:
    [author] = authors(person("Roe", "R.", f'<contrib-id contrib-id-type="orcid">{orcid}</contrib-id>'))
    assert (author.orcid, author.position) == (None, 1)


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("Regev, Aviv", ("Regev", "Aviv", None)),
        ("King, Martin L., Jr.", ("King", "Martin L.", "Jr.")),
        ("Plato", (None, None, None)),
        ("Aviv Regev", (None, None, None)),
    ],
)
def test_a_name_that_is_one_text_is_taken_apart_at_its_comma_only(printed: str, parts: tuple[str | None, ...]) -> None:
    [author] = authors(f'<contrib contrib-type="author"><string-name>{printed}</string-name></contrib>')
    assert (author.name, author.family, author.given, author.suffix) == (printed, *parts)


@pytest.mark.parametrize(
    ("surname", "given", "suffix", "parts"),
    [
        ("Smith, PhD", "Ann", "", ("Smith", "Ann", None)),
        ("Smith", "Ann", "MD, PhD", ("Smith", "Ann", None)),
        ("Smith", "Ann, M.Sc.", "", ("Smith", "Ann", None)),
        ("Smith", "Ann", "Ph.D.", ("Smith", "Ann", None)),
        ("Smith", "MD", "", ("Smith", "MD", None)),
        ("Roe†", "R.", "", ("Roe", "R.", None)),
        ("Roe,", "R.*", "", ("Roe", "R.", None)),
        ("O’Neil-Roe §", "R. B.", "III", ("O’Neil-Roe", "R. B.", "III")),
    ],
)
def test_degrees_and_marks_of_notes_are_no_part_of_a_name(
    surname: str, given: str, suffix: str, parts: tuple[str, str, str | None]
) -> None:
    [author] = authors(person(surname, given, suffix=suffix))
    assert (author.family, author.given, author.suffix) == parts
    assert author.name == " ".join(part for part in (parts[1], parts[0], parts[2]) if part)


@pytest.mark.parametrize(
    ("kind", "is_author"),
    [
        ("Author", True), ("first-author", True), ("corresponding", True), ("person", True), ("group", True),
        ("editor", False), ("senior_editor", False), ("Reviewing Editor", False), ("translator", False),
        ("author non-byline", False), ("collab member", False), ("illustrator", False),
    ],
)  # fmt: skip
def test_whoever_is_not_named_as_something_else_is_an_author(kind: str, *, is_author: bool) -> None:
    read = authors(person("Roe", "R.").replace('contrib-type="author"', f'contrib-type="{kind}"'))
    assert len(read) == is_author


@pytest.mark.parametrize(
    ("role", "is_author"),
    [("Reviewer", False), ("Academic Editor", False), ("Conceptualization", True), ("Professor", True)],
)
def test_a_contributor_without_a_kind_is_an_author_unless_the_role_says_not(role: str, *, is_author: bool) -> None:
    bare = person("Roe", "R.", f"<role>{role}</role>").replace(' contrib-type="author"', "")
    assert len(authors(bare)) == is_author
    assert len(authors(person("Roe", "R.", f"<role>{role}</role>"))) == 1


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [("王", "伟", "王伟"), ("大野", "明", "大野明"), ("김", "철수", "김철수"), ("Wang", "伟", "伟 Wang")],
)
def test_an_east_asian_name_begins_with_the_family_and_has_no_space(family: str, given: str, name: str) -> None:
    [author] = authors(person(family, given))
    assert (author.name, author.family, author.given) == (name, family, given)


EAST = "<name{0}><surname>大野</surname><given-names>明</given-names></name>"
WEST = "<name{0}><surname>Ono</surname><given-names>Akira</given-names></name>"


@pytest.mark.parametrize(
    "forms",
    [
        EAST.format(' name-style="eastern"') + WEST.format(' name-style="western"'),
        EAST.format(' xml:lang="ja"') + WEST.format(' xml:lang="en"'),
        EAST.format("") + WEST.format(""),
        WEST.format(' specific-use="primary"') + WEST.format(' specific-use="index"').replace("Ono", "Oono"),
        "<string-name>大野明</string-name><string-name><given-names>Akira</given-names> <surname>Ono</surname>"
        "</string-name>",
    ],
)
def test_of_a_name_in_several_scripts_the_one_in_latin_letters_is_taken(forms: str) -> None:
    [author] = authors(f"<contrib><name-alternatives>{forms}</name-alternatives></contrib>")
    assert (author.name, author.family, author.given) == ("Akira Ono", "Ono", "Akira")


@pytest.mark.parametrize(
    "parts",
    [
        '<institution content-type="original">Univ. of X, Y.</institution><institution content-type="orgname">Univ. of '
        "X</institution><country>Y</country>",
        '<label>1</label><institution content-type="orgname">Univ. of X</institution><institution '
        'content-type="original">Univ. of X, Y.</institution>',
        "<label>1</label><institution>Univ. of X</institution><country>Y.</country>",
    ],
)
def test_an_affiliation_as_printed_is_not_said_twice(parts: str) -> None:
    [author] = authors(person("Roe", "R.", f"<aff>{parts}</aff>"))
    assert author.affiliations == ("Univ. of X, Y.",)


def test_an_orcid_of_two_names_is_nobodys() -> None:
    same = '<contrib-id contrib-id-type="orcid">0000-0002-1825-0097</contrib-id>'
    read = authors(person("Roe", "R.", same) + person("Doe", "D.", same))
    assert [(author.family, author.orcid) for author in read] == [("Roe", None), ("Doe", None)]
    assert len({author.id for author in read}) == 2
    assert len(authors(person("Roe", "R.", same) + person("Roe", "Richard", same))) == 1


def test_of_an_affiliation_in_several_scripts_the_first_is_taken_and_a_group_that_is_signed_for_is_logged() -> None:
    inside = "<aff-alternatives><aff>Tokyo</aff><aff>東京</aff></aff-alternatives>"
    [author] = authors(person("Roe", "R.", inside))
    assert author.affiliations == ("Tokyo",)
    data = (
        f"<article><front><article-meta><contrib-group>{person('Roe', 'R.')}<on-behalf-of>X Consortium</on-behalf-of>"
    )
    read = parse(f"{data}</contrib-group></article-meta></front><body/></article>".encode())
    assert "signed on behalf of: X Consortium" in [drop.reason for drop in read.log]


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("Consortium, The Tabula Sapiens", (None, None, None, "The Tabula Sapiens Consortium")),
        ("Team, Human Cell Atlas", (None, None, None, "Human Cell Atlas Team")),
        ("The GTEx Consortium, *", (None, None, None, "The GTEx Consortium")),
        ("Chan Zuckerberg Initiative", (None, None, None, "Chan Zuckerberg Initiative")),
        ("Group, J.", ("Group", "J.", None, None)),
        ("Atlas, S. K.", ("Atlas", "S. K.", None, None)),
        ("Wiel, C., Jr.", ("Wiel", "C.", "Jr.", None)),
        ("Wiel, Jr., Clotilde", ("Wiel", "Clotilde", "Jr.", None)),
        ("Smith III, J", ("Smith", "J", "III", None)),
        ("Martin Luther King, Jr.", ("King", "Martin Luther", "Jr.", None)),
        ("V, Kumar", ("V", "Kumar", None, None)),
        ("Wei Wang", (None, None, None, None)),
        ("Smith, MD", ("Smith", "MD", None, None)),
    ],
)
def test_a_name_in_one_text_is_taken_apart_only_where_that_is_sure(
    printed: str, parts: tuple[str | None, str | None, str | None, str | None]
) -> None:
    read = named(printed)
    assert (read.family, read.given, read.suffix, read.collective) == parts
    assert read.name == printed


@pytest.mark.parametrize(
    ("printed", "name", "parts"),
    [
        ("Ann Smith, PhD", "Ann Smith", (None, None, None)),
        ("Ann Smith, MD, PhD", "Ann Smith", (None, None, None)),
        ("Smith, Ann, MD", "Smith, Ann", ("Smith", "Ann", None)),
        ("Smith, Ann, Jr., Ph.D.", "Smith, Ann, Jr.", ("Smith", "Ann", "Jr.")),
    ],
)
def test_the_degrees_in_a_name_of_one_text_are_left_out(
    printed: str, name: str, parts: tuple[str | None, str | None, str | None]
) -> None:
    read = named(printed)
    assert (read.name, (read.family, read.given, read.suffix)) == (name, parts)
