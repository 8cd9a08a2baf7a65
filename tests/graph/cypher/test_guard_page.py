from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_about_the_language_is_current() -> None:
    made = runpy.run_path(str(DOCS / "build_cypher.py"))["render"]()
    assert (DOCS / "cypher.md").read_text(encoding="utf-8") == made
