"""Parameters of a query on their way to the child process: JSON, in which days and instants stay what they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

__all__ = ["readable", "written"]


def written(value: Any) -> Any:
    """A value that JSON can hold."""
    match value:
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case dict():
            return {"map": {str(name): written(item) for name, item in value.items()}}
        case list() | tuple():
            return [written(item) for item in value]
    return value


def readable(value: Any) -> Any:
    """The value that was written."""
    match value:
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"map": entries}:
            return {name: readable(item) for name, item in entries.items()}
        case list():
            return [readable(item) for item in value]
    return value
