"""What a sentence names: models and groups of models, data sets, tasks, metrics, regimes.

Names of the vocabulary are found as they are (``known``). Beside them stand the field's ways of speaking of several
models at once ("simpler methods", "existing foundation models") and pronouns, which name nothing by themselves
(``groups``), tasks, sets and metrics by the shape of their names (``circumstances``), and names that look like that of
a model and that nobody has entered yet (``unlisted``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from biorxivist.claims.extract.circumstances import find_circumstances
from biorxivist.claims.extract.groups import NOT_A_GROUP, NUMBERED, find_groups, find_pronouns
from biorxivist.claims.extract.known import find_introduced, find_known
from biorxivist.claims.extract.mention import Kind, Mention, coordinate
from biorxivist.claims.extract.unlisted import find_unlisted
from biorxivist.claims.extract.variants import with_variants
from graph.vocabulary import Vocabulary

__all__ = ["Kind", "Mention", "add_circumstances", "coordinate", "find_mentions", "find_named", "without_overlaps"]

# "MAE" is the mean absolute error, unless the sentence speaks of masked autoencoders.
AMBIGUOUS = {
    "MAE": re.compile(
        r"\bmask\w* auto-?encod|\bself-supervised|\bMAEs?[ -](?:pre-?train|encoder|decoder|model|objective|backbone)"
        r"|\b(?:train|pre-?train)(?:ed|ing)? (?:an? |the )?MAE\b",
        re.IGNORECASE,
    ),
}
"""Names of models that mean something else as well -> what the sentence holds where the model is meant."""

# "DNABERT + stacking", "a BERT score", "(LDA)-based methods"
PLUS_BEHIND = re.compile(r" \+ ?[A-Za-z]|\+[A-Za-z]| scores?\b|\)?-based\b")
PLUS_BEFORE = re.compile(r"[A-Za-z\d] ?\+ ?$")
# "cell type classification performance" names a task and no metric
OF_A_TASK = re.compile(r"[\w -]+ performance", re.IGNORECASE)
VARIABLE_GENES = re.compile(r"(?:highly |most )?variable genes?|HVGs?", re.IGNORECASE)
APPOSITION = re.compile(r" |(?: \([^)]*\))?,? (?:an?|the|our) (?:[\w-]+ ){0,3}")
"""What stands between a name and what it is: "scPRINT, a large transformer model", "scVI baseline"."""
IS_A = re.compile(r" (?:is|are|was|were) (?:(?:an?|the|our|both) )?(?:[\w-]+ ){0,2}")
"""What stands between a name and what it is said to be: "scGPT and scBERT are transformers"."""
COMPARED = re.compile(
    r"\b(?:not|better|worse|above|below|behind|near|among|outperform\w*|like|with|to|as|than|by|on|in|from|for|of)\b"
)


def find_mentions(text: str, vocabulary: Vocabulary, own: Mapping[str, str] | None = None) -> list[Mention]:
    """Find what a sentence names, in order, without overlaps.

    Parameters
    ----------
    own
        Abbreviations that the paper introduces itself: short form -> long form.
    """
    return add_circumstances(text, find_named(text, vocabulary, own))


def find_named(text: str, vocabulary: Vocabulary, own: Mapping[str, str] | None = None) -> list[Mention]:
    """Find names that are known, groups, pronouns and names that nobody has entered; they may overlap.

    Most sentences of a paper name nothing that a claim could be about: that is seen before their tasks and metrics are
    looked for.
    """
    return [
        *(mention for mention in find_known(text, vocabulary) if _is_meant(mention, text)),
        *find_introduced(text, own or {}),
        *find_pronouns(text),
        *find_groups(text),
        *find_unlisted(text),
    ]


def add_circumstances(text: str, named: Iterable[Mention]) -> list[Mention]:
    """The mentions of a sentence and what they were measured in, in order, without overlaps."""
    return without_overlaps(text, [*named, *find_circumstances(text)])


def without_overlaps(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Put mentions in order, and leave out those that are part of another one or say only what another one is."""
    mentions = [mention for mention in mentions if mention.kind != "model" or not _is_joined(mention, text)]
    # The longest mention at a place wins; of two that are as long, the known one, and last one that nobody has entered.
    mentions.sort(key=lambda m: (m.start - m.end, m.id is None, _is_unlisted(m), m.start))
    distinct: list[Mention] = []
    for mention in mentions:
        if all(mention.end <= other.start or mention.start >= other.end for other in distinct):
            distinct.append(mention)
    distinct.sort(key=lambda mention: mention.start)
    measured = {m.end for m in distinct if m.kind in {"metric", "task"}}
    # "silhouette score (SIL)": short for what stands before it
    distinct = [m for m in distinct if not (_is_unlisted(m) and m.start - 2 in measured and text[m.start - 1] == "(")]
    separate = [m for place, m in enumerate(distinct) if not (place and _is_apposition(text, distinct[place - 1], m))]
    return with_variants(separate, text)


def _is_unlisted(mention: Mention) -> bool:
    return mention.kind == "model" and mention.id is None and not (mention.group or mention.pronoun)


def _is_joined(mention: Mention, text: str) -> bool:
    """Whether a name is half of another one: "DNABERT + stacking"."""
    if PLUS_BEHIND.match(text, mention.end) is not None:
        return True
    return "+" in text and PLUS_BEFORE.search(text, 0, mention.start) is not None


def _is_meant(mention: Mention, text: str) -> bool:
    """Whether a known name means the entry of the vocabulary here, and not something else of that name."""
    if NOT_A_GROUP.match(text, mention.end):
        return False
    if VARIABLE_GENES.fullmatch(mention.text) and NUMBERED.search(text[: mention.start]):
        return False
    if mention.kind == "metric" and OF_A_TASK.fullmatch(mention.text):
        return False
    telling = AMBIGUOUS.get(mention.text) if mention.kind == "model" else None
    return telling is None or telling.search(text) is not None


def _is_apposition(text: str, named: Mention, mention: Mention) -> bool:
    """Whether a mention only says what the one before it is."""
    if not (named.kind == mention.kind == "model" and mention.group):
        return False
    between = text[named.end : mention.start]
    if IS_A.fullmatch(between):
        return not COMPARED.search(between)
    return not mention.text.endswith("s") and APPOSITION.fullmatch(between) is not None
