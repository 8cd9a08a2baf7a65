"""Install as a user does, with pip itself: resolve the extras, then install the core alone and run it.

    python .ci/check_install.py [EXTRA ...]     every extra by itself if none is named

The lock that `make` installs says nothing about what pip makes of the bounds in pyproject.toml: without good ones it
backtracks for minutes. Each resolution is a dry run in a clean environment, with a limit. The core is then really
installed, from a wheel, and used from another folder: it must not need torch, and its data must be in the wheel.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 120
"""Seconds that pip may take for one resolution."""

SMOKE = """
import importlib.util, sys
for name in ("torch", "scanpy", "pandas", "neo4j", "langchain", "openai", "nicegui", "mcp", "pypdfium2"):
    assert importlib.util.find_spec(name) is None, f"the core pulled in {name}"
import biorxivist, biorxivist.seeds, scaling
from graph.vocabulary import Vocabulary
records = list(biorxivist.seeds.records())
assert records, "the seeds are not in the wheel"
print(f"    {len(records)} seed records from the wheel, Python {sys.version.split()[0]}, no torch")
"""


def run(command: list[str], *, limit: int = LIMIT, cwd: Path | None = None, env: dict[str, str] | None = None) -> float:
    """Run a command and return its seconds; leave with its output if it fails or takes longer than the limit."""
    start = time.monotonic()
    try:
        done = subprocess.run(command, cwd=cwd, env=env, timeout=limit, capture_output=True, text=True, check=False)
    except subprocess.TimeoutExpired:
        sys.exit(f"{' '.join(command)}\ndid not end within {limit} s: tighten the bounds in pyproject.toml.")
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nfailed with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return time.monotonic() - start


def build_wheel(python: Path, folder: Path) -> Path:
    """Build the wheel once: each resolution from the folder of the sources would build it again."""
    run([str(python), "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)])
    (wheel,) = folder.glob("*.whl")
    return wheel


def resolve(python: Path, wheel: Path, extras: list[str]) -> None:
    """Let pip resolve each of the extras by itself, downloading nothing but metadata."""
    for extra in extras:
        pip = [str(python), "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", f"{wheel}[{extra}]"]
        print(f"    {extra:<8} {run(pip):5.1f} s", flush=True)


def try_core(python: Path, wheel: Path, folder: Path) -> None:
    """Install the core and use it from ``folder``, with a home of its own."""
    print(f"    {run([str(python), '-m', 'pip', 'install', '--quiet', str(wheel)]):.1f} s", flush=True)
    subprocess.run([str(python), "-c", SMOKE], cwd=folder, check=True)
    home = {**os.environ, "BIORXIVIST_HOME": str(folder / "home")}
    command = str(python.with_name("biorxivist"))
    for arguments in (["--help"], ["check", "more pre-training data helps"], ["doctor"]):
        seconds = run([command, *arguments], cwd=folder, env=home)
        print(f"    biorxivist {' '.join(arguments)}: {seconds:.1f} s", flush=True)


def main() -> int:
    """Check everything in a temporary folder."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = sys.argv[1:] or list(project["optional-dependencies"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        run([str(python), "-m", "pip", "install", "--quiet", "--upgrade", "pip"])
        print(f"==> pip resolves {', '.join(extras)} (limit {LIMIT} s each)", flush=True)
        wheel = build_wheel(python, folder)
        resolve(python, wheel, extras)
        print("==> pip installs the core", flush=True)
        try_core(python, wheel, folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
