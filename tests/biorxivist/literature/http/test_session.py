from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from biorxivist.literature.errors import BadResponse, Blocked, EmptyResponse, FetchError, PaperNotFound, RateLimited
from biorxivist.literature.http.body import BodyError, unpack
from biorxivist.literature.http.traps import error_of_status, retry_after

FEED = "biorxiv/details/biorxiv/2026-08-01/2026-08-02/0/json"


def get(services, sources, path=FEED, **options):
    base = services.url(path.split("/")[0])
    return sources.session.get(f"{base}/{path.partition('/')[2]}", expect="json", **options)


@pytest.mark.parametrize(
    "kind", ["empty_200", "429_seconds", "429_date", "503_text", "html_200", "truncated_gzip", "cut", "cut_chunked"]
)
def test_what_passes_is_asked_again_and_then_complete(fake, sources_of, kind) -> None:
    services = fake(40)
    services.fault("details", kind)
    answer = get(services, sources_of(services))
    assert len(answer.json()["collection"]) == 30
    assert services.count("details") == 2


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("empty_200", EmptyResponse),
        ("503_text", BadResponse),
        ("html_200", BadResponse),
        ("truncated_gzip", BadResponse),
        ("cut", BadResponse),
        ("cut_chunked", BadResponse),
        ("cloudflare_403", Blocked),
        ("cloudflare_1015", Blocked),
        ("cloudflare_1015", RateLimited),
        ("cloudflare_1015_text", Blocked),
        ("429_long", RateLimited),
        ("404_empty", PaperNotFound),
        ("redirect_loop", BadResponse),
        ("redirect_ladder", BadResponse),
        ("drip", BadResponse),
        ("header_drip", BadResponse),
        ("bomb", BadResponse),
    ],
)
def test_what_does_not_pass_is_the_right_error_in_bounded_time(fake, sources_of, kind, error) -> None:
    services = fake(40)
    services.fault("details", kind, times=99)
    started = time.monotonic()
    with pytest.raises(error) as caught:
        get(services, sources_of(services))
    assert time.monotonic() - started < 20
    assert services.count() <= 8
    assert str(caught.value).rstrip().endswith((".", "later)")), "a message says what to do next"
    assert isinstance(caught.value, FetchError)


def test_a_wall_is_asked_once_and_names_another_way(fake, sources_of) -> None:
    services = fake()
    services.fault("details", "cloudflare_403", times=99)
    with pytest.raises(Blocked, match="europepmc"):
        get(services, sources_of(services))
    assert services.count() == 1


def test_a_pause_of_a_day_is_not_slept_through_and_holds_for_the_next_request(fake, sources_of) -> None:
    services = fake()
    services.fault("details", "429_long")
    sources = sources_of(services)
    with pytest.raises(RateLimited) as caught:
        get(services, sources)
    assert caught.value.retry_after == 86_400
    with pytest.raises(RateLimited, match="pause"):
        get(services, sources)
    assert services.count() == 1, "the second request never left"


def test_retry_after_is_read_in_seconds_and_as_a_date() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    later = format_datetime(now + timedelta(seconds=90), usegmt=True)
    assert retry_after({"Retry-After": "7"}, now) == 7
    assert retry_after({"Retry-After": later}, now) == 90
    assert retry_after({"Retry-After": format_datetime(now - timedelta(days=1), usegmt=True)}, now) == 0
    assert retry_after({"Retry-After": "soon"}, now) is None
    assert retry_after({}, now) is None


def test_a_paper_about_error_1015_is_not_a_wall() -> None:
    body = b"<article><p>Strain 1015 of Cloudflare fame; error code: 1015</p></article>"
    assert error_of_status(200, {}, body, "https://www.biorxiv.org/x") is None


def test_the_server_never_sees_more_than_the_rate_from_many_threads(fake, sources_of) -> None:
    services = fake()
    session = sources_of(services, rate=20).session
    base = services.url("biorxiv")
    threads = [
        threading.Thread(target=session.get, args=(f"{base}/pubs/biorxiv/10.1/x{n}/na/json",), kwargs={"keep": False})
        for n in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert services.count() == 30
    assert services.busiest(window=1.0) <= 20


def test_two_sessions_share_one_queue_through_the_cache_folder(fake, sources_of) -> None:
    services = fake()
    first, second = sources_of(services, rate=5), sources_of(services, rate=5)
    for number in range(3):
        get(services, first, f"biorxiv/pubs/biorxiv/10.1/a{number}/na/json", keep=False)
        get(services, second, f"biorxiv/pubs/biorxiv/10.1/b{number}/na/json", keep=False)
    assert services.count() == 6
    assert services.busiest(window=1.0) <= 5


def test_an_answer_is_kept_by_address_doi_and_version(fake, sources_of, tmp_path) -> None:
    services = fake()
    sources = sources_of(services)
    first = get(services, sources, doi="10.1/a", version="1")
    again = get(services, sources, doi="10.1/a", version="1")
    assert again.cached
    assert again.body == first.body
    assert again.headers["content-type"] == first.headers["Content-Type"]
    assert not get(services, sources, doi="10.1/a", version="2").cached
    assert services.count() == 2
    offline = sources_of(services, offline=True)
    assert get(services, offline, doi="10.1/a", version="1").body == first.body
    with pytest.raises(PaperNotFound, match="offline"):
        get(services, offline, doi="10.1/a", version="3")
    for path in (tmp_path / "cache" / "bodies").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:100])
    assert not get(services, sources, doi="10.1/a", version="1").cached, "a damaged body is a miss"


def test_we_say_who_we_are(fake, sources_of) -> None:
    services = fake()
    get(services, sources_of(services, contact="a.person@example.org"))
    assert services.requests[0].agent.startswith("biorxivist/")
    assert "mailto:a.person@example.org" in services.requests[0].agent


def test_nothing_but_the_web_is_asked(sources_of, fake) -> None:
    session = sources_of(fake()).session
    with pytest.raises(BadResponse, match="is not a web address"):
        session.get("file:///etc/passwd")


def test_a_refused_connection_is_a_clear_error(fake, sources_of) -> None:
    services = fake()
    sources = sources_of(services)
    services.__exit__(None, None, None)
    with pytest.raises(BadResponse, match="No answer"):
        get(services, sources)
    services.__enter__()


def test_a_second_gzip_member_counts_and_rubbish_after_it_does_not() -> None:
    import gzip

    body = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0\0"
    assert unpack(body, "gzip", limit=100) == b"one two"
    with pytest.raises(BodyError, match="cut off"):
        unpack(gzip.compress(b"x" * 1000)[:-4], "gzip", limit=2000)
    with pytest.raises(BodyError, match="unpacks to more"):
        unpack(gzip.compress(b"x" * 1000), "gzip", limit=500)
    assert unpack(b"", "gzip", limit=10) == b""


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://www.biorxiv.org/content/1", "europepmc"),
        ("https://api.biorxiv.org/details", "europepmc"),
        ("https://www.ebi.ac.uk/europepmc/webservices/rest/search", "biorxiv"),
    ],
)
def test_a_bot_wall_recommends_another_source_than_the_one_behind_it(url: str, other: str) -> None:
    for body in (b"<html><title>Just a moment...</title></html>", b"error code: 1015"):
        error = error_of_status(403, {}, body, url)
        assert f"source='{other}'" in str(error)
