"""Walk as docs/README.md does: ``python -m tests.loop``, on simulated cells, or ``--cells DIR --like STUDY``.

Prints each command and what it says. The home is a new one in a temporary folder, or ``BIORXIVIST_HOME``; with
``BIORXIVIST_STORE=neo4j://...`` the graph is on that server.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from typer.testing import CliRunner, Result

from biorxivist.cli.main import app
from tests.loop.cells import simulated
from tests.loop.page import walk
from tests.loop.paper import services, settings


def run(*arguments: str) -> Result:
    print(f"\n$ biorxivist {' '.join(arguments)}", flush=True)
    return CliRunner().invoke(app, list(arguments))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.loop", description=__doc__.partition("\n")[0])
    parser.add_argument("--cells", type=Path, help="folder of .h5ad files; simulated cells if left out")
    parser.add_argument("--like", default="blood_t", help="study file or preset for these cells")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, services() as fake:
        out = Path(folder) / "out"
        out.mkdir()
        os.environ.setdefault("BIORXIVIST_HOME", str(Path(folder) / "home"))
        os.environ.update(settings(fake))
        cells, like = (given.cells, given.like) if given.cells else simulated(Path(folder))
        for _, outcome in walk(run, {"CELLS": str(cells), "LIKE": str(like), "OUT": str(out)}):
            print(outcome.stdout, end="")
            print(outcome.stderr, end="", file=sys.stderr)
            if outcome.exit_code:
                sys.exit(outcome.exit_code)
