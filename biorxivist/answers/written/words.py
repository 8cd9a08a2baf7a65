"""Words of a sentence that a model wrote: those of its sources, and plain words between them.

A word that no source has may be the one that matters, where it stands in place of another: "on the lung data". So
only words that say nothing of their own are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from biorxivist.answers.retrieve import folded, stem

__all__ = ["SMALL", "is_named_in", "moved_name", "new_words", "repeats"]

LINKS = """
    a about according across also although among an and any are as at based be because been being between both but by
    can compared comparison could did do does during e each either et al etc for from g given had has have having here
    how however i if in indeed into is it its itself latter may might moreover namely of on one or our out over own per
    rather respectively said since so some such than that the their them then there thereby these they this those though
    through thus to under upon use used uses using via was we well were what when where whereas whether which while who
    whose will with within would yet
"""
"""Words between others."""
REPORTS = """
    account achieve achieved achieves achieving add amount analysis approach approaches argue argues article assess
    assessed attain attains author authors benchmark benchmarks case cases cite cited claim claimed claims conclude
    concludes consider considered data dataset datasets demonstrate demonstrated demonstrates describe described
    evaluate evaluated evaluation evidence experiment experiments find finding findings finds found give gives hold
    holds indicate indicated indicates kind literature make makes measure measured method methods mention model models
    note noted notes number obtain obtained obtains observe observed overall paper papers perform performance
    performed performs point points preprint present presented presents publish published question range reach reached
    reaches record recorded regard regarding relative report reported reports research researchers result results say
    says score scored scores see seen set sets setting show showed shown shows specifically state stated states
    studies study suggest suggested suggests summary system tell tells term terms test tested tests total train
    trained training value values word words work works write writes yield yields
"""
"""Words by which a text says who says something, and that something was measured."""
FREE = frozenset(stem(word) for word in (LINKS + REPORTS).split())
SMALL = frozenset(LINKS.split())
LIST = re.compile(r"[\s,]|\b(?:and|or)\b")
SHARED = 0.7
"""Share of a source's words from which on a sentence is that source again, in other order or with other words in it."""


def is_named_in(name: str, text: str) -> bool:
    """Whether a name stands in a text as words of their own, whatever hyphens and spaces are in it."""
    parts = re.findall(r"[a-z]+|\d+", name.casefold())
    pattern = r"[\W_]*".join(map(re.escape, parts))
    return bool(parts) and re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", text.casefold()) is not None


def repeats(text: str, source: str) -> bool:
    """Whether a sentence holds most words of a source."""
    words, others = ({stem(word) for word in re.findall(r"[a-z]+", folded(each))} for each in (text, source))
    return len(words & others) >= SHARED * max(len(others), 1)


def new_words(text: str, sources: str, free: str) -> list[str]:
    """Words of meaning that stand in no source.

    Parameters
    ----------
    sources
        All that the sentence may take its words from.
    free
        Pattern of further words that are judged elsewhere.
    """
    held = {stem(word) for word in _words(sources)}
    # spelled alike first: "without fine-tuning" is one word, and "without" by itself may be a free one
    said = re.sub(rf"\b(?:{free})\b", " ", folded(text), flags=re.IGNORECASE)
    return [word for word in dict.fromkeys(_words(said)) if stem(word) not in held | FREE and len(word) > 1]


def moved_name(text: str, source: str, names: Iterable[str]) -> str:
    """Two names that have changed places in a sentence that repeats its source; empty if none have.

    Names of one list may: "scGPT and scVI" is "scVI and scGPT".
    """
    sentence, original = text.casefold(), source.casefold()
    places = sorted(
        (sentence.find(name), original.find(name), name)
        for name in {name.casefold() for name in names}
        if sentence.count(name) == original.count(name) == 1
    )
    for at, (_, here, first) in enumerate(places):
        for _, there, second in places[at + 1 :]:
            if there < here and LIST.sub("", _without(original[there + len(second) : here], places)):
                return f"{first} and {second} have changed places"
    return ""


def _without(text: str, places: Sequence[tuple[int, int, str]]) -> str:
    for _, _, name in sorted(places, key=lambda each: -len(each[2])):
        text = text.replace(name, "")
    return text


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", folded(text).replace("-", " "))
