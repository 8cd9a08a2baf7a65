"""Authors of a paper, with the parts of their names, ORCID and affiliations as printed."""

from __future__ import annotations

import re

from lxml import etree

from biorxivist.literature.parse.text import all_text, plain
from biorxivist.literature.people import SUFFIX_ALONE, Person, named

_XLINK = "{http://www.w3.org/1999/xlink}href"
_ORCID_DIGITS = re.compile(r"(?:\S*/)?(\d{15}[\dX])/?")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.I)


def text_in_order(element: etree._Element, without: tuple[str, ...]) -> str:
    """All text of an element without some kinds of children; a comma separates parts that nothing separates."""
    parts: list[str] = []

    def collect(el: etree._Element) -> None:
        if el.text:
            parts.append(el.text)
        for child in el:
            if child.tag not in without:
                collect(child)
                if not (child.tail and child.tail.strip()) and child.getnext() is not None:
                    parts.append("\x00")
            if child.tail:
                parts.append(child.tail)

    collect(element)
    text = plain("".join(parts).replace("\x00", " \u241f "))
    text = re.sub(r"\s*(?:\u241f\s*)+", ", ", text)
    return re.sub(r"(?:,\s*)+([,;.])", r"\1", text).strip(" ,;")


_NOT_AUTHORS = ("editor", "editors", "reviewers", "section")
_AUTHORS = ("author", "person", "collab")
_MEMBERS = re.compile(r"member|non-?byline|consorti|collab|investigators|contributors")
"""Kinds of groups that list who belongs to one that signs, and did not sign themselves."""
_MARKS = ("xref", "fn", "sup")
_APART = ("label", "sup", "institution-id", "email")


def read_authors(meta: etree._Element) -> list[Person]:
    """Authors of an article in printed order; editors and the members of a group are not authors."""
    places = {aff.get("id") or "": text_in_order(aff, _APART) for aff in meta.iter("aff")}
    for forms in meta.iter("aff-alternatives"):  # one place in several scripts
        if (first := forms.find("aff")) is not None:
            places[forms.get("id") or first.get("id") or ""] = text_in_order(first, _APART)
    people: list[Person] = []
    signing = {c.get("id") for c in meta.iterfind("contrib-group/contrib[collab]") if c.get("id")}
    for group in meta.iterchildren("contrib-group"):
        kind = (group.get("content-type") or group.get("specific-use") or "").lower()
        if kind in _NOT_AUTHORS or _MEMBERS.search(kind):
            continue
        contribs = [
            c
            for c in group.iterchildren("contrib")
            if c.get("contrib-type", "author") in _AUTHORS and c.get("rid") not in signing
        ]
        shared = [text_in_order(aff, _APART) for aff in group.iterchildren("aff") if not aff.get("id")]
        if not any(x.get("ref-type") == "aff" for c in contribs for x in c.iterchildren("xref")):
            own = [aff.get("id") or "" for place in (group, meta) for aff in place.iterchildren("aff")]
            shared += [places[i] for i in own if i and len(own) == 1]
        read = (_read_person(contrib, places, shared) for contrib in contribs)
        people += [person for person in read if person is not None]
    return people


def has_name(contrib: etree._Element) -> bool:
    """Whether anybody is named there."""
    for surname in contrib.iter("surname"):  # as nearly all have; a path of two steps takes four times as long
        around = surname.getparent()
        if surname.text and not surname.text.isspace() and around.tag == "name" and around.getparent() is contrib:
            return True
    return _read_person(contrib, {}, []) is not None


def _read_person(contrib: etree._Element, places: dict[str, str], shared: list[str]) -> Person | None:
    """An author; affiliations by reference, then those written inside, then those of the whole group."""
    person, orcid = Person(""), None
    affiliations: list[str] = []
    for part in contrib:
        tag = part.tag
        if tag == "name":
            person = person if person.name else _personal_name(part)
        elif tag == "xref":
            affiliations += [places[rid] for rid in (part.get("rid") or "").split() if rid in places]
        elif tag == "contrib-id":
            orcid = orcid or _orcid(part)
        elif tag == "aff-alternatives":
            affiliations += [text_in_order(form, _APART) for form in part.iterchildren("aff")][:1]
        elif tag == "aff":
            affiliations.append(text_in_order(part, _APART))
        elif tag in ("name-alternatives", "collab-alternatives"):
            person = person if person.name else _chosen_name(part)
        elif tag in ("string-name", "collab", "collab-name", "on-behalf-of", "anonymous"):
            person = person if person.name else _printed_name(part)
        elif tag in ("ext-link", "uri", "object-id"):
            link = (part.get(_XLINK) or "") + (part.text or "")
            if orcid is None and "orcid.org" in link and (match := _ORCID.search(link)):
                orcid = match[0].upper()
    if not person.name:
        return None
    named_places = tuple(dict.fromkeys(a for a in (*affiliations, *shared) if a))
    if orcid is None and not named_places:
        return person
    return person._replace(orcid=orcid, affiliations=named_places)


def _orcid(identifier: etree._Element) -> str | None:
    """An ORCID iD, whether it says that it is one or is the address of one; some leave its hyphens out."""
    text = all_text(identifier)
    if (identifier.get("contrib-id-type") or "").lower() != "orcid" and "orcid.org" not in text.lower():
        return None
    if match := _ORCID.search(text):
        return match[0].upper()
    bare = _ORCID_DIGITS.fullmatch(text.strip().upper())
    return "-".join(re.findall(".{4}", bare[1])) if bare else None


def _personal_name(name: etree._Element) -> Person:
    parts = {part.tag: text_in_order(part, _MARKS) if len(part) else plain(part.text or "") for part in name}
    order = ("prefix", "given-names", "surname", "suffix")
    if name.get("name-style") == "eastern":
        order = ("prefix", "surname", "given-names", "suffix")
    printed = " ".join(text for tag in order if (text := parts.get(tag)))
    family, given, suffix = (parts.get(tag) or None for tag in ("surname", "given-names", "suffix"))
    if (
        family and given and not suffix and (" " in family or "," in given or SUFFIX_ALONE.fullmatch(family))
    ):  # written into the family name, or behind the given names
        read = named(f"{family}, {given}")
        if read.suffix:
            family, given, suffix = read.family, read.given, read.suffix
        elif SUFFIX_ALONE.fullmatch(family) and " " in given:
            (given, _, family), suffix = given.rpartition(" "), family
    return Person(printed, family=family, given=given, suffix=suffix)


def _chosen_name(alternatives: etree._Element) -> Person:
    """Of a name in several scripts the western one, else the first."""
    forms = list(alternatives)
    best = next((f for f in forms if f.get("name-style") == "western"), forms[0] if forms else None)
    if best is None:
        return Person("")
    return _personal_name(best) if best.tag == "name" else _printed_name(best)


def _printed_name(element: etree._Element) -> Person:
    if element.tag == "anonymous":
        return Person("Anonymous")
    if element.tag == "string-name":
        if not len(element):
            return named(plain(element.text or ""))
        printed = text_in_order(element, ("degrees",)).replace(", ", " ")
        return _personal_name(element)._replace(name=printed)
    group = text_in_order(element, ("contrib-group", "xref", "fn", "aff", "address"))
    return Person(group, collective=group or None)
