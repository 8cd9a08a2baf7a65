"""The commands of docs/README.md, and a walk through them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from string import Template

from typer.testing import Result

PAGE = Path(__file__).parents[2] / "docs" / "README.md"
Run = Callable[..., Result]
CLAIM = "CLAIM"


def commands(page: Path = PAGE) -> list[str]:
    """Commands of the page, in its order; one that ends in a backslash goes on in the next line."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.startswith("biorxivist ")]


def walk(run: Run, values: Mapping[str, str]) -> Iterator[tuple[list[str], Result]]:
    """Do what the page shows, with ``$NAME`` filled in, and yield each command with its outcome.

    ``$CLAIM`` is the first claim that ``claims list`` lists.
    """
    known = dict(values)
    for command in commands():
        words = [Template(word).safe_substitute(known) for word in shlex.split(command)][1:]
        done = run(*words)
        yield words, done
        if words[:2] == ["claims", "list"]:
            known[CLAIM] = json.loads(done.stdout.splitlines()[0])["claim"]
