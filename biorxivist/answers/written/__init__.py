"""Answers that a language model writes from evidence of the graph, and the verification of each of its sentences."""

from __future__ import annotations

from biorxivist.answers.written.write import Event, ModelWriter, write_answer

__all__ = ["Event", "ModelWriter", "write_answer"]
