"""Where the graph is kept: an embedded store in a folder, or a Neo4j server; both are built from the archive."""

from __future__ import annotations
