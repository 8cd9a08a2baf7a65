"""Superscripts and subscripts in plain text: one form, wherever a text comes from.

========================================  =====================  ==================================================
printed                                   read as                rule
========================================  =====================  ==================================================
10⁵, m⁻², eˣ, p with *n+1* raised         10^5 m^-2 e^x p^(n+1)  a raised number, word or expression is marked
CD8 with + raised, p53 with −/−, 0.8*     CD8+ p53−/− 0.8*       signs and symbols join what they stand at
Ca with 2+ raised, 1 with st raised       Ca2+ 1st               so do charges after a letter, and ordinals
H₂O, log₂, xᵢ                             H2O log2 xi            a lowered number or word joins
10 with 2 lowered, x with *i+1* lowered   10_2 x_(i+1)           unless it would change a number or is an expression
¹³C                                       13C                    what stands before its word joins it
scVI, 95 or "cells." with a raised 1      scVI [1] 95 [1]        a mark of a citation or note is set off in brackets
========================================  =====================  ==================================================

Characters that are raised or lowered by themselves (``10⁵``) stay as they are. What is added here is known by its
offset, so that the text as printed can be had again (`biorxivist.literature.document.Document.as_printed`).
"""

from __future__ import annotations

import re

__all__ = ["is_exponent", "lowered", "raised", "set_off", "touches"]

SIMPLE = re.compile(r"[+\-−–±]?\w+(?:\.\w+)*[+\-−–*′']{0,2}|\([^()]*\)")
CHARGE = re.compile(r"\d{0,2}[+\-−–]")
EXPONENT = re.compile(r"[+\-−–±]?\d+(?:\.\d+)?")
ORDINALS = {"st", "nd", "rd", "th", "tm", "sm"}
OPENING = "([{<,;:/=|~≈±×·–—−-+*"
BRACKETS = "([{"
ENDINGS = ".)]%\"'”’…?!"
LIST = re.compile(r"[\[(]?\s*\d{1,6}[a-z]?(?:\s*(?:[,;\-‐‑‒–—−]|and|&)\s*\d{1,6}[a-z]?)*\s*[\])]?", re.IGNORECASE)


def raised(before: str, text: str, after: str = "") -> tuple[str, str]:
    """What is set before and after a superscript.

    Parameters
    ----------
    before, after
        The characters beside it; empty at the ends of a text.
    text
        What is raised.

    >>> raised("0", "5"), raised("8", "+"), raised("p", "n+1"), raised("", "13")
    (('^', ''), ('', ''), ('^(', ')'), ('', ''))
    """
    text = text.strip()
    is_closing = before == "|" and not after.isalpha()  # |x|², not p(y|¹³C)
    if not text or not before.strip() or (before in OPENING and not is_closing) or not any(map(str.isalnum, text)):
        return "", ""
    if before.isalpha() and CHARGE.fullmatch(text):
        return "", ""
    if text.lower() in ORDINALS and not after.isalnum() and (before.isdigit() or text.isupper()):
        return "", ""
    return ("^", "") if SIMPLE.fullmatch(text) and not _runs_on(text, after) else ("^(", ")")


def lowered(before: str, text: str, after: str = "", *, is_behind_raised: bool = False) -> tuple[str, str]:
    """What is set before and after a subscript; ``is_behind_raised`` if a superscript stands right before it.

    >>> lowered("H", "2", "O"), lowered("0", "2"), lowered("0", "2", "x"), lowered("x", "i+1"), lowered("g", "10", "1")
    (('', ''), ('_', ''), ('_(', ')'), ('_(', ')'), ('_(', ')'))
    """
    text = text.strip()
    if not text or not before.strip() or before in OPENING or not any(map(str.isalnum, text)):
        return "", ""
    if not SIMPLE.fullmatch(text) or (text[-1].isdigit() and after.isdigit()):
        return ("_", "") if text[0] == "(" and text[-1] == ")" else ("_(", ")")
    if not is_behind_raised and not (before.isdigit() and text[0].isdigit()):
        return "", ""
    return ("_(", ")") if text[-1].isalnum() and after.isalnum() else ("_", "")


def _runs_on(text: str, after: str) -> bool:
    """Whether a number would continue with the next one, or a word with the next word."""
    if text == "o" and after in ("C", "F"):  # how a degree is typed
        return False
    return (text[-1].isdigit() and after.isdigit()) or (text[-1].isalpha() and after.isalpha())


def is_exponent(base: str, text: str, after: str = "") -> bool:
    """Whether a raised text belongs to what stands before the space before it: ``10 ⁵``, ``s ⁻¹``, but not ``10 ¹³C``.

    ``base`` is the last character there.

    >>> is_exponent("0", "5"), is_exponent("s", "−1"), is_exponent("0", "13", "C"), is_exponent("s", "1")
    (True, True, False, False)
    """
    if not EXPONENT.fullmatch(text.strip()) or after.isalpha():
        return False
    return base.isdigit() or (base.isalpha() and not text.strip()[0].isdigit())


def set_off(before: str, text: str, after: str = "", *, is_listed: bool = False) -> tuple[str, str]:
    """What is set before and after the mark of a citation or note, so that it touches no number and no word.

    ``is_listed`` if it goes on after another mark.

    >>> set_off("5", "1"), set_off(" ", "1"), set_off("I", "[1]"), set_off("[", "1")
    ((' [', ']'), ('[', ']'), (' ', ''), ('', ''))
    """
    text = text.strip()
    if before in BRACKETS and before:
        return "", " " if after.isalnum() and text[-1:].isalnum() else ""
    space = " " if before.strip() and not is_listed else ""
    is_enclosed = text[:1] in BRACKETS and text[-1:] in ")]}"
    opening, closing = ("", "") if is_enclosed else ("[", "]")
    return space + opening, closing + (" " if after.isalnum() else "")


def touches(before: str, text: str) -> bool:
    """Whether the mark of a citation runs into what stands before it, and would be read as part of it."""
    return bool(before) and (before.isalnum() or before in ENDINGS) and LIST.fullmatch(text.strip()) is not None
