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
