"""The names that a workspace knows: those that ship with the package, and those that its user has added."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from biorxivist.errors import InvalidInput, NotFound
from graph.vocabulary import KINDS, Entry, Vocabulary, load_vocabulary

if TYPE_CHECKING:
    from graph.archive import Archive
    from graph.stores.base import Store

__all__ = ["RECORD_KINDS", "add_entry", "find_entries", "read_vocabulary", "vocabulary_of"]

RECORD_KINDS = tuple(kind.__name__ for kind in KINDS.values())
ROLES = ("foundation", "baseline", "method", "group")
"""What a model of a user may be; a default would call somebody's baseline a foundation model without a word."""
WRITER = "vocabulary"
LINKED = {"parent": "parent_id", "corpus": "corpus_id"}
NOT_A_FACT = {"id", "name", "aliases", "source_url"}


def read_vocabulary(archive: Archive) -> Vocabulary:
    """The shipped vocabulary with the entries that the archive adds to it."""
    return load_vocabulary().extend(archive.read(*RECORD_KINDS))


def vocabulary_of(store: Store) -> Vocabulary:
    """The shipped vocabulary with the entries that the graph adds to it."""
    from graph.read import read_records

    return load_vocabulary().extend(read_records(store, RECORD_KINDS))


def find_entries(vocabulary: Vocabulary, name: str) -> list[Entry]:
    """Entries of this id, or that have exactly this name or alias: one of each kind at most, models first.

    Raises
    ------
    NotFound
        If there is none, with similar names.
    """
    if entry := vocabulary.get(name.strip().lower()):
        return [entry]
    ids = (vocabulary.find(kind, name) for kind in KINDS)
    entries = [entry for entry_id in ids if entry_id and (entry := vocabulary.get(entry_id))]
    if not entries:
        near = dict.fromkeys(each for kind in KINDS for each in vocabulary.suggest(kind, name))
        what = "model, dataset, task or metric"
        raise NotFound(what, name, tuple(near)[:3], hint="`biorxivist vocabulary list` lists the names.")
    return entries


def add_entry(
    archive: Archive,
    kind: str,
    name: str,
    *,
    source_url: str,
    aliases: tuple[str, ...] = (),
    facts: Mapping[str, Any] | None = None,
) -> Entry:
    """Add a model, dataset, task or metric to the archive, from where it is known everywhere.

    Parameters
    ----------
    archive
        Archive of the home.
    kind
        ``model``, ``dataset``, ``task`` or ``metric``.
    name
        Name as its authors print it; the id is made from it.
    source_url
        Where the facts were read.
    aliases
        Other names that mean exactly this entry.
    facts
        Further fields of the record; ``parent`` and ``corpus`` take names of entries. A model needs its ``role``.

    Raises
    ------
    InvalidInput
        If a name or alias means something else already, a field is unknown, a value does not fit, a model has no role,
        or the source is no address.
    """
    if kind not in KINDS:
        msg = f"{kind!r} is not a kind of entry; give one of {', '.join(KINDS)}."
        raise InvalidInput(msg)
    vocabulary = read_vocabulary(archive)
    slug = re.sub(r"\W+", "_", name.casefold()).strip("_")
    if not slug:
        msg = f"The name {name!r} has no letter or digit."
        raise InvalidInput(msg)
    if not re.match(r"https?://\S+$", source_url):
        msg = f"source {source_url!r} is not an address; give the page where the facts were read (https://...)."
        raise InvalidInput(msg)
    entry_id = f"{kind}:{slug}"
    for alias in (slug, name, *aliases):
        holder = vocabulary.find(kind, alias)
        # what came in with a paper has a name and no facts: a person may say more of it
        if holder is not None and not (holder == entry_id and _came_with_a_paper(vocabulary.get(holder))):
            msg = f"{alias!r} already names {holder}; `biorxivist vocabulary show {holder}` prints it."
            raise InvalidInput(msg)
    if kind == "model" and "role" not in (facts or {}):
        msg = f"Give the role of {name}: role={', role='.join(ROLES)}. Claims about a baseline are read as such."
        raise InvalidInput(msg)
    fields = {**_facts(kind, facts or {}, vocabulary), "name": name.strip(), "aliases": aliases}
    try:
        entry = KINDS[kind].model_validate({"id": entry_id, "source_url": source_url, **fields})
    except ValidationError as error:
        first = error.errors()[0]
        msg = f"{entry_id}: {'.'.join(map(str, first['loc']))}: {first['msg']}. Nothing was written."
        raise InvalidInput(msg) from error
    archive.append([entry], writer=WRITER)
    return entry


def _came_with_a_paper(entry: object) -> bool:
    return bool(getattr(entry, "introduced_in", None) or getattr(entry, "met_in", None))


def _facts(kind: str, facts: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    known = KINDS[kind].model_fields.keys() - NOT_A_FACT
    for short, value in facts.items():
        field = LINKED.get(short, short)
        if field not in known:
            msg = f"A {kind} has no fact {short!r}; facts are {', '.join(sorted(known))}."
            raise InvalidInput(msg)
        linked = {"parent_id": kind, "corpus_id": "dataset"}.get(field)
        fields[field] = vocabulary.resolve(linked, str(value)) if linked else value
    return fields
