"""Ways of speaking of several models at once -> the group of the vocabulary that they mean."""

from __future__ import annotations

import re

from graph.vocabulary import Vocabulary

__all__ = ["resolve_model"]

GROUPS: tuple[tuple[str, str], ...] = (
    (r"\b(?:large )?language models?\b|\bLLMs?\b", "model:llm"),
    (r"\bfoundation\b|\bpre-?trained\b|\bscFMs?\b|\bTFMs?\b|\bFMs?\b", "model:scfm"),
    (r"\bcontrastive\b", "model:contrastive_models"),
    (r"\bmasked\b", "model:masked_models"),
    (r"\b(?:simple[rs]?t?|linear|plain|basic|naive|baselines?)\b", "model:simple_baselines"),
    (r"\b(?:existing|current|previous|prior|earlier|other|state[ -]of[ -]the[ -]art|sota|competing|established|published|alternative)\b", "model:prior_methods"),
)


def resolve_model(words: str, vocabulary: Vocabulary) -> str | None:
    """Id of the model, or of the group of models, that these words mean; None where the vocabulary has no such entry.

    A group is found by the first of its telling words: "existing foundation models" are foundation models.
    """
    if (exact := vocabulary.find("model", words)) is not None:
        return exact
    for pattern, entry_id in GROUPS:
        if re.search(pattern, words, re.IGNORECASE) and entry_id in vocabulary:
            return entry_id
    return None
