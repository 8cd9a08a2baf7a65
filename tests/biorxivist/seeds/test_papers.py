"""How the tables of ``papers.toml`` become records."""

from __future__ import annotations

from typing import Any

import pytest

from biorxivist.seeds import papers
from graph.records import Author, Paper, Record, Version

TABLE: dict[str, Any] = {
    "title": "A title", "year": 2025, "venue": "bioRxiv", "topic": "model", "summary": "Says so.", "verified": True,
}  # fmt: skip


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Records of papers that are given as tables."""

    def read_tables(**tables: dict[str, Any]) -> list[Record]:
        monkeypatch.setattr(papers, "_tables", lambda: {key: {**TABLE, **table} for key, table in tables.items()})
        return list(papers.records())

    return read_tables


def of(kind: type[Record], records: list[Record]) -> list[Any]:
    return [record for record in records if isinstance(record, kind)]


def test_authors_are_written_family_first_or_as_tables_and_keep_their_order(read: Any) -> None:
    names = [
        "Hashemi G., Fatemeh S.", "Wiel, Coert, Jr", {"collective": "Tabula Sapiens Consortium"},
        {"family": "Theis", "given": "Fabian J.", "orcid": "0000-0002-2419-1943"},
    ]  # fmt: skip
    records = read(one={"authors": names})
    authors = {author.id: author for author in of(Author, records)}
    (paper,) = of(Paper, records)
    listed = [authors[author] for author in paper.author_ids]
    assert [(each.family, each.given, each.suffix, each.collective) for each in listed] == [
        ("Hashemi G.", "Fatemeh S.", None, None),
        ("Wiel", "Coert", "Jr", None),
        (None, None, None, "Tabula Sapiens Consortium"),
        ("Theis", "Fabian J.", None, None),
    ]
    assert [each.position for each in listed] == [1, 2, 3, None]


@pytest.mark.parametrize("name", ["Alan DenAdel", "A, B, C, D"])
def test_an_author_in_another_form_is_refused_with_the_right_one(read: Any, name: str) -> None:
    with pytest.raises(ValueError, match=r"\[one\]: author .* is not \"Family, Given\""):
        read(one={"authors": [name]})


def test_a_commentary_is_a_work_of_its_own_that_discusses_the_article(read: Any) -> None:
    records = read(
        article={"preprint_doi": "10.1/A"}, comment={"kind": "commentary", "discusses": ["article"], "read": "page"}
    )
    article, comment = of(Paper, records)
    assert (article.kind, article.discusses_ids, article.read) == ("article", (), None)
    assert comment.id == "key:comment"
    assert (comment.kind, comment.discusses_ids, comment.read) == ("commentary", ("doi:10.1/a",), "page")
    assert [version.id for version in of(Version, records)] == ["doi:10.1/av1", "key:commentv1"]


def test_a_version_has_its_own_title_date_address_and_doi(read: Any) -> None:
    second = {"label": "2", "title": "Another title", "date": "2025-11-01", "url": "https://example.org/v2"}
    records = read(
        one={
            "preprint_doi": "10.1/A",
            "doi": "10.2/J",
            "versions": [second, {"label": "journal", "title": "Last"}, "3"],
        }
    )
    versions = {version.label: version for version in of(Version, records)}
    assert list(versions) == ["1", "2", "3", "journal"]
    assert (versions["2"].title, str(versions["2"].posted), versions["2"].url, versions["2"].doi) == (
        "Another title", "2025-11-01", "https://example.org/v2", "10.1/a",
    )  # fmt: skip
    assert (versions["journal"].title, versions["journal"].doi) == ("Last", "10.2/j")
    assert versions["1"].title is None


def test_every_doi_of_a_work_is_listed_once(read: Any) -> None:
    records = read(one={"preprint_doi": "10.1/A", "doi": "10.2/J", "versions": [{"label": "2", "doi": "10.1/A.2"}]})
    (paper,) = of(Paper, records)
    assert paper.dois == ("10.1/a", "10.2/j", "10.1/a.2")
