from __future__ import annotations

import errno
from pathlib import Path

import pytest

import biorxivist as bx
from biorxivist.errors import InvalidInput, exit_code
from biorxivist.literature.parse import ParseError, UnreadableFile


def test_a_file_that_is_not_there_is_an_error_of_our_own_and_an_oserror(tmp_path: Path) -> None:
    missing = tmp_path / "missing.xml"
    with pytest.raises(UnreadableFile) as caught:
        bx.parse(missing)
    error = caught.value
    assert isinstance(error, InvalidInput)
    assert isinstance(error, ParseError)
    assert isinstance(error, OSError)
    assert (error.errno, error.filename) == (errno.ENOENT, str(missing))
    assert str(error) == f"{missing}: no such file. Give the path of a paper in JATS XML or HTML, or its bytes."
    assert exit_code(error) == 2


@pytest.mark.parametrize("parts", [
    "<pubfm><jtl>J</jtl></pubfm><fm><atl>T</atl></fm><bdy><p>text</p></bdy>",
    "<article-metadata/><header><title-group/></header><body><p>text</p></body><back/>",
    "<item-info><jid>J</jid></item-info><head/><body><p>text</p></body><tail/>",
])  # fmt: skip
def test_an_article_of_the_schema_of_a_publisher_is_refused_by_its_parts(parts: str) -> None:
    with pytest.raises(ParseError, match="no JATS: its parts are <"):
        bx.parse(f"<article>{parts}</article>".encode())


def test_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="a folder, not a file"):
        bx.parse(tmp_path)
