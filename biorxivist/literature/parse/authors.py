"""Authors of a paper, with the parts of their names, ORCID and affiliations as printed."""

from __future__ import annotations

import re

from lxml import etree

from biorxivist.literature.parse.text import all_text, plain
from biorxivist.literature.people import MARKS, SUFFIX_ALONE, Person, are_degrees, named, without_marks

_XLINK = "{http://www.w3.org/1999/xlink}href"
_ORCID = re.compile(r"(?<!\d)(\d{4})[\s\-‐-―−]?(\d{4})[\s\-‐-―−]?(\d{4})[\s\-‐-―−]?(\d{3}[\dX])(?!\d)", re.IGNORECASE)
"""Four groups of digits; some leave the hyphens out, or set others."""
_EAST_ASIAN = re.compile(r"[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")


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
_MARKED = re.compile(f"[{MARKS.strip()}]")
_OTHERS = re.compile(
    r"editor|review|referee|translat|non-?byline|member|illustrat|transcri|compil|investigator|collaborators|"
    r"contributor|advis[eo]r|sponsor|funder|guest|reader|acknowledg",
    re.IGNORECASE,
)
"""Kinds of contributors, and roles, of those who did not write the paper."""
_MEMBERS = re.compile(r"member|non-?byline|consorti|collab|investigators|contributors")
"""Kinds of groups that list who belongs to one that signs, and did not sign themselves."""
_MARKS = ("xref", "fn", "sup")
_APART = ("label", "sup", "institution-id", "email")


def read_authors(meta: etree._Element) -> list[Person]:
    """Authors of an article in printed order; editors and the members of a group are not authors."""
    places = {aff.get("id") or "": _place(aff) for aff in meta.iter("aff")}
    for forms in meta.iter("aff-alternatives"):  # one place in several scripts
        if (first := forms.find("aff")) is not None:
            places[forms.get("id") or first.get("id") or ""] = _place(first)
    people: list[Person] = []
    signing = {c.get("id") for c in meta.iterfind("contrib-group/contrib[collab]") if c.get("id")}
    for group in meta.iterchildren("contrib-group"):
        kind = (group.get("content-type") or group.get("specific-use") or "").lower()
        if kind in _NOT_AUTHORS or _MEMBERS.search(kind):
            continue
        contribs = [c for c in group.iterchildren("contrib") if not _wrote_nothing(c) and c.get("rid") not in signing]
        shared = [_place(aff) for aff in group.iterchildren("aff") if not aff.get("id")]
        if not any(x.get("ref-type") == "aff" for c in contribs for x in c.iterchildren("xref")):
            own = [aff.get("id") or "" for place in (group, meta) for aff in place.iterchildren("aff")]
            shared += [places[i] for i in own if i and len(own) == 1]
        read = (_read_person(contrib, places, shared) for contrib in contribs)
        people += [person for person in read if person is not None]
    return people


def _wrote_nothing(contrib: etree._Element) -> bool:
    """Whether a contributor is an editor, a reviewer, a member of a group: anybody but an author."""
    kind = contrib.get("contrib-type")
    if kind == "author":
        return False
    if kind is not None:
        return _OTHERS.search(kind) is not None
    return any(_OTHERS.search(all_text(role)) for role in contrib.iterchildren("role"))


def _place(aff: etree._Element) -> str:
    """An affiliation as printed; where it is there as printed beside its parts, that form alone."""
    for institution in aff.iterchildren("institution"):
        if institution.get("content-type") == "original":
            return text_in_order(institution, _APART)
    return text_in_order(aff, _APART)


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
            affiliations += [_place(form) for form in part.iterchildren("aff")][:1]
        elif tag == "aff":
            affiliations.append(_place(part))
        elif tag in ("name-alternatives", "collab-alternatives"):
            person = person if person.name else _chosen_name(part)
        elif tag in ("string-name", "collab", "collab-name", "on-behalf-of", "anonymous"):
            person = person if person.name else _printed_name(part)
        elif tag in ("ext-link", "uri", "object-id"):
            kinds = (part.get("ext-link-type") or "", part.get("content-type") or "", part.get("pub-id-type") or "")
            link = f"{part.get(_XLINK) or ''} {part.text or ''}"
            if orcid is None and ("orcid.org" in link or "orcid" in map(str.lower, kinds)):
                orcid = _orcid_in(link)
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
    return _orcid_in(text)


def _orcid_in(text: str) -> str | None:
    match = _ORCID.search(text)
    return "-".join(match.groups()).upper() if match else None


def _personal_name(name: etree._Element) -> Person:
    parts = {part.tag: text_in_order(part, _MARKS) if len(part) else plain(part.text or "") for part in name}
    for tag in ("surname", "given-names"):
        if (text := parts.get(tag)) and not text.isalpha() and _MARKED.search(text):
            parts[tag] = _without_degrees(without_marks(text))
    if (suffix := parts.get("suffix")) and are_degrees(suffix):
        del parts["suffix"]
    family, given, suffix = (parts.get(tag) or None for tag in ("surname", "given-names", "suffix"))
    order, space = ("prefix", "given-names", "surname", "suffix"), " "
    is_east_asian = (
        family and given and not given.isascii() and _EAST_ASIAN.fullmatch(family) and _EAST_ASIAN.fullmatch(given)
    )
    if is_east_asian or name.get("name-style") == "eastern":
        order, space = ("prefix", "surname", "given-names", "suffix"), "" if is_east_asian else " "
    printed = space.join(text for tag in order if (text := parts.get(tag)))
    if (
        family and given and not suffix and (" " in family or "," in given or SUFFIX_ALONE.fullmatch(family))
    ):  # written into the family name, or behind the given names
        read = named(f"{family}, {given}")
        if read.suffix:
            family, given, suffix = read.family, read.given, read.suffix
        elif SUFFIX_ALONE.fullmatch(family) and " " in given:
            (given, _, family), suffix = given.rpartition(" "), family
    return Person(printed, family=family, given=given, suffix=suffix)


def _without_degrees(text: str) -> str:
    """A part of a name without the degrees that are written behind it."""
    head, comma, rest = text.partition(",")
    return head if comma and are_degrees(rest) else text


def _chosen_name(alternatives: etree._Element) -> Person:
    """Of a name in several scripts the western one, as far as its style, its language or its letters say; the first."""
    forms = list(alternatives)
    if not forms:
        return Person("")
    best = min(forms, key=lambda form: (form.get("name-style") != "western", not _is_english(form), _is_eastern(form)))
    return _personal_name(best) if best.tag == "name" else _printed_name(best)


def _is_english(form: etree._Element) -> bool:
    return (form.get("{http://www.w3.org/XML/1998/namespace}lang") or "").lower().startswith("en")


def _is_eastern(form: etree._Element) -> bool:
    return _EAST_ASIAN.search(all_text(form)) is not None


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
