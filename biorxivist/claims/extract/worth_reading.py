"""Which sentences of a paper are read at all: most name nothing that a claim could be about.

What is passed over here costs a look at its names; what is read costs ten times as much. A sentence that a rule could
read must not be passed over: every labelled sentence of the tests that has a claim is held against this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.claims.extract.factors import VARIED
from biorxivist.claims.extract.focus import Focus
from biorxivist.claims.extract.lexicon import holds_any
from biorxivist.claims.extract.mention import Mention

__all__ = ["may_claim"]

# What a score or a size is written with: "0.81", "94%", "33 million", "1,200", "24 tissues", "a billion parameters"
NUMERIC = re.compile(
    r"\.\d|\d ?%|per ?cent|\bpoints?\b|\d{4}|\d[, ]\d{3}|illion|thousand|\d ?[KkMB]\b|10\^|"
    r"\b\d+ (?:[\w-]+ ){0,3}(?:tissues|species|organisms|donors|individuals|patients|subjects|data ?sets|organs|types|"
    r"lines|studies|methods|models|tasks|perturbations|cells)\b"
)
LEVELS_OFF = ("plateau", "saturat", "level", "diminish", "taper", "vanish", "stop")
"""Parts of words of which a clause on saturation has one."""
SEVERAL = 2
"""Models, groups and pronouns that a comparison has at least."""


def may_claim(text: str, named: Sequence[Mention], focus: Focus) -> bool:
    """Whether a sentence may claim something of what it names, or of what was named before.

    Parameters
    ----------
    named
        What it names, whatever the sentence measures left out.
    """
    if not (
        any(mention.named and mention.kind in {"model", "dataset"} for mention in named)
        or focus.dataset is not None
        or (bool(focus.models or focus.before) and any(mention.pronoun for mention in named))
    ):
        return False
    models = sum(mention.kind == "model" for mention in named)
    return (
        models >= SEVERAL
        or NUMERIC.search(text) is not None
        or (models > 0 and holds_any(text, (*VARIED, *LEVELS_OFF)))
    )
