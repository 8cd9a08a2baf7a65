"""Verbs that say what became of performance: it rose, fell, or stayed as it was.

To add a wording, put a line under the sign that it has, with a sentence that it stands in, and add the sentence to
``tests/biorxivist/claims/extract/test_read.py``. What is a gain of a loss or an error is turned round elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from biorxivist.claims.extract.lexicon import alternatives, phrases, whole_words
from graph.records import Direction

__all__ = ["Effect", "find_effects"]

GAINS = phrases(
    "improvements?",
    "gains?",
    "benefits?",
    "advantages?",
    r"(?:better|improved|superior|stronger) (?:[\w-]+ )?(?:performance|representations|embeddings|predictions|results|"
    r"generali[sz]ation|accuracy)",
    "power-law scaling",
    "power law",
    "scaling laws?",
    "scaling behaviou?r",
    "favou?rable scaling",
)
# Of two signs that a clause words, the one that stands first here counts.
SIGNS: tuple[tuple[Direction, re.Pattern[str]], ...] = (
    (
        "0",
        whole_words(
            # "Increasing the model size had no effect on batch integration."
            r"no (?:\w+ ){0,3}?"
            r"(?:effect|benefit|improvements?|gains?|difference|impact|advantage|influence|dependence)",
            r"negligible (?:\w+ )?(?:scaling|effect|gains?|improvements?|impact|benefit)",
            "little (?:to no )?(?:effect|benefit|improvement|gain|impact|influence)",
            # "Accuracy stayed flat with more cells."
            r"(?:stay(?:s|ed)?|remain(?:s|ed)?|is|was|are|were) (?:\w+ )?"
            "(?:flat|unchanged|unaffected|constant|the same)",
            # "Pre-training makes no difference."
            "makes? no difference",
            # "Accuracy hardly depends on the number of cells."
            "hardly (?:depends?|matters?|changes?)",
            "unaffected by",
            "insensitive to",
            "independent of",
        ),
    ),
    (
        "+",
        whole_words(
            # "Larger corpora lead to better annotation."
            r"(?:lead(?:s|ing)?|led|result(?:s|ed|ing)?|translate[sd]?) (?:to|in|into) (?:\w+ ){0,3}?"
            "(?:better|improved|higher|superior|consistent|substantial|significant|predictable|steady|gains?|"
            "improvements?|increased)",
            # "A larger model does not guarantee better performance."
            r"(?:guarantee[sd]?|ensure[sd]?|mean|impl(?:y|ies)) (?:\w+ ){0,2}?(?:better|improved|higher|superior)",
            # "Pre-training provides large gains."
            "(?:yield(?:s|ed)?|provide[sd]?|bring(?:s)?|brought|deliver(?:s|ed)?|confer(?:s|red)?|give[sn]?|gave|"
            r"observe[sd]?|saw|show(?:s|ed|ing)?|exhibit(?:s|ed)?|demonstrate[sd]?|follow(?:s|ed)?) (?:\w+ ){0,4}?"
            + GAINS,
        ),
    ),
    (
        "+",
        whole_words(
            # "Pre-training improved accuracy."
            "improv(?:e|es|ed|ing)",
            "increas(?:es|ed)",
            "enhanc(?:es|ed)",
            "boost(?:s|ed)",
            # "Geneformer benefits from more data."
            "benefit(?:s|ed)?",
            "profit(?:s|ed)?",
            # "scGPT scales better."
            r"\w+s better",
            # "Accuracy gained from more cells."
            "help(?:s|ed)?",
            "gain(?:s|ed)?",
            "ris(?:es|ing)",
            "rose",
            # "It performs better with more data", "it scales predictably", "it got better"
            # but what scales badly, or with the square, is a cost
            r"(?:perform(?:s|ed)?|scale[sd]?|generali[sz]e[sd]?) "
            r"(?!(?:unfavou?rab|poor|bad|quadratical|cubical|exponential|super-?linear)ly\b|with the square\b)"
            r"(?:\w+ly )?"
            "(?:better|predictably|consistently|steadily|with|as|log-?linearly)",
            "get(?:s|ting)? better",
            "became better",
            # "Accuracy keeps rising."
            "keep(?:s)? (?:improving|rising|scaling)",
        ),
    ),
    (
        "-",
        whole_words(
            # "Without gene2vec, the accuracy of scBERT decreased."
            "degrad(?:es?|ed)",
            "hurts?",
            "harm(?:s|ed)?",
            "lower(?:s|ed)",
            "reduc(?:es|ed)",
            "decreas(?:es|ed)",
            "decreasing",
            "worsen(?:s|ed)?",
            "declin(?:es|ed)",
            "impair(?:s|ed)?",
            "diminish(?:es|ed)?",
            "drop(?:s|ped)?",
            "fell",
            "falls?",
            "falling",
            "deteriorat(?:es|ed)",
            "collaps(?:es|ed)",
            # "It lost macro F1."
            r"los(?:es|t) (?:accuracy|performance|\w+ F1)",
        ),
    ),
    # "Pre-training did not change accuracy": no sign of its own, but a denial of any.
    ("+", whole_words("change[sd]?", "affect(?:s|ed)?", r"matter(?:s|ed)?(?! (?:more|less) than)", "alter(?:s|ed)?")),
)
# Words that may be nouns: "gains" and "benefits" after an article or a preposition say nothing of what happened.
NOUN = alternatives(
    "affects?",
    "benefits?",
    "changes?",
    "declines",
    "drops?",
    "falls?",
    "gains?",
    "harms?",
    "helps?",
    "increases",
    "profits?",
    "rises?",
)
BEFORE_NOUN = re.compile(
    r"\b"
    + phrases(
        # articles, pronouns, conjunctions, prepositions: "the benefits of"
        "the",
        "an?",
        "any",
        "its",
        "their",
        "our",
        "this",
        "these",
        "such",
        "those",
        "of",
        "and",
        "or",
        "for",
        "to",
        "in",
        "on",
        "with",
        "from",
        # amounts: "marginal gains"
        "no",
        "little",
        "some",
        "more",
        "marginal",
        "small",
        "large",
        "further",
        "additional",
        "significant",
        "substantial",
        # kinds: "potential benefits", "accuracy gains"
        "potential",
        "relative",
        "clear",
        "performance",
        "expected",
        "possible",
        "accuracy",
    )
    + r"\s+$",
    re.IGNORECASE,
)
# But "performance increases with": what may be a noun and goes on like a verb.
MAY_GO_ON = re.compile("increas|drop|fall|ris|declin|chang", re.IGNORECASE)
GOES_ON = re.compile(r"\s+(?:\w+ly |log-\w+ |steeply )?(?:with|when|as|by|monoton)")
# "to improve", "for improving": an aim; "was found to improve": a report.
AIM = re.compile(r"\b(?:to|for|by|of|in|towards?|at) (?:\w+ly |further )?$", re.IGNORECASE)
REPORTING = re.compile(
    r"\b"
    + phrases(
        "found",
        "shown",
        "observed",
        "seen",
        "appears?",
        "seems?",
        "continues?",
        "continued",
        "tends?",
        "tended",
        "fails?",
        "failed",
        "does not",
        "did not",
        "do not",
        "not",
    )
    + r"\s+(?:to\s+)?(?:\w+ly )?$",
    re.IGNORECASE,
)
# "leverages pre-training to extract improved features": what it is meant for
MEANT_FOR = re.compile(
    r"\bto (?!(?:be|yield|give|provide|show|produce|have|lead|result|achieve)\b)\w+ (?:an? |the |their )?$",
    re.IGNORECASE,
)
OF_QUALITY = re.compile("(?:improv|enhanc|increas|boost)ed", re.IGNORECASE)
# "to adapt and improve", "to learn or help"
BARE_INFINITIVES = frozenset({"improve", "help", "benefit"})
GOVERNED = re.compile(r"\b(?:to|and|or) (?:\w+ )?$")


@dataclass(frozen=True)
class Effect:
    """A verb that says what became of performance, and its sign."""

    direction: Direction
    verb: re.Match[str]


def find_effects(text: str) -> Iterator[Effect]:
    """Yield the first verb of each sign that reports what happened."""
    for direction, pattern in SIGNS:
        verb = next((match for match in pattern.finditer(text) if _reports(text, match)), None)
        if verb is not None:
            yield Effect(direction, verb)


def _reports(text: str, verb: re.Match[str]) -> bool:
    """Whether a verb is one that reports: no infinitive of purpose, no participle of an aim, no noun."""
    before = text[: verb.start()]
    if AIM.search(before) and not REPORTING.search(before):
        return False
    if OF_QUALITY.fullmatch(verb.group()) and MEANT_FOR.search(before):
        return False
    if NOUN.fullmatch(verb.group()) and BEFORE_NOUN.search(before) and not _goes_on_as_verb(text, verb):
        return False
    return not (verb.group().lower() in BARE_INFINITIVES and GOVERNED.search(before))


def _goes_on_as_verb(text: str, word: re.Match[str]) -> bool:
    """Whether what might be a noun goes on as a verb: "performance increases with", not "performance gains from"."""
    return bool(MAY_GO_ON.match(word.group()) and GOES_ON.match(text[word.end() :]))
