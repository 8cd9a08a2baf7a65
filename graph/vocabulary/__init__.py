"""The names of the field: models, datasets, tasks and metrics, with aliases and facts.

The data are reviewed TOML files in ``vocabulary/`` beside this module: one table per entry, its key is the slug of
the id (``[scgpt]`` in ``models.toml`` is ``model:scgpt``). A name is found by exact look-up of its aliases after
folding case, spaces, hyphens and underscores; a similar name is suggested and never used, because in this field
similar names mean different things (scVI and scANVI).
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from graph.errors import UnknownName
from graph.records import Dataset, Metric, Model, Record, Task

__all__ = ["KINDS", "Entry", "Vocabulary", "entry_of", "fold", "load_vocabulary"]

Entry = Model | Dataset | Task | Metric
KINDS: dict[str, type[Entry]] = {
    "model": Model,
    "dataset": Dataset,
    "task": Task,
    "metric": Metric,
}
LINKS = ("parent_id", "variant_of", "corpus_id", "part_of")
"""Fields that hold an id, or several, of other entries."""
SHORT_LINKS = {"parent": ("parent_id", None), "variant_of": ("variant_of", "model"), "corpus": ("corpus_id", "dataset")}
"""Name in the files -> field, and the kind that the slug is of; none is the kind of the file."""


def fold(name: str) -> str:
    """Name without case, spaces, hyphens and underscores, in NFKC form: what aliases are compared by."""
    bare = re.sub(r"[\s\-_‐-―]+", "", unicodedata.normalize("NFKC", name))
    folded = unicodedata.normalize("NFKC", bare.casefold())
    return folded if folded == name else fold(folded)  # taking a space out can bring a letter and its accent together


class Vocabulary:
    """Look-up of names and facts.

    Parameters
    ----------
    entries
        Model, Dataset, Task and Metric records.

    Raises
    ------
    ValueError
        If two entries of a kind share an alias, or a parent or corpus is not an entry.
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = dict(entries)
        self._aliases: dict[tuple[str, str], str] = {}
        self._families: dict[tuple[str, str], bool] = {}
        self._lineages: dict[str, tuple[str, ...]] = {}
        self._variants: dict[str, list[str]] | None = None
        for entry in self._entries.values():
            kind = type(entry).__name__.lower()
            for name in _names(entry):
                other = self._aliases.setdefault((kind, fold(name)), entry.id)
                if other != entry.id:
                    msg = f"{kind} name {name!r} belongs to both {other} and {entry.id}"
                    raise ValueError(msg)
            for link in LINKS:
                targets = getattr(entry, link, None) or ()
                for target in (targets,) if isinstance(targets, str) else targets:
                    if target not in self._entries:
                        msg = f"{entry.id}: {link} {target!r} is not an entry"
                        raise ValueError(msg)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._entries

    def get(self, entry_id: str) -> Entry | None:
        """Entry of this id, or None."""
        return self._entries.get(entry_id)

    def resolve(self, kind: str, name: str) -> str:
        """Id of the entry that has exactly this name or alias.

        Raises
        ------
        UnknownName
            With names that look similar; they are never used in its place.
        """
        entry_id = self.find(kind, name)
        if entry_id is None:
            raise UnknownName(kind, name, self.suggest(kind, name))
        return entry_id

    def find(self, kind: str, name: str) -> str | None:
        """Id of the entry that has exactly this name or alias; None if there is none."""
        return self._aliases.get((kind, fold(name.removeprefix(f"{kind}:"))))

    def suggest(self, kind: str, name: str, k: int = 3) -> tuple[str, ...]:
        """Up to ``k`` names of this kind that look like ``name``, for a message to a person."""
        folded = [alias for entry_kind, alias in self._aliases if entry_kind == kind]
        close = difflib.get_close_matches(fold(name), folded, n=3 * k, cutoff=0.6)
        ids = dict.fromkeys(self._aliases[kind, alias] for alias in close)
        return tuple(self._entries[entry_id].name for entry_id in ids)[:k]

    def mentions(self, text: str) -> dict[str, str]:
        """Entries whose name or alias stands in ``text`` as whole words: id -> the words found.

        Names of fewer than three characters must match in case; this is a look-up of known names, no guess.
        """
        words: dict[str, str] = {}
        for entry in self._entries.values():
            kind = type(entry).__name__.lower()
            own = {name for name in (entry.name, *entry.aliases) if self._aliases[kind, fold(name)] == entry.id}
            for name in sorted(own, key=len, reverse=True):
                flags = re.IGNORECASE if len(name) > 3 else 0
                if match := re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, flags):
                    words[entry.id] = match.group()
                    break
        return words

    def with_names(self, text: str) -> str:
        """Text for people: ids of entries replaced by their names; other ids stay."""

        def name(match: re.Match[str]) -> str:
            entry = self._entries.get(match.group())
            return match.group() if entry is None else entry.name

        return re.sub(rf"\b(?:{'|'.join(KINDS)}):\w+", name, text)

    def lineage(self, entry_id: str | None) -> tuple[str, ...]:
        """The entry and its ancestors, nearest first; unknown ids stand alone.

        A variant of a model comes under that model, and what is no variant under its group.
        """
        if entry_id is None:
            return ()
        if entry_id not in self._lineages:  # asked for again whenever two claims are held against each other
            path, above = [entry_id], self._above(entry_id)
            while above is not None and above not in path:
                path.append(above)
                above = self._above(above)
            self._lineages[entry_id] = tuple(path)
        return self._lineages[entry_id]

    def _above(self, entry_id: str) -> str | None:
        entry = self._entries.get(entry_id)
        return None if entry is None else getattr(entry, "variant_of", None) or entry.parent_id

    def family(self, model_id: str) -> str:
        """The model that a model is a variant of, in the last instance; itself where it is no variant."""
        return self._variant_chain(model_id)[-1]

    def variants(self, model_id: str) -> tuple[str, ...]:
        """Models that are variants of this one, of any degree, in their order in the vocabulary; a group has none."""
        if self._variants is None:
            self._variants = {}
            for entry_id in self._entries:
                for above in self._variant_chain(entry_id)[1:]:
                    self._variants.setdefault(above, []).append(entry_id)
        return tuple(self._variants.get(model_id, ()))

    def _variant_chain(self, model_id: str) -> list[str]:
        path = [model_id]
        while (above := getattr(self._entries.get(path[-1]), "variant_of", None)) and above not in path:
            path.append(above)
        return path

    def same_family(self, a: str | None, b: str | None) -> bool:
        """Whether two tasks or two metrics are of one family; None is of every family.

        They are if one lies on the other's path to its root, or if both hang on one entry that is not a root:
        micro and macro F1 are both classification scores, but classification and integration, which share only
        the root "downstream task", are not of one family.
        """
        if a is None or b is None:
            return True
        # A few hundred pairs are asked for a million times when every claim is held against every score.
        if (known := self._families.get((a, b))) is not None:
            return known
        up, over = self.lineage(a), self.lineage(b)
        is_related = a in over or b in up or (up[1:2] == over[1:2] != () and len(up) > 2)
        return self._families.setdefault((a, b), is_related)

    def extend(self, records: Iterable[Record]) -> Vocabulary:
        """The vocabulary with the entries among ``records`` added that it lacks, such as those of a user.

        An entry that exists stays as it is, because facts that ship with the package are reviewed; and a name that
        means something already goes on meaning it.
        """
        extended = Vocabulary(self._entries)
        for record in sorted(records, key=lambda record: record.id):
            if isinstance(record, Model | Dataset | Task | Metric) and record.id not in extended:
                extended._entries[record.id] = record
                kind = type(record).__name__.lower()
                for name in _names(record):
                    extended._aliases.setdefault((kind, fold(name)), record.id)
        return extended if len(extended) > len(self) else self

    def records(self) -> Iterator[Record]:
        """All entries, as records for the archive."""
        yield from self._entries.values()


