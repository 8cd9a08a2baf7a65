"""The archive: every record as a line of JSON in append-only files, which all stores are built from.

``archive`` is what callers use; ``append`` writes lines, ``line`` reads and writes one, ``index`` and ``places`` know
where each record stands without holding it in memory.
"""

from __future__ import annotations

from graph.archive.archive import Archive, ArchiveUnwritable

__all__ = ["Archive", "ArchiveUnwritable"]
