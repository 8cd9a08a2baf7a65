"""Write the generated pages and pictures of ``docs/``, or say which of them are out of date.

``python docs/build.py`` writes all of them, ``python docs/build.py schema commands`` those two, and with ``--check``
nothing is written: the exit status is 1 if one is out of date. Each ``build_NAME.py`` beside this file has ``PAGE``,
where its text goes, and ``render()``, which makes it.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.stem.removeprefix("build_") for path in FOLDER.glob("build_*.py")))


def build(name: str, *, check: bool) -> bool:
    """Write a page, or with ``check`` only compare it; returns whether it is current."""
    builder = runpy.run_path(str(FOLDER / f"build_{name}.py"))
    page, text = builder["PAGE"], builder["render"]()
    if not check:
        page.write_text(text, encoding="utf-8")
    current = page.is_file() and page.read_text(encoding="utf-8") == text
    if not current:
        print(f"{page.name} is out of date: run `make docs` and commit it.", file=sys.stderr)
    return current


def main(arguments: list[str]) -> int:
    """Build the pages that are named, all of them by default; returns the exit status."""
    names = [argument for argument in arguments if argument != "--check"]
    if unknown := set(names) - set(NAMES):
        print(f"no page {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    current = [build(name, check="--check" in arguments) for name in names or NAMES]
    return 0 if all(current) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
