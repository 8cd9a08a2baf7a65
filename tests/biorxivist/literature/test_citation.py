from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biorxivist.literature.citation import bibtex, cite, csl_json, family_and_given, ris
from graph.records import Author, Paper

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
