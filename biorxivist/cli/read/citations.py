"""``biorxivist citations``: who cites a paper, what it cites, and which of them disagree with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import CsvFlag, JsonFlag, form
from biorxivist.cli.output import note
from biorxivist.cli.read.sources import Offline, home, sources
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.claims.citations import Direction

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "biorxivist citations 10.1101/2024.12.13.628448",
        "biorxivist citations 10.1101/2024.12.13.628448 --in --json",
        "biorxivist citations 10.1038/s41467-024-51059-5 --out --offline",
    )
)
def citations(
    doi: Annotated[str, typer.Argument(help="DOI or address of a paper.")],
    *,
    citing: Annotated[bool, typer.Option("--in", help="Only papers that cite it.")] = False,
    cited: Annotated[bool, typer.Option("--out", help="Only papers that it cites.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most papers to list.")] = 50,
    offline: Offline = False,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List citing and cited papers, those that disagree first.

    Citing papers come from OpenAlex and Europe PMC, cited ones from the archive, else from Crossref. The exit code is 1
    if there is none.
    """
    from biorxivist.claims.citations import citations as find
    from biorxivist.literature.sources.fields import require_doi
    from biorxivist.load.prepare import prepare

    workspace = home()
    prepare(workspace)
    directions: tuple[Direction, ...] = ("in", "out") if citing == cited else ("in",) if citing else ("out",)
    papers, problems = find(
        require_doi(doi).name, workspace.archive, sources(workspace, offline=offline), directions=directions
    )
    for problem in problems:
        note(problem)
    shape = form(as_json=json, as_csv=csv)
    rows = [paper.plain() for paper in papers[:limit]]
    print_rows(rows if shape != "table" else [_short(row) for row in rows], shape)
    if len(papers) > limit:
        note(f"The first {limit} of {len(papers)}; a higher --limit prints more.")
    if not papers:
        note(f"No citation of or by {doi} is known.")
        raise typer.Exit(FAILED)


def _short(row: dict[str, object]) -> dict[str, object]:
    names = ("direction", "year", "doi", "title", "claims")
    return {**{name: row[name] for name in names}, "disagree": _count(row["contradicts"]) + _count(row["differs"])}


def _count(ids: object) -> int:
    return len(ids) if isinstance(ids, tuple) else 0
