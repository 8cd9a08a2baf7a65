"""The package's only way to the network: a polite, patient `Session`.

`Session.get` paces requests per host (`pace`), retries with exponential back-off and jitter, honours Retry-After,
detects redirect loops, bounds bodies in size and time (`body`), recognises responses that are not what they claim to be
(`traps`), and caches.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from biorxivist.literature.errors import BadResponse, CloudflareLimit, FetchError, PaperNotFound, RateLimited
from biorxivist.literature.http.body import BodyError, read_body, unpack
from biorxivist.literature.http.cache import Cache
from biorxivist.literature.http.connect import why_no_answer
from biorxivist.literature.http.pace import Pace, Pacer, host_of
from biorxivist.literature.http.traps import Expect, check_body, error_of_status
from biorxivist.literature.http.watch import WatchedAdapter

__all__ = ["Limits", "Response", "Session", "user_agent"]

logger = logging.getLogger(__name__)

LATEST_RETRY = 0.6
"""Share of the patience after which no further attempt is started: it could not finish in time."""
MINIMUM = 0.1
"""Share of the patience that every request gets, however long other hosts were silent."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Check = Callable[["Response"], None]


@dataclass(frozen=True)
class Limits:
    """Limits on time, size and repetition.

    Parameters
    ----------
    retries
        Repetitions of a request after a transient failure.
    backoff
        Seconds before the first repetition; doubled each time, shortened at random by up to half.
    connect, silence
        Timeouts in seconds, for connecting and between two reads.
    deadline
        Seconds for a whole response, however slowly it arrives.
    patience
        Seconds for all attempts at one response together, not counting pauses that the host asked for. A host that
        used them up without responding is not contacted again for the same time.
    size
        Largest body in bytes, compressed and decompressed.
    max_wait
        Longest pause in seconds that a host may ask for; a request that would have to wait longer fails.
    hops
        Redirects that are followed.
    """

    retries: int = 4
    backoff: float = 0.5
    connect: float = 8.0
    silence: float = 10.0
    deadline: float = 20.0
    patience: float = 25.0
    size: int = 64 * 2**20
    max_wait: float = 120.0
    hops: int = 5


