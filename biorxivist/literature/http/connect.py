"""Why a request got no answer, in words.

The libraries below report it in layers of their own objects (pools, adapters, retries), whose texts say nothing to a
reader. The layers are searched for the cause that a person can act on.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3

__all__ = ["why_no_answer"]

REASONS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((requests.exceptions.ProxyError, urllib3.exceptions.ProxyError), "the proxy let nothing through"),
    ((socket.gaierror, urllib3.exceptions.NameResolutionError), "its name cannot be looked up"),
    ((ssl.SSLError, urllib3.exceptions.SSLError), "no secure connection could be made to it"),
    ((ConnectionRefusedError,), "it refused the connection"),
    ((requests.exceptions.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError), "it could not be reached in time"),
    ((TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError), "it fell silent"),
    (
        (
            ConnectionResetError,
            BrokenPipeError,
            urllib3.exceptions.ProtocolError,
            requests.exceptions.ChunkedEncodingError,
        ),
        "it cut the answer off",
    ),
)
"""Kinds of causes -> what happened; the first that occurs anywhere in the layers says it."""
UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
DEEPEST = 20


def why_no_answer(error: BaseException) -> str:
    """What kept a host from answering, as the end of a sentence about it."""
    layers = list(_layers(error))
    for kinds, reason in REASONS:
        if any(isinstance(layer, kinds) for layer in layers):
            return reason
    if any(isinstance(layer, OSError) and layer.errno in UNREACHABLE for layer in layers):
        return "there is no way to it from this network"
    return "the connection failed"


def _layers(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made from: causes, contexts, and errors among its arguments."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < DEEPEST:
        layer = waiting.pop(0)
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        yield layer
        inner = (layer.__cause__, layer.__context__, getattr(layer, "reason", None), *layer.args)
        waiting += [each for each in inner if isinstance(each, BaseException)]
