"""Where a paper says what it is about: its title and its abstract."""

from __future__ import annotations

from graph.records import Passage

__all__ = ["is_of_abstract"]


def is_of_abstract(passage: Passage) -> bool:
    """Whether a passage is the abstract, or stands under its heading, as the parts of a structured one do."""
    return passage.kind == "abstract" or passage.section.lower().startswith("abstract")
