"""A paper that is read again, by whatever route and in whatever order, gains and never loses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from biorxivist.literature.anchor import anchor
from biorxivist.literature.edition import edition_of
from biorxivist.literature.import_files import ingest
from biorxivist.literature.shelf import Shelf
from graph.archive import Archive
from graph.records import Author, Claim, Paper, Passage, Review, Version

DOI = "10.1101/2026.02.01.100020"
SENTENCE = "Models trained on 10^5 cells do no better than PCA."
JATS = f"""<article><front><journal-meta><journal-title>bioRxiv</journal-title></journal-meta><article-meta>
<article-id pub-id-type="doi">{DOI}</article-id>
<title-group><article-title>The whole title</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Wang</surname><given-names>Wei</given-names></name>
<xref ref-type="aff" rid="a"/></contrib><contrib contrib-type="author"><name><surname>Li</surname>
<given-names>Jing</given-names></name></contrib><aff id="a">Peking University</aff></contrib-group>
<pub-date pub-type="epub"><day>3</day><month>2</month><year>2026</year></pub-date></article-meta></front>
<body><sec><title>Results</title><p>Models trained on 10<sup>5</sup> cells do no better than PCA. More.</p></sec>
</body><back><ref-list><ref id="r1"><label>1</label><mixed-citation>Lopez. <article-title>Deep generative modelling
of cells</article-title>.</mixed-citation></ref></ref-list></back></article>"""
HTML = f"""<html><head><meta name="citation_title" content="A short title">
<meta name="citation_doi" content="{DOI}"><meta name="citation_author" content="Wang, W.">
<meta name="citation_author_orcid" content="0000-0002-1825-0097"><meta name="citation_author" content="Li, J.">
<meta name="DC.Rights" content="http://creativecommons.org/licenses/by/4.0/">
</head><body><div class="article fulltext-view"><div class="section"><h2>Results</h2>
<p>Models trained on 10<sup>5</sup> cells do no better than PCA.  A sentence that only the page has stands.</p></div>
<div class="section ref-list"><ol class="cit-list"><li><span class="ref-label">1</span><div class="cit ref-cit"
data-doi="10.1038/s41592-018-0229-2"><cite>Lopez. <span class="cit-article-title">Deep generative modelling of
cells</span></cite></div></li></ol></div></div></body></html>"""
BARE = f"""<html><head><meta name="citation_title" content="A SHORT TITLE"><meta name="citation_doi" content="{DOI}">
</head><body><div class="article fulltext-view"><p>Models trained on 105 cells do no better than PCA.</p></div></body>
</html>"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One paper by three routes; the page that is called a PDF stands for one: it says least."""
    made = {}
    for name, text in (("paper.xml", JATS), ("page.html", HTML), ("print.pdf", BARE)):
        made[name] = tmp_path / name
        made[name].write_text(text, encoding="utf-8")
    return made


def kept(archive: Archive, kind: str) -> list:
    return sorted(archive.read(kind), key=lambda record: record.id)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Archive]:
    number = iter(range(100))

    def run(*paths: Path) -> Archive:
        archive = Archive(tmp_path / f"archive{next(number)}")
        for path in paths:
            assert not ingest([path], archive).problems
        return archive

    return run


def test_a_page_read_after_the_file_takes_nothing_away(files, load) -> None:
    archive = load(files["paper.xml"], files["page.html"])
    [paper] = kept(archive, "Paper")
    assert (paper.title, paper.year, len(paper.author_ids)) == ("The whole title", 2026, 2)
    assert paper.license == "http://creativecommons.org/licenses/by/4.0/", "what only the page says is gained"
    authors = {author.family: author for author in kept(archive, "Author")}
    assert (authors["Wang"].given, authors["Wang"].orcid) == ("Wei", "0000-0002-1825-0097")
    assert authors["Wang"].affiliations == ("Peking University",)
    assert len(kept(archive, "Author")) == 2
    [reference] = kept(archive, "Reference")
    assert reference.doi == "10.1038/s41592-018-0229-2"
    assert "A sentence that only the page has" not in " ".join(p.text for p in kept(archive, "Passage"))


