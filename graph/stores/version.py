"""Which version of this package built a store: one of another version is built again from the archive."""

from __future__ import annotations

from graph.records import digest
from graph.schema import SCHEMA

__all__ = ["store_version"]

FORMAT = 3
"""What stores keep beside the graph: raise it when that changes, as it decides whether a store can be read."""


def store_version() -> str:
    """Hash of the schema of the graph and of the format of what stands beside it."""
    return digest([SCHEMA.fingerprint(), FORMAT], 64)
