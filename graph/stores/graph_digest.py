"""The digest of a graph: a sum, so that a store can keep it up to date without reading the graph back.

Every node and edge contributes the sha256 of its key and of its properties, read as a number; the digest is the sum
modulo 2**256. Addition does not depend on the order, and a row that changes or goes is subtracted again, so a write
costs what it writes. Such a sum tells graphs apart that differ by accident, which is what it is for; it would not
withstand somebody who searches for two graphs with one sum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

__all__ = ["contribution", "digest_of_rows", "digest_text"]

MODULUS = 1 << 256


def contribution(key: str, fact: str) -> int:
    """What one row adds to the sum.

    Parameters
    ----------
    key
        Of the node or edge (``graph.rows``).
    fact
        ``fact_digest`` of its properties.
    """
    return int.from_bytes(hashlib.sha256(f"{key}\0{fact}".encode()).digest(), "big")


def digest_of_rows(rows: Iterable[tuple[str, str]]) -> str:
    """Digest from scratch of the (key, fact) of all nodes and edges, in any order."""
    return digest_text(sum(contribution(key, fact) for key, fact in rows))


def digest_text(total: int) -> str:
    """The sum as 64 hexadecimal digits."""
    return f"{total % MODULUS:064x}"
