"""The reference list: one `Reference` per entry, its identifiers, and how the text cites it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from biorxivist.literature.document import Drop
from biorxivist.literature.parse.citations import Resolver
from biorxivist.literature.parse.facts import CITATIONS, IS_CITATION, TITLES, Inside, look_into, read_facts
from biorxivist.literature.parse.formulas import MATH
from biorxivist.literature.parse.hidden import detach
from biorxivist.literature.parse.identifiers import find_identifiers, year_in
from biorxivist.literature.parse.ids import reference_id
from biorxivist.literature.parse.inline import INLINES
from biorxivist.literature.parse.text import INVISIBLE, all_text, is_blank, squeeze
from biorxivist.literature.parse.writer import Buffer, Writer
from graph.records import Reference

_AROUND = " []().,:"
_LONGEST_NUMBER = 6
_SCRIPTED = frozenset(("sup", "sub", f"{MATH}math", "tex-math", "alternatives"))
_PARTED = frozenset(("surname", "given-names", "prefix", "suffix", *CITATIONS))
_UNPARTED = _SCRIPTED | {"x"}
"""What runs on; ``x`` is the punctuation between two parts."""
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """What is known of a paper's references."""

    references: tuple[Reference, ...]
    """Entries in printed order."""
    identifiers: dict[str, tuple[tuple[str, str], ...]]
    """Key -> (scheme, value) of every identifier."""
    resolver: Resolver
    """Finds the entries that a place in the text means."""
    log: tuple[Drop, ...] = ()
    """What was left out."""
    added: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Id of an entry -> offsets of the characters that its plain form adds."""


def read_references(entries: Iterable[etree._Element], paper_id: str) -> ReferenceList:
    """Read the entries of the reference lists of an article.

    The key of an entry is its printed label; its id in the file where there is none, or where an earlier list has an
    entry of that label.
    """
    references: list[Reference] = []
    identifiers: dict[str, tuple[tuple[str, str], ...]] = {}
    keys: dict[str, str] = {}
    numbers: dict[int, str] = {}
    drops: list[Drop] = []
    added: dict[str, tuple[int, ...]] = {}
    scratch = Writer("", "", Resolver({}, {}))  # takes what is left out of the entries
    scratch.path = "References"
    for position, ref in enumerate(entries, start=1):
        own_id = ref.get("id") or ""
        if own_id and own_id in keys:
            drops.append(Drop(f"two entries of the reference list have the id {own_id!r}", "", "References"))
        inside, said = look_into(ref)
        facts = read_facts(inside, said)
        label, bodies, alone = _parts(ref, drops)
        key = label or own_id
        if not key or key in identifiers:
            key = own_id if own_id and own_id not in identifiers else f"#{position}"
        text, raised = _text(ref, bodies[0] if alone else None, inside, scratch)
        if label and (repeated := _repeated(label, text)):
            text = text[repeated:]
            raised = tuple(place - repeated for place in raised if place >= repeated)
        pairs = find_identifiers(facts.identifying, text)
        references.append(
            Reference(
                id=reference_id(paper_id, key, text),
                paper_id=paper_id,
                key=key,
                text=text,
                doi=next((value for scheme, value in pairs if scheme == "doi"), None),
                title=facts.title,
                year=facts.year or year_in(_without_visits(text, inside)),
            )
        )
        if raised:
            added[references[-1].id] = raised
        identifiers[key] = pairs
        if own_id:
            keys.setdefault(own_id, key)
        for body in bodies:
            if name := body.get("id"):
                keys.setdefault(name, key)
        if label.isdecimal() and len(label) <= _LONGEST_NUMBER:
            numbers.setdefault(int(label), key)
    if not numbers and len(references) < _MOST:
        numbers = {n: reference.key for n, reference in enumerate(references, start=1)}
    return ReferenceList(tuple(references), identifiers, Resolver(keys, numbers), (*drops, *scratch.drops), added)


def _without_visits(text: str, inside: Inside) -> str:
    """An entry without the day on which a site was visited."""
    for visit in inside.get("date-in-citation", ()):
        text = text.replace(" ".join(all_text(visit).split()), " ")
    return text


def _parts(ref: etree._Element, drops: list[Drop]) -> tuple[str, list[etree._Element], bool]:
    """Label and citations of an entry, and whether it is one citation and nothing else."""
    label, bodies, others = "", [], int(not is_blank(ref.text))
    for child in ref:
        tag = child.tag
        if (tail := child.tail) and not tail.isspace():  # loose words are a part of the entry, too
            others += 1
        if tag == "label":
            label = label or all_text(child)
        elif tag in IS_CITATION:
            bodies.append(child)
        else:
            others += 1
            if tag == "citation-alternatives":
                _choose(child, drops)
    if len(bodies) > 1 and _are_alternatives(bodies):
        _choose(ref, drops)
        bodies = [body for body in bodies if body.getparent() is not None]
    if not bodies or others:
        bodies = list(ref.iter(*CITATIONS))
    if not label and (inner := next(ref.iter("label"), None)) is not None:
        label = all_text(inner)
    return " ".join(label.split()).strip(_AROUND), bodies, len(bodies) == 1 and not others


def _are_alternatives(bodies: list[etree._Element]) -> bool:
    """Whether two citations of an entry are one work, in parts and as printed, and not two works under one number."""
    if sorted(body.tag for body in bodies) != ["element-citation", "mixed-citation"]:
        return False
    parts, printed = sorted(bodies, key=lambda body: str(body.tag))
    title = next(iter(parts.iter(*TITLES, "source")), None)
    wanted = re.sub(r"\W+", "", all_text(title)).lower() if title is not None else ""
    return bool(wanted) and wanted in re.sub(r"\W+", "", all_text(printed)).lower()


def _choose(alternatives: etree._Element, drops: list[Drop]) -> None:
    """Of a citation in several forms, leave the printed one as the text; the facts were read from the others before."""
    forms = [c for c in alternatives if c.tag in IS_CITATION]
    best = next((c for c in forms if c.tag == "mixed-citation"), forms[0] if forms else None)
    for other in forms:
        if other is not best:
            words = " ".join(all_text(other).split())
            drops.append(Drop("another form of the same reference", words, "References"))
            detach(other)


def _text(ref: etree._Element, alone: etree._Element | None, inside: Inside, w: Writer) -> tuple[str, tuple[int, ...]]:
    """The entry as printed, without its label, in the plain form; and the offsets of what that form adds.

    Spaces separate parts that nothing separates.
    """
    if alone is None or _is_in_parts(alone) or _has_scripts(ref, alone, inside):
        buf = Buffer()
        _collect(ref, buf, w, structured=False)
        return in_plain_form(buf)
    if "surname" in inside:
        _part_names(alone)
    text = " ".join(all_text(alone).split())
    return text if text.isprintable() else " ".join(INVISIBLE.sub("", text).split()), ()


def _has_scripts(ref: etree._Element, alone: etree._Element, inside: Inside) -> bool:
    """Whether the text of a citation has to be gathered from its elements: not all of it is printed as it stands."""
    if _SCRIPTED.isdisjoint(inside) and all(label.getparent() is ref for label in inside.get("label", ())):
        return False
    return next(alone.iter("label", *_SCRIPTED), None) is not None


def _part_names(body: etree._Element) -> None:
    """Put a space between the parts of names that nothing separates; one entry has them all or none."""
    first = next(body.iter("surname"), None)
    if first is None or first.tail or first.getnext() is None:
        return
    for part in body.iter(*_PARTED):
        if not part.tail and part.getnext() is not None:
            part.tail = " "


def _repeated(label: str, text: str) -> int:
    """Characters of an entry that only repeat its label, as ``[3] `` does; without a pattern for each of hundreds."""
    start = 1 if text[:1] in ("[", "(") else 0
    if not text.startswith(label, start):
        return 0
    rest = text[start + len(label) :].lstrip("])").lstrip(".:")
    return len(text) - len(rest) + 1 if rest[:1] == " " and len(rest) > 1 else 0


def in_plain_form(buf: Buffer) -> tuple[str, tuple[int, ...]]:
    """The text of an entry in a buffer, and the offsets of what its plain form adds."""
    text, _, added = squeeze(buf.pieces, (), buf.added)
    if not text.isprintable():
        text, _, added = squeeze([INVISIBLE.sub("", piece) for piece in buf.pieces], (), buf.added)
    return text, added


def _is_in_parts(body: etree._Element) -> bool:
    """Whether a citation is parts alone, with nothing printed between them."""
    return body.tag == "element-citation" or (
        len(body) > 1 and is_blank(body.text) and all(is_blank(part.tail) for part in body)
    )


def _collect(el: etree._Element, buf: Buffer, w: Writer, *, structured: bool) -> None:
    pieces = buf.pieces
    if el.text:
        pieces.append(el.text)
    for child in el:
        tag = child.tag
        if tag == "label":
            pieces.append(" ")
        elif tag in _SCRIPTED:
            INLINES[tag](child, buf, w)
        elif len(child):
            _collect(child, buf, w, structured=structured or (tag in IS_CITATION and _is_in_parts(child)))
        elif child.text:
            pieces.append(child.text)
        if child.tail:
            pieces.append(child.tail)
        elif (structured or tag in _PARTED) and tag not in _UNPARTED and _is_before_a_part(child):
            pieces.append(" ")


def _is_before_a_part(el: etree._Element) -> bool:
    after = el.getnext()
    return after is not None and after.tag != "x"
