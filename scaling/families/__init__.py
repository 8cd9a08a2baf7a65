"""Model families, one file each: the name of the file is the name of the family.

A file is found because it is there; see `scaling.model.family` for what it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.registry import Registry

if TYPE_CHECKING:
    from scaling.model.family import Family

__all__ = ["check", "find", "names"]

_REGISTRY = Registry(__name__, __path__, attribute="FAMILY", what="family")
check = _REGISTRY.check


def names() -> tuple[str, ...]:
    """List the families, without importing them."""
    return _REGISTRY.names


def find(name: str) -> Family:
    """Import a family by its name.

    Raises
    ------
    StudyError
        If there is no such family.
    """
    family: Family = _REGISTRY.find(name)
    return family
