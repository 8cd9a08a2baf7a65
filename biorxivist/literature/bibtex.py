"""A small reader of BibTeX, for the three fields by which a paper is found: doi, eprint, title.

It is tolerant, because bibliographies are: an entry that cannot be read is reported and passed over. The file is
untrusted, so its size and number of entries are bounded, and nothing in it is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from biorxivist.errors import BadBibliography

__all__ = ["Entry", "read_bibliography"]

MAX_BYTES = 10_000_000
MAX_ENTRIES = 10_000
MAX_FIELD = 20_000
START = re.compile(r"@\s*([A-Za-z]+)\s*[{(]")
FIELD = re.compile(r"\s*,?\s*([A-Za-z][\w-]*)\s*=\s*")
ESCAPED = re.compile(r"\\([_&%#$])")
ANGLE = re.compile(r"\\text(?:less|greater)(?:\{\}|\s)?|\$[<>]\$")
SKIPPED = {"comment", "string", "preamble"}


@dataclass(frozen=True)
class Entry:
    """An entry of a bibliography."""

    key: str
    """Its citation key."""
    line: int
    """Line on which it begins."""
    fields: dict[str, str]
    """Field name in lower case -> text without braces and LaTeX accents."""


def read_bibliography(path: Path) -> tuple[list[Entry], list[str]]:
    """Entries of a .bib file, and what was passed over.

    Returns
    -------
    entries
        In the order of the file.
    problems
        A sentence per entry that could not be read.

    Raises
    ------
    BadBibliography
        If it is no file, too large, no text, or has no entry at all.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            msg = f"{path} has {size} bytes; a bibliography of at most {MAX_BYTES} is read. Split it."
            raise BadBibliography(msg)
        text = path.read_text(encoding="utf-8", errors="strict")
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8."
        raise BadBibliography(msg) from error
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}."
        raise BadBibliography(msg) from error
    problems: list[str] = []
    entries = list(_entries(text, problems))
    if not entries and not problems:
        msg = f"{path} holds no entry; a BibTeX entry begins with @article{{key, ..."
        raise BadBibliography(msg)
    return entries, problems


def _entries(text: str, problems: list[str]) -> Iterator[Entry]:
    count = place = 0
    while start := START.search(text, place):
        line = text.count("\n", 0, start.start()) + 1
        body = _braced(text, start.end())
        if body is None:
            problems.append(f"line {line}: the entry is not closed; it was passed over")
            place = start.end()
            continue
        place = start.end() + len(body)
        if start[1].lower() in SKIPPED:
            continue
        count += 1
        if count > MAX_ENTRIES:
            problems.append(f"line {line}: more than {MAX_ENTRIES} entries; the rest was not read")
            return
        key, comma, rest = body.partition(",")
        if not comma or not key.strip() or "=" in key:
            problems.append(f"line {line}: the entry has no key or no fields; it was passed over")
            continue
        yield Entry(key.strip(), line, dict(_fields(rest)))


def _braced(text: str, start: int) -> str | None:
    """Text from ``start`` to the brace that closes the entry; None if it never does, or another entry begins first."""
    depth = 1
    for match in re.compile(r"[{}()]|\n@").finditer(text, start):
        mark = match.group()
        if mark == "\n@" and depth <= 1:
            return None
        depth += (mark == "{") - (mark == "}")
        if depth == 0 or (mark == ")" and depth == 1 and text[start - 1] == "("):
            return text[start : match.start()]
    return None


def _fields(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while match := FIELD.match(text, place):
        value, place = _value(text, match.end())
        yield match[1].lower(), _plain(value[:MAX_FIELD])
        comma = text.find(",", place)
        place = comma if comma >= 0 else len(text)


def _value(text: str, start: int) -> tuple[str, int]:
    if text[start : start + 1] == "{":
        inner = _braced(text, start + 1)
        return (inner, start + len(inner) + 2) if inner is not None else (text[start + 1 :], len(text))
    if text[start : start + 1] == '"':
        end = text.find('"', start + 1)
        return (text[start + 1 : end], end + 1) if end >= 0 else (text[start + 1 :], len(text))
    bare = re.compile(r"[^,\n]*").match(text, start)
    return (bare.group(), bare.end()) if bare else ("", start)


def _plain(value: str) -> str:
    """A value without LaTeX: characters that it spells out stay, as DOIs need them; accents go."""
    spelt = ANGLE.sub(lambda match: "<" if "less" in match[0] or "<" in match[0] else ">", value)
    spelt = ESCAPED.sub(r"\1", spelt)
    bare = re.sub(r"\\[a-zA-Z]+\s*|\\.|[{}~]", lambda match: " " if match[0] == "~" else "", spelt)
    return re.sub(r"\s+", " ", bare).strip()
