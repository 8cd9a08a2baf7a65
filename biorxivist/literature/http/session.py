"""One polite session: every request of the package goes through `Session.get`.

It takes care of the pace of each host (`pace`), retries with exponential back-off and jitter, Retry-After, redirects
that come back to where they were, bodies that are cut off, slow or huge (`body`), answers that are not what they say
(`traps`), and the cache.
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

ENOUGH = 0.6
"""Share of the patience after which another attempt could no longer end in time."""
LEAST = 0.1
"""Share of the patience that every request has."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Check = Callable[["Response"], None]


@dataclass(frozen=True)
class Limits:
    """How long, how much and how often.

    Parameters
    ----------
    retries
        How often a request is repeated whose failure can pass.
    backoff
        Seconds before the first repetition; doubled each time, cut by a jitter of up to a half.
    connect, silence
        Seconds to wait for a connection, and for the next bytes.
    deadline
        Seconds for a whole answer, however it drips.
    patience
        Seconds for all attempts at one answer together; pauses that the host demands do not count. A host that has
        used them up without an answer is not asked again for as long.
    size
        Most bytes of a body, packed and unpacked.
    max_wait
        Longest pause that a host may demand, in seconds; beyond it the request fails.
    hops
        Most redirects.
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
    """What a host answered: a status of 200 to 299, a whole body that passed the checks."""

    requested: str
    """Address that was requested."""
    url: str
    """Address that answered, after redirects."""
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: datetime
    """When it was fetched."""
    cached: bool = False
    """Whether it came from the cache."""

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as UTF-8 text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")


@cache
def user_agent(contact: str | None = None) -> str:
    """How the package introduces itself: name, version and, if given, an address to write to."""
    try:
        release = installed_version("biorxivist-graph")
    except PackageNotFoundError:
        release = "0"
    mail = f"; mailto:{contact}" if contact else ""
    return f"biorxivist/{release} (a reader of preprints; biorxivist-graph{mail})"


class Session:
    """A polite session; threads may share it.

    Parameters
    ----------
    cache
        Folder of the cache and of the queues that processes share; nothing is kept when left out.
    paces
        Host (or host and path) -> how fast it may be queried; one request per second for what is not named.
    contact
        Mail address that hosts can write to; with one, Crossref answers faster.
    limits
        How long, how much and how often.
    offline
        Answer from the cache only.
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
        """Host -> time until which it is not asked again."""
        self._lost = 0.0
        """Seconds that silent hosts have cost since the last answer."""
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
        """Fetch an address, patiently: until the whole answer is there, or it is clear that it will not come.

        Parameters
        ----------
        url, params
            Address, and what to send with it.
        expect
            Kind of answer that is wanted; any other is an error.
        check
            Called with the answer; raises a `FetchError` if it is an error that came with a 200.
        doi, version
            What the answer is about; with the address they are the key of the cache.
        max_age
            Oldest cached answer that will do; any when left out.
        keep
            Whether the cache is read and written at all.

        Raises
        ------
        PaperNotFound, RateLimited, Blocked, EmptyResponse, BadResponse
            As `biorxivist.literature.errors` says.
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
        response = self._persist(address, expect, check)
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

    def _persist(self, address: str, expect: Expect, check: Check | None) -> Response:
        # Where nobody has answered for a while, the next host is not given as long as the first one.
        spent, patience = 0.0, max(LEAST * self.limits.patience, self.limits.patience - self._lost)
        self._refuse_silent(address)
        for attempt in range(self.limits.retries + 1):
            started = time.monotonic()
            try:
                response = self._follow(address, started + max(LEAST * self.limits.patience, patience - spent))
                self._lost = 0.0
                if error := check_body(response.body, expect, response.url, response.status):
                    raise error
                if check:
                    check(response)
                return response
            except FetchError as error:
                spent += time.monotonic() - started
                is_late = spent > ENOUGH * patience
                last = attempt == self.limits.retries or is_late
                if is_late and error.status is None:
                    self._lost += spent
                    self._silent[host_of(address)] = time.monotonic() + self.limits.patience
                self._give_up_or_wait(error, address, attempt, last=last)
        raise AssertionError  # the last attempt has raised

    def _refuse_silent(self, address: str) -> None:
        """Raise at once for a host that has just kept somebody waiting in vain: the next request would wait, too."""
        host = host_of(address)
        if self._silent.get(host, 0.0) > time.monotonic():
            msg = f"No answer from {host}: it was silent for {self.limits.patience:.0f} s just now. Try again later."
            raise BadResponse(msg, url=address)

    def _give_up_or_wait(self, error: FetchError, address: str, attempt: int, *, last: bool) -> None:
        """Wait before the next attempt, or raise the error where there is none."""
        url = error.url or address
        if isinstance(error, CloudflareLimit):
            pause = max(error.retry_after or 0.0, self.pacer.pace(url).cooldown)
            self.pacer.pause(url, min(pause, self.limits.max_wait))
        pause_wanted = error.retry_after or 0.0
        if not error.transient or last or pause_wanted > self.limits.max_wait:
            if isinstance(error, RateLimited) and pause_wanted > self.limits.max_wait:
                self.pacer.pause(url, pause_wanted)
            # Not a warning: whoever asked is given the error, and says it.
            logger.info("gave up on %s after %d attempts: %s", address, attempt + 1, error)
            raise error
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads requests, protects nothing
        wait = max(pause_wanted, self.limits.backoff * 2**attempt * jitter)
        if pause_wanted:
            self.pacer.pause(url, pause_wanted)
        logger.info("%s: %s; asking again in %.1f s", address, type(error).__name__, wait)
        time.sleep(wait)

    def _follow(self, address: str, latest: float) -> Response:
        """Follow redirects, each of them a request that waits its turn; all is over at ``latest``."""
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
            msg = f"{url[:200]!r} is no web address. Give one that begins with https://."
            raise BadResponse(msg, url=url)
        headers = {"User-Agent": user_agent(self.contact), "Accept": "*/*", "Accept-Encoding": "gzip"}
        asked = time.monotonic()
        with self.pacer.turn(url):
            latest += time.monotonic() - asked  # the wait for the turn is ours, not the host's
            left = max(LEAST * self.limits.patience, latest - time.monotonic())
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
                msg = f"{url[:200]!r} is no address that can be requested. Check it."
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
    """Address with its parameters, in one order, so that equal requests have equal keys."""
    if not params:
        return url
    query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in sorted(params.items()))
    return f"{url}{'&' if '?' in url else '?'}{query}"
