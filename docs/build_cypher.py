"""Write docs/cypher.md: the docstring of graph.guard, and the functions of the language."""

from __future__ import annotations

import re
from pathlib import Path

from graph import guard
from graph.cypher.functions import FUNCTIONS

PAGE = Path(__file__).parent / "cypher.md"
HEAD = """# The Cypher that is accepted

Made by `python docs/build_cypher.py` from `graph/guard.py`; correct it there.

"""


def page() -> str:
    """The page as it should be."""
    text = re.sub(r":mod:`([^`]*)`", r"`\1`", guard.__doc__ or "").replace("``", "`")
    names = ", ".join(f"`{function.name}`" for function in FUNCTIONS.values())
    return f"{HEAD}{text.strip()}\n\n## Functions\n\n{names}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
