"""Units of measurement as tables print them: a cell that is one, or a heading with one in brackets."""

from __future__ import annotations

import re

_PREFIX = "(?:[GMTPkhdcmnpfµμ])?"
_ATOMS = (
    r"%|‰|°\s?[CFK]?|deg(?:rees?)?\.?|rad|"
    rf"{_PREFIX}(?:m|g|s|l|L|M|V|A|W|J|N|Pa|Hz|mol|eq|Eq|bp|Da|cal|bar|U|IU|Gy|Sv|B|FLOPs?|T|C|F|K|Å|Ω|ohm)|"
    r"ppm|ppb|ppt|mmHg|rpm|dB|sec(?:onds?)?\.?|min(?:utes?)?\.?|hrs?\.?|h|hours?|d|days?|weeks?|wk|months?|mo|"
    r"years?|yrs?|y|cells?|genes?|counts?|reads?|samples?|copies|units?|au|a\.u\.|AU|fold|pixels?|px|voxels?|"
    r"kb|Mb|Gb|kbp|Mbp|Gbp|cM|GPU|epochs?|steps?|tokens?|parameters?|points?|percent|inch|in|ft|kcal|ha|kDa|x|×"
)
_POWER = r"(?:\s?\^?\s?[-−–]?[123])?"
_POWERS = r"[×x*]?\s?10\s?\^?\s?[-−–]?\d{1,2}\s?"
_FACTOR = rf"(?:{_POWERS}|\d{{1,4}}(?:\.\d{{1,3}})?\s?)?"
_UNIT = re.compile(
    rf"(?:{_POWERS})?(?:{_ATOMS}){_POWER}(?:\s?(?:[/·⋅*×.]|per|\s)\s?{_FACTOR}(?:{_ATOMS}){_POWER}){{0,4}}"
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]")
_SCALE = re.compile(r"[×x]?\s?10\s?\^?[-−–]?\d{1,2}")
_SHORT = re.compile(r"^\s*[(\[]\s*(.{1,40}?)\s*[)\]]\s*$")
_TELLING = re.compile(
    r"[/%‰°µμ·]|\b(?:[mnp]?s|h|sec|min|hr|[kmn]?g|[mn]?[lL]|[cmnk]m|[kMG]?Hz|dB|kb|[kM]bp|k?Da|ppm|mmHg|k?Pa|[mn]M|k?cal)\b"
)
"""What makes a word without brackets a unit; ``N``, ``A`` or ``cells`` alone is a heading."""
_LONGEST = 42


def unit_of(text: str) -> str | None:
    """The unit, if the whole text is one: ``%``, ``(mg/dl)``, ``[ms]``, ``(10³)``; None for everything else."""
    if len(text) > _LONGEST:
        return None
    match = _SHORT.match(text)
    inner = match[1] if match else text.strip()
    if match and _SCALE.fullmatch(inner):
        return inner
    return inner if _UNIT.fullmatch(inner) and (match or _TELLING.search(inner)) else None


def unit_in(text: str) -> str | None:
    """The unit in a heading's brackets: ``Runtime (sec.)``; the last one counts."""
    found = [inner.strip() for inner in _BRACKETS.findall(text) if _UNIT.fullmatch(inner.strip())]
    return found[-1] if found else None
