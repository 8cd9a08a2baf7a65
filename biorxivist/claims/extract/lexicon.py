"""Word lists as regular expressions: one alternative a line where they are written, one pattern where they are used.

Plain vocabulary (adjectives, heads of group names, abbreviations that name no model) stands in ``lexicon.toml``.
Wordings with forms of a verb or words in between stand as regular expressions in the module that reads them, one
alternative a line, and are joined by the functions here. Under a repetition, no two alternatives may fit the same words
("large language", and "large" before "language"): a sentence made of them would take for ever. A list of plain words
may hold such pairs, since the choice from it is final (an atomic group).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["alternatives", "holds_any", "listed", "phrases", "plain", "stems", "whole_names", "whole_words"]


def phrases(*wordings: str) -> str:
    """Join regular expressions into a group of alternatives, of which the first that fits is taken."""
    return f"(?:{'|'.join(wordings)})"


def alternatives(*wordings: str) -> re.Pattern[str]:
    """Compile alternatives that bring their own edges; capitals do not count."""
    return re.compile("|".join(wordings), re.IGNORECASE)


def whole_words(*wordings: str) -> re.Pattern[str]:
    """Compile alternatives that begin and end where words do; capitals do not count."""
    return re.compile(rf"\b{phrases(*wordings)}\b", re.IGNORECASE)


def whole_names(*wordings: str) -> re.Pattern[str]:
    """Compile alternatives that are no part of a longer word, nor of one with hyphens; capitals do not count."""
    return re.compile(rf"(?<![\w-]){phrases(*wordings)}(?![\w-])", re.IGNORECASE)


def plain(words: Iterable[str]) -> str:
    """Join words as they are spelled, the longest first and for good; a space stands for a space or a hyphen."""
    spelled = [re.escape(word).replace(r"\ ", "[ -]") for word in sorted(words, key=len, reverse=True)]
    return f"(?>{'|'.join(spelled)})"


def stems(words: Iterable[str]) -> tuple[str, ...]:
    """The shortest beginnings, in small letters, one of which a text holds if it holds any of the words."""
    short = sorted({re.split(r"[ -]", word.casefold())[-1] for word in words}, key=len)
    return tuple(word for place, word in enumerate(short) if not any(other in word for other in short[:place]))


def holds_any(text: str, parts: Iterable[str]) -> bool:
    """Whether a text holds one of these parts, whatever its capitals: a quick look before a slow pattern."""
    folded = text.casefold()
    for part in parts:  # noqa: SIM110 - a third faster than any() of a generator, and asked a hundred thousand times a paper
        if part in folded:
            return True
    return False


def listed(*path: str) -> tuple[str, ...]:
    """Look up a list of ``lexicon.toml``; that of a table is all lists in it, in order."""
    entry: Any = _lexicon()
    for key in path:
        entry = entry[key]
    return tuple(_words(entry))


def _words(entry: Mapping[str, Any] | Sequence[str]) -> list[str]:
    if isinstance(entry, Mapping):
        return [word for part in entry.values() for word in _words(part)]
    return list(entry)


@cache
def _lexicon() -> dict[str, Any]:
    file = resources.files(__package__) / "lexicon.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
