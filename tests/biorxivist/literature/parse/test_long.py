"""A long paper is read piece by piece as it would be read whole, and takes no memory for its length."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from biorxivist.literature.document import Document
from biorxivist.literature.import_files import ingest
from biorxivist.literature.parse import ParseError, long, parse
from biorxivist.literature.parse.front import Origin
from biorxivist.literature.parse.long import LongPaper, read_long
from graph.archive import Archive
from graph.records import Passage

ODD = """<article><front><article-meta><article-id pub-id-type="doi">10.1101/2026.01.01.000001</article-id>
<title-group><article-title>Odd</article-title></title-group><abstract><p>We read.</p></abstract></article-meta></front>
<body>Loose <bold>words</bold> first.<p>Before <fig id="f"><caption><p>A caption.</p></caption></fig> and after.</p>
<sec><label>1</label><title>One <italic>title</italic></title>loose<p>In one at 10<sup>5</sup>.</p> tail
<sec style="display:none"><title>Gone</title><p>Obey me.</p></sec>
<sec><p>No title.</p><sec><title>Deep</title>
<p>Seen <styled-content style="color:white">unseen</styled-content> seen.</p>
<list><list-item><p>a</p></list-item></list></sec> behind</sec></sec>
<sec sec-type="x"><sec-meta><object-id>77</object-id></sec-meta><title>Two</title></sec><sec/>
<table-wrap><label>Table 1</label><table><tr><td>1</td><td>2</td></tr></table></table-wrap>
<sec><title>Cites</title><p>As in [<xref ref-type="bibr" rid="r1">1</xref>].</p></sec></body>
<back><ack><p>Thanks.</p></ack>
<ref-list><ref id="r1"><label>1</label><mixed-citation>A. One. 2001.</mixed-citation></ref></ref-list>
<app-group><app><title>More</title><p>An appendix.</p></app></app-group></back>
<sub-article article-type="reply"><body><p>A reply.</p></body></sub-article></article>"""


Pieces = tuple[LongPaper, list[Passage], dict[str, tuple[int, ...]]]


def in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> Pieces:
    monkeypatch.setattr(long, "MANY_TAGS", 0)
    monkeypatch.setattr(long, "AT_ONCE", 3)
    paper = read_long(path, Origin(path.stem, "local:x.xml"))
    assert paper is not None
    passages: list[Passage] = []
    added: dict[str, tuple[int, ...]] = {}
    for portion, more in paper.portions:
        passages += portion
        added |= {name: tuple(offsets) for name, offsets in more.items()}
    return paper, passages, added


def assert_same(whole: Document, pieces: Pieces) -> None:
    paper, passages, added = pieces
    assert passages == list(whole.passages)
    assert paper.head() == [record for record in whole.records() if not isinstance(record, Passage)]
    assert added == {name: offsets for name, offsets in whole.added.items() if name.startswith("passage:")}


def test_an_odd_paper_is_the_same_in_pieces_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "odd.xml"
    path.write_text(ODD)
    whole = parse(path, route="local:x.xml")
    assert_same(whole, in_pieces(path, monkeypatch))
    assert "Obey" not in " ".join(passage.text for passage in whole.passages)


@pytest.mark.parametrize("number", range(6))
def test_every_sample_is_the_same_in_pieces_and_whole(
    number: int, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = sorted((shared / "samples" / "jats").glob("*.xml"))[number]
    path = tmp_path / "sample.xml"
    path.write_bytes(sample.read_bytes())
    assert_same(parse(path, route="local:x.xml"), in_pieces(path, monkeypatch))


@pytest.mark.parametrize(
    "text",
    [
        ODD.replace("<ack>", "&nbsp;<ack>"),
        ODD.replace("<article>", '<oai><article xmlns="http://jats.nlm.nih.gov">').replace(
            "</article>", "</article></oai>"
        ),
        ODD.replace("<sec/>", '<sec><ref-list><ref id="r2"><mixed-citation>B.</mixed-citation></ref></ref-list></sec>'),
        "%PDF-1.4",
    ],
)
def test_what_has_to_be_known_as_a_whole_is_not_read_in_pieces(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long, "MANY_TAGS", 0)
    path = tmp_path / "paper.xml"
    path.write_text(text)
    assert read_long(path, Origin()) is None


def test_a_long_file_that_is_cut_short_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long, "MANY_TAGS", 0)
    path = tmp_path / "cut.xml"
    path.write_text(ODD[:1_200])
    with pytest.raises(ParseError, match="cut short"):
        read_long(path, Origin())


def test_an_archive_holds_the_same_of_a_paper_in_pieces_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odd.xml"
    path.write_text(ODD)
    whole, pieces = Archive(tmp_path / "whole"), Archive(tmp_path / "pieces")
    ingest([path], whole)
    monkeypatch.setattr(long, "MANY_TAGS", 0)
    monkeypatch.setattr(long, "AT_ONCE", 3)
    first, again = ingest([path], pieces), ingest([path], pieces)
    assert (first.papers, again.papers, again.unchanged) == (1, 0, 1)
    kinds = ("Paper", "Author", "Version", "Passage", "Reference")
    assert list(pieces.read(*kinds)) == list(whole.read(*kinds))


MEASURED = """
import resource, sys
from pathlib import Path
from biorxivist.literature.import_files import ingest
from graph.archive import Archive
read = ingest([Path(sys.argv[1])], Archive(Path(sys.argv[2])))
assert not read.problems, read.problems
print(read.written, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_a_paper_of_forty_thousand_paragraphs_takes_no_memory_for_its_length(tmp_path: Path) -> None:
    sentence = "says that a model of cells does <italic>well</italic> at 10<sup>5</sup> cells"
    section = "".join(f"<p>Paragraph {number} {sentence}.</p>" for number in range(100))
    sizes = {}
    for sections in (1, 400):
        path = tmp_path / f"{sections}.xml"
        body = "".join(f"<sec><title>Section {number}</title>{section}</sec>" for number in range(sections))
        path.write_text(f"<article><front><article-meta/></front><body>{body}</body></article>")
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(path), str(tmp_path / f"archive{sections}")],
            capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
        sizes[sections] = [int(number) for number in done.stdout.split()]
    assert sizes[400][0] == 400 * 101 + 2
    assert sizes[400][1] - sizes[1][1] < 40
