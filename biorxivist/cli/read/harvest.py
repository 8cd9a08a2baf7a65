"""``biorxivist sync`` and ``load``: many papers into the archive, from a source or from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, progress_bar
from biorxivist.cli.read.sources import Folder, Since, SourceName, Until, Web, home, sources, usage
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.literature.harvest.topics import Topic
    from biorxivist.workspace.home import Home

__all__ = ["app"]

app = new_app()

NOTED_PROBLEMS = 20


@app.command(
    epilog=examples(
        "biorxivist sync genomics --since 2026-08-01 --full-text",
        'biorxivist sync "single-cell foundation model" --source europepmc --since 2025-01-01',
        "biorxivist sync --topic scfm --source europepmc --since 2025-01-01",
    )
)
def sync(
    query: Annotated[
        str, typer.Argument(help="Words; for biorxiv a subject category, or nothing for all.", show_default=False)
    ] = "",
    *,
    since: Since = None,
    until: Until = None,
    source: Annotated[SourceName, typer.Option(help="Source to harvest.")] = "biorxiv",
    topic: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Topic in place of a query: scfm, or one of topics.toml in your home."),
    ] = None,
    full_text: Annotated[bool, typer.Option("--full-text", help="Also fetch open full texts.")] = False,
    claims: Annotated[bool, typer.Option("--claims/--no-claims", help="Read the claims of new full texts.")] = True,
    threads: Annotated[int, typer.Option(min=1, max=16, help="Full texts fetched at the same time.")] = 4,
    web: Web = False,
    folder: Folder = None,
    json: JsonFlag = False,
) -> None:
    """Harvest all papers that match into the archive.

    With --full-text the claims of the new texts are also read. If it is interrupted, the same command resumes; run
    again later, it fetches what is new.
    """
    from dataclasses import asdict

    from biorxivist.literature.errors import FetchError
    from biorxivist.literature.harvest.run import sync as harvest
    from biorxivist.load.prepare import ensure_seeded

    workspace = home()
    ensure_seeded(workspace)
    services = sources(workspace, folder=folder)
    chosen = _topic(topic, query, source, workspace) if topic else None
    with usage(), progress_bar("sync") as progress:
        try:
            report = harvest(
                query,
                since=since,
                until=until,
                source=source,
                topic=chosen,
                archive=workspace.archive,
                state=workspace.folder / "sync",
                sources=services,
                full_text=full_text,
                web=web,
                threads=threads,
                progress=progress,
            )
        except (FetchError, KeyboardInterrupt) as error:
            error.add_note("What was harvested so far is in the archive; run the same command again to resume.")
            raise
    for problem in report.problems[:NOTED_PROBLEMS]:
        note(problem)
    if len(report.problems) > NOTED_PROBLEMS:
        note(f"{len(report.problems) - NOTED_PROBLEMS} more problems; --json lists all.")
    data: dict[str, Any] = {**asdict(report), "missing": report.missing}
    extracted = None
    if claims and report.text_ids:
        from biorxivist.load.claims import load_claims

        with progress_bar("claims") as progress:
            try:
                extracted = load_claims(workspace, report.text_ids, progress=progress)
            except KeyboardInterrupt as error:
                error.add_note("The texts are in the archive; `biorxivist claims extract --all` reads what is left.")
                raise
        data |= extracted.row()
    if json:
        print_rows([{name: list(v) if isinstance(v, tuple) else v for name, v in data.items()}], "json")
    else:
        print_text(report.line())
        if extracted is not None:
            print_text(extracted.sentence())


def _topic(name: str, query: str, source: str, home: Home) -> Topic:
    from biorxivist.literature.harvest.topics import load_topics
    from biorxivist.workspace.vocabulary import read_vocabulary

    if query and source not in ("biorxiv", "medrxiv"):
        msg = "give a query or --topic, not both (beside a topic only the category of a feed)"
        raise typer.BadParameter(msg, param_hint="--topic")
    topics = load_topics(home.folder, vocabulary=read_vocabulary(home.archive))
    if name not in topics:
        msg = f"no topic {name!r}; there are {', '.join(topics)}. Add your own to {home.folder / 'topics.toml'}."
        raise typer.BadParameter(msg, param_hint="--topic")
    return topics[name]


@app.command(
    epilog=examples(
        "biorxivist load paper.pdf paper.xml page.html table_s3.xlsx",
        "biorxivist load my_papers archive.meca --json",
        "biorxivist load scores.csv --of 10.1101/2023.10.19.563100",
    )
)
def load(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE | DIR...",
            help="PDF, JATS XML, saved article pages, MECA archives; tables as CSV, TSV or XLSX.",
        ),
    ],
    *,
    again: Annotated[bool, typer.Option("--again", help="Also read files that have not changed.")] = False,
    of: Annotated[
        str | None, typer.Option("--of", metavar="DOI", help="Paper of the archive that the tables belong to.")
    ] = None,
    claims: Annotated[bool, typer.Option("--claims/--no-claims", help="Read their claims too.")] = True,
    json: JsonFlag = False,
) -> None:
    """Read papers of your own, and their claims, into the archive.

    A file that cannot be read is named and skipped; one that was read before is read again only if it has changed. A
    table belongs to the paper that is loaded with it, or to the one of --of. The exit code is 1 if no file could be
    read.
    """
    from biorxivist.claims.index import ClaimIndex
    from biorxivist.claims.present import counted
    from biorxivist.literature.import_files import ingest
    from biorxivist.load.prepare import ensure_seeded

    workspace = home()
    ensure_seeded(workspace)
    work = ClaimIndex.of(workspace.archive.read("Paper", "Version")).paper(of).id if of else None
    with progress_bar("load") as progress:
        try:
            report = ingest(paths, workspace.archive, again=again, of=work, progress=progress)
        except FileNotFoundError as error:
            raise typer.BadParameter(str(error)) from error
    for problem in report.problems:
        note(problem)
    row: dict[str, Any] = {
        "papers": report.papers,
        "unchanged": report.unchanged,
        "records": report.written,
        "problems": len(report.problems),
        "supplementary_tables": report.tables,
    }
    has_read = bool(report.papers or report.tables)
    if claims and has_read:
        from biorxivist.load.claims import load_claims

        with progress_bar("claims") as progress:
            alone = None if report.papers else report.passage_ids
            extracted = load_claims(workspace, report.paper_ids, passage_ids=alone, progress=progress)
        row |= extracted.row()
    if json:
        print_rows([row], "json")
    else:
        read = [counted(report.papers, "paper")] if report.papers or not report.tables else []
        read += [f"{counted(report.tables, 'table')} of files"] if report.tables else []
        print_text(
            f"{', '.join(read)} read, {report.unchanged} unchanged, {counted(report.written, 'record')} written, "
            f"{counted(len(report.problems), 'file')} skipped"
        )
        if claims and has_read:
            print_text(extracted.sentence())
    if not has_read and not report.unchanged:
        raise typer.Exit(FAILED)
