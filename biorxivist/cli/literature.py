"""``biorxivist search | get | sync | load | cite``: find papers, read, harvest and cite them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from biorxivist.cli.options import CsvFlag, JsonFlag, form
from biorxivist.cli.output import note, print_rows, print_text, progress_bar

if TYPE_CHECKING:
    from biorxivist.literature.document import Document
    from biorxivist.literature.sources import Sources
    from biorxivist.literature.sources.base import Hit
    from biorxivist.workspace.home import Home
    from graph.records import Record

__all__ = ["cite", "get", "load", "register", "search", "sync"]

SourceName = Literal["europepmc", "biorxiv", "biorxiv_web", "local"]
Since = Annotated[str | None, typer.Option(metavar="DAY", help="First day of posting, YYYY-MM-DD.")]
Until = Annotated[str | None, typer.Option(metavar="DAY", help="Last day of posting, YYYY-MM-DD.")]
Folder = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of your own papers [$BIORXIVIST_PAPERS].")]
Web = Annotated[bool, typer.Option("--web", help="Also ask the bioRxiv site: slow, and it may refuse.")]
Offline = Annotated[bool, typer.Option("--offline", help="Answer from the cache only.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (search, get, sync, load, cite):
        app.command()(command)


def search(
    query: Annotated[str, typer.Argument(help="Words, or the syntax of the source; for biorxiv a subject category.")],
    *,
    since: Since = None,
    until: Until = None,
    source: Annotated[SourceName, typer.Option(help="Who is asked.")] = "europepmc",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many papers.")] = 25,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a table: .csv or .parquet.")] = None,
    folder: Folder = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """Search for papers; exit 1 if none is found."""
    from biorxivist.literature.search import search as find
    from biorxivist.literature.table import row_of, write_table

    shape = form(as_json=json, as_csv=csv)
    with _usage():
        found = find(query, since=since, until=until, source=source, limit=limit, sources=_sources(folder=folder))
    hits = found.hits
    for problem in found.problems:
        note(problem)
    if out is not None:
        with _usage():
            note(f"{write_table(hits, out)} papers written to {out}.")
    else:
        rows = [row_of(hit) for hit in hits]
        print_rows(rows if shape != "table" else [_short(row) for row in rows], shape)
    if not hits:
        note(f"No paper fits {query!r} at {source}. Try fewer words, or another --source.")
        raise typer.Exit(1)
    if found.total and found.total > len(hits):
        note(f"{len(hits)} of {found.total} shown; --limit shows more.")


def get(
    doi: Annotated[str, typer.Argument(help="DOI or address; with v2 at its end for a version.")],
    *,
    version: Annotated[int | None, typer.Option(min=1, help="Number of the version [default: the newest].")] = None,
    text: Annotated[bool, typer.Option("--text/--no-text", help="Fetch the full text.")] = True,
    save: Annotated[bool, typer.Option("--save", help="Put the paper into the archive, for the graph.")] = False,
    web: Web = False,
    offline: Offline = False,
    folder: Folder = None,
    json: JsonFlag = False,
) -> None:
    """Fetch a paper and print its text; with --json its records."""
    from biorxivist.literature.get import get as fetch
    from biorxivist.workspace.home import ensure_seeded

    home = _home()
    document = fetch(
        doi, version=version, full_text=text, web=web, sources=_sources(home, folder=folder, offline=offline)
    )
    for drop in document.log:
        if drop.reason.startswith(("route ", "full text by ")):
            note(drop.reason)
    if save:
        ensure_seeded(home)
        written = home.archive.append(_kept(document, home), writer="get")
        note(f"{written} records written to {home.archive.folder}.")
    if json:
        print_rows(({"record": type(r).__name__, **r.model_dump(mode="json")} for r in document.records()), "json")
        return
    names = ", ".join(author.name for author in document.authors)
    print_text(f"{document.paper.title}\n{names}\n{document.paper.id}, {document.paper.license or 'licence unknown'}")
    body = document.text if document.passages else document.abstract
    print_text(f"\n{body}" if body else "")


def sync(
    query: Annotated[str, typer.Argument(help="What to harvest; for biorxiv a subject category, or nothing.")] = "",
    *,
    since: Since = None,
    until: Until = None,
    source: Annotated[SourceName, typer.Option(help="Who is asked.")] = "biorxiv",
    full_text: Annotated[bool, typer.Option("--full-text", help="Fetch open full texts, too.")] = False,
    threads: Annotated[int, typer.Option(min=1, max=16, help="Full texts under way at a time.")] = 4,
    web: Web = False,
    folder: Folder = None,
    json: JsonFlag = False,
) -> None:
    """Bring what fits into the archive; interrupted, it goes on from where it was; later, with what is new."""
    from dataclasses import asdict

    from biorxivist.literature.errors import FetchError
    from biorxivist.literature.harvest.run import sync as harvest
    from biorxivist.workspace.home import ensure_seeded

    home = _home()
    ensure_seeded(home)
    sources = _sources(home, folder=folder)
    with _usage(), progress_bar("sync") as progress:
        try:
            report = harvest(
                query,
                since=since,
                until=until,
                source=source,
                archive=home.archive,
                state=home.folder / "sync",
                sources=sources,
                full_text=full_text,
                web=web,
                threads=threads,
                progress=progress,
            )
        except (FetchError, KeyboardInterrupt) as error:
            error.add_note("What was harvested is kept: run the same command again to go on from there.")
            raise
    for problem in report.problems[:20]:
        note(problem)
    if json:
        data = {**asdict(report), "missing": report.missing}
        print_rows([{name: list(v) if isinstance(v, tuple) else v for name, v in data.items()}], "json")
    else:
        print_text(report.line())


def load(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|DIR...", help="JATS, saved article pages, MECA.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Read your own papers into the archive, for the graph; exit 1 if none could be read."""
    from biorxivist.literature.import_files import ingest
    from biorxivist.workspace.home import ensure_seeded

    home = _home()
    ensure_seeded(home)
    with progress_bar("load") as progress:
        try:
            done = ingest(paths, home.archive, progress=progress)
        except FileNotFoundError as error:
            raise typer.BadParameter(str(error)) from error
    for problem in done.problems:
        note(problem)
    row = {"papers": done.papers, "records": done.written, "problems": len(done.problems)}
    if json:
        print_rows([row], "json")
    else:
        print_text(f"{done.papers} papers read, {done.written} records written, {len(done.problems)} files passed over")
    if not done.papers:
        raise typer.Exit(1)


