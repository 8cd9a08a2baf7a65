"""A package whose files offer one thing each: a file is found because it is there, and imported when it is used."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from scaling.errors import StudyError

__all__ = ["Registry"]


class Registry:
    """Files of a package by name.

    Parameters
    ----------
    package, path
        ``__name__`` and ``__path__`` of the package.
    attribute
        Name of what each file offers.
    what
        What that is called in messages, such as ``family``.
    """

    def __init__(self, package: str, path: Iterable[str], *, attribute: str, what: str) -> None:
        self.package, self.path, self.attribute, self.what = package, list(path), attribute, what

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the files, without importing them."""
        return tuple(sorted(entry.name for entry in iter_modules(self.path)))

    def check(self, name: str) -> str:
        """Return the name if there is such a file.

        Raises
        ------
        StudyError
            If there is none, with the nearest one.
        """
        if name not in self.names:
            similar = difflib.get_close_matches(name, self.names, n=1, cutoff=0.5)
            hint = f"; did you mean {similar[0]!r}?" if similar else "."
            msg = f"There is no {self.what} {name!r}{hint} There are: {', '.join(self.names)}."
            raise StudyError(msg)
        return name

    def find(self, name: str) -> Any:
        """Import what a file offers.

        Raises
        ------
        StudyError
            If there is no such file.
        """
        return getattr(import_module(f"{self.package}.{self.check(name)}"), self.attribute)
