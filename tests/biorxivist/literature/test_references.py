"""Reference lists: which paper of the archive an entry cites, however its DOI is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from biorxivist.literature.import_files import ingest
from biorxivist.literature.parse import parse
from biorxivist.literature.references import resolved, with_deposited_dois
from graph.archive import Archive
from graph.load import rebuild
from graph.records import Paper, Reference
from graph.stores.open import open_store

CITED = "10.1101/2025.01.01.990001"
SICI = "10.1175/1520-0493(1987)115<1606:garspp>2.0.co;2"


def article(doi: str, *entries: str) -> bytes:
    listed = "".join(f'<ref id="B{n}"><label>{n}</label>{entry}</ref>' for n, entry in enumerate(entries, start=1))
    return (
        '<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta>'
        '<journal-id journal-id-type="publisher-id">biorxiv</journal-id></journal-meta><article-meta>'
        f'<article-id pub-id-type="doi">{doi}</article-id><title-group><article-title>About {doi}</article-title>'
        f"</title-group></article-meta></front><body><p>Text.</p></body><back><ref-list>{listed}</ref-list></back>"
        "</article>"
    ).encode()


PRINTED = [
    f'<mixed-citation>bioRxiv. <pub-id pub-id-type="doi">{CITED}v2</pub-id></mixed-citation>',
    f'<mixed-citation>bioRxiv. <pub-id pub-id-type="doi">https://doi.org/{CITED}</pub-id></mixed-citation>',
    f'<mixed-citation>bioRxiv. <ext-link ext-link-type="uri" '
    f'xlink:href="https://www.biorxiv.org/content/{CITED}v2.full">here</ext-link></mixed-citation>',
    f"<mixed-citation>bioRxiv. https://www.biorxiv.org/content/{CITED}v1.full.pdf+html (2025).</mixed-citation>",
    f"<mixed-citation>Smith Z. bioRxiv ({CITED}v3).</mixed-citation>",
    f"<mixed-citation>Smith Z. bioRxiv, doi: {CITED} v2.</mixed-citation>",
    f"<element-citation><elocation-id>{CITED.upper()}V2</elocation-id></element-citation>",
    f'<citation><uri xlink:href="http://dx.doi.org/{CITED.replace("/", "%2F")}"/></citation>',
]


@pytest.mark.parametrize("entry", PRINTED)
def test_a_reference_to_a_preprint_in_any_spelling_is_an_edge_between_the_two(entry: str, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "cited.xml").write_bytes(article(CITED))
    (papers / "citing.xml").write_bytes(article("10.64898/2026.02.01.100011", entry))
    archive = Archive(tmp_path / "archive")
    ingest([papers], archive)
    rebuild(archive, f"ladybug:{tmp_path}/graph")
    with open_store(f"ladybug:{tmp_path}/graph", read_only=True) as store:
        rows = store.query("MATCH (a:Paper)-[:CITES]->(b:Paper) RETURN a.id AS citing, b.id AS cited")
    assert rows == [{"citing": "doi:10.64898/2026.02.01.100011", "cited": f"doi:{CITED}"}]


@pytest.mark.parametrize(
    "entry",
    [
        f'<mixed-citation><pub-id pub-id-type="doi">{SICI.upper()}</pub-id></mixed-citation>',
        f"<mixed-citation>Mon Weather Rev. doi:{SICI}.</mixed-citation>",
        f'<mixed-citation><ext-link xlink:href="https://doi.org/{SICI}">x</ext-link></mixed-citation>',
    ],
)
@pytest.mark.parametrize("escape", [("&lt;", "&gt;"), ("%3C", "%3E"), ("&amp;lt;", "&amp;gt;")], ids=str)
def test_a_sici_is_the_doi_of_its_entry(entry: str, escape: tuple[str, str]) -> None:
    start, _, rest = entry.partition("<1606")
    if not rest:
        start, _, rest = entry.partition("<1606".upper())
    whole = f"{start}{escape[0]}1606{rest.replace('>2.0', f'{escape[1]}2.0', 1)}"
    assert parse(article("10.1101/2026.02.01.100002", whole)).references[0].doi == SICI


def test_an_entry_that_names_a_version_or_the_journal_copy_cites_the_work() -> None:
    paper = Paper(id=f"doi:{CITED}", title="T", dois=(CITED, "10.1016/j.x.2026"))
    entries = [Reference(paper_id="doi:a", key=str(n), doi=doi) for n, doi in enumerate((f"{CITED}v4", paper.dois[1]))]
    assert [reference.cited_id for reference in resolved(entries, [paper])] == [paper.id, paper.id]


def test_deposited_dois_go_to_the_entries_that_they_belong_to() -> None:
    title = "A long title that no second paper of this list has"
    printed = [
        Reference(paper_id="doi:a", key="1", title=title, year=2020),
        Reference(paper_id="doi:a", key="2", title="Another", year=2001),
        Reference(paper_id="doi:a", key="3", title="Third", doi="10.1000/printed"),
    ]
    deposited = [
        Reference(paper_id="doi:a", key="1", title="Another", year=2019, doi="10.1000/too-late"),
        Reference(paper_id="doi:a", key="2", title=title.upper(), year=2020, doi="10.1000/same-title"),
        Reference(paper_id="doi:a", key="3", doi="10.1000/deposited"),
    ]
    completed = with_deposited_dois(printed, deposited)
    assert [entry.doi for entry in completed] == ["10.1000/same-title", None, "10.1000/printed"]
    assert with_deposited_dois([], deposited) == tuple(deposited)
