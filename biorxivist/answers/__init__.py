"""Answer questions from the graph: every sentence names its source, and what the graph cannot support is refused.

Offline, no text is generated: a sentence is a claim or passage of the graph, or a number of the graph in a fixed
phrase. Where a language model is configured, what it writes is verified sentence by sentence.
"""

from __future__ import annotations

from biorxivist.answers.answer import Answer, Quote, Removed, Sentence
from biorxivist.answers.offline import answer

__all__ = ["Answer", "Quote", "Removed", "Sentence", "answer"]