def cite(
    names: Annotated[list[str], typer.Argument(metavar="DOI...", help="DOIs or addresses of papers.")],
    *,
    style: Annotated[Literal["bibtex", "csl-json", "ris"], typer.Option(help="How.")] = "bibtex",
    offline: Offline = False,
) -> None:
    """Print citations: of papers in the archive, else as the services describe them."""
    from biorxivist.literature.citation import cite as write
    from biorxivist.literature.errors import NotFound
    from biorxivist.literature.get import about
    from biorxivist.literature.sources.fields import split_version
    from biorxivist.literature.works import authors_of

    home = _home()
    known = _archived(home)
    sources = _sources(home, offline=offline)
    hits = []
    for name in names:
        doi, _ = split_version(name)
        if doi is None:
            msg = f"{name[:200]!r} is no DOI. A DOI looks like 10.1101/2023.10.19.563100."
            raise NotFound(msg)
        hits.append(known[doi] if doi in known else about(doi, sources)[0])
    sys.stdout.write(write([hit.paper for hit in hits], authors_of(hits), style=style))


def _home() -> Home:
    from biorxivist.workspace.home import open_home

    return open_home()


def _sources(home: Home | None = None, **options: Any) -> Sources:
    from biorxivist.literature.sources import Sources
    from biorxivist.settings import load_settings

    with _usage():
        given = {name: value for name, value in options.items() if value}
        settings = load_settings().model_dump()
        return Sources.configured(settings, home=home.folder if home else None, **given)


@contextmanager
def _usage() -> Iterator[None]:
    """Turn a value that cannot be used into a usage error."""
    try:
        yield
    except ValueError as error:
        if type(error) is not ValueError:  # an error with a name of its own is told as it is
            raise
        raise typer.BadParameter(str(error)) from error


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("doi", "posted", "title", "authors", "license")}


def _kept(document: Document, home: Home) -> list[Record]:
    """Records of a paper that may be kept: its text only where it is open, or the user's own."""
    from biorxivist.literature.licence import kept, standing_papers
    from biorxivist.literature.sources.fields import is_open

    route = next((version.text_route for version in document.versions if version.text_route), "") or ""
    licences = [document.paper.license, *(version.license for version in document.versions)]
    own = route.startswith("local:")
    paper = kept(document.paper, standing_papers(home.archive), own=own)
    described: list[Record] = [*document.authors, paper, *document.versions]
    if own or any(is_open(licence) for licence in licences):
        return [*described, *document.passages, *document.references]
    note(f"The licence ({document.paper.license or 'unknown'}) does not let the text be kept; only its metadata are.")
    return described


def _archived(home: Home) -> dict[str, Hit]:
    """DOI -> paper, of the archive."""
    from biorxivist.literature.sources.base import Hit
    from graph.records import Author, Paper

    authors = {record.id: record for record in home.archive.read("Author") if isinstance(record, Author)}
    found: dict[str, Hit] = {}
    for record in home.archive.read("Paper"):
        if isinstance(record, Paper):
            people = tuple(authors[name] for name in record.author_ids if name in authors)
            if people:
                found.update(dict.fromkeys(record.dois, Hit(record, people)))
    return found
