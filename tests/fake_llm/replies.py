"""Chat completions on 127.0.0.1 whose replies a function makes from the data that were posted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.local_server import LocalServer


@dataclass
class ReplyServer(LocalServer):
    """``with ReplyServer(respond) as server: server.url ...``.

    Parameters
    ----------
    respond
        The data of the request -> the text of the message that comes back.
    status
        Status of every response; one that is not 200 comes with an error in the body.
    """

    respond: Callable[[dict[str, Any]], str]
    status: int = 200
    posted: list[dict[str, Any]] = field(default_factory=list)
    """Bodies that came."""

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    def handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.posted.append(body)
                data = json.loads(body["messages"][-1]["content"].split("\n")[2])
                if fake.status == 200:
                    message = {"role": "assistant", "content": fake.respond(data), "refusal": None}
                    answer: dict[str, Any] = {
                        "id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": "fake",
                        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
                    }  # fmt: skip
                else:
                    answer = {"error": {"message": "refused", "type": "x", "param": None, "code": "x"}}
                sent = json.dumps(answer).encode()
                self.send_response(fake.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

        return Handler
