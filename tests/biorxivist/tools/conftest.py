from __future__ import annotations

from collections.abc import Iterator

import pytest

from biorxivist.tools import OpenGraph, open_for_tools
from biorxivist.workspace.home import Home


@pytest.fixture(scope="module")
def graph(seeded_home: Home) -> Iterator[OpenGraph]:
    with open_for_tools(seeded_home) as opened:
        yield opened
