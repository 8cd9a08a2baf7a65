"""Errors of the parsers."""

from __future__ import annotations

from pathlib import Path

from biorxivist.errors import InvalidInput


class ParseError(InvalidInput, ValueError):
    """The bytes are not a paper that can be read; the message says what they are and what to give instead."""


class UnreadableFile(ParseError, OSError):
    """There is no such file, or it may not be read; also an `OSError`, with its ``errno`` and ``filename``."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.errno, self.filename = error.errno, str(path)
        super().__init__(f"{path}: {_reason(error)}. Give the path of a paper in JATS XML or HTML, or its bytes.")

    def __str__(self) -> str:
        return str(self.args[0])  # an OSError would print its errno in place of the message


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return "a folder, not a file" if isinstance(error, IsADirectoryError) else "it cannot be read here"
