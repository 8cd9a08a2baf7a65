"""Kinds of questions that are answered without a language model, in the order in which they are tried.

Each has cues, slots, and the words that it accounts for: a question with any other word of meaning asks for something
else, and is left to the claims and texts.
"""

from __future__ import annotations

from biorxivist.answers.intents.against import against
from biorxivist.answers.intents.corpora import users
from biorxivist.answers.intents.definitions import definitions
from biorxivist.answers.intents.disagreement import disagreement
from biorxivist.answers.intents.effects import effects
from biorxivist.answers.intents.factors import factors
from biorxivist.answers.intents.facts import facts
from biorxivist.answers.intents.intent import Intent, Refused, Response
from biorxivist.answers.intents.listing import listing
from biorxivist.answers.intents.measured import measured
from biorxivist.answers.intents.papers import claims_of_paper, papers_about, published
from biorxivist.answers.intents.ranks import ranks
from biorxivist.answers.intents.regimes import regimes
from biorxivist.answers.intents.scaling import scaling
from biorxivist.answers.intents.scores import best, score
from biorxivist.answers.intents.sizes import sizes
from biorxivist.answers.intents.verdicts import verdicts
from biorxivist.answers.intents.what_is import what_is
from biorxivist.answers.intents.yes_no import yes_no

__all__ = ["INTENTS", "Intent", "Refused", "Response"]

INTENTS: tuple[Intent, ...] = (
    disagreement, definitions, verdicts, claims_of_paper, sizes, regimes, yes_no, listing, scaling, effects, factors,
    measured, against, ranks, score, best, users, papers_about, published, facts, what_is,
)  # fmt: skip
