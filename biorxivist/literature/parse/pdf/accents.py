"""Letters and the accents that a file draws over them as characters of their own, as TeX does with its first fonts."""

from __future__ import annotations

import unicodedata

__all__ = ["ACCENTS", "accented", "as_typed"]

ACCENTS = {
    "´": "\u0301", "`": "\u0300", "ˋ": "\u0300", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303",
    "¨": "\u0308", "¯": "\u0304", "ˉ": "\u0304", "˘": "\u0306", "˙": "\u0307", "˚": "\u030a", "¸": "\u0327",
    "˝": "\u030b", "ˇ": "\u030c", "˛": "\u0328",
}  # fmt: skip
"""Accent that stands alone -> the one that joins the letter before it."""
_DOTLESS = {"ı": "i", "ȷ": "j"}
_TYPED = {"ˆ": "^", "˜": "~", "∆": "Δ", "Ω": "Ω"}
"""Fonts name the letters Delta and Omega by the signs of mathematics."""


def accented(accent: str, letter: str) -> str:
    """A letter with an accent as one character; empty if there is none such.

    >>> accented("´", "e"), accented("¨", "ı"), accented("ˆ", "2")
    ('é', 'ï', '')
    """
    joining = ACCENTS.get(accent)
    if joining is None or not letter.isalpha():
        return ""
    whole = unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + joining)
    return whole if len(whole) == 1 else ""


def as_typed(character: str) -> str:
    """The character that is meant where fonts name another: the accents ``ˆ`` and ``˜`` alone, Greek capitals."""
    return _TYPED.get(character, character)
