"""``biorxivist get`` and ``cite``: one paper with its text, and papers as a bibliography prints them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_wrapped, progress_bar
from biorxivist.cli.read.sources import Folder, Offline, Web, home, sources
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED
from biorxivist.literature.doi import bare_doi

if TYPE_CHECKING:
    from biorxivist.claims.index import ClaimIndex
    from graph.records import Paper

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "biorxivist get 10.1101/2023.10.19.563100",
        "biorxivist get 10.1101/2023.10.19.563100v1 --no-text --json > records.jsonl",
        "biorxivist get paper.pdf --offline",
    )
)
def get(
    doi: Annotated[
        str, typer.Argument(metavar="DOI | FILE", help="DOI or address, with v2 at its end for a version; or a file.")
    ],
    *,
    version: Annotated[int | None, typer.Option(min=1, help="Number of the version [default: the newest].")] = None,
    text: Annotated[bool, typer.Option("--text/--no-text", help="Fetch the full text.")] = True,
    save: Annotated[bool, typer.Option("--save", help="Write the paper into the archive, for the graph.")] = False,
    claims: Annotated[bool, typer.Option("--claims/--no-claims", help="With --save, read its claims too.")] = True,
    web: Web = False,
    offline: Offline = False,
    folder: Folder = None,
    json: JsonFlag = False,
) -> None:
    """Fetch a paper and print its text.

    The text comes by the first open route; stderr says which route that was. --json prints the records. A file of your
    own (PDF, JATS, article page) is read, and completed with what the services know of the paper.
    """
    from biorxivist.literature.get import file_named, get_file
    from biorxivist.literature.get import get as fetch
    from biorxivist.literature.licence import curated_papers, records_to_keep
    from biorxivist.literature.shelf import Shelf
    from biorxivist.load.prepare import ensure_seeded
    from graph.records import Passage

    workspace = home()
    if (path := file_named(doi)) is not None:
        document = get_file(path, sources=None if offline else sources(workspace, folder=folder))
    else:
        document = fetch(
            doi, version=version, full_text=text, web=web, sources=sources(workspace, folder=folder, offline=offline)
        )
    for drop in document.log:
        if drop.reason.startswith(("route ", "full text by ")):
            note(drop.reason)
    if save:
        ensure_seeded(workspace)
        records = records_to_keep(document.records(), curated_papers(workspace.archive))
        shelf = Shelf(workspace.archive)
        written = workspace.archive.append(shelf.gain(records, added=document.added), writer="get")
        written += workspace.archive.append(shelf.settle(), writer="get")
        if document.passages and not any(isinstance(record, Passage) for record in records):
            licence = document.paper.license or "unknown"
            note(f"The licence ({licence}) does not allow the text to be stored; only the metadata are.")
        note(f"{written} records written to {workspace.archive.folder}.")
        if claims and any(isinstance(record, Passage) for record in records):
            from biorxivist.load.claims import load_claims

            with progress_bar("claims") as progress:
                note(load_claims(workspace, {document.paper.id}, progress=progress).sentence())
    if json:
        print_rows(({"record": type(r).__name__, **r.model_dump(mode="json")} for r in document.records()), "json")
        return
    paper = document.paper
    names = ", ".join(author.name for author in document.authors)
    print_wrapped(f"{paper.title}\n{names}\n{paper.id}, {paper.license or 'licence unknown'}")
    body = document.text if document.passages else document.abstract
    print_wrapped(f"\n{body}" if body else "")


@app.command(
    epilog=examples(
        "biorxivist cite 10.1101/2024.12.13.628448",
        "biorxivist cite 10.1101/2024.12.13.628448 10.1038/s41467-024-51059-5 --style csl-json",
        "biorxivist cite 10.1101/2023.04.30.538439 --version preprint",
    )
)
def cite(
    names: Annotated[list[str], typer.Argument(metavar="DOI...", help="DOIs or addresses of papers.")],
    *,
    style: Annotated[Literal["bibtex", "csl-json", "ris"], typer.Option(help="Format.")] = "bibtex",
    version: Annotated[
        Literal["journal", "preprint"] | None,
        typer.Option(help="Which version [default: the journal's where all is known, else the preprint]."),
    ] = None,
    offline: Offline = False,
) -> None:
    """Print citations as BibTeX, CSL-JSON or RIS.

    An entry describes one version, and says which. Papers of the archive are cited from it, others as the services
    describe them. What cannot be found is said on stderr; the others are printed, and the exit code is 1.
    """
    from biorxivist.claims.index import ClaimIndex
    from biorxivist.literature.citation import cite as write
    from biorxivist.literature.edition import NoSuchVersion, edition_of, is_complete
    from biorxivist.literature.errors import FetchError
    from biorxivist.literature.get import look_up
    from biorxivist.literature.sources.fields import require_doi
    from biorxivist.literature.works import authors_of

    workspace = home()
    index = ClaimIndex.of(workspace.archive.read("Paper", "Author", "Version"))
    services = sources(workspace, offline=offline)
    papers, authors, versions = [], dict(index.authors), list(index.versions.values())
    for name in names:
        try:
            paper = _archived(name, index)
            known = [each for each in versions if paper is not None and each.paper_id == paper.id]
            if paper is None or (version == "journal" and not is_complete(edition_of(paper, known, wanted=version))):
                hit, _ = look_up(require_doi(name).name, services)
                paper = hit.paper
                versions = [each for each in versions if each.paper_id != paper.id] + list(hit.versions)
                authors |= authors_of([hit])
            edition_of(paper, [each for each in versions if each.paper_id == paper.id], wanted=version)
        except NoSuchVersion as error:
            note(str(error))
            continue
        except FetchError as error:
            note(f"{name} is not in the archive and cannot be looked up. {error}")
            continue
        papers.append(paper)
    sys.stdout.write(write(papers, authors, versions=versions, style=style, version=version) if papers else "")
    if len(papers) < len(names):
        raise typer.Exit(FAILED)


def _archived(name: str, index: ClaimIndex) -> Paper | None:
    """The paper of a DOI or id as the archive has it; None if it has none, or does not know who wrote it."""
    doi = bare_doi(name)
    paper = index.papers.get(name) or index.papers.get(index.by_doi.get(doi or "", ""))
    if paper is None or not any(author in index.authors for author in paper.author_ids):
        return None
    if unknown := index.version_note(name):
        note(unknown)
    return paper
