"""An exception of a client library -> why the call failed, in words that hold no key.

Known by what the exceptions of all these libraries have in common (a status, the headers of the response, the code in
its body), so that no library is imported for it and a LangChain model's errors are understood too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from biorxivist.literature.http.traps import retry_after
from biorxivist.llm.errors import CallFailed, Why

__all__ = ["call_failed"]

QUOTA = re.compile(r"insufficient_quota|billing_hard_limit|exceeded your current quota|credit balance", re.IGNORECASE)
TOO_MANY, PAYMENT, SERVER = 429, 402, 500
OF_STATUS: Mapping[int, Why] = {
    401: "refused_key", 402: "quota", 403: "refused_key", 404: "no_such_model", 408: "timeout", 409: "server_error",
    425: "server_error", 429: "rate_limited",
}  # fmt: skip
TELLS = 300
"""Characters of a server's own message that are repeated."""
TO_DO: Mapping[Why, str] = {
    "quota": "Nothing more is asked in this run; add credit with the provider, then run it again.",
    "refused_key": "Set BIORXIVIST_LLM_API_KEY to a key of this server.",
    "no_such_model": "Check the name of the model and BIORXIVIST_LLM_BASE_URL (it usually ends in /v1).",
    "unreachable": "Check that the server runs and BIORXIVIST_LLM_BASE_URL.",
}


def call_failed(error: Exception, provider: str, *, secret: str | None = None) -> CallFailed:
    """Say why a call failed.

    Parameters
    ----------
    secret
        The key, which servers repeat in their messages; it is never passed on.
    """
    status = getattr(error, "status_code", None)
    said = _said(error)
    if secret:
        said = said.replace(secret, "[key]")
    if not isinstance(status, int):
        why: Why = "timeout" if _is_timeout(error) else "unreachable"
        msg = f"{provider} did not answer ({type(error).__name__})."
    else:
        why = "quota" if status in {TOO_MANY, PAYMENT} and QUOTA.search(said) else _why(status)
        msg = f"{provider} answered {status}" + (f": {said[:TELLS]}." if said else ".")
    hint = TO_DO.get(why)
    return CallFailed(f"{msg} {hint}" if hint else msg, why=why, retry_after=_pause(error))


def _why(status: int) -> Why:
    return OF_STATUS.get(status) or ("server_error" if status >= SERVER else "bad_request")


def _said(error: Exception) -> str:
    """The server's own words and codes, on one line."""
    body = getattr(error, "body", None)
    if isinstance(body, Mapping):
        words = [str(body[name]) for name in ("code", "message") if body.get(name)]
        return " ".join(" ".join(words).split()).rstrip(".")
    return ""


def _is_timeout(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, TimeoutError) or "timeout" in type(error).__name__.casefold():
            return True
        error = error.__cause__
    return False


def _pause(error: Exception) -> float | None:
    """Seconds that the server asks to wait: in milliseconds, in seconds, or until a date."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    milliseconds = str(headers.get("retry-after-ms", ""))
    if re.fullmatch(r"\d{1,9}(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    return retry_after({"Retry-After": headers.get("retry-after", "")})
