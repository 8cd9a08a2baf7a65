"""A server that stalls or goes round in circles costs seconds, not minutes; what came before it is kept.

The limits are those of the product, ten times as short: 30 seconds there are 3 here.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from biorxivist.literature.errors import FetchError
from biorxivist.literature.get import get
from biorxivist.literature.harvest.run import sync
from biorxivist.literature.http import Limits
from biorxivist.literature.search import search
from graph.archive import Archive

SCALE = 10
USUAL = Limits()
SHORT = Limits(
    backoff=USUAL.backoff / SCALE, connect=USUAL.connect / SCALE, silence=USUAL.silence / SCALE,
    deadline=USUAL.deadline / SCALE, patience=USUAL.patience / SCALE,
)  # fmt: skip
BOUND = 30 / SCALE + 1.0
"""Seconds; one of them is for a busy machine."""


@pytest.mark.parametrize("kind", ["stall", "drip", "header_drip", "redirect_ladder"])
@pytest.mark.parametrize("what", ["search", "get", "sync"])
def test_every_command_stops_in_time_at_a_stalling_server(
    kind: str, what: str, fake, sources_of, tmp_path: Path
) -> None:
    services = fake(8)
    services.fault("", kind, times=10_000)
    sources = sources_of(services, limits=SHORT, cache=None)
    started = time.monotonic()
    run = {
        "search": lambda: search("cells", sources=sources).more(),
        "get": lambda: get("10.1101/2026.08.02.600001", sources=sources),
        "sync": lambda: sync(
            since="2026-08-01", archive=Archive(tmp_path / "a"), state=tmp_path / "s", sources=sources
        ),
    }[what]
    with pytest.raises(FetchError):
        run()
    assert time.monotonic() - started < BOUND


def test_several_services_that_stall_together_cost_hardly_more_than_one(fake, sources_of) -> None:
    stalling = [fake(3) for _ in range(3)]
    for services in stalling:
        services.fault("", "stall", times=10_000)
    sources = sources_of(stalling[0], limits=SHORT, cache=None)
    started = time.monotonic()
    for services in stalling:
        with pytest.raises(FetchError):
            sources.session.get(services.url("europepmc"))
    assert time.monotonic() - started < BOUND


def test_a_host_that_was_silent_is_not_asked_again_at_once(fake, sources_of) -> None:
    services = fake(8)
    services.fault("europepmc", "stall", times=10_000)
    sources = sources_of(services, limits=SHORT, cache=None)
    for _ in range(4):
        with pytest.raises(FetchError, match="No answer"):
            sources.open("europepmc").lookup("10.1101/2026.08.02.600001")
    assert services.count("europepmc") <= 3
    other = fake(8)
    answer = sources.session.get(f"{other.url('crossref')}/works/{other.feed[0]['doi']}", expect="json")
    assert answer.status == 200, "another host is not meant"


def test_the_rows_that_came_before_are_kept(fake, sources_of, tmp_path: Path) -> None:
    services = fake(70, page_size=30)
    services.fault(r"/60/json|AoII60", "stall", times=10_000)
    sources = sources_of(services, limits=SHORT, cache=None)
    archive = Archive(tmp_path / "a")
    with pytest.raises(FetchError):
        sync(since="2026-08-01", until="2026-08-31", archive=archive, state=tmp_path / "s", sources=sources)
    assert len(list(archive.read("Paper"))) == 60
    found = search("of", limit=70, sources=sources_of(services, limits=SHORT, cache=None))
    with pytest.raises(FetchError):
        found.more()
    assert len(found.hits_so_far) == 60
