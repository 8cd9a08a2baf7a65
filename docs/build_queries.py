"""Write ``docs/queries.md``: every named query with its question, parameters and a row of its answer.

The rows come from the shipped facts, in a store that is built for the purpose (half a minute).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from graph import queries
from graph.queries import NamedQuery

PAGE = Path(__file__).with_name("queries.md")
LONGEST = 90

PREFACE = """\
# Questions that the graph answers

<!-- Written by docs/build_queries.py from graph/queries/*.cypher and the shipped facts. Run `make docs`. -->

Each is a named query: the same Cypher, and the same rows, on the embedded store and on Neo4j.

```sh
biorxivist graph query contested_claims -p kind=scaling --limit 5
```

In Python, `bx.open_graph().run("contested_claims", kind="scaling", limit=5)` gives the same rows as dictionaries. A
parameter that is an empty text means all. The example is the first row that the shipped facts give, long texts cut;
`biorxivist graph query --list` lists the names, [schema.md](schema.md) shows what a query of your own can ask for.
"""


def cell(value: Any) -> str:
    """A value in a cell of a Markdown table: short, and nothing that Markdown takes for its own."""
    if value is None:
        return ""
    text = f"{value:.4g}" if isinstance(value, float) else value if isinstance(value, str) else json.dumps(value)
    text = " ".join(text.split())
    cut = text if len(text) <= LONGEST else text[: LONGEST - 2].rstrip() + " …"
    return cut.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def parameter_text(query: NamedQuery) -> str:
    """The parameters with their defaults, as a person would type them."""
    listed = [f"`{name}` = `{json.dumps(default)}`" for name, default in query.parameters.items()]
    return "Parameters: " + ", ".join(listed) + "."


def section(query: NamedQuery, row: Mapping[str, Any]) -> str:
    """One query."""
    table = ["| column | example |", "|---|---|", *(f"| `{name}` | {cell(value)} |" for name, value in row.items())]
    return "\n\n".join([f"## {query.name}", query.question, parameter_text(query), "\n".join(table)])


def page(run: Callable[..., list[dict[str, Any]]]) -> str:
    """The whole page.

    Parameters
    ----------
    run
        ``run`` of a store that holds the shipped facts.
    """
    known = [queries.named(name) for name in queries.names()]
    contents = ["| query | question |", "|---|---|"]
    contents += [f"| [{query.name}](#{query.name}) | {cell_of_contents(query.question)} |" for query in known]
    sections = [section(query, run(query.name, limit=1)[0]) for query in known]
    return "\n\n".join([PREFACE.rstrip(), "\n".join(contents), *sections]) + "\n"


def cell_of_contents(question: str) -> str:
    """A question, whole, in a cell."""
    return question.replace("|", "\\|")


def render() -> str:
    """The page from a store of its own."""
    from biorxivist.claims.refresh import compute
    from biorxivist.seeds import records
    from graph.stores.ladybug.store import LadybugStore

    facts = list(records())
    with tempfile.TemporaryDirectory() as folder, LadybugStore(Path(folder) / "store") as store:
        store.write([*facts, *compute(facts)])
        return page(store.run)
