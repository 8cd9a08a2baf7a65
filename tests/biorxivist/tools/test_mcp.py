from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from biorxivist.tools import TOOLS, OpenGraph, call
from biorxivist.workspace.home import Home
from tests.biorxivist.tools.calls import CALLS

mcp = pytest.importorskip("mcp")

HANDLES = Path("/proc/self/fd")
SILENCE = 120
"""Seconds until a client gives up."""


@pytest.fixture
def server(graph: OpenGraph) -> Any:
    from biorxivist.mcp import make_server

    return make_server(graph)


def in_client(target: Any, work: Any, *, silence: float = SILENCE) -> Any:
    """Do the work with a client of the server; a server that says nothing fails the test instead of stopping it."""

    async def run() -> Any:
        async with asyncio.timeout(silence), mcp.Client(target) as client:
            return await work(client)

    return asyncio.run(run())


async def every_tool(client: Any) -> dict[str, Any]:
    listed = await client.list_tools()
    assert [each.name for each in listed.tools] == [each.name for each in TOOLS]
    for each in listed.tools:
        assert each.output_schema is not None
        assert each.annotations.read_only_hint is True
    return {name: await client.call_tool(name, arguments) for name, arguments in CALLS.items()}


def same(found: dict[str, Any], graph: OpenGraph) -> None:
    for name, arguments in CALLS.items():
        assert not found[name].is_error, found[name].content
        assert found[name].structured_content == json.loads(call(name, arguments, graph).model_dump_json())


def test_a_client_in_process_lists_the_tools_and_gets_what_python_gets(server: Any, graph: OpenGraph) -> None:
    same(in_client(server, every_tool), graph)


def test_a_client_over_stdio_gets_the_same(
    seeded_home: Home, graph: OpenGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    environment = {"BIORXIVIST_HOME": str(seeded_home.folder), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "biorxivist.cli.main", "mcp"], env=environment
    )
    same(in_client(command, every_tool), graph)


@contextlib.contextmanager
def over_http(server: Any) -> Iterator[str]:
    """The server on a free port of this machine."""
    import uvicorn

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = server.streamable_http_app(host="127.0.0.1", stateless_http=True, json_response=True)
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not running.started and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        running.should_exit = True
        thread.join(timeout=20)


def test_a_client_over_http_gets_the_same_and_a_foreign_origin_or_host_is_refused(
    server: Any, graph: OpenGraph
) -> None:
    with over_http(server) as address:
        same(in_client(address, every_tool), graph)
        for header, value, status in (("Origin", "https://evil.example", 403), ("Host", "evil.example", 421)):
            request = urllib.request.Request(
                address,
                data=json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode(),
                headers={
                    "Content-Type": "application/json",
                    "Accept": "application/json, text/event-stream",
                    header: value,
                },
            )
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=20)
            assert refused.value.code == status
            refused.value.close()


def test_errors_of_ours_reach_the_client_with_their_text_and_others_without(
    server: Any, graph: OpenGraph, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def ours(client: Any) -> Any:
        return await client.call_tool("graph_query", {"query": "MATCH (n) DETACH DELETE n"})

    refused = in_client(server, ours)
    assert refused.is_error
    assert "queries only read" in refused.content[0].text

    async def others(client: Any) -> Any:
        return await client.call_tool("ask", {"question": "What is scGPT?"})

    def broken(*arguments: object) -> None:
        msg = "/secret/place"
        raise RuntimeError(msg)

    monkeypatch.setattr(graph, "_stamp", broken)
    with caplog.at_level(logging.CRITICAL):
        failed = in_client(server, others)
    assert failed.is_error
    assert "secret" not in failed.content[0].text
    assert "RuntimeError" in failed.content[0].text


def test_many_calls_leave_no_handle_open(server: Any) -> None:
    async def often(client: Any) -> tuple[int, int]:
        async def once() -> None:
            await client.call_tool("find_claims", {"model": "scGPT", "limit": 1})

        for _ in range(10):
            await once()
        before = len(list(HANDLES.iterdir()))
        for _ in range(100):
            await once()
        return before, len(list(HANDLES.iterdir()))

    if not HANDLES.is_dir():
        pytest.skip("no /proc on this system")
    before, after = in_client(server, often)
    assert after <= before


@pytest.mark.long
def test_a_thousand_calls_leak_nothing_and_eight_clients_get_their_answers_quickly(server: Any) -> None:
    calls = list(CALLS.items())
    seconds: list[float] = []

    async def often(client: Any, number: int) -> None:
        for at in range(number):
            name, arguments = calls[at % len(calls)]
            before = time.process_time()
            answered = await client.call_tool(name, arguments)
            seconds.append(time.process_time() - before)
            assert not answered.is_error

    async def alone(client: Any) -> None:
        await often(client, 200)
        handles, pages = len(list(HANDLES.iterdir())), resident()
        seconds.clear()
        await often(client, 1_000)
        assert len(list(HANDLES.iterdir())) <= handles
        assert resident() <= 1.02 * pages

    async def eight(client: Any) -> None:
        async def one() -> None:
            async with mcp.Client(server) as another:
                await often(another, 50)

        await asyncio.gather(*(one() for _ in range(8)))

    if not HANDLES.is_dir():
        pytest.skip("no /proc on this system")
    in_client(server, alone, silence=15 * SILENCE)
    took = sorted(seconds)[950]
    assert took < 0.3
    in_client(server, eight, silence=15 * SILENCE)


def resident() -> int:
    """Pages of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1])
