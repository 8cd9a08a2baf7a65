from __future__ import annotations

import pytest

from biorxivist.literature.parse import parse
from biorxivist.literature.trust import route_kind
from tests.biorxivist.literature.parse.pdf import hostile


@pytest.mark.parametrize("name", ["paper.pdf", "download", "2021.11.17.469032v2.full", "paper.xml"])
def test_a_pdf_is_trusted_as_one_whatever_its_file_is_called(tmp_path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(hostile.paper())
    (version,) = parse(path, route=f"local:{name}").versions
    assert route_kind(version.text_route) == "pdf"
