"""How much of a paper is read before it is refused: papers are untrusted, and the limits stand in one place."""

from __future__ import annotations

MAX_BYTES = 64 * 1024 * 1024
"""Size of a file; the largest journal articles with their tables are below 20 MB."""
MAX_MARKUP = 3_000_000
"""Opening brackets in a file: each element costs memory, however short it is."""
MAX_RANGE = 500
"""Entries that one citation range may cover; the widest seen in papers are below 100."""
MAX_EXPANDED = 100_000
"""Entries that all citation ranges of a paper may cover together."""
MAX_SPAN = 1_000
"""Rows or columns that one cell may cover."""
MAX_TALL = 5_000
"""Columns of one table that cells from above may cover at a time."""
MAX_GRID = 2_000_000
"""Places of one table, rows times columns."""
MAX_TITLE = 300
"""Code points of one title in a section's path."""
MAX_DIRECTORY = 2 * 1024 * 1024
"""Size of the list of files in a MECA archive; the paper inside is bounded by `MAX_BYTES`."""
