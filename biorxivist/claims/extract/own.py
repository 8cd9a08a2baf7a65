"""Whom "our method" means: the one model that a paper introduces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.claims.extract.heads import is_of_abstract
from biorxivist.claims.extract.introduced import introduces, is_like_no_word
from biorxivist.claims.extract.unlisted import NOT_MODELS, presented_names
from graph.records import Passage

__all__ = ["own_model"]

TOKEN = re.compile(r"(?<![\w-])[\w+.-]*\w\+?")
SURVEY = re.compile(r"\b(?:benchmark\w*|evaluat\w+|comparative|comparison|assess\w+|review|survey)\b", re.IGNORECASE)
"""Titles of papers that introduce no model: what they name is the benchmark."""
WORK = (
    r"(?:benchmark\w*|evaluation framework|data ?sets?|corpus|corpora|atlas|database|resource|package|library|platform|"
    r"task|challenge)"
)


def own_model(passages: Sequence[Passage]) -> str | None:
    """The name of the only model that the title and abstract of a paper introduce; None if that is not one.

    A paper that introduces two, or a benchmark or a data set beside its model, may mean any of them. So may one whose
    model goes by a plain word ("Stem") beside a name of another kind.
    """
    heads = [passage for passage in passages if _is_head(passage)]
    if any(passage.kind == "title" and SURVEY.search(passage.text) for passage in heads):
        return None
    tokens = dict.fromkeys(match.group() for passage in heads for match in TOKEN.finditer(passage.text))
    models: dict[str, str] = {}
    for token in tokens:
        if is_like_no_word(token) and token not in NOT_MODELS and introduces(passages, token):
            models.setdefault(token.casefold(), token)
    plain = {name.casefold() for passage in heads for name in presented_names(passage.text)}
    if len(models) != 1 or plain - set(models):
        return None
    (name,) = models.values()
    return None if any(_is_of_work(passage.text, name) for passage in heads) else name


def _is_head(passage: Passage) -> bool:
    if passage.kind == "title":
        return not passage.section
    return is_of_abstract(passage)


def _is_of_work(text: str, name: str) -> bool:
    """Whether what has the name is a benchmark, a set or a package: "called BEELINE, a benchmark of"."""
    spelled = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    behind = rf"{spelled}(?: \([^()]*\))?[,:–—]? ?(?:is )?(?:an?|the|our) (?:[\w-]+ ){{0,4}}{WORK}\b"
    before = rf"\b{WORK} (?:of [^,.;]{{1,60}} )?(?:called |named |termed |\()?{spelled}|\b{WORK}, {spelled},"
    return re.search(rf"{behind}|{before}", text, re.IGNORECASE) is not None
