from __future__ import annotations

import pytest

from biorxivist.literature.import_files import ingest, paper_files
from graph.archive import Archive
from graph.records import Paper


@pytest.fixture
def own_papers(tmp_path, shared):
    from tests.fake_literature.corpus import rename

    raw = (shared / "samples/jats/biorxiv_2022.03.15.484463.xml").read_bytes()
    folder = tmp_path / "papers"
    (folder / "below").mkdir(parents=True)
    (folder / "a_v2.xml").write_bytes(
        rename(raw, "10.1101/2022.03.15.484463", 2).replace(b"spindle-slow", b"SPINDLE-slow")
    )
    (folder / "b_v1.xml").write_bytes(rename(raw, "10.1101/2022.03.15.484463", 1))
    (folder / "below" / "c.xml").write_bytes(rename(raw, "10.64898/2026.01.01.1", 1))
    (folder / "notes.html").write_text("<html><p>no paper", encoding="utf-8")
    (folder / "data.csv").write_text("x", encoding="utf-8")
    return folder


def test_files_become_papers_and_what_is_none_is_said(own_papers, tmp_path) -> None:
    archive = Archive(tmp_path / "archive")
    done = ingest([own_papers], archive)
    assert done.papers == 3
    assert len(done.problems) == 1
    assert "notes.html" in done.problems[0]
    assert archive.count("Paper") == 2
    assert {version.label for version in archive.read("Version")} == {"1", "2"}
    assert archive.count("Reference") == 2 * 62
    again = ingest([own_papers], archive)
    assert again.written == 0


def test_the_newest_version_describes_the_paper_whatever_the_order(own_papers, tmp_path) -> None:
    archive = Archive(tmp_path / "archive")
    ingest([own_papers], archive)
    titles = [paper.title for paper in archive.read("Paper") if isinstance(paper, Paper) and "2022" in paper.id]
    assert len(titles) == 1
    assert "SPINDLE" in titles[0]


def test_a_path_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="no file or folder"):
        paper_files([tmp_path / "nowhere"])


@pytest.fixture
def mixed(tmp_path):
    """A folder of a PDF, an article page, and files that are broken in several ways."""
    from tests.biorxivist.literature.parse.pdf import hostile

    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(hostile.paper())
    (folder / "b.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (folder / "c.xml").write_text("<article><front>", encoding="utf-8")
    (folder / "d.xml").write_text(
        "<article><front><article-meta><title-group><article-title>A short paper</article-title></title-group>"
        "</article-meta></front><body><p>Cells.</p></body></article>",
        encoding="utf-8",
    )
    (folder / "e.pdf").write_bytes(hostile.scan())
    return folder


def test_one_broken_file_never_stops_the_rest(mixed, tmp_path, monkeypatch) -> None:
    import biorxivist.literature.import_files as module

    fault = ("a fault of ours",)

    def fail(path):
        if path.name == "d.xml":
            raise RuntimeError(*fault)
        return read(path)

    read = module._read
    archive = Archive(tmp_path / "archive")
    monkeypatch.setattr(module, "_read", fail)
    steps = []
    done = ingest([mixed], archive, progress=lambda *step: steps.append(step))
    assert done.papers == 1
    assert [problem.partition(": ")[0].rpartition("/")[2] for problem in done.problems] == [
        "b.pdf", "c.xml", "d.xml", "e.pdf",
    ]  # fmt: skip
    assert "RuntimeError: a fault of ours); please report the file" in done.problems[2]
    assert [step[:2] for step in steps] == [(n, 5) for n in range(6)]


def test_a_second_run_reads_only_what_is_new_or_changed_or_was_broken(mixed, tmp_path) -> None:
    from tests.biorxivist.literature.parse.pdf import hostile

    archive = Archive(tmp_path / "archive")
    first = ingest([mixed], archive)
    assert (first.papers, first.unchanged, len(first.problems)) == (2, 0, 3)
    second = ingest([mixed], archive)
    assert (second.papers, second.unchanged, second.written, len(second.problems)) == (0, 2, 0, 3)
    (mixed / "a.pdf").rename(mixed / "renamed.pdf")
    (mixed / "b.pdf").write_bytes(hostile.paper(80))
    third = ingest([mixed], archive)
    assert (third.papers, third.unchanged, len(third.problems)) == (1, 2, 2)
    assert ingest([mixed], archive, again=True).papers == 3


def test_an_older_version_that_comes_later_does_not_describe_the_paper(own_papers, tmp_path) -> None:
    archive = Archive(tmp_path / "archive")
    ingest([own_papers / "a_v2.xml"], archive)
    ingest([own_papers / "b_v1.xml"], archive)
    (title,) = (paper.title for paper in archive.read("Paper") if isinstance(paper, Paper))
    assert "SPINDLE" in title


def test_pages_and_boxes_of_a_pdf_reach_the_archive(mixed, tmp_path) -> None:
    archive = Archive(tmp_path / "archive")
    ingest([mixed / "a.pdf"], archive)
    assert {version.text_route for version in archive.read("Version")} == {"pdf:local:a.pdf"}
    passages = list(archive.read("Passage"))
    assert {passage.page for passage in passages} == {1}
    assert all(len(passage.box) == 4 for passage in passages)
