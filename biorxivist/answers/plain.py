"""Words of plain English that leave what a question asks for as it is: how it is put, and not what it is about.

Verbs that say what somebody does with a finding, adjectives of degree and opinion, adverbs. Nouns are not among them: a
question with a noun that no kind of question accounts for is about something else.
"""

from __future__ import annotations

__all__ = ["is_plain"]

PLAIN_WORDS = """
    above actual add aim almost allow alone already altogether anyway anywhere appear apply argue around attempt
    avoid away back bear beat become begin believe better bigger boost brief bring broad bury buy carry cause check
    chose chosen clean close clever come common consider consistent continue contribute convince count crush cut
    date deal decent definite deliver demonstrate depend deserve detect discover dominate doubt earlier easy end
    entire escape etc even eventual everything everywhere exact excite exist expect extra fact fair fake fall
    familiar famous fancy fare fast feel few final fine finish flat flatten folks follow full fully fundamental
    funny genuine goes gone grow guess guys half handle happen hard head heard hence hint hold hope hype imagine
    imply indicate inspire insist instance interesting involve justify key late later lead lean leave lie likely
    little long lose lot lots low main major manage matter maybe mere mind modest moment move nearly neat necessary
    newer nice normal notice observe obvious occur odd offer older once ones opinion ordinary otherwise overall
    overhype overrate own paid pair part particular past pay per perhaps place plain play plenty point pointless
    popular possible practical present pretend pretty prior produce promise proper prove provide pure push put quite
    raise rather raw read ready real reason recent relevant rely remain remove request rest reveal rid rise run safe
    sane scratch see seem serious set settle several sharp short shown side sign sit slight smart solid soon special
    spend stack stand start stay stick stop story strange stuff suffer suit summarise summarize support suppose
    surprise survive suspect sweet swear talk tend throw together told tell tough trade treat true trust truth turn
    two three twice typical understand unusual usual valid various version via wait wary weak wear whatever
    whatsoever whole wide win won wise wish wonder word worry worse worst worth write wrong why
"""
PLAIN = frozenset(PLAIN_WORDS.split())
ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("ing", ""),
    ("ing", "e"),
    ("ed", ""),
    ("ed", "e"),
    ("es", ""),
    ("s", ""),
    ("er", ""),
    ("est", ""),
)
SHORTEST = 4
"""Letters of an adverb in -ly."""


def is_plain(word: str) -> bool:
    """Whether a word, in any of its forms, says how something is asked and not what."""
    bare = word.removesuffix("'s").removesuffix("'ve").removesuffix("'re")
    if bare in PLAIN or (bare.endswith("ly") and len(bare) > SHORTEST):
        return True
    for ending, instead in ENDINGS:
        if bare.endswith(ending):
            stem = bare.removesuffix(ending) + instead
            # "stopping" and "putting" double their last letter
            if stem in PLAIN or (stem[-2:-1] == stem[-1:] and stem[:-1] in PLAIN):
                return True
    return False
