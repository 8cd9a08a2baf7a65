"""Citing: papers as BibTeX, CSL-JSON and RIS.

Titles, names and DOIs are untrusted: what is a command to LaTeX is escaped, and a line break never starts a field of
its own.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from biorxivist.literature.doi import doi_address
from graph.records import Author, Paper

__all__ = ["Style", "bibtex", "cite", "csl_json", "family_and_given", "ris"]

Style = Literal["bibtex", "csl-json", "ris"]

ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
PARTICLES = {"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "ten", "ter", "zu"}
INITIALS = re.compile(r"[A-Z]{1,3}|(?:[A-Z]\.-?)+")
STOP_WORDS = {"a", "an", "the", "on", "of", "in", "for", "and", "to", "is", "are"}


def cite(papers: Iterable[Paper], authors: Mapping[str, Author] | None = None, *, style: Style = "bibtex") -> str:
    """Entries for papers, in their order.

    Parameters
    ----------
    papers
        What to cite.
    authors
        Author id -> author; an id that is not there is left out.
    style
        ``bibtex``, ``csl-json`` or ``ris``.

    Raises
    ------
    ValueError
        If there is no such style.
    """
    writers = {"bibtex": bibtex, "csl-json": csl_json, "ris": ris}
    if style not in writers:
        msg = f"There is no style {style!r}; there are {', '.join(writers)}."
        raise ValueError(msg)
    return writers[style](papers, authors or {})


def bibtex(papers: Iterable[Paper], authors: Mapping[str, Author]) -> str:
    """BibTeX, in UTF-8: ``@article`` for what has a version of record, else ``@misc`` with the server."""
    entries = []
    for key, paper in _keyed(papers, authors):
        names = " and ".join(_bibtex_name(author) for author in _people(paper, authors))
        doi = paper.published_doi or _first_doi(paper)
        fields = {
            "title": f"{{{_escaped(_line(paper.title))}}}",
            "author": names,
            "year": str(paper.year) if paper.year else "",
            "journal" if paper.published_doi else "howpublished": _escaped(_line(paper.venue or paper.server or "")),
            "doi": _plain(doi or ""),
            "url": _plain(doi_address(doi) if doi else paper.source_url or ""),
            "eprint": _plain(paper.arxiv or ""),
            "archiveprefix": "arXiv" if paper.arxiv else "",
        }
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value.strip("{}"))
        entries.append(f"@{'article' if paper.published_doi else 'misc'}{{{key},\n{body}}}\n")
    return "\n".join(entries)


def csl_json(papers: Iterable[Paper], authors: Mapping[str, Author]) -> str:
    """CSL-JSON, one list."""
    items: list[dict[str, Any]] = []
    for key, paper in _keyed(papers, authors):
        doi = paper.published_doi or _first_doi(paper)
        people = []
        for author in _people(paper, authors):
            family, given = _sorted_name(author)
            people.append({"family": family, "given": given} if given else {"literal": family})
        parts = [paper.posted.year, paper.posted.month, paper.posted.day] if paper.posted else [paper.year]
        item = {
            "id": key,
            "type": "article-journal" if paper.published_doi else "article",
            "title": _line(paper.title),
            "author": people,
            "issued": {"date-parts": [[paper.year] if paper.published_doi else parts]} if paper.year else None,
            "container-title": paper.venue if paper.published_doi else None,
            "publisher": None if paper.published_doi else paper.server or paper.venue,
            "genre": None if paper.published_doi else "preprint",
            "DOI": doi,
            "URL": doi_address(doi) if doi else paper.source_url,
            "abstract": paper.abstract,
        }
        items.append({name: value for name, value in item.items() if value})
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def ris(papers: Iterable[Paper], authors: Mapping[str, Author]) -> str:
    """RIS: ``JOUR`` for what has a version of record, else ``UNPB``."""
    records = []
    for _, paper in _keyed(papers, authors):
        doi = paper.published_doi or _first_doi(paper)
        lines = [("TY", "JOUR" if paper.published_doi else "UNPB"), ("TI", paper.title)]
        for author in _people(paper, authors):
            family, given = _sorted_name(author)
            lines.append(("AU", f"{family}, {given}" if given else family))
        lines += [
            ("PY", str(paper.year) if paper.year else ""),
            ("DA", paper.posted.strftime("%Y/%m/%d") if paper.posted and not paper.published_doi else ""),
            ("T2" if paper.published_doi else "PB", paper.venue or paper.server or ""),
            ("DO", doi or ""),
            ("UR", doi_address(doi) if doi else paper.source_url or ""),
            ("AB", paper.abstract or ""),
        ]
        records.append("".join(f"{tag}  - {_line(value)}\r\n" for tag, value in lines if value) + "ER  - \r\n")
    return "\r\n".join(records)


def family_and_given(name: str) -> tuple[str, str]:
    """Family name and the rest, from a name in any of the orders that the sources print.

    >>> family_and_given("Sur, A. B."), family_and_given("Yasuda Y"), family_and_given("Maria D. Van Kerkhove")
    (('Sur', 'A. B.'), ('Yasuda', 'Y'), ('Van Kerkhove', 'Maria D.'))
    """
    text = _line(name)
    if "," in text:
        family, _, given = text.partition(",")
        return family.strip(), given.strip()
    words = text.split()
    if len(words) < 2:
        return text, ""
    if INITIALS.fullmatch(words[-1]) and not INITIALS.fullmatch(words[0]):
        return " ".join(words[:-1]), words[-1]
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start])


def _sorted_name(author: Author) -> tuple[str, str]:
    """Family name, and the rest with a suffix at its end; a group has its whole name and no rest."""
    if author.collective:
        return _line(author.collective), ""
    if author.family:
        return _line(author.family), ", ".join(_line(part) for part in (author.given, author.suffix) if part)
    return family_and_given(author.name)


def _people(paper: Paper, authors: Mapping[str, Author]) -> Iterator[Author]:
    for name in paper.author_ids:
        if name in authors:
            yield authors[name]


def _keyed(papers: Iterable[Paper], authors: Mapping[str, Author]) -> Iterator[tuple[str, Paper]]:
    """Papers with a key each: family name, year, first word of the title; a number makes it unlike the others."""
    used: set[str] = set()
    for paper in papers:
        person = next(_people(paper, authors), None)
        family = _sorted_name(person)[0] if person else ""
        words = [word for word in re.findall(r"\w+", _ascii(paper.title).lower()) if word not in STOP_WORDS]
        stem = _ascii(family).lower() + str(paper.year or "") + (words[0] if words else "")
        base = re.sub(r"[^a-z0-9]", "", stem) or "paper"
        key, number = base, 2
        while key in used:
            key, number = f"{base}-{number}", number + 1
        used.add(key)
        yield key, paper


def _bibtex_name(author: Author) -> str:
    family, given = _sorted_name(author)
    # A name without a given part is an organisation: braces keep its words, and an " and " in it, together.
    return f"{_escaped(family)}, {_escaped(given)}" if given else f"{{{_escaped(family)}}}"


def _first_doi(paper: Paper) -> str | None:
    return paper.dois[0] if paper.dois else None


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in text)


def _plain(text: str) -> str:
    """An identifier for BibTeX, whose readers take it as it is: only what could end the field is changed."""
    return _line(text).replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _line(text: str) -> str:
    """Text on one line."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
