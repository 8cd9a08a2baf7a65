from __future__ import annotations

import sys

import pytest

from biorxivist.errors import ExtraMissing
from biorxivist.literature.parse import ParseError, parse
from biorxivist.literature.parse.pdf.child import read_in_child
from tests.biorxivist.literature.parse.pdf import hostile

LIMIT = 256 * 2**20


@pytest.mark.parametrize("bomb", [hostile.content_bomb, hostile.form_bomb])
def test_a_bomb_is_stopped_at_the_limit_of_memory_or_time(bomb) -> None:
    with pytest.raises(ParseError, match=r"stopped (at its limit of 256 MB|after 20 s).* Give the paper as JATS"):
        read_in_child(bomb(), memory=LIMIT, seconds=20)


def test_the_memory_of_a_child_is_held() -> None:
    with pytest.raises(ParseError, match=r"limit of 1 MB of memory|broke its reader"):
        read_in_child(hostile.paper(300), memory=2**20)


def test_a_file_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(ParseError, match="stopped after 1 s of computing"):
        read_in_child(hostile.many_pages(900, lines=50), seconds=1)


def test_ten_thousand_pages_are_refused() -> None:
    with pytest.raises(ParseError, match=r"has 10,000 pages; at most 1,000 are read"):
        parse(hostile.many_pages())


def test_an_encrypted_file_is_refused_with_what_to_do() -> None:
    with pytest.raises(ParseError, match=r"opens with a password only\. Save a copy without one"):
        parse(hostile.encrypted())


def test_scripts_are_not_run_and_are_said() -> None:
    document = parse(hostile.with_scripts())
    assert [p.text for p in document.passages] == [p.text for p in parse(hostile.paper()).passages]
    assert any(drop.reason == "scripts in the file, which were not run: 1" for drop in document.log)


@pytest.mark.parametrize(
    ("old", "new"), [(b"startxref\n", b"startxref\n9"), (b" 00000 n", b" 0x000 n"), (b"xref\n0 ", b"xref\n7 ")]
)
def test_a_broken_table_of_objects_is_mended(old: bytes, new: bytes) -> None:
    whole = hostile.paper()
    assert [p.text for p in parse(whole.replace(old, new)).passages] == [p.text for p in parse(whole).passages]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_a_file_that_was_cut_is_refused_with_what_to_do(share: float) -> None:
    whole = hostile.paper()
    with pytest.raises(ParseError, match=r"PDF is broken .* Fetch it again"):
        parse(whole[: int(share * len(whole))])


def test_a_scan_is_refused_with_what_to_do() -> None:
    with pytest.raises(ParseError, match=r"is a scan.*ocrmypdf"):
        parse(hostile.scan())


@pytest.mark.parametrize("make", [hostile.without_map, hostile.drawn_font])
def test_a_font_without_a_unicode_map_is_refused_with_what_to_do(make) -> None:
    with pytest.raises(ParseError, match=r"fonts of the PDF do not say .* have no Unicode map.*--force-ocr"):
        parse(make())


def test_the_child_sees_nothing_of_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    seen: dict[str, object] = {}
    import subprocess

    run = subprocess.run

    def spy(command, **options):
        seen.update(options)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", spy)
    read_in_child(hostile.paper())
    assert set(seen["env"]) == {"PYTHONPATH"}


def test_without_the_library_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ExtraMissing, match=r"pip install 'biorxivist-graph\[pdf\]'"):
        parse(hostile.paper())


def test_the_library_is_not_loaded_where_papers_are_parsed() -> None:
    parse(hostile.paper())
    assert "pypdfium2" not in sys.modules
