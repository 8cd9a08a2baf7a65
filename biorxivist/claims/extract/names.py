"""What a sentence names: models and groups of models, data sets, tasks, metrics, regimes.

Names of the vocabulary are found as they are (``known``). Beside them stand the field's ways of speaking of several
models at once ("simpler methods", "existing foundation models") and pronouns, which name nothing by themselves
(``groups``), tasks, sets and metrics by the shape of their names (``circumstances``), and names that look like that of
a model and that nobody has entered yet (``unlisted``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from biorxivist.claims.extract.circumstances import find_circumstances
from biorxivist.claims.extract.groups import find_groups, find_pronouns
from biorxivist.claims.extract.known import find_introduced, find_known
from biorxivist.claims.extract.mention import Kind, Mention, coordinate
from biorxivist.claims.extract.unlisted import find_unlisted
from graph.vocabulary import Vocabulary

__all__ = ["Kind", "Mention", "coordinate", "find_mentions"]

APPOSITION = re.compile(r" |(?: \([^)]*\))?,? (?:an?|the|our) (?:[\w-]+ ){0,3}")
"""What stands between a name and what it is: "scPRINT, a large transformer model", "scVI baseline"."""


def find_mentions(text: str, vocabulary: Vocabulary, own: Mapping[str, str] | None = None) -> list[Mention]:
    """Find what a sentence names, in order, without overlaps.

    Parameters
    ----------
    own
        Abbreviations that the paper introduces itself: short form -> long form.
    """
    found = [
        *find_known(text, vocabulary),
        *find_pronouns(text),
        *find_groups(text),
        *find_circumstances(text),
        *find_unlisted(text),
        *find_introduced(text, own or {}),
    ]
    # The longest mention at a place wins; of two that are as long, the known one, then the one that is found first.
    found.sort(key=lambda mention: (mention.start - mention.end, mention.id is None, mention.start))
    distinct: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or mention.start >= other.end for other in distinct):
            distinct.append(mention)
    distinct.sort(key=lambda mention: mention.start)
    return [m for place, m in enumerate(distinct) if not (place and _is_apposition(text, distinct[place - 1], m))]


def _is_apposition(text: str, named: Mention, mention: Mention) -> bool:
    """Whether a mention only says what the one before it is."""
    return (
        named.kind == mention.kind == "model"
        and mention.group
        and not mention.text.endswith("s")
        and APPOSITION.fullmatch(text[named.end : mention.start]) is not None
    )