@dataclass(frozen=True)
class Response:
    """A successful response: status 200 to 299, with a complete body that passed the checks."""

    requested: str
    """Address that was requested."""
    url: str
    """Address that responded, after redirects."""
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: datetime
    """When it was fetched."""
    cached: bool = False
    """Whether it was served from the cache."""

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as UTF-8; invalid bytes are replaced."""
        return self.body.decode("utf-8", "replace")


@cache
def user_agent(contact: str | None = None) -> str:
    """User-Agent header: name, version and, if given, a contact address."""
    try:
        release = installed_version("biorxivist-graph")
    except PackageNotFoundError:
        release = "0"
    mail = f"; mailto:{contact}" if contact else ""
    return f"biorxivist/{release} (a reader of preprints; biorxivist-graph{mail})"


class Session:
    """A polite HTTP session, safe to share between threads.

    Parameters
    ----------
    cache
        Folder for the cache and for the queues shared between processes; without one nothing is stored.
    paces
        Host, or host and path -> request rate; hosts that are not named get one request per second.
    contact
        Mail address sent along with requests; Crossref serves clients that give one faster.
    limits
        Limits on time, size and repetition.
    offline
        Serve from the cache only.
    """

    def __init__(
        self,
        cache: Path | None = None,
        *,
        paces: Mapping[str, Pace] | None = None,
        contact: str | None = None,
        limits: Limits | None = None,
        offline: bool = False,
    ) -> None:
        self.limits = limits or Limits()
        self.contact = contact
        self.offline = offline
        self.cache = Cache(cache) if cache else None
        queues = cache / "queues" if cache else None
        self.pacer = Pacer(paces, folder=queues, max_wait=self.limits.max_wait)
        self._silent: dict[str, float] = {}
        """Host -> monotonic time until which it is not contacted again."""
        self._lost = 0.0
        """Seconds spent on silent hosts since the last response."""
        self._requests = requests.Session()
        self._requests.headers.clear()
        self._requests.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = WatchedAdapter(self.limits.deadline)
        for scheme in ("http://", "https://"):
            self._requests.mount(scheme, adapter)

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        expect: Expect = "any",
        check: Check | None = None,
        doi: str | None = None,
        version: str | None = None,
        max_age: timedelta | None = None,
        keep: bool = True,
    ) -> Response:
        """Fetch an address, retrying until the response is complete or cannot be expected any more.

        Parameters
        ----------
        url, params
            Address and query parameters.
        expect
            Expected kind of content; anything else is an error.
        check
            Called with the response; raises a `FetchError` for an error disguised as a 200.
        doi, version
            What the response is about; part of the cache key.
        max_age
            Maximum age of a cached response; unlimited by default.
        keep
            Whether to use the cache.

        Raises
        ------
        PaperNotFound, RateLimited, Blocked, EmptyResponse, BadResponse
            See `biorxivist.literature.errors`.
        """
        address = _address(url, params)
        if self.cache and keep:
            cached = self.cache.read(address, doi=doi, version=version, max_age=None if self.offline else max_age)
            if cached:
                headers = CaseInsensitiveDict(cached.headers)
                return Response(address, cached.url, cached.status, headers, cached.body, cached.at, cached=True)
        if self.offline:
            msg = f"{address} is not in the cache, and this session is offline. Fetch it once while online."
            raise PaperNotFound(msg, url=address)
        response = self._fetch_patiently(address, expect, check)
        if self.cache and keep:
            self.cache.write(
                address,
                response.body,
                final_url=response.url,
                status=response.status,
                headers=response.headers,
                doi=doi,
                version=version,
            )
        return response

    def _fetch_patiently(self, address: str, expect: Expect, check: Check | None) -> Response:
        # If other hosts have been silent, this one gets only what is left of the patience.
        spent, patience = 0.0, max(MINIMUM * self.limits.patience, self.limits.patience - self._lost)
        self._refuse_silent(address)
        for attempt in range(self.limits.retries + 1):
            started = time.monotonic()
            try:
                response = self._follow(address, started + max(MINIMUM * self.limits.patience, patience - spent))
                self._lost = 0.0
                if error := check_body(response.body, expect, response.url, response.status):
                    raise error
                if check:
                    check(response)
                return response
            except FetchError as error:
                spent += time.monotonic() - started
                is_late = spent > LATEST_RETRY * patience
                last = attempt == self.limits.retries or is_late
                if is_late and error.status is None:
                    self._lost += spent
                    self._silent[host_of(address)] = time.monotonic() + self.limits.patience
                self._give_up_or_wait(error, address, attempt, last=last)
        raise AssertionError  # the last attempt has raised

    def _refuse_silent(self, address: str) -> None:
        """Fail fast for a host that has just timed out: the next request would time out as well."""
        host = host_of(address)
        if self._silent.get(host, 0.0) > time.monotonic():
            msg = f"No answer from {host}: it has just been silent for {self.limits.patience:.0f} s. Try again later."
            raise BadResponse(msg, url=address)

    def _give_up_or_wait(self, error: FetchError, address: str, attempt: int, *, last: bool) -> None:
        """Sleep before the next attempt, or raise the error if there is none."""
        url = error.url or address
        if isinstance(error, CloudflareLimit):
            pause = max(error.retry_after or 0.0, self.pacer.pace(url).cooldown)
            self.pacer.pause(url, min(pause, self.limits.max_wait))
        pause_wanted = error.retry_after or 0.0
        if not error.transient or last or pause_wanted > self.limits.max_wait:
            if isinstance(error, RateLimited) and pause_wanted > self.limits.max_wait:
                self.pacer.pause(url, pause_wanted)
            # Not a warning: the caller gets the error and reports it.
            logger.info("gave up on %s after %d attempts: %s", address, attempt + 1, error)
            raise error
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads requests, protects nothing
        wait = max(pause_wanted, self.limits.backoff * 2**attempt * jitter)
        if pause_wanted:
            self.pacer.pause(url, pause_wanted)
        logger.info("%s: %s; asking again in %.1f s", address, type(error).__name__, wait)
        time.sleep(wait)

    def _follow(self, address: str, latest: float) -> Response:
        """Send the request and follow redirects, each paced like any request; done by ``latest`` at the latest."""
        url, seen = address, {address}
        for _ in range(self.limits.hops + 1):
            status, headers, body = self._send(url, latest)
            if status not in REDIRECTS:
                if error := error_of_status(status, headers, body, url):
                    raise error
                return Response(address, url, status, headers, body, datetime.now(UTC))
            target = urljoin(url, headers.get("Location", ""))
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
                msg = f"{host_of(url)} redirects {url} to {target[:200]}, which is not https; not followed."
                raise BadResponse(msg, url=url, status=status)
            if target in seen:
                msg = f"{host_of(url)} redirects {address} in a circle (back to {target[:200]}). Try another source."
                raise BadResponse(msg, url=address, status=status)
            seen.add(target)
            url = target
        msg = f"{address} was redirected more than {self.limits.hops} times. Try another source."
        raise BadResponse(msg, url=address)

    def _send(self, url: str, latest: float) -> tuple[int, Mapping[str, str], bytes]:
        if urlsplit(url).scheme not in {"http", "https"}:
            msg = f"{url[:200]!r} is not a web address. Give one that begins with https://."
            raise BadResponse(msg, url=url)
        headers = {"User-Agent": user_agent(self.contact), "Accept": "*/*", "Accept-Encoding": "gzip"}
        started = time.monotonic()
        with self.pacer.turn(url):
            latest += time.monotonic() - started  # waiting for the turn is not held against the host
            left = max(MINIMUM * self.limits.patience, latest - time.monotonic())
            deadline = time.monotonic() + min(self.limits.deadline, left)
            try:
                request = self._requests.prepare_request(requests.Request("GET", url, headers=headers))
                settings = self._requests.merge_environment_settings(url, {}, True, None, None)  # noqa: FBT003
                answer = self._requests.send(
                    request,
                    allow_redirects=False,
                    timeout=(min(self.limits.connect, left), min(self.limits.silence, left)),
                    **settings,
                )
                with answer:
                    body = self._read(answer, deadline)
            except BodyError as error:
                msg = f"{host_of(url)}: {error}, for {url}. Try again later, or another source."
                raise BadResponse(msg, url=url, transient=error.retry) from error
            except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, ValueError) as error:
                msg = f"{url[:200]!r} is not an address that can be requested. Check it."
                raise BadResponse(msg, url=url) from error
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                reason = why_no_answer(error)
                msg = f"No answer from {host_of(url)}: {reason}. Check the connection, or try another source."
                raise BadResponse(msg, url=url, transient=True) from error
        return answer.status_code, answer.headers, body

    def _read(self, answer: requests.Response, deadline: float) -> bytes:
        length = answer.headers.get("Content-Length", "")
        raw = read_body(
            answer.raw,
            length=int(length) if length.isdigit() and "Transfer-Encoding" not in answer.headers else None,
            deadline=deadline,
            limit=self.limits.size,
        )
        return unpack(raw, answer.headers.get("Content-Encoding", ""), limit=self.limits.size)


def _address(url: str, params: Mapping[str, str | int] | None) -> str:
    """Address with its parameters in sorted order, so that equal requests share a cache key."""
    if not params:
        return url
    query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in sorted(params.items()))
    return f"{url}{'&' if '?' in url else '?'}{query}"
