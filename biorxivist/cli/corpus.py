"""``biorxivist scaling corpus``: raw counts of many files as one corpus on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, progress_bar
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

__all__ = ["corpus_app"]

corpus_app = new_app(no_args_is_help=True, help="Raw counts of many files as one corpus on disk.")
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a corpus.")]
SUMMARY = ("name", "cells", "genes", "entries", "studies", "shards", "unlabelled", "simulated", "digest")


@corpus_app.callback()
def corpus() -> None:
    """Raw counts of many files as one corpus on disk."""


@corpus_app.command(
    epilog=examples(
        "biorxivist scaling corpus build cells/ --out my_corpus",
        "biorxivist scaling corpus build a.h5ad filtered_feature_bc_matrix.h5 b.zarr --out my_corpus --min-genes 1000",
        "biorxivist scaling corpus build census/ --out sctab --genes genes.csv --keep assay=@assays.txt",
    )
)
def build(
    cells: Annotated[
        list[Path],
        typer.Argument(metavar="CELLS...", help=".h5ad or 10x .h5 files, .zarr folders, or folders of them."),
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder for the corpus.")],
    name: Annotated[str | None, typer.Option(help="Name of the corpus [default: that of the folder].")] = None,
    genes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Genes of the corpus: one name a line, .csv, .tsv or .parquet. Else --gene-share."
        ),
    ] = None,
    gene_share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Take the genes that this fraction of the files measured.")
    ] = 0.5,
    min_genes: Annotated[int, typer.Option(min=1, help="A file with fewer genes is a panel and cannot enter.")] = 5000,
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where the counts are: X, raw or a layer [default: found].")
    ] = None,
    label_key: Annotated[str, typer.Option(metavar="COLUMN", help="Column of obs with cell types.")] = "cell_type",
    study_key: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column of obs with the study [default: a file is a study].")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=VALUE", help="Take only cells with this value, or a line of @FILE; repeatable."),
    ] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave files out that cannot enter, and count them; else refuse.")
    ] = False,
    shard_cells: Annotated[int, typer.Option(min=1, help="Cells of a shard.")] = 65_536,
    restart: Annotated[
        bool, typer.Option("--restart", help="Delete the corpus in the folder and start again.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Build a corpus of raw counts from files of cells.

    Every value is looked at first: files with fractions, negative values or rounded logarithms are refused. Cells
    without a count and cells that stand twice are dropped, and counted. A build that was stopped goes on: run it again.
    """
    from biorxivist.workspace.corpora import build_corpus, kept_values

    with progress_bar("corpus") as progress:
        manifest = build_corpus(
            cells,
            out=out,
            name=name,
            restart=restart,
            progress=progress,
            genes=genes,
            gene_share=gene_share,
            min_genes=min_genes,
            layer=layer,
            label_key=label_key,
            study_key=study_key,
            keep=kept_values(keep or []),
            leave_out=leave_out,
            shard_cells=shard_cells,
        )
    _print_summary(manifest, json=json)
    _say_hygiene(manifest)


@corpus_app.command(
    epilog=examples("biorxivist scaling corpus info my_corpus", "biorxivist scaling corpus info my_corpus --json")
)
def info(folder: Folder, *, json: JsonFlag = False) -> None:
    """Say what a corpus holds, study by study, and what was left out."""
    from biorxivist.workspace.corpora import corpus_facts

    facts = corpus_facts(folder)
    _print_summary(facts, json=json)
    if json:
        print_rows([{"kind": "study", **study} for study in facts["studies"]], "json")
    else:
        print_text("")
        print_rows(facts["studies"])
    _say_hygiene(facts)


@corpus_app.command(epilog=examples("biorxivist scaling corpus verify my_corpus"))
def verify(folder: Folder, *, json: JsonFlag = False) -> None:
    """Compare every file of a corpus with its checksum; exit 1 if one is damaged."""
    from biorxivist.workspace.corpora import damage

    with progress_bar("corpus") as progress:
        problems = list(damage(folder, progress=progress))
    print_rows([entry._asdict() for entry in problems], "json" if json else "table")
    if problems:
        shards = sorted({entry.shard or "the tables" for entry in problems})
        note(f"{len(problems)} damaged or missing, in {', '.join(shards)}. Copy them again, or rebuild the corpus.")
        raise typer.Exit(FAILED)
    note(f"{folder}: every file is what was written.")


def _print_summary(facts: dict[str, Any], *, json: bool) -> None:
    said = {key: facts[key] for key in SUMMARY}
    said["studies"], said["shards"] = len(facts["studies"]), len(facts["shards"])
    if json:
        hygiene = {"left_out": facts["left_out"], "left_out_files": facts["left_out_files"]}
        print_rows([{"kind": "corpus", **said, **hygiene}], "json")
    else:
        print_rows([{"fact": key, "value": value} for key, value in said.items()])


def _say_hygiene(facts: dict[str, Any]) -> None:
    for reason, cells in facts["left_out"].items():
        note(f"Left out: {cells:,} cell{'s' if cells > 1 else ''} ({reason}).")
    for entry in facts["left_out_files"]:
        cells = f"{entry['cells']:,} cell{'' if entry['cells'] == 1 else 's'}"
        note(f"Left out: {entry['name']} ({cells}): {entry['reason'].removesuffix('.')}.")
    if facts["unlabelled"]:
        note(f"{facts['unlabelled']:,} of {facts['cells']:,} cells have no label in {facts['inputs']['label_key']}.")
