"""Ids of passages and references, as `graph.records` computes them, written out: a paper has hundreds.

The tests hold them equal to `Record.compute_id`.
"""

from __future__ import annotations

import hashlib
from json.encoder import encode_basestring as quoted

_ESCAPED = bytes(range(32)) + b'"\\'
"""What JSON writes in another way: control characters, quotes, backslashes."""


def _text(text: str) -> bytes:
    """A text as JSON has it between its quotes; in the text of a paragraph there is hardly ever anything to escape."""
    plain = text.encode()
    return plain if len(plain.translate(None, _ESCAPED)) == len(plain) else quoted(text)[1:-1].encode()


def passage_prefix(version_id: str, section: str) -> bytes:
    """What the ids of all passages of a section are computed from."""
    return f'[["version_id",{quoted(version_id)}],["section",{quoted(section)}],["start",'.encode()


def passage_id(prefix: bytes, start: int, end: int, text: str) -> str:
    """Id of a passage; ``prefix`` is that of its section."""
    identity = b'%s%d],["end",%d],["text","%s"]]' % (prefix, start, end, _text(text))
    return f"passage:{hashlib.sha256(identity).hexdigest()[:16]}"


def reference_id(paper_id: str, key: str, text: str) -> str:
    """Id of an entry of a reference list."""
    identity = f'[["paper_id",{quoted(paper_id)}],["key",{quoted(key)}],["text","'.encode() + _text(text) + b'"]]'
    return f"ref:{hashlib.sha256(identity).hexdigest()[:16]}"
