"""Ids of passages and references, as `graph.records` computes them, written out: a paper has hundreds.

The tests hold them equal to `Record.compute_id`.
"""

from __future__ import annotations

import hashlib
from json.encoder import encode_basestring as quoted


def _text(text: str) -> str:
    """`quoted`, sooner where nothing has to be escaped: the text of a paragraph, most often."""
    return f'"{text}"' if text.isprintable() and '"' not in text and "\\" not in text else quoted(text)


def passage_prefix(version_id: str, section: str) -> str:
    """What the ids of all passages of a section are computed from."""
    return f'[["version_id",{quoted(version_id)}],["section",{quoted(section)}],["start",'


def passage_id(prefix: str, start: int, end: int, text: str) -> str:
    """Id of a passage; ``prefix`` is that of its section."""
    identity = f'{prefix}{start}],["end",{end}],["text",{_text(text)}]]'
    return f"passage:{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def reference_id(paper_id: str, key: str, text: str) -> str:
    """Id of an entry of a reference list."""
    identity = f'[["paper_id",{quoted(paper_id)}],["key",{quoted(key)}],["text",{_text(text)}]]'
    return f"ref:{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
