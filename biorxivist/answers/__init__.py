"""Questions: retrieval, answers whose every sentence names its source, and honest refusals.

Offline, nothing is written by a model: a sentence is a claim or passage of the graph, or a number of the graph put
into a fixed sentence.
"""

from __future__ import annotations

from biorxivist.answers.answer import Answer, Sentence
from biorxivist.answers.offline import answer

__all__ = ["Answer", "Sentence", "answer"]
