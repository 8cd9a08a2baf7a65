"""The mail address that services ask clients for: they write to it before they block, and some serve it faster.

It is a setting (``contact``); where that is unset it is the one that was given to ``biorxivist doctor``, which asks
once and keeps the answer in the home, an empty one too.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["has_answer", "is_mail_address", "read_contact", "write_contact"]

NAME = "contact.txt"
ADDRESS = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")


def is_mail_address(text: str) -> bool:
    """Whether a text is a mail address and nothing else; it is sent in a header, where a line end would be a crime.

    >>> is_mail_address("ann@example.org"), is_mail_address("ann"), is_mail_address("a@b.org Host: x")
    (True, False, False)
    """
    return ADDRESS.fullmatch(text) is not None


def read_contact(home: Path) -> str | None:
    """The address that was given, if one was."""
    try:
        text = (home / NAME).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if is_mail_address(text) else None


def write_contact(home: Path, address: str) -> None:
    """Keep an answer, also the empty one.

    Raises
    ------
    OSError
        If the home cannot be written.
    """
    home.mkdir(parents=True, exist_ok=True)
    (home / NAME).write_text(f"{address}\n", encoding="utf-8")


def has_answer(home: Path) -> bool:
    """Whether there is an answer."""
    return (home / NAME).is_file()
