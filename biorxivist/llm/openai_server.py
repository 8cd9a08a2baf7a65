"""A model on OpenAI's servers, or on any server that speaks its chat completions.

The address is always given, so that ``OPENAI_BASE_URL`` redirects nothing. No header of the environment is sent
(``OPENAI_ORG_ID``, ``OPENAI_CUSTOM_HEADERS``), no redirect is followed, and for an address of this machine no proxy is
used.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from biorxivist.errors import ExtraMissing, SettingsInvalid
from biorxivist.llm.failures import call_failed
from biorxivist.llm.request import Reply, Request

if TYPE_CHECKING:
    import openai

__all__ = ["OPENAI", "OpenAIServer", "is_openai"]

OPENAI = "https://api.openai.com/v1"
SENT_HEADERS = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host", "user-agent",
    "x-stainless-raw-response",  # by which the client knows that it is to hand over the body as it came
})  # fmt: skip
CONNECT = 10.0
"""Seconds to reach the server."""


class OpenAIServer:
    """A model behind chat completions.

    Parameters
    ----------
    name
        Name of the model.
    base_url
        Address of the server, with its /v1.
    key
        Key for this server; none is sent if left out.

    Raises
    ------
    ExtraMissing
        If the package ``openai`` is not installed.
    SettingsInvalid
        If the address is none, or holds a password.
    """

    def __init__(self, name: str, *, base_url: str = OPENAI, key: SecretStr | None = None) -> None:
        self.name, self.provider = name, _address(base_url)
        self._key = key
        try:
            import openai
        except ModuleNotFoundError as error:
            raise ExtraMissing("llm", f"The model {name}", "openai") from error  # noqa: EM101 - names, not a message
        self._client = openai.OpenAI(
            base_url=self.provider,
            api_key=key.get_secret_value() if key else "none",  # without one the client would look in the environment
            max_retries=0,  # `retry` decides about that: it knows quotas and the budget
            http_client=openai.DefaultHttpxClient(
                follow_redirects=False,
                trust_env=not _is_here(self.provider),
                event_hooks={"request": [_stripper(key)]},
            ),
        )
        weakref.finalize(self, self._client.close)  # leaves no connection open behind it
        self._api_error: type[openai.APIError] = openai.APIError
        self._timeout = openai.Timeout

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Parameters of the request; OpenAI's newer models refuse a temperature, and other servers its newer names."""
        return {"store": False} if is_openai(self.provider) else {"temperature": 0}

    def send(self, request: Request, *, timeout: float) -> Reply:
        """Send one request, once.

        Raises
        ------
        CallFailed
            If no answer came.
        """
        limit = "max_completion_tokens" if is_openai(self.provider) else "max_tokens"
        shape = {"name": request.schema_name, "strict": True, "schema": dict(request.schema)}
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.message(secrets.token_hex(16))},
            ],
            "response_format": {"type": "json_schema", "json_schema": shape},
            limit: request.max_output,
            **self.parameters,
        }
        try:
            raw = self._client.chat.completions.with_raw_response.create(
                **body, timeout=self._timeout(timeout, connect=CONNECT)
            )
            return read_body(raw.http_response.content)
        except self._api_error as error:
            # not chained: the client's error holds the request with its headers
            raise call_failed(
                error, self.provider, secret=self._key.get_secret_value() if self._key else None
            ) from None


def _stripper(key: SecretStr | None) -> Callable[[Any], None]:
    """What takes every header off a request that nobody here has put there, a key of the environment included."""

    def strip(request: Any) -> None:
        for header in [name for name in request.headers if name.lower() not in SENT_HEADERS]:
            del request.headers[header]
        if key is None:
            request.headers.pop("authorization", None)
        else:
            request.headers["authorization"] = f"Bearer {key.get_secret_value()}"

    return strip


def read_body(body: bytes) -> Reply:
    """Read the body of a chat completion; whatever is not one is a reply that stopped at nothing."""
    try:
        answer = json.loads(body)
        choice, usage = answer["choices"][0], answer.get("usage") or {}
        message = choice["message"]
        text, refusal = message.get("content"), message.get("refusal")
        counted = [
            value if isinstance(value := usage.get(name), int) else None
            for name in ("prompt_tokens", "completion_tokens")
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Reply(body.decode("utf-8", errors="replace")[:1000], "nothing")
    if refusal or choice.get("finish_reason") == "content_filter":
        return Reply(str(refusal or text or ""), "refusal", *counted)
    if not isinstance(text, str):
        return Reply("", "nothing", *counted)
    return Reply(text, "length" if choice.get("finish_reason") == "length" else "end", *counted)


def is_openai(address: str) -> bool:
    """Whether an address is that of OpenAI itself."""
    return urlsplit(address).hostname == urlsplit(OPENAI).hostname


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"BIORXIVIST_LLM_BASE_URL = {text.rpartition('@')[2]!r} is not an address; one is http://127.0.0.1:11434/v1."
        raise SettingsInvalid(msg)
    if parts.username or parts.password:
        msg = f"The address of the server {parts.hostname} holds a password. Set BIORXIVIST_LLM_API_KEY instead."
        raise SettingsInvalid(msg)
    return text.rstrip("/")


def _is_here(address: str) -> bool:
    """Whether an address is one of this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
