"""Citing: papers as BibTeX, CSL-JSON and RIS.

Titles, names and DOIs are untrusted: what is a command to LaTeX is escaped, and a line break never starts a field of
its own.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from biorxivist.literature.doi import doi_address
from biorxivist.literature.edition import Edition, Wanted, edition_of
from biorxivist.literature.people import GROUP
from graph.records import Author, Paper, Version

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
SUFFIX = re.compile(r"(?<=\w)[\s,]+(Jr\.?|Sr\.?|I{2,3}|IV|VI{0,3})\s*$")
STOP_WORDS = {"a", "an", "the", "on", "of", "in", "for", "and", "to", "is", "are"}


def cite(
    papers: Iterable[Paper],
    authors: Mapping[str, Author] | None = None,
    *,
    versions: Iterable[Version] = (),
    style: Style = "bibtex",
    version: Wanted | None = None,
) -> str:
    """Entries for papers, in their order; each describes one version: `biorxivist.literature.edition`.

    Parameters
    ----------
    papers
        What to cite.
    authors
        Author id -> author; an id that is not there is left out.
    versions
        Versions of the papers, as far as they are known.
    style
        ``bibtex``, ``csl-json`` or ``ris``.
    version
        ``journal`` for the version of record, ``preprint`` for the preprint; else the version of record where all of
        it is known, else the preprint.

    Raises
    ------
    ValueError
        If there is no such style.
    NoSuchVersion
        If a paper has no version of that kind.
    """
    writers = {"bibtex": _write_bibtex, "csl-json": _write_csl_json, "ris": _write_ris}
    if style not in writers:
        msg = f"There is no style {style!r}; there are {', '.join(writers)}."
        raise ValueError(msg)
    known = list(versions)
    editions = [edition_of(paper, [v for v in known if v.paper_id == paper.id], wanted=version) for paper in papers]
    return writers[style](editions, authors or {})


def bibtex(papers: Iterable[Paper], authors: Mapping[str, Author], **options: Any) -> str:
    """`cite` in BibTeX."""
    return cite(papers, authors, style="bibtex", **options)


def csl_json(papers: Iterable[Paper], authors: Mapping[str, Author], **options: Any) -> str:
    """`cite` in CSL-JSON."""
    return cite(papers, authors, style="csl-json", **options)


def ris(papers: Iterable[Paper], authors: Mapping[str, Author], **options: Any) -> str:
    """`cite` in RIS."""
    return cite(papers, authors, style="ris", **options)


def _write_bibtex(editions: Iterable[Edition], authors: Mapping[str, Author]) -> str:
    """BibTeX, in UTF-8: ``@article`` for a version of record, ``@misc`` with the server for a preprint."""
    entries = []
    for key, edition in _keyed(editions, authors):
        paper = edition.paper
        fields = {
            "title": f"{{{_escaped(_line(edition.title))}}}",
            "author": " and ".join(_bibtex_name(author) for author in _people(paper, authors)),
            "year": str(edition.year) if edition.year else "",
            "journal" if edition.is_journal else "howpublished": _escaped(_line(edition.venue or "")),
            "doi": _plain(edition.doi or ""),
            "url": _plain(doi_address(edition.doi) if edition.doi else paper.source_url or ""),
            "note": _escaped(edition.note),
            "eprint": _plain(paper.arxiv or ""),
            "archiveprefix": "arXiv" if paper.arxiv else "",
        }
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value.strip("{}"))
        entries.append(f"@{'article' if edition.is_journal else 'misc'}{{{key},\n{body}}}\n")
    return "\n".join(entries)


def _write_csl_json(editions: Iterable[Edition], authors: Mapping[str, Author]) -> str:
    """CSL-JSON, one list."""
    items: list[dict[str, Any]] = []
    for key, edition in _keyed(editions, authors):
        paper, day = edition.paper, edition.day
        parts = [day.year, day.month, day.day] if day else [edition.year]
        item = {
            "id": key,
            "type": "article-journal" if edition.is_journal else "article",
            "title": _line(edition.title),
            "author": [_csl_name(author) for author in _people(paper, authors)],
            "issued": {"date-parts": [parts]} if edition.year else None,
            "container-title": edition.venue if edition.is_journal else None,
            "publisher": None if edition.is_journal else edition.venue,
            "genre": None if edition.is_journal else "preprint",
            "version": edition.label if edition.label and edition.label.isdigit() else None,
            "DOI": edition.doi,
            "URL": doi_address(edition.doi) if edition.doi else paper.source_url,
            "abstract": paper.abstract,
            "note": edition.note,
        }
        items.append({name: value for name, value in item.items() if value})
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _write_ris(editions: Iterable[Edition], authors: Mapping[str, Author]) -> str:
    """RIS: ``JOUR`` for a version of record, ``UNPB`` for a preprint."""
    records = []
    for _, edition in _keyed(editions, authors):
        paper = edition.paper
        lines = [("TY", "JOUR" if edition.is_journal else "UNPB"), ("TI", edition.title)]
        lines += [("AU", _ris_name(author)) for author in _people(paper, authors)]
        lines += [
            ("PY", str(edition.year) if edition.year else ""),
            ("DA", edition.day.strftime("%Y/%m/%d") if edition.day else ""),
            ("T2" if edition.is_journal else "PB", edition.venue or ""),
            ("DO", edition.doi or ""),
            ("UR", doi_address(edition.doi) if edition.doi else paper.source_url or ""),
            ("AB", paper.abstract or ""),
            ("N1", edition.note),
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


class _Name(NamedTuple):
    """A name as an entry needs it: a family name with what belongs to it, or the name of a group."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    group: str = ""


