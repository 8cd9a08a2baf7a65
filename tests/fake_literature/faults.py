"""Answers that go wrong, each as a real service was seen to give it. A fault writes to the socket itself."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

CLOUDFLARE = """<!DOCTYPE html><html lang="en-US"><head><title>Access denied |
www.biorxiv.org used Cloudflare to restrict access</title></head><body>
<div id="cf-wrapper"><h1><span class="cf-error-type">Error</span>
<span class="cf-error-code">1015</span></h1><h2>You are being rate limited</h2></div></body></html>"""
CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>
<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1"></script></body></html>"""


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    kind: str = "application/json",
    length: int | None = None,
    **headers: str,
) -> None:
    """A whole answer; ``length`` announces another length than the body's."""
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def apply(kind: str, handler: BaseHTTPRequestHandler, real: bytes) -> None:
    """Answer wrongly; ``real`` is what a right answer would have held."""
    if kind == "empty_200":
        send(handler, 200, b"")
    elif kind == "error_in_200":
        send(handler, 200, b'{"errCode":503,"errMsg":"Backend down","messages":[{"status":"error : database"}]}')
    elif kind == "words":
        send(handler, 200, b"no published articles found for this preprint", "text/html")
    elif kind == "429_seconds":
        send(handler, 429, b'{"message":"Too Many Requests"}', Retry_After="1")
    elif kind == "429_date":
        when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        send(handler, 429, b"slow down", "text/plain", Retry_After=when)
    elif kind == "429_long":
        send(handler, 429, b"slow down", "text/plain", Retry_After="86400")
    elif kind == "cloudflare_1015":
        send(handler, 429, CLOUDFLARE.encode(), "text/html; charset=UTF-8")
    elif kind == "cloudflare_1015_text":
        send(handler, 429, b"error code: 1015", "text/plain; charset=UTF-8")
    elif kind == "cloudflare_403":
        send(handler, 403, CHALLENGE.encode(), "text/html; charset=UTF-8", cf_mitigated="challenge")
    elif kind == "503_text":
        send(handler, 503, b"Service temporarily unavailable", "text/plain")
    elif kind == "404_empty":
        send(handler, 404, b"", "text/plain")
    elif kind == "html_200":
        send(handler, 200, b"<!doctype html>\n<title>Maintenance</title><h1>Back soon</h1>", "text/html")
    elif kind == "truncated_gzip":
        packed = gzip.compress(real)
        send(handler, 200, packed[: len(packed) * 2 // 3], Content_Encoding="gzip")
    elif kind == "cut":
        send(handler, 200, real[: len(real) // 2], length=len(real))
        handler.close_connection = True
    elif kind == "cut_chunked":
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"40\r\n" + real[:64] + b"\r\n40\r\n" + real[64:80])
        handler.close_connection = True
    elif kind == "redirect_loop":
        send(handler, 302, b"", Location=handler.path)
    elif kind == "redirect_ladder":
        send(handler, 302, b"", Location=handler.path + ("&" if "?" in handler.path else "?") + "again")
    elif kind == "stall":
        time.sleep(60)
        handler.close_connection = True
    elif kind == "drip":
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(2_000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    elif kind == "header_drip":
        for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 2_000:
            handler.wfile.write(bytes([letter]))
            handler.wfile.flush()
            time.sleep(0.05)
    elif kind == "bomb":
        send(handler, 200, gzip.compress(b"[" + b" " * 30_000_000 + b"]", 9), Content_Encoding="gzip")
    else:
        raise AssertionError(kind)
