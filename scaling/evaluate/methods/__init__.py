"""Methods by which embeddings are scored, one file each; see `scaling.evaluate.method` for what a file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.registry import Registry

if TYPE_CHECKING:
    from scaling.evaluate.method import Method

__all__ = ["check", "find", "names"]

_REGISTRY = Registry(__name__, __path__, attribute="METHOD", what="method of evaluation")
check = _REGISTRY.check


def names() -> tuple[str, ...]:
    """List the methods, without importing them."""
    return _REGISTRY.names


def find(name: str) -> Method:
    """Import a method by its name.

    Raises
    ------
    StudyError
        If there is no such method.
    """
    method: Method = _REGISTRY.find(name)
    return method
