"""A study as the text of its file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Any

from scaling.study.spec import Study

__all__ = ["study_text"]

BARE = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 116


def study_text(study: Study, comments: Iterable[str] = ()) -> str:
    """Write a study as TOML, with comments at its head; reading the text gives an equal study."""
    head = [f"# {line}" for comment in comments for line in wrap(" ".join(comment.split()), WIDTH)]
    data = study.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return "\n".join([*head, *_table(data, ())]).strip() + "\n"


def _table(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Lines of a table: its values first, since TOML gives what follows a heading to that heading."""
    tables = {key: value for key, value in data.items() if isinstance(value, dict) or _is_tables(value)}
    for key, value in data.items():
        if key not in tables:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        name = ".".join(_key(part) for part in (*path, key))
        if isinstance(value, list):
            for entry in value:
                yield from ("", f"[[{name}]]")
                yield from _entry(entry, (*path, key))
        elif value:
            yield from ("", f"[{name}]")
            yield from _table(value, (*path, key))


def _entry(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Lines of one of several tables of a name; a map in it stands on one line."""
    for key, value in data.items():
        if _is_tables(value):
            yield from _table({key: value}, path)
        else:
            yield f"{_key(key)} = {_value(value)}"


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)