def _names(entry: Entry) -> set[str]:
    """All that an entry may be called: the slug of its id, its name, its aliases."""
    return {entry.id.partition(":")[2], entry.name, *entry.aliases}


def entry_of(kind: str, slug: str, table: Mapping[str, Any]) -> Entry:
    """The record of a table of the vocabulary's files.

    Raises
    ------
    ValueError
        If a field is not valid.
    """
    data = dict(table)
    for short, (link, prefix) in SHORT_LINKS.items():
        if short in data:
            data[link] = f"{prefix or kind}:{data.pop(short)}"
    if "sources" in data:
        data["sources"] = {SHORT_LINKS.get(name, (name,))[0]: url for name, url in data["sources"].items()}
    if "part_of" in data:
        data["part_of"] = tuple(f"dataset:{corpus}" for corpus in data["part_of"])
    if "read" in data:
        data["read_on"] = data.pop("read")
    return KINDS[kind].model_validate({"id": f"{kind}:{slug}", "name": slug, **data})


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary that ships with the package (read once).

    Raises
    ------
    ValueError
        If a file is not valid, with the file and entry named.
    """
    entries: dict[str, Entry] = {}
    folder = resources.files("graph") / "vocabulary"
    for kind in KINDS:
        text = (folder / f"{kind}s.toml").read_text(encoding="utf-8")
        for slug, table in tomllib.loads(text).items():
            try:
                entry = entry_of(kind, slug, table)
            except ValueError as error:
                msg = f"vocabulary/{kind}s.toml, [{slug}]: {error}"
                raise ValueError(msg) from error
            entries[entry.id] = entry
    return Vocabulary(entries)
