"""Model families, one file each: the name of the file is the name of the family.

A file is found because it is there; see `scaling.model.family` for what it holds.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from scaling.errors import StudyError

if TYPE_CHECKING:
    from scaling.model.family import Family

__all__ = ["find", "names"]


@cache
def names() -> tuple[str, ...]:
    """List the families, without importing them."""
    return tuple(sorted(entry.name for entry in iter_modules(__path__)))


def find(name: str) -> Family:
    """Import a family by its name.

    Raises
    ------
    StudyError
        If there is no such family.
    """
    if name not in names():
        msg = f"There is no family {name!r}. Families are: {', '.join(names())}."
        raise StudyError(msg)
    family: Family = import_module(f"{__name__}.{name}").FAMILY
    return family
