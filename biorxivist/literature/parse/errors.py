"""Errors of the parsers."""

from __future__ import annotations

from biorxivist.errors import InvalidInput


class ParseError(InvalidInput, ValueError):
    """The bytes are not a paper that can be read; the message says what they are and what to give instead."""
