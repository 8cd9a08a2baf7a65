"""``biorxivist mcp``: serve the graph to agents."""

from __future__ import annotations

from typing import Annotated

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.output import note

__all__ = ["app"]

app = new_app()
PORT = 8765


@app.command(epilog=examples("biorxivist mcp", "biorxivist mcp --http --port 8765"))
def mcp(
    *,
    http: Annotated[bool, typer.Option("--http", help="Streamable HTTP on 127.0.0.1 instead of stdio.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port for --http.")] = PORT,
) -> None:
    """Serve the graph to agents over MCP, on this machine.

    A desktop client starts this command itself and speaks to it over stdio. With --http it listens on 127.0.0.1 only,
    and refuses requests with a foreign Host or Origin. All tools only read.
    """
    from biorxivist.cli.opening import ready
    from biorxivist.mcp import HOST, serve
    from biorxivist.tools import open_for_tools
    from biorxivist.workspace.home import open_home

    with open_for_tools(ready(open_home())) as graph:
        if http:
            note(f"http://{HOST}:{port}/mcp until Ctrl-C")
        serve(graph, transport="http" if http else "stdio", port=port)