def test_the_three_routes_give_one_record_in_all_six_orders(files, load) -> None:
    outcomes = []
    for order in permutations(files.values()):
        archive = load(*order)
        outcomes.append({kind: kept(archive, kind) for kind in ("Paper", "Author", "Version", "Passage", "Reference")})
    assert all(outcome == outcomes[0] for outcome in outcomes[1:])
    assert dict(entry.split("=") for entry in outcomes[0]["Paper"][0].field_routes) == {
        "title": "jats 1", "author_ids": "jats 1", "year": "jats 1", "venue": "jats 1", "server": "jats 1",
        "license": "html 1",
    }  # fmt: skip
    assert [version.text_route for version in outcomes[0]["Version"]] == ["local:paper.xml"]


def test_one_run_over_all_files_is_as_good_as_several(files, load, tmp_path) -> None:
    together = Archive(tmp_path / "together")
    ingest(files.values(), together)
    apart = load(*files.values())
    for kind in ("Paper", "Author", "Version", "Passage", "Reference"):
        assert kept(together, kind) == kept(apart, kind)


def test_reading_the_same_file_again_writes_nothing(files, load) -> None:
    archive = load(*files.values())
    assert ingest([files["paper.xml"]], archive).written == 0
    assert ingest(files.values(), archive).written == 0


def claim_on(archive: Archive, words: str) -> Claim:
    passage = next(p for p in kept(archive, "Passage") if words in p.text)
    start = passage.text.index(words)
    claim = Claim(
        paper_id=passage.paper_id, version_id=passage.version_id, statement="s", kind="qualitative", quote=words,
        passage_id=passage.id, start=start, end=start + len(words), extractor="rules@1",
    )  # fmt: skip
    archive.append([claim], writer="claims")
    return claim


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("page.html", SENTENCE),
        ("print.pdf", "Models trained on 105 cells do no better than PCA."),
        ("page.html", "do no better"),
    ],
)
def test_a_claim_is_anchored_again_where_its_sentence_stands(first: str, words: str, files, load) -> None:
    archive = load(files[first])
    before = claim_on(archive, words)
    review = Review(claim_id=before.id, decision="accepted", who="me", why="it is so", at="2026-01-01T00:00:00Z")
    archive.append([review], writer="claims")
    ingest([files["paper.xml"]], archive)
    [claim] = kept(archive, "Claim")
    passage = next(p for p in kept(archive, "Passage") if p.id == claim.passage_id)
    assert passage.text[claim.start : claim.end] == claim.quote
    assert claim.quote in (words, SENTENCE)
    assert claim.location is None
    assert [r.claim_id for r in kept(archive, "Review")] == [claim.id]
    assert passage.text.startswith("Models trained on 10^5")


def test_a_claim_whose_words_are_gone_keeps_its_passage_and_says_so(files, load) -> None:
    archive = load(files["page.html"])
    claim_on(archive, "A sentence that only the page has")
    ingest([files["paper.xml"]], archive)
    [claim] = kept(archive, "Claim")
    assert claim.location == "not found in the text by local:paper.xml"
    passage = next(p for p in kept(archive, "Passage") if p.id == claim.passage_id)
    assert passage.text[claim.start : claim.end] == claim.quote
    others = [p for p in kept(archive, "Passage") if "only the page" in p.text]
    assert others == [passage]


def test_a_newer_version_describes_the_paper_and_the_older_text_stays(tmp_path: Path, load) -> None:
    newer = JATS.replace("The whole title", "A new title").replace(
        f'<article-id pub-id-type="doi">{DOI}</article-id>',
        f'<article-id pub-id-type="doi">{DOI}</article-id><article-version>2</article-version>',
    )
    paths = []
    for name, text in (("v1.xml", JATS), ("v2.xml", newer)):
        paths.append(tmp_path / name)
        paths[-1].write_text(text, encoding="utf-8")
    for order in (paths, paths[::-1]):
        archive = load(*order)
        assert [paper.title for paper in kept(archive, "Paper")] == ["A new title"]
        assert [version.label for version in kept(archive, "Version")] == ["1", "2"]
        assert len({p.version_id for p in kept(archive, "Passage")}) == 2