def _name(author: Author) -> _Name:
    """Parts of a name: those that the source gave, else what its text most likely says."""
    if author.collective:
        return _Name(group=_line(author.collective))
    if author.family:
        family, given, suffix = (_line(part or "") for part in (author.family, author.given, author.suffix))
        bare = SUFFIX.sub("", family)
        return _Name(bare or family, given, suffix or (family[len(bare) :].strip(" ,") if bare else ""))
    text = _line(author.name)
    if GROUP.search(text):
        return _Name(group=text)
    bare = SUFFIX.sub("", text)
    is_suffix = " " in bare or "," in bare  # "Le VI" is a family name and initials
    suffix = match[1] if is_suffix and (match := SUFFIX.search(text)) else ""
    family, given = family_and_given(bare if is_suffix else text)
    return _Name(family, given, suffix) if given else _Name(group=text)


def _csl_name(author: Author) -> dict[str, str]:
    name = _name(author)
    if name.group:
        return {"literal": name.group}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}


def _ris_name(author: Author) -> str:
    name = _name(author)
    # A comma parts family and given name in RIS: that of a group would tear it in two.
    return name.group.replace(",", "") or ", ".join(part for part in name[:3] if part)


def _people(paper: Paper, authors: Mapping[str, Author]) -> Iterator[Author]:
    for name in paper.author_ids:
        if name in authors:
            yield authors[name]


def _keyed(editions: Iterable[Edition], authors: Mapping[str, Author]) -> Iterator[tuple[str, Edition]]:
    """Entries with a key each: family name, year, first word of the title; a number makes it unlike the others."""
    used: set[str] = set()
    for edition in editions:
        person = next(_people(edition.paper, authors), None)
        name = _name(person) if person else _Name()
        words = [word for word in re.findall(r"\w+", _ascii(edition.title).lower()) if word not in STOP_WORDS]
        stem = _ascii(name.family or name.group).lower() + str(edition.year or "") + (words[0] if words else "")
        base = re.sub(r"[^a-z0-9]", "", stem) or "paper"
        key, number = base, 2
        while key in used:
            key, number = f"{base}-{number}", number + 1
        used.add(key)
        yield key, edition


def _bibtex_name(author: Author) -> str:
    name = _name(author)
    if name.group or not name.given:  # braces keep its words together, and an " and " in it
        return f"{{{_escaped(name.group or name.family)}}}"
    return ", ".join(_bibtex_part(part) for part in (name.family, name.suffix, name.given) if part)


def _bibtex_part(part: str) -> str:
    """A part of a name; a comma or an "and" inside of it would part it."""
    text = _escaped(part)
    return f"{{{text}}}" if "," in part or re.search(r"\band\b", part, re.IGNORECASE) else text


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
