"""Write ``docs/data.md``, the data dictionary, from the record types of ``graph.records``."""

from __future__ import annotations

import inspect
import re
import types
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from graph.records import RECORDS, Gate, Record

PAGE = Path(__file__).with_name("data.md")

PREFACE = """\
# Data dictionary

<!-- Written by docs/build_data.py from graph/records. Change the field docstrings there, then run `make docs`. -->

Everything that BioRxivist knows is a record of one of these kinds. A record is immutable, checks itself, and is one
line of JSON in the archive (`$BIORXIVIST_HOME/archive/<record>/<writer>.jsonl`):

```json
{"record": "Task", "v": 2, "id": "task:x", "at": "2026-01-31T12:00:00Z", "data": {"id": "task:x", "name": "X"}}
```

`record` is the kind, `v` the version of its fields, `at` the time of writing, `data` the fields below. Of two lines
with the same id the later one counts; a `Tombstone` removes. Ids are deterministic text: the same fact has the same
id on every machine. Where an id is computed, it is the kind's prefix and the first digits of the sha256 of the
identifying fields (as canonical JSON: a list of [field, value] pairs in the order shown, no spaces).

A field marked **required** has no default. Every other field may be left out. A name such as `task_id` holds the id
of another record; a name that ends in `_ids` holds several. Scores and shares are fractions from 0 to 1. Days are
`YYYY-MM-DD`, times ISO 8601 with an offset.
"""

NAMED_OUTSIDE = {
    "Paper": "`doi:<preprint DOI, else journal DOI>`, else `arxiv:<id>`, else `key:<slug>`; lower case.",
    "Version": "`<paper id>v<label>`.",
    "Model": "The vocabulary's name, `model:<slug>`.",
    "Dataset": "The vocabulary's name, `dataset:<slug>`.",
    "Task": "The vocabulary's name, `task:<slug>`.",
    "Metric": "The vocabulary's name, `metric:<slug>`.",
}
"""How the ids are made that no field determines; a new record of this sort must say it here."""

PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", date: "day", datetime: "time"}


def type_text(annotation: Any) -> str:
    """A type as a reader without Python would call it.

    Raises
    ------
    TypeError
        If a record uses a type that this page has no words for yet.
    """
    if annotation in PLAIN:
        return PLAIN[annotation]
    if annotation is Any:
        return "any JSON value"
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in args)
    if origin in (Union, types.UnionType):
        return " or ".join(type_text(arg) for arg in args if arg is not type(None))
    if origin is tuple:
        return f"list of {type_text(args[0])}"
    if origin is dict:
        return f"map from {type_text(args[0])} to {type_text(args[1])}"
    msg = f"No words for the type {annotation!r}; add them to docs/build_data.py."
    raise TypeError(msg)


def type_cell(field: FieldInfo) -> str:
    """Type, bounds and default of a field."""
    limits = {name: getattr(item, name) for item in field.metadata for name in ("ge", "le") if hasattr(item, name)}
    text = type_text(field.annotation)
    if {"ge", "le"} <= limits.keys():
        text += f" {limits['ge']}-{limits['le']}"
    if field.is_required():
        return f"{text}, **required**"
    default = field.get_default(call_default_factory=True)
    return text if default in (None, "", (), {}) else f"{text}; default `{str(default).lower()}`"


def markdown(text: str) -> str:
    """A docstring in one line of a Markdown table: reST literals become code, bars are escaped."""
    one_line = " ".join(inspect.cleandoc(text).split())
    return re.sub(r"``(.+?)``", r"`\1`", one_line).replace("|", r"\|")


def table(model: type[BaseModel]) -> str:
    """One row for each field.

    Raises
    ------
    ValueError
        If a field has no docstring.
    """
    rows = ["| field | type | meaning |", "|---|---|---|"]
    if issubclass(model, Record):
        rows.append(id_row(model))
    for name, field in model.model_fields.items():
        if name == "id":
            continue
        if not field.description:
            msg = f"{model.__name__}.{name} has no docstring: say in graph/records what it means."
            raise ValueError(msg)
        rows.append(f"| `{name}` | {type_cell(field)} | {markdown(field.description)} |")
    return "\n".join(rows)


def id_row(record: type[Record]) -> str:
    """The row of ``id``: only an id that no field determines has to be given."""
    if record.identity or record.__name__ == "Version":
        return "| `id` | text | As above; computed when left out. |"
    return "| `id` | text, **required** | As above. |"


def id_text(record: type[Record]) -> str:
    """How the ids of one kind of record are made."""
    if not record.identity:
        return NAMED_OUTSIDE[record.__name__]
    fields = ", ".join(f"`{name}`" for name in record.identity)
    return f"`{record.prefix}:` and {record.digest_length} hexadecimal digits of the hash of {fields}."


def section(model: type[BaseModel], how_id: str = "") -> str:
    """One record: what it is, its id, its fields."""
    parts = [f"## {model.__name__}", markdown(model.__doc__ or "")]
    if how_id:
        parts.append(f"**Id:** {how_id}")
    return "\n\n".join([*parts, table(model)])


def render() -> str:
    """The whole page."""
    contents = [
        f"- [{name}](#{name.lower()}): {markdown((record.__doc__ or '').splitlines()[0])}"
        for name, record in RECORDS.items()
    ]
    sections = [section(record, id_text(record)) for record in RECORDS.values()]
    sections.append(section(Gate))
    return "\n\n".join([PREFACE.rstrip(), "\n".join(contents), *sections]) + "\n"
