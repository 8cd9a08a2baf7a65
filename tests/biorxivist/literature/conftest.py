from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from biorxivist.literature.http import Limits, Pace
from biorxivist.literature.sources import Endpoint, Sources
from tests.fake_literature import FakeLiterature, build

QUICK = Limits(retries=3, backoff=0.02, connect=2, silence=2, deadline=1.5, size=2**24, max_wait=5)


@pytest.fixture
def fake(shared: Path) -> Iterator[Callable[..., FakeLiterature]]:
    """Starts fake services: ``fake(papers=109, page_size=30, ...)``."""
    with ExitStack() as stack:

        def start(papers: int = 12, *, revised: int = 0, open_every: int = 0, **options: Any) -> FakeLiterature:
            corpus = build(shared / "samples", papers, revised=revised, open_every=open_every)
            return stack.enter_context(FakeLiterature(corpus, **options))

        yield start


@pytest.fixture
def sources_of(tmp_path: Path) -> Callable[..., Sources]:
    """Sources that talk to fake services, quickly."""

    def make(services: FakeLiterature, *, rate: float = 400.0, **options: Any) -> Sources:
        where = {"biorxiv_api": "biorxiv", "biorxiv_web": "web", "medrxiv_web": "web"}
        names = ("europepmc", "biorxiv_api", "biorxiv_web", "medrxiv_web", "crossref", "openalex")
        endpoints = {name: Endpoint(services.url(where.get(name, name)), Pace(rate, 3)) for name in names}
        options.setdefault("cache", tmp_path / "cache")
        options.setdefault("limits", QUICK)
        return Sources(endpoints, **options)

    return make
