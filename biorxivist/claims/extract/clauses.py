"""A sentence as clauses, each with how it is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from biorxivist.claims.extract.hedging import Hedging, hedging_of
from biorxivist.claims.extract.lexicon import alternatives, phrases
from biorxivist.claims.extract.modes import Mode, mode_of
from biorxivist.claims.extract.speakers import cited_in, gives_away, is_own

__all__ = ["BUT_FEW", "Clause", "split_clauses"]

# Words that open a clause of its own after ", and": "..., and this holds", "..., and in batch integration ..."
OPENERS = phrases(
    "that",
    "this",
    "these",
    "those",
    "we",
    "it",
    "they",
    "the",
    "our",
    "a",
    "an",
    "in",
    "on",
    "for",
    "when",
    "after",
    "while",
    "both",
    "no",
    "most",
    "all",
    "some",
)
# Verbs by which a clause of its own is known after ", and": "..., and scVI reached 0.8"
VERBS = phrases(
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "can",
    "could",
    "may",
    "does",
    "do",
    "did",
    "show",
    "shows",
    "showed",
    "achieves?",
    "achieved",
    r"outperform\w*",
    r"improv\w+",
    r"reach\w*",
    r"remain\w*",
    "had",
    "beats?",
    "fell",
    "gave",
    r"(?:exceed|surpass|match|perform|underperform|scor|lag|attain|yield)(?:s|es|ed)?",
)
VERB = re.compile(rf"\b{VERBS}\b", re.IGNORECASE)
LISTED = re.compile(r",\s+(?:and|or|so)\s+$")
"""A cut that may stand before the last name of a list: "A, B, and C outperform D"."""
# Words that a clause is cut before, after a comma: "..., suggesting that", "..., which", "..., because"
CONNECTIVES = phrases(
    # participles
    "suggesting",
    "indicating",
    "demonstrating",
    "highlighting",
    "showing",
    "revealing",
    "underscoring",
    "emphasizing",
    "providing",
    "making",
    "offering",
    "enabling",
    "allowing",
    "resulting",
    # what may come of it: "..., paving the way for", "..., with the potential to"
    "establishing",
    "paving",
    "opening",
    "laying",
    "positioning",
    "holding",
    r"with (?:the |an? )?(?:\w+ )?(?:potential|promise|implications)",
    # adverbs
    "thus",
    "thereby",
    "therefore",
    "hence",
    # conjunctions and relatives
    "which",
    "where",
    "because",
    "since",
    "as(?! well as)",
)
# "all but two of the lines", "all data sets but one", "all but the lung data": a "but" that opens no clause
BUT_FEW = (
    r"but (?:(?:one|two|three|four|five|a few|\d)"
    r"(?= of\b|\s*[,.;)]|\s*$| (?:data ?)?(?:sets?|tasks?|cases?|metrics?|settings?)\b)"
    r"|(?=(?:on |in |for )?(?:the |an? )(?:[\w-]+ ){0,3}"
    r"(?:data ?sets?|data|sets?|atlas|tasks?|benchmarks?)(?:\s*[,.;)]|\s*$)))"
)
BOUNDARY = alternatives(
    # "A beats B; C does not", "A beats B - C does not"
    r"\s*(?:;|:(?=\s)| [—–-]{1,2} |—)\s*",
    # "A beats B, whereas C does not"; "but not on D" and "yet to" go on with the same clause
    r",?\s+\b(?:whereas|although|even though|though(?! not\b)|while|"
    rf"(?!{BUT_FEW})(?<!anything )(?<!everything )(?<!nothing )(?<!all )but(?! not\b| rather\b)|"
    rf"(?<!not )(?<!n't )(?<!n’t )(?<!as )yet(?= )(?! to\b))\b\s+",
    rf",\s+(?:and|or|so)\s+(?={OPENERS}\b|[\w-]+(?: [\w-]+){{0,3}} {VERBS}\b)",
    rf",\s+(?={CONNECTIVES}\b)",
    # "While A beats B, we hypothesized that C"
    r",\s+(?=we (?:hypothesi[sz]|speculat|expect|ask|wonder|conjectur|reason)\w*)",
    # "..., a model that outperforms scVI"
    r",\s+(?=(?:a|an|the) [\w-]+(?: [\w-]+)? (?:which|that)\b)",
    # "A beats B because C"
    r"\s+(?=(?:because|suggesting|indicating) )",
    # "We find that A beats B and that C does not"
    r"\s+and (?=(?:that|we|it|they) )",
)
SETS_APART = frozenset({"but", "yet", ""})
"""Words after which a clause is meant by itself, whatever the one before it is."""
RELATIVE = re.compile(r"(?:which|where|that)\b", re.IGNORECASE)
CARRIED = frozenset({"question", "hypothesis", "counterfactual"})
"""Modes that hold for the clauses after: "we ask whether A beats B and C gains"."""


@dataclass(frozen=True)
class Clause:
    """Part of a sentence with a verb of its own, and how it is meant; that is looked for when somebody asks.

    A mode that is set by the main clause ("we ask whether A beats B and C gains") holds for what follows it in the
    same sentence until a clause of its own verb of reporting, or a "but", begins.
    """

    text: str
    start: int
    end: int
    lead: str = ""
    """The words that join it to the clause before: but, whereas ..."""
    before: Clause | None = field(default=None, compare=False, repr=False)
    given_away: bool = False
    """Whether the clause behind it gives what it says to others: "as shown previously"."""

    @cached_property
    def mode(self) -> Mode:
        """How it is meant."""
        mode = mode_of(self.text)
        if mode == "finding" and self.before is not None and self.before.mode in CARRIED:
            goes_on = self.lead.lower() not in SETS_APART or RELATIVE.match(self.text)
            return self.before.mode if goes_on and not is_own(self.text) else mode
        return mode

    @cached_property
    def hedging(self) -> Hedging:
        """How surely it says what it says."""
        return hedging_of(self.text)

    @property
    def cited(self) -> bool:
        """Whether it gives what it says to others."""
        return self.given_away or self._others is not None

    @property
    def cited_whom(self) -> str | None:
        """To whom, as the text names them."""
        return self._others["who"] if self._others else None

    @cached_property
    def _others(self) -> re.Match[str] | None:
        return cited_in(self.text)


def split_clauses(sentence: str) -> list[Clause]:
    """Split a sentence into clauses; offsets are those of the sentence."""
    clauses: list[Clause] = []
    for start, end, lead in _pieces(sentence):
        text = sentence[start:end]
        if not text.strip():
            continue
        if clauses and gives_away(text) and not is_own(clauses[-1].text):
            clauses[-1] = replace(clauses[-1], given_away=True)
        clauses.append(Clause(text, start, end, lead, clauses[-1] if clauses else None))
    return clauses


def _pieces(sentence: str) -> Iterator[tuple[int, int, str]]:
    """Where each piece begins and ends, and the words before it; nothing is cut inside brackets."""
    start, lead = 0, ""
    for match in BOUNDARY.finditer(sentence):
        in_list = LISTED.fullmatch(match.group()) and not VERB.search(sentence[start : match.start()])
        if not in_list and not _is_inside_brackets(sentence[: match.start()]):
            yield start, match.start(), lead
            start, lead = match.end(), match.group().strip(" ,;:")
    yield start, len(sentence), lead


def _is_inside_brackets(before: str) -> bool:
    return before.count("(") > before.count(")") or before.count("[") > before.count("]")
