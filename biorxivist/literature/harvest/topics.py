"""Topics to harvest: what a field calls itself and its models, as data, and the query that this makes.

The shipped topics stand in ``topics.toml`` beside this module; a person's own in a file of the same form in the home.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from biorxivist.errors import InvalidInput
from graph.records import Model
from graph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["FILE", "Topic", "load_topics"]

FILE = "topics.toml"
MOST_NAMES = 80
"""Names in one query: Europe PMC gives up on long ones."""
LONGEST = 80
_NAME = re.compile(r"(?=.*[a-zA-Z])(?!.*\d\d)[\w.-]{4,30}")
"""A name that is one word; one with more digits is a checkpoint, which no abstract names."""
_LISTS = ("phrases", "context", "names", "not_names")
_TEXTS = ("about", "models_below")


@dataclass(frozen=True)
class Topic:
    """What a paper has to say to belong to a topic."""

    key: str
    about: str
    phrases: tuple[str, ...]
    """Any of them is enough."""
    names: tuple[str, ...] = ()
    """Names of models: one of them beside a word of the context is enough."""
    context: tuple[str, ...] = ()

    def query(self) -> str:
        """The topic in the syntax of Europe PMC."""
        phrases = f"TITLE_ABS:({_any(self.phrases)})"
        if not self.names:
            return phrases
        return f"{phrases} OR (TITLE_ABS:({_any(self.names)}) AND TITLE_ABS:({_any(self.context)}))"

    def fits(self, text: str) -> bool:
        """Whether a title, or a title and an abstract, belongs to the topic: as the query decides."""
        folded = _folded(text)
        if self._phrases.search(folded):
            return True
        return bool(self.names and self._names.search(folded) and self._context.search(folded))

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        return _pattern(self.phrases)

    @cached_property
    def _names(self) -> re.Pattern[str]:
        return _pattern(self.names)

    @cached_property
    def _context(self) -> re.Pattern[str]:
        return _pattern(self.context)


def load_topics(home: Path | None = None, *, vocabulary: Vocabulary | None = None) -> dict[str, Topic]:
    """The shipped topics, and those of a person, by key.

    Parameters
    ----------
    home
        Folder in which a person's ``topics.toml`` may be.
    vocabulary
        Where the names of models come from.

    Raises
    ------
    InvalidInput
        If a topic is not one; the message names the file and the entry.
    """
    names = vocabulary or load_vocabulary()
    topics = _read((resources.files("biorxivist.literature.harvest") / FILE).read_text(encoding="utf-8"), FILE, names)
    own = home / FILE if home is not None else None
    if own is not None and own.is_file():
        topics |= _read(own.read_text(encoding="utf-8"), str(own), names)
    return topics


def _read(text: str, where: str, vocabulary: Vocabulary) -> dict[str, Topic]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{where} is no TOML: {error}."
        raise InvalidInput(msg) from error
    return {key: _topic(key, table, where, vocabulary) for key, table in tables.items()}


def _topic(key: str, table: Any, where: str, vocabulary: Vocabulary) -> Topic:
    if not isinstance(table, Mapping) or not set(table) <= {*_LISTS, *_TEXTS}:
        msg = f"{where}, [{key}]: a topic has {', '.join((*_TEXTS, *_LISTS))}, and nothing else."
        raise InvalidInput(msg)
    lists: dict[str, tuple[str, ...]] = {}
    for name in _LISTS:
        values = table.get(name, [])
        if not isinstance(values, list) or not all(_is_phrase(value) for value in values):
            msg = f"{where}, [{key}]: {name} lists texts of 2 to {LONGEST} characters without quotes or brackets."
            raise InvalidInput(msg)
        lists[name] = tuple(values)
    if not lists["phrases"]:
        msg = f"{where}, [{key}]: a topic has at least one of phrases."
        raise InvalidInput(msg)
    named = list(lists["names"])
    if below := table.get("models_below"):
        named += _models_below(f"model:{below}", vocabulary)
    left_out = {name.casefold() for name in lists["not_names"]}
    names = tuple(dict.fromkeys(name for name in named if name.casefold() not in left_out))[:MOST_NAMES]
    if names and not lists["context"]:
        msg = f"{where}, [{key}]: names of models count beside a word of the context only; give some."
        raise InvalidInput(msg)
    return Topic(key, str(table.get("about", "")), lists["phrases"], names, lists["context"])


def _is_phrase(value: object) -> bool:
    return isinstance(value, str) and 2 <= len(value.strip()) <= LONGEST and not re.search(r'["()\[\]:\\]', value)


def _models_below(group: str, vocabulary: Vocabulary) -> list[str]:
    """Names and aliases of the models of a group that a text would call them by."""
    if not isinstance(vocabulary.get(group), Model):
        msg = f"models_below: {group.removeprefix('model:')!r} is not a model or group of the vocabulary."
        raise InvalidInput(msg)
    return [
        name
        for model in vocabulary
        if isinstance(model, Model) and model.role not in ("group", "ours") and group in vocabulary.lineage(model.id)
        for name in (model.name, *model.aliases)
        if _NAME.fullmatch(name)
    ]


def _any(phrases: tuple[str, ...]) -> str:
    return " OR ".join(f'"{phrase}"' for phrase in phrases)


def _folded(text: str) -> str:
    """Text in lower case with one kind of hyphen and of space: as a search engine compares."""
    return re.sub(r"[\s\-‐‑–]+", " ", text.casefold())


def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    listed = "|".join(re.escape(_folded(phrase)) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)")
