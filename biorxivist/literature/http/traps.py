"""Recognising answers that are not what they say they are: bot walls, HTML for JSON, nothing at all, half a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from biorxivist.literature.errors import (
    BadResponse,
    Blocked,
    CloudflareLimit,
    EmptyResponse,
    FetchError,
    PaperNotFound,
    RateLimited,
)
from biorxivist.literature.http.pace import host_of

__all__ = ["RETRIED", "Expect", "check_body", "error_of_status", "retry_after"]

Expect = Literal["json", "xml", "html", "any"]

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
LOOKED_AT = 65_536
LIMIT_1015 = re.compile(rb"error(\s*code)?\s*:?\s*(<[^>]*>\s*)*1015|you are being rate limited", re.I)
WALL = re.compile(
    rb"just a moment\.\.\.|cf-chl|cf_chl|challenge-platform|attention required! \| cloudflare|"
    rb"cf-error-details|enable javascript and cookies to continue|checking your browser",
    re.I,
)


def other_way(url: str) -> str:
    """What to do where a bot wall stands: another source than the one that was asked, or a file of one's own."""
    other = "biorxiv" if "europepmc" in url.lower() else "europepmc"
    return f"Bot walls are not evaded: try source='{other}', a file of your own (a local folder), or again much later."


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait by the Retry-After header, given there in seconds or as a date; None if there is none."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def error_of_status(status: int, headers: Mapping[str, str], body: bytes, url: str) -> FetchError | None:
    """The error that a status (or a bot wall behind a friendlier one) means; None if the body may be looked at."""
    host = host_of(url)
    head = body[:LOOKED_AT]
    if LIMIT_1015.search(head) and (status in {403, 429, 503} or _is_html(head)):
        msg = f"{host} answered {status} with Cloudflare error 1015 (rate limited) for {url}. {other_way(url)}"
        return CloudflareLimit(msg, url=url, status=status, retry_after=retry_after(headers))
    walled = "challenge" in headers.get("cf-mitigated", "").lower() or (_is_html(head) and WALL.search(head))
    if status in {401, 403} or walled:
        return Blocked(f"{host} answered {status} for {url}. {other_way(url)}", url=url, status=status)
    if status in {404, 410}:
        return PaperNotFound(f"{host} answered {status}: there is nothing at {url}.", url=url, status=status)
    if status == 429:
        wait = retry_after(headers)
        demand = f"asked for a pause of {wait:.0f} s" if wait is not None else "asked us to slow down"
        msg = f"{host} {demand} (429) for {url}. Try again later, or set a lower rate for this source."
        return RateLimited(msg, url=url, status=status, retry_after=wait, transient=True)
    if status == 204:
        return _empty(url, status)
    if not 200 <= status < 300:
        text = " ".join(head[:200].decode("utf-8", "replace").split())
        msg = f"{host} answered {status} for {url}: {text or 'no text'}. " + (
            "It may be down: try again later, or ask another source."
            if status >= 500
            else "Check what was asked for; asking again will not help."
        )
        return BadResponse(msg, url=url, status=status, transient=status in RETRIED, retry_after=retry_after(headers))
    return None


def check_body(body: bytes, expect: Expect, url: str, status: int) -> FetchError | None:
    """The error that the body of a 200 means, if it is not what was asked for."""
    if expect == "any":
        return None
    stripped = body.strip()
    if not stripped:
        return _empty(url, status)
    host = host_of(url)
    if expect == "json":
        if stripped[:1] == b"<":
            msg = f"{host} answered {status} with a page of markup where JSON was asked, for {url}. Try again later."
            return BadResponse(msg, url=url, status=status, transient=True)
        try:
            json.loads(body)
        except (ValueError, RecursionError) as error:
            msg = f"{host} answered {status} with something that is not JSON ({error}), for {url}. Try again later."
            return BadResponse(msg, url=url, status=status, transient=True)
    if expect == "xml":
        if stripped[:1] != b"<" or _is_html(stripped[:LOOKED_AT]):
            msg = f"{host} answered {status} with something that is not XML, for {url}. Try another source."
            return BadResponse(msg, url=url, status=status)
        if not _ends(stripped):
            msg = f"{host} sent XML that ends in the middle ({len(body)} bytes), for {url}. Try again."
            return BadResponse(msg, url=url, status=status, transient=True)
    if expect == "html" and stripped[:1] != b"<":
        msg = f"{host} answered {status} with something that is not a web page, for {url}. Try another source."
        return BadResponse(msg, url=url, status=status)
    return None


def _empty(url: str, status: int) -> EmptyResponse:
    msg = (
        f"{host_of(url)} answered {status} with an empty body for {url}. The service has done so during outages: "
        "try again later, or ask another source."
    )
    return EmptyResponse(msg, url=url, status=status, transient=True)


def _is_html(head: bytes) -> bool:
    start = re.sub(rb"<!--.*?-->|<\?xml[^>]*>|\xef\xbb\xbf", b"", head[:4096], flags=re.S).lstrip()
    return re.match(rb"<(!doctype\s+html|html|head|body)\b", start, re.I) is not None


def _ends(xml: bytes) -> bool:
    """Whether the last tag closes the first element, looking past comments and processing instructions at the end."""
    tail = re.sub(rb"(<!--[^<>]*-->|<\?[^<>]*\?>|\s)+$", b"", xml[-LOOKED_AT:])
    return re.search(rb"</[^<>]+>$", tail) is not None or re.fullmatch(rb"(<\?[^<>]*\?>\s*)?<[^<>]+/>", xml) is not None
