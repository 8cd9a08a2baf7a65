"""Whether what stands beside a sentence limits it, as in "A outperforms B. However, the gain is not uniform"."""

from __future__ import annotations

import re

from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.sentences import Sentence, split_sentences

__all__ = ["is_limited_beside", "limits"]

LOOKED_AT = 500
"""Characters on either side of a sentence in which the one beside it is looked for."""
# "Nevertheless, on the other sets", "Yet the gain", "Only in C": whatever it goes on to say
TURNS = re.compile(
    r"(?:nevertheless|nonetheless|yet|but|still|only|except|unfortunately|that said|"
    r"on the other hand|at the same time)\b",
    re.IGNORECASE,
)
LIMITS = alternatives(
    # "This advantage is limited to C", "The gains vanish", "The results depend on C"
    r"\b(?:gains?|improvements?|advantages?|benefits?|superiority|margins?|differences?|lead|effects?)\b[^.;]{0,80}\b"
    r"(?:not|limited|confined|restricted|only|mainly|mostly|concentrated|vanish\w*|disappear\w*|shr[iau]nk\w*|"
    r"diminish\w*|depend\w*|modest|marginal|small|narrow\w*|non-?uniform\w*|reversed?)\b",
    r"\bnot (?:\w+ )?(?:uniform\w*|universal\w*|always|everywhere|consistent\w*|statistically|significant\w*)\b",
    # "Fine-tuning reverses this", "This was due to leakage", "We refute this claim"
    r"\b(?:revers\w+|flip\w*|refut\w+|art[ei]facts?|leak\w*|indistinguishable|converse|bugs?|collaps\w+|however|"
    r"contaminat\w+|rejected|retract\w*|spurious\w*|clos(?:es?|ed) the gap)\b",
    r"\b(?:the|this|that) gap (?:clos|narrow|vanish|disappear|shr)\w*",
    r"\bholds? only\b|\bonly (?:in|for|on|when|under)\b",
    r"\b(?:no|little) (?:\w+ )?(?:difference|advantage|gain|improvement)s?\b|\bwithin (?:the )?noise\b",
    r"\b(?:part of|seen in|in) (?:its|their|the) (?:pre-?)?training (?:corpus|set|data)\b|\ball of (?:them|these)\b",
    # "On rare cells, B is best", "With fine-tuning it surpasses A"
    r"^(?:on|in|for|with|after|under|without|when|at) [^.;]{3,70}?\b(?:outperform\w*|surpass\w*|exceed\w*|best|better|"
    r"beats?|leads?|wins?|ahead)\b",
    # "In C it performs on par", "B is better in C"
    r"^in [^,;.]{3,80},? (?:it|they|both|all|the|its)\b[^.;]{0,60}\b(?:on par|comparabl[ey]|worse|lags?|fails?)\b",
)
# "A common belief is the following.", "All results below are on synthetic data.", "Previous benchmarks agree."
FRAMES = alternatives(
    r"\b(?:following|as follows)\W*$",
    r"\b(?:belie(?:f|ve[sd]?)|hypothes[ie]s|conclusions?|concluded|toy|untuned)\b",
    r"\b(?:(?:zero|few)-shot|without (?:any )?fine-?tuning|synthetic data|simulat(?:ed|ion)s?)\b",
    r"^(?:previous|prior|recent|earlier) (?:work|studies|benchmarks?|evaluations?|reports?)\b",
)


def limits(text: str) -> bool:
    """Whether a clause or sentence takes back a part of what was said right before it."""
    return (TURNS.match(text.lstrip()) or LIMITS.search(text)) is not None


def is_limited_beside(text: str, sentence: Sentence) -> bool:
    """Whether the sentence behind one takes a part of it back, or the one before says where it holds or whose it is."""
    behind = next(split_sentences(text[sentence.end : sentence.end + LOOKED_AT]), None)
    if behind is not None and limits(behind.text):
        return True
    before = list(split_sentences(text[max(0, sentence.start - LOOKED_AT) : sentence.start]))
    return bool(before) and FRAMES.search(before[-1].text) is not None
