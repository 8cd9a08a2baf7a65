"""Names that look like that of a model and that nobody has entered yet: CellFoo, scBar-2, MIRA."""

from __future__ import annotations

import re
from collections.abc import Iterator

from biorxivist.claims.extract.lexicon import listed
from biorxivist.claims.extract.mention import Mention

__all__ = ["find_unlisted"]

NOT_MODELS = frozenset(listed("not_models"))
SUFFIXES = r"(?:-[\w.]+)*"
"""Further parts of a name: "-V2", "-12L-33M"."""
SHAPES = (
    rf"sc[A-Z][\w]*{SUFFIXES}",  # scFoo, scFoo-2
    rf"[A-Z][a-z]+[A-Z][\w]*{SUFFIXES}",  # CellFoo
    rf"[A-Z]{{2,}}[a-z]+[\w]*{SUFFIXES}",  # GEARSx
    r"[a-z]{1,2}[A-Z][a-z]+[A-Z]\w*",  # xTrimoGene
    r"[A-Z][\w]*former(?:-?V?\d[\w.]*)?",  # Fooformer-V2
    r"[A-Z]{2,}-?\d[\w.-]*",  # ESM2, ESM-2
    r"[A-Z][a-z]+\d[A-Z]\w*",  # Cell2Sentence
    r"[A-Za-z]+GPT\w*",
    r"[A-Za-z]*BERT\w*",
)
NAMELIKE = re.compile(rf"(?<![\w.@/-])(?:{'|'.join(SHAPES)})(?![\w])")
ACRONYM = re.compile(r"(?<![\w.@/-])[A-Z]{3,9}(?:-[A-Z\d]+)*(?![\w-])")
HANGS_ON = re.compile(r"\b(?:in|on|of|for|at|from|to|within|by|the|an?|and|or)\s+$", re.IGNORECASE)
"""Words that an acronym of something other than a model mostly follows: "in AML", "the GRN"."""


def find_unlisted(text: str) -> Iterator[Mention]:
    """Yield names that look like that of a model; a bare acronym is a guess."""
    for match in NAMELIKE.finditer(text):
        name = match.group().rstrip(".-")
        if name not in NOT_MODELS and not name.isdigit():
            yield Mention("model", name, match.start(), match.start() + len(name))
    for match in ACRONYM.finditer(text):
        if match.group() not in NOT_MODELS and not HANGS_ON.search(text[: match.start()]):
            yield Mention("model", match.group(), match.start(), match.end(), guessed=True)
