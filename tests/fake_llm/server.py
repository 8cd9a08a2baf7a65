"""Chat completions on 127.0.0.1: answers made from the posted sections, faults in a given order, a log of all calls."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.local_server import LocalServer

Claims = list[dict[str, Any]]
UNPAID = ("429_seconds", "429_date", "429_ms", "500", "503", "slow", "drop")
UNUSABLE = ("cut_json", "cut_off", "wrong_schema", "refusal", "not_a_completion", "empty_body", "html")
FAULTS = (*UNPAID, *UNUSABLE)
"""Faults of single calls; beside them there are those that end a run: quota, wrong_key, no_model."""


@dataclass
class Call:
    """A request that came."""

    section: str
    passages: list[str]
    body: dict[str, Any]
    headers: dict[str, str]
    fault: str | None
    at: float = field(default_factory=time.monotonic)

    @property
    def paid(self) -> bool:
        """Whether the server gave an answer that it counts."""
        return self.fault is None or self.fault in UNUSABLE

    @property
    def content(self) -> str:
        """What decides the answer: the section with its text."""
        return json.dumps([self.section, self.passages])


@dataclass
class FakeLLM(LocalServer):
    """The server. ``with FakeLLM(claims_of) as fake: fake.url ...``.

    Parameters
    ----------
    claims_of
        Section heading and passages -> the claims that the model proposes.
    faults
        Called with the number of the call, from 0; the name of a fault, or None.
    fault_of
        The same, called with the section and its passages.
    """

    claims_of: Callable[[str, list[str]], Claims]
    faults: Callable[[int], str | None] = lambda number: None
    fault_of: Callable[[str, list[str]], str | None] = lambda section, passages: None
    slowness: float = 2.0
    calls: list[Call] = field(default_factory=list)
    echo_key: bool = True
    """Whether errors repeat the key that was sent, as some servers do."""

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.busy = self.busiest = 0

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    def wait_for(self, calls: int, *, seconds: float) -> bool:
        """Whether so many calls came in time."""
        deadline = time.monotonic() + seconds
        while len(self.calls) < calls and time.monotonic() < deadline:
            time.sleep(0.05)
        return len(self.calls) >= calls

    def paid(self) -> Counter[str]:
        """Content -> times that an answer to it was paid."""
        with self.lock:
            return Counter(call.content for call in self.calls if call.paid)

    def usable(self) -> Counter[str]:
        """Content -> times that a usable answer was given."""
        with self.lock:
            return Counter(call.content for call in self.calls if call.fault is None)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(_Handler):
            llm = fake

        return Handler


class _Handler(BaseHTTPRequestHandler):
    llm: FakeLLM
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        section, passages = read_data(body["messages"][-1]["content"])
        with self.llm.lock:
            fault = self.llm.fault_of(section, passages) or self.llm.faults(len(self.llm.calls))
            self.llm.calls.append(Call(section, passages, body, dict(self.headers), fault))
            self.llm.busy += 1
            self.llm.busiest = max(self.llm.busiest, self.llm.busy)
        try:
            self.answer(fault, section, passages)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with self.llm.lock:
                self.llm.busy -= 1

    def answer(self, fault: str | None, section: str, passages: list[str]) -> None:
        text = json.dumps({"claims": self.llm.claims_of(section, passages)})
        if fault is None:
            self.complete(text)
        elif fault == "429_seconds":
            self.error(429, "rate_limit_exceeded", Retry_After="1")
        elif fault == "429_ms":
            self.error(429, "rate_limit_exceeded", retry_after_ms="20")
        elif fault == "429_date":
            self.error(429, "rate_limit_exceeded", Retry_After=in_seconds(2))
        elif fault == "429_long":
            self.error(429, "rate_limit_exceeded", Retry_After="86400")
        elif fault in {"500", "503"}:
            self.error(int(fault), "server_error")
        elif fault == "quota":
            self.error(429, "insufficient_quota")
        elif fault == "wrong_key":
            self.error(401, "invalid_api_key")
        elif fault == "no_model":
            self.error(404, "model_not_found")
        elif fault == "too_long":
            self.error(400, "context_length_exceeded")
        elif fault == "slow":
            time.sleep(self.llm.slowness)
            self.complete(text)
        elif fault == "drop":
            self.close_connection = True
        elif fault.startswith("redirect "):
            self.send(307, b"", Location=f"{fault.partition(' ')[2]}/chat/completions")
        elif fault == "cut_json":
            self.complete(text[: len(text) // 2])
        elif fault == "cut_off":
            self.complete(text[: len(text) // 2], finish="length")
        elif fault == "wrong_schema":
            self.complete(json.dumps({"claims": [{"quote": "x", "kind": "opinion"}]}))
        elif fault == "refusal":
            self.complete(None, refusal="I cannot help with that.")
        elif fault == "not_a_completion":
            self.send(200, b'{"hello": "there"}')
        elif fault == "empty_body":
            self.send(200, b"")
        elif fault == "html":
            self.send(200, b"<!doctype html><title>Sign in</title>", kind="text/html")
        else:
            raise AssertionError(fault)

    def complete(self, text: str | None, *, finish: str = "stop", refusal: str | None = None) -> None:
        message = {"role": "assistant", "content": text, "refusal": refusal}
        answer = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": "fake",
            "choices": [{"index": 0, "finish_reason": finish, "message": message}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
        }  # fmt: skip
        self.send(200, json.dumps(answer).encode())

    def error(self, status: int, code: str, **headers: str) -> None:
        sent = self.headers.get("Authorization", "")
        said = f"{code}: refused for {sent}" if self.llm.echo_key else code
        body = {"error": {"message": said, "type": code, "param": None, "code": code}}
        self.send(status, json.dumps(body).encode(), **headers)

    def send(self, status: int, body: bytes, *, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def read_data(message: str) -> tuple[str, list[str]]:
    """Section and passages of a user's message, whose data stand between two lines of its nonce."""
    lines = message.split("\n")
    assert len(lines) == 4, "the data is one line between two lines of the nonce"
    assert lines[1] == lines[3]
    assert lines[1] in lines[0]
    data = json.loads(lines[2])
    return data["section"], data["passages"]


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def every_third(*faults: str) -> Callable[[int], str | None]:
    """One call in three goes wrong, in the ways that are given, in turn."""
    turn: Iterator[str] = iter(faults * 1000)
    return lambda number: next(turn) if number % 3 == 1 else None
