"""A load that is long enough to be cut off, here or in another process."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from graph.records import Paper, Record, Reference
from tests.neo4j_server.shared import Address

ROOT = Path(__file__).parents[4]
PAPERS = 5000


def papers(number: int = PAPERS) -> Iterator[Record]:
    for i in range(number):
        yield Paper(id=f"doi:10/{i}", title=f"title {i} " * 10)
        yield Reference(paper_id=f"doi:10/{i}", cited_id=f"doi:10/{i // 2 if i else 1}")


LOAD = """
    import os, sys
    from pydantic import SecretStr
    from graph.stores.base import Login
    from graph.stores.open import open_store
    from tests.graph.stores.neo4j.loads import papers
    def said(done, total, what):
        if what == "nodes":
            print("written", flush=True)
    login = Login("neo4j", SecretStr(os.environ["PASSWORD"]) if "PASSWORD" in os.environ else None)
    with open_store(sys.argv[1], login=login) as store:
        store.write(papers(), progress=said)
"""


def start_load(address: Address) -> subprocess.Popen[str]:
    """Load the papers from another process; it says "written" for each 1,000 that the server acknowledged."""
    password = address.login.password
    environment = {**os.environ, **({"PASSWORD": password.get_secret_value()} if password else {})}
    command = [sys.executable, "-c", textwrap.dedent(LOAD), address.url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
