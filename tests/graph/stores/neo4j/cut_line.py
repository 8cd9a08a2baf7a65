"""A line to a server that is cut at the worst moment: after a commit was sent, before its answer came."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Container
from contextlib import suppress
from types import TracebackType
from typing import Self

COMMIT = b"\xb0\x12"
"""The Bolt message, without its length."""


class CutLine:
    """Passes on what clients and server say to each other, except the answers to some commits.

    Parameters
    ----------
    port
        Of the server, on the loopback address.
    cuts
        Which commits, counted from 0, lose their answer and their connection.
    """

    def __init__(self, port: int, *, cuts: Container[int]) -> None:
        self.commits, self._cuts = 0, cuts
        self._server = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._sockets:
            close(each)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._sockets += [client, server]
            cut = threading.Event()
            for source, target in ((client, server), (server, client)):
                threading.Thread(
                    target=self._pass_on, args=(source, target, source is client, cut), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, asking: bool, cut: threading.Event) -> None:
        try:
            while data := source.recv(65536):
                if asking and COMMIT in data:
                    if self.commits in self._cuts:
                        cut.set()
                    self.commits += 1
                if asking or not cut.is_set():
                    target.sendall(data)
                if asking and cut.is_set():
                    time.sleep(0.5)  # the server commits
                    return
        except OSError:
            return
        finally:
            close(source)
            close(target)


def close(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
