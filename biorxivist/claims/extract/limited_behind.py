"""Whether the next sentence limits what one has said, as in "A outperforms B. However, the gain is not uniform"."""

from __future__ import annotations

import re

from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.sentences import Sentence, split_sentences

__all__ = ["is_limited_behind"]

LOOKED_AT = 500
"""Characters behind a sentence in which the next one is looked for."""
# "However, on the other sets", "Yet the gain", "Only in C": whatever it goes on to say
TURNS = re.compile(
    r"(?:however|nevertheless|nonetheless|yet|but|still|only|except|unfortunately|that said|"
    r"on the other hand|at the same time)\b",
    re.IGNORECASE,
)
LIMITS = alternatives(
    # "This advantage is limited to C", "The gains vanish", "The results depend on C"
    r"\b(?:gains?|improvements?|advantages?|benefits?|superiority|margins?|differences?|lead|effects?)\b[^.;]{0,80}\b"
    r"(?:not|limited|confined|restricted|only|mainly|mostly|concentrated|vanish\w*|disappear\w*|shr[iau]nk\w*|"
    r"diminish\w*|depend\w*|modest|marginal|small|narrow\w*|non-?uniform\w*|reversed?)\b",
    r"\bnot (?:\w+ )?(?:uniform\w*|universal\w*|always|everywhere|consistent\w*|statistically|significant\w*)\b",
    # "In C it performs on par", "B is better in C"
    r"^in [^,;.]{3,80},? (?:it|they|both|all|the|its)\b[^.;]{0,60}\b(?:on par|comparabl[ey]|worse|lags?|fails?)\b",
)


def is_limited_behind(text: str, sentence: Sentence) -> bool:
    """Whether the sentence that follows one in its text takes back a part of what was said."""
    behind = next(split_sentences(text[sentence.end : sentence.end + LOOKED_AT]), None)
    return behind is not None and (TURNS.match(behind.text) or LIMITS.search(behind.text)) is not None
