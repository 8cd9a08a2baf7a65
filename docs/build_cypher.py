"""Write docs/cypher.md: the docstring of graph.guard, and the functions of the language."""

from __future__ import annotations

import re
from pathlib import Path

from graph import guard
from graph.cypher.functions import FUNCTIONS

PAGE = Path(__file__).parent / "cypher.md"
HEAD = """# The Cypher that is accepted

Made from `graph/guard.py` by docs/build_cypher.py; correct it there, then run `make docs`.

"""


def render() -> str:
    """The page as it should be."""
    text = re.sub(r":mod:`([^`]*)`", r"`\1`", guard.__doc__ or "").replace("``", "`")
    names = ", ".join(f"`{function.name}`" for function in FUNCTIONS.values())
    return f"{HEAD}{text.strip()}\n\n## Functions\n\n{names}\n"
