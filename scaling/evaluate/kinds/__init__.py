"""Kinds of evaluation beside the naming of cell types, one file each; see `scaling.evaluate.kind`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.registry import Registry

if TYPE_CHECKING:
    from scaling.evaluate.kind import Kind

__all__ = ["check", "find", "names"]

_REGISTRY = Registry(__name__, __path__, attribute="KIND", what="kind of evaluation")
check = _REGISTRY.check


def names() -> tuple[str, ...]:
    """List the kinds, without importing them."""
    return _REGISTRY.names


def find(name: str) -> Kind:
    """Import a kind by its name.

    Raises
    ------
    StudyError
        If there is no such kind.
    """
    kind: Kind = _REGISTRY.find(name)
    return kind
