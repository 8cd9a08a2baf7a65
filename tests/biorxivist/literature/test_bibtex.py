from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biorxivist.errors import BadBibliography
from biorxivist.literature.bibtex import MAX_BYTES, read_bibliography
from biorxivist.literature.doi import bare_doi

GOOD = """
@comment{ignored {even} with braces}
@string{nar = "Nucleic Acids Research"}
@article{denadel2024,
  title = {Evaluating the {Role} of pre-training \\emph{size}},
  doi = "10.1101/2024.12.13.628448", year = 2024
}
@Article( cui2024 , eprint = {2302.12345v2} , title={sc{GPT}} )
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "refs.bib"
    path.write_text(text, encoding="utf-8")
    return path


def test_fields_are_read_whatever_delimits_them(tmp_path: Path) -> None:
    entries, problems = read_bibliography(write(tmp_path, GOOD))
    assert problems == []
    assert [(entry.key, entry.line) for entry in entries] == [("denadel2024", 4), ("cui2024", 8)]
    assert entries[0].fields == {
        "title": "Evaluating the Role of pre-training size",
        "doi": "10.1101/2024.12.13.628448",
        "year": "2024",
    }
    assert entries[1].fields == {"eprint": "2302.12345v2", "title": "scGPT"}


def test_an_entry_that_is_never_closed_is_reported_and_the_next_is_read(tmp_path: Path) -> None:
    entries, problems = read_bibliography(write(tmp_path, "@article{a, title = {x}\n\n@article{b, title = {y}}\n"))
    assert [entry.key for entry in entries] == ["b"]
    assert problems == ["line 1: the entry is not closed; it was passed over"]


def test_a_file_without_entries_says_what_an_entry_is(tmp_path: Path) -> None:
    with pytest.raises(BadBibliography, match="@article"):
        read_bibliography(write(tmp_path, "just text"))


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.bib"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(BadBibliography, match="Split it"):
        read_bibliography(path)


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.bib").write_bytes(b"@article{\xff\xfe}")
    with pytest.raises(BadBibliography, match="UTF-8"):
        read_bibliography(tmp_path / "binary.bib")
    with pytest.raises(BadBibliography, match="cannot be read"):
        read_bibliography(tmp_path / "absent.bib")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from('@article{}(),="\n\\ abc1'), max_size=120))
def test_no_text_makes_the_reader_fail_in_an_unknown_way(tmp_path: Path, text: str) -> None:
    try:
        entries, _ = read_bibliography(write(tmp_path, text))
    except BadBibliography:
        return
    assert all(entry.key for entry in entries)


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        (r"10.1007/978-3-030-00889-5{\_}1", "10.1007/978-3-030-00889-5_1"),
        (r"10.1007/978-3-030-00889-5\_1", "10.1007/978-3-030-00889-5_1"),
        (r"10.1175/1520-0493(1987)115{\textless}1606:GARSPP{\textgreater}2.0.CO;2",
         "10.1175/1520-0493(1987)115<1606:garspp>2.0.co;2"),
        (r"10.1175/1520-0493(1987)115$<$1606:GARSPP$>$2.0.CO;2", "10.1175/1520-0493(1987)115<1606:garspp>2.0.co;2"),
        (r"https://www.biorxiv.org/content/10.1101/2023.04.30.538439v2.full", "10.1101/2023.04.30.538439"),
    ],
)  # fmt: skip
def test_a_doi_that_latex_has_escaped_is_read_whole(written: str, doi: str, tmp_path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(f"@article{{key, title = {{A \\& B}}, doi = {{{written}}}}}\n", encoding="utf-8")
    entries, problems = read_bibliography(path)
    assert problems == []
    assert bare_doi(entries[0].fields["doi"]) == doi
    assert entries[0].fields["title"] == "A & B"
