"""Whether a paper is of this field: what the vocabulary means by its groups holds for single cells alone.

"Foundation models" of a paper on images, and "existing methods" of one on clinical notes, are others than those that
the vocabulary has an entry for, however well their sentences are read. Claims of such a paper wait for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from biorxivist.claims.extract.heads import is_of_abstract
from biorxivist.claims.extract.lexicon import alternatives
from biorxivist.claims.extract.unlisted import NAMELIKE
from graph.records import Claim, Dataset, Model, Passage
from graph.vocabulary import load_vocabulary

__all__ = ["ANOTHER_FIELD", "hold_back", "is_of_field"]

ANOTHER_FIELD = "text of another field"
"""Reason for which a claim waits."""
FIELD_WORDS = alternatives(
    r"\bsingle[- ]?(?:cell|nucle)",
    r"\b(?:sc|sn)-?(?:RNA|ATAC)",
    "transcriptom",
    r"\bRNA-?seq",
    # but radiomics, pathomics and genomes have other models
    r"(?<!radi)(?<!path)(?<!econ)(?<!gen)omics?\b",
    "perturb-?seq",
    r"\bgene[- ](?:expression|regulatory|perturbation)",
    r"\bcell[- ](?:atlas(?:es)?|embeddings?|type (?:annotation|identification))\b",
    r"\b(?:genetic|transcriptional|cellular) perturbations?\b",
    "virtual cells?",
)
"""Words of which a paper on single cells has one in its title, its abstract or its headings."""


def is_of_field(passages: Iterable[Passage]) -> bool:
    """Whether a paper speaks of single cells where it says what it is about, or names a model or a set of theirs.

    It says so in its title, its abstract and its headings; a text that has neither title nor abstract is looked at
    whole. Names count wherever they stand.
    """
    given = list(passages)
    leading = [passage.text for passage in given if _leads(passage)] or [passage.text for passage in given]
    if any(FIELD_WORDS.search(text) for text in (*leading, *{passage.section for passage in given})):
        return True
    return any(_names().search(passage.text) for passage in given)


def hold_back(claims: Iterable[Claim], passages: Sequence[Passage]) -> list[Claim]:
    """The claims of a paper, each with the reason for which it waits if the paper is of another field."""
    if is_of_field(passages):
        return list(claims)
    return [claim.model_copy(update={"held": ANOTHER_FIELD}) for claim in claims]


def _leads(passage: Passage) -> bool:
    return passage.kind == "title" or is_of_abstract(passage)


@cache
def _names() -> re.Pattern[str]:
    """Names of models and sets that no other field has: scGPT, scVI, PanglaoDB; not PCA, SimCLR or "lung".

    Those of the shipped vocabulary: a name that a user adds may be of any field.
    """
    names = {
        name
        for entry in load_vocabulary()
        if isinstance(entry, Dataset | Model)
        for name in (entry.name, *entry.aliases)
        if NAMELIKE.fullmatch(name) and (name.startswith("sc") or getattr(entry, "role", "foundation") == "foundation")
    }
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)")
