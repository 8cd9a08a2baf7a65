"""The digest of a graph: a sum, so that a store can keep it up to date without reading the graph back.

Every node and edge contributes a number, a sha256 of its key and of its properties; the digest is the sum modulo
2**256. Addition does not depend on the order, and a row that changes or goes is subtracted again, so a write costs
what it writes. Key and properties enter as hashes of 16 bytes, which is all that a store has to keep of a row. Such a
sum tells graphs apart that differ by accident, which is what it is for; it would not withstand somebody who searches
for two graphs with one sum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

__all__ = ["contribution", "digest_of_rows", "digest_text", "hashed_contribution", "short_fact", "short_key"]

MODULUS = 1 << 256
BYTES = 16
"""By chance, two of a billion names share so many bytes once in 10**20 graphs."""


def short_key(name: str) -> bytes:
    """16 bytes that stand for the key of a row, or for the name of an owner."""
    return hashlib.sha256(name.encode()).digest()[:BYTES]


def short_fact(fact: str) -> bytes:
    """The first 16 bytes of a ``fact_digest``."""
    return bytes.fromhex(fact[: 2 * BYTES])


def hashed_contribution(key: bytes, fact: bytes) -> int:
    """What one row adds to the sum, from its ``short_key`` and ``short_fact``."""
    return int.from_bytes(hashlib.sha256(key + fact).digest(), "big")


def contribution(key: str, fact: str) -> int:
    """What one row adds to the sum.

    Parameters
    ----------
    key
        Of the node or edge (``graph.rows``).
    fact
        ``fact_digest`` of its properties.
    """
    return hashed_contribution(short_key(key), short_fact(fact))


def digest_of_rows(rows: Iterable[tuple[str, str]]) -> str:
    """Digest from scratch of the (key, fact) of all nodes and edges, in any order."""
    return digest_text(sum(contribution(key, fact) for key, fact in rows))


def digest_text(total: int) -> str:
    """The sum as 64 hexadecimal digits."""
    return f"{total % MODULUS:064x}"
