"""What is said where a host gives no answer: the cause in words, and nothing of the libraries below."""

from __future__ import annotations

import errno
import re
import socket
import ssl

import pytest
import requests
import urllib3

from biorxivist.literature.errors import BadResponse
from biorxivist.literature.http.connect import why_no_answer
from biorxivist.literature.http.session import Limits, Session


def _chained(inner: Exception) -> Exception:
    """The error as requests hands it out: wrapped by urllib3, wrapped by itself."""
    pool = urllib3.connectionpool.HTTPSConnectionPool("api.example.org")
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", inner))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (_chained(socket.gaierror(-2, "Name or service not known")), "its name cannot be looked up"),
        (_chained(ConnectionRefusedError(111, "Connection refused")), "it refused the connection"),
        (_chained(ssl.SSLError("certificate verify failed")), "no secure connection could be made to it"),
        (_chained(OSError(errno.ENETUNREACH, "Network is unreachable")), "there is no way to it from this network"),
        (requests.ConnectTimeout("HTTPSConnectionPool(...)"), "it could not be reached in time"),
        (requests.ReadTimeout("HTTPSConnectionPool(...)"), "it fell silent"),
        (requests.exceptions.ProxyError("cannot connect"), "the proxy let nothing through"),
        (urllib3.exceptions.ProtocolError("Connection broken"), "it cut the answer off"),
        (requests.RequestException("something else"), "the connection failed"),
    ],
)
def test_the_cause_is_found_in_the_layers_of_the_libraries(error: Exception, reason: str) -> None:
    assert why_no_answer(error) == reason


def test_a_circle_of_causes_ends() -> None:
    first, second = OSError("first"), OSError("second")
    first.__cause__, second.__cause__ = second, first
    assert why_no_answer(first) == "the connection failed"


def test_the_message_about_a_dead_host_holds_no_library_internals() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(BadResponse) as caught:
        Session(limits=Limits(retries=0)).get(f"http://127.0.0.1:{port}/works")
    assert str(caught.value) == (
        f"No answer from 127.0.0.1:{port}: it refused the connection. Check the connection, or try another source."
    )
    assert not re.search(r"Pool|object at|urllib3|Errno", str(caught.value))
