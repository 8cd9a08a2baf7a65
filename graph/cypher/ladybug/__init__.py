"""Accepted Cypher in the dialect of the embedded engine: what differs is rewritten, what cannot be is refused."""
