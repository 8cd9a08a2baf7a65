"""Errors of fetching: what a source answered, and what to do next.

FetchError
|- PaperNotFound           no such DOI, page or file
|- NotOpenAccess           the paper exists, its full text cannot be fetched by this route (has .routes)
|- RateLimited             429 or a pause that is longer than we wait (has .retry_after, seconds)
|- Blocked                 a bot wall: 401, 403, a Cloudflare page; says which other way to go
|  `- CloudflareLimit      Cloudflare 1015: the bot wall limits the rate; Blocked and RateLimited at once
|- EmptyResponse           an answer without content where there must be some
|- BadResponse             anything else that is not what was requested: an error inside a 200, HTML instead of
|                          JSON, a body that was cut off, too large or too slow, a redirect loop, no answer at all
|- NotOffered              this source cannot do that at all; says which one can
`- MissingPart             a library that this needs is not installed; says which one

A message says what happened, with the value, and what to do next. Every error has .url and .status (None if nothing
was answered).
"""

from __future__ import annotations

from collections.abc import Mapping

from biorxivist.errors import BiorxivistError, InvalidInput, SetupMissing

__all__ = [
    "BadResponse",
    "Blocked",
    "CloudflareLimit",
    "EmptyResponse",
    "FetchError",
    "MissingPart",
    "NotOffered",
    "NotOpenAccess",
    "PaperNotFound",
    "RateLimited",
]


class FetchError(BiorxivistError):
    """Root of the errors of fetching.

    Parameters
    ----------
    message
        What happened and what to do.
    url
        What was requested.
    status
        HTTP status of the answer, if there was one.
    transient
        Whether a repetition soon can help.
    retry_after
        Pause in seconds that the host demands.
    """

    def __init__(
        self,
        message: str,
        *,
        url: str = "",
        status: int | None = None,
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.url, self.status, self.transient, self.retry_after = url, status, transient, retry_after
        super().__init__(message)


class PaperNotFound(FetchError, LookupError):
    """No such DOI, page or file."""


class NotOpenAccess(FetchError):
    """The full text cannot be fetched; ``routes`` says how each route answered."""

    def __init__(
        self,
        message: str,
        *,
        url: str = "",
        status: int | None = None,
        routes: Mapping[str, str] | None = None,
    ) -> None:
        self.routes = dict(routes or {})
        super().__init__(message, url=url, status=status)


class RateLimited(FetchError):
    """The host demands a pause."""


class Blocked(FetchError):
    """A bot wall; never evaded."""


class CloudflareLimit(Blocked, RateLimited):
    """Cloudflare error 1015: the bot wall itself limits the rate. Not repeated: the host is left alone."""


class EmptyResponse(FetchError):
    """An answer without content."""


class BadResponse(FetchError):
    """An answer that is not what was requested, or none."""


class NotOffered(FetchError, InvalidInput):
    """The source cannot do this."""


class MissingPart(FetchError, SetupMissing):
    """A library that this needs is not installed."""

    def __init__(self, what: str, module: str) -> None:
        super().__init__(f"{what} needs {module}, which is not installed. Install it: pip install {module}.")
