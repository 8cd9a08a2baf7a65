"""Connections whose answers must begin in time.

A time limit of a socket restarts with every byte, so that a server which sends its header a letter at a time holds
a caller for hours. Here the whole header has one limit; the body's is kept by `biorxivist.literature.http.body`.
"""

from __future__ import annotations

import socket
import threading
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

__all__ = ["WatchedAdapter"]


class _Watch:
    """Mixed into a connection: shuts it down when the header takes too long."""

    header_limit = 30.0
    sock: Any

    def getresponse(self) -> urllib3.HTTPResponse:
        late = threading.Event()

        def cut() -> None:
            late.set()
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.header_limit, cut)
        timer.daemon = True
        timer.start()
        try:
            answer: urllib3.HTTPResponse = super().getresponse()  # type: ignore[misc]
        finally:
            timer.cancel()
        if late.is_set():
            answer.close()
            msg = f"no whole header within {self.header_limit:.0f} s"
            raise TimeoutError(msg)
        return answer


class WatchedAdapter(HTTPAdapter):
    """Adapter of requests over watched connections.

    Parameters
    ----------
    header_limit
        Seconds within which the header of an answer must be complete.
    size
        Connections that are kept open.
    """

    def __init__(self, header_limit: float, *, size: int = 16) -> None:
        self._header_limit = header_limit
        super().__init__(pool_connections=size, pool_maxsize=size, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools, whose connections are watched."""
        limit = {"header_limit": self._header_limit}
        plain = type("_Plain", (_Watch, HTTPConnection), limit)
        secure = type("_Secure", (_Watch, HTTPSConnection), limit)
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("_SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