def test_rows_of_a_service_do_not_replace_what_was_read(files, load) -> None:
    archive = load(files["paper.xml"])
    work = f"doi:{DOI}"
    author = Author(name="Wang W", paper_id=work, position=1)
    row = Paper(
        id=work, title="The title", category="genomics", author_ids=(author.id,), dois=(DOI, "10.1038/x"),
        published_doi="10.1038/x",
    )  # fmt: skip
    archive.append(Shelf(archive).gain([author, row, Version(paper_id=work, label="1")]), writer="row")
    [paper] = kept(archive, "Paper")
    assert (paper.title, paper.category, len(paper.author_ids)) == ("The whole title", "genomics", 2)
    assert (paper.published_doi, paper.dois) == ("10.1038/x", (DOI, "10.1038/x"))
    assert [version.text_route for version in kept(archive, "Version")] == ["local:paper.xml"]


def test_shipped_facts_keep_what_was_read(files, load) -> None:
    archive = load(files["paper.xml"])
    seed = Paper(id=f"doi:{DOI}", title="Remembered", topic="evaluation", verified=True)
    [paper] = Shelf(archive).keep_read([seed])
    assert (paper.title, paper.topic, paper.verified, len(paper.author_ids)) == (
        "The whole title",
        "evaluation",
        True,
        2,
    )


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("do no better", "They do no better.", "do no better"),
        ("the “best” model — by far", 'It is the "best" model - by far.', 'the "best" model - by far'),
        ("effi cient  pre-training of cells", "An eﬃcient pretraining of cells.", "eﬃcient pretraining of cells"),
        ("short", "sh ort", None),
        ("nothing of this stands there at all", "Another text.", None),
    ],
)
def test_a_quote_is_found_by_its_words_then_by_its_letters(quote: str, text: str, found: str | None) -> None:
    passage = Passage(paper_id="doi:10.1/x", version_id="doi:10.1/xv1", text=text, end=len(text))
    place = anchor(quote, [passage])
    assert (place.text if place else None) == found


JOURNAL = (
    '<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title>Cells</journal-title>'
    '</journal-meta><article-meta><article-id pub-id-type="doi">10.1234/cells.1</article-id><title-group>'
    "<article-title>{title}</article-title></title-group>{relation}<pub-date date-type='publication'><day>5</day>"
    "<month>9</month><year>2027</year></pub-date><permissions><license "
    "xlink:href='http://creativecommons.org/licenses/by/4.0/'/></permissions></article-meta></front><body><p>Another "
    "text.</p></body></article>"
)


@pytest.mark.parametrize(
    "relation",
    [
        f'<related-article related-article-type="preprint" xlink:href="{DOI}"/>',
        f'<related-article related-article-type="has-preprint" ext-link-type="doi" xlink:href="https://doi.org/{DOI}"/>',
        f'<pub-history><event><self-uri content-type="preprint" xlink:href="https://doi.org/{DOI}"/></event></pub-history>',
    ],
)  # fmt: skip
def test_preprint_and_journal_article_keep_the_titles_that_they_have(relation: str, tmp_path: Path, load) -> None:
    paths = [tmp_path / "preprint.xml", tmp_path / "journal.xml"]
    paths[0].write_text(JATS, encoding="utf-8")
    paths[1].write_text(JOURNAL.format(title="What it became", relation=relation), encoding="utf-8")
    for order in (paths, paths[::-1]):
        archive = load(*order)
        [paper] = kept(archive, "Paper")
        cited = {
            wanted: edition_of(paper, kept(archive, "Version"), wanted=wanted) for wanted in ("journal", "preprint")
        }
        assert [edition.title for edition in cited.values()] == ["What it became", "The whole title"]
        assert [edition.doi for edition in cited.values()] == ["10.1234/cells.1", DOI]
        assert cited["journal"].year == 2027
