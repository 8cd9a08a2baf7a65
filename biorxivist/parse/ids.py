"""Ids of passages and references, as `graph.records` computes them, written out because a paper has hundreds.

The tests hold them equal to `Record.compute_id`.
"""

from __future__ import annotations

import hashlib
from json.encoder import encode_basestring as quoted


def passage_id(version_id: str, section: str, start: int, end: int, text: str) -> str:
    """Id of a passage."""
    identity = (
        f'[["version_id",{quoted(version_id)}],["section",{quoted(section)}],["start",{start}],["end",{end}],'
        f'["text",{quoted(text)}]]'
    )
    return f"passage:{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def reference_id(paper_id: str, key: str, text: str) -> str:
    """Id of an entry of a reference list."""
    identity = f'[["paper_id",{quoted(paper_id)}],["key",{quoted(key)}],["text",{quoted(text)}]]'
    return f"ref:{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
