"""Reading a body to its end: whole, in time, and no larger than allowed.

requests hands out a gzip body that was cut off without an error, and waits forever on one that drips. So the raw bytes
are read here, under one deadline, and unpacked here, up to the trailer that says that nothing is missing.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from typing import Protocol

__all__ = ["BodyError", "RawBody", "read_body", "unpack"]

CHUNK = 65_536


class BodyError(Exception):
    """A body that is not whole; ``retry`` says whether asking again can help."""

    def __init__(self, reason: str, *, retry: bool) -> None:
        self.retry = retry
        super().__init__(reason)


class RawBody(Protocol):
    """What is needed of urllib3's response."""

    def read1(self, amt: int | None = None, *, decode_content: bool | None = None) -> bytes:
        """Bytes that have arrived, at most ``amt``; empty at the end."""


def read_body(raw: RawBody, *, length: int | None, deadline: float, limit: int) -> bytes:
    """All bytes of a body as sent.

    Parameters
    ----------
    raw
        The stream.
    length
        Content-Length, if it was sent.
    deadline
        `time.monotonic` at which it must be over.
    limit
        Most bytes that are read.

    Raises
    ------
    BodyError
        If it is larger than the limit, slower than the deadline, or shorter than announced.
    """
    if length is not None and length > limit:
        msg = f"the body is announced with {length} bytes, more than the {limit} that we take"
        raise BodyError(msg, retry=False)
    chunks: list[bytes] = []
    total = 0
    while chunk := raw.read1(CHUNK, decode_content=False):
        chunks.append(chunk)
        total += len(chunk)
        if total > limit:
            msg = f"the body is larger than the {limit} bytes that we take"
            raise BodyError(msg, retry=False)
        if time.monotonic() > deadline:
            msg = f"the body was not complete in time, {total} bytes had come"
            raise BodyError(msg, retry=False)
    if length is not None and total != length:
        msg = f"the body was cut off: {total} of {length} bytes came"
        raise BodyError(msg, retry=True)
    return b"".join(chunks)


def unpack(body: bytes, encoding: str, *, limit: int) -> bytes:
    """Body without its content encoding.

    Raises
    ------
    BodyError
        If it is cut off, damaged, larger than the limit when unpacked, or packed in a way that we did not ask for.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"} or not body:
        return body
    if name in {"gzip", "x-gzip"}:
        return b"".join(_inflate(body, 16 + zlib.MAX_WBITS, limit))
    if name == "deflate":
        try:
            return b"".join(_inflate(body, zlib.MAX_WBITS, limit))
        except BodyError as error:
            if not isinstance(error.__cause__, zlib.error):
                raise
            return b"".join(_inflate(body, -zlib.MAX_WBITS, limit))
    msg = f"the body is packed as {encoding!r}, we asked for gzip"
    raise BodyError(msg, retry=False)


def _inflate(body: bytes, bits: int, limit: int) -> Iterator[bytes]:
    total = 0
    while body:
        stream = zlib.decompressobj(bits)
        while not stream.eof:
            try:
                piece = stream.decompress(body, CHUNK * 16)
            except zlib.error as error:
                msg = f"the packed body is damaged ({error})"
                raise BodyError(msg, retry=True) from error
            body = stream.unconsumed_tail
            total += len(piece)
            if total > limit:
                msg = f"the body unpacks to more than the {limit} bytes that we take"
                raise BodyError(msg, retry=False)
            if not piece and not body and not stream.eof:
                msg = f"the packed body was cut off after {total} unpacked bytes"
                raise BodyError(msg, retry=True)
            yield piece
        body = stream.unused_data if stream.unused_data.startswith(b"\x1f\x8b") else b""
