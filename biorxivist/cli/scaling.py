"""``biorxivist scaling``: run a study on your own cells, score embeddings that you have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from biorxivist.cli.completion import presets
from biorxivist.cli.corpus import corpus_app
from biorxivist.cli.designing import EXAMPLES as DESIGN_EXAMPLES
from biorxivist.cli.designing import design
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, progress_bar
from biorxivist.cli.reproducing import EXAMPLES as REPRODUCE_EXAMPLES
from biorxivist.cli.reproducing import reproduce
from biorxivist.cli.rows import print_counts, print_rows
from biorxivist.cli.scoring import EXAMPLES as SCORE_EXAMPLES
from biorxivist.cli.scoring import score

if TYPE_CHECKING:
    from scaling.study.cluster import Cluster

__all__ = ["app"]

app = new_app()
MOST_STACKED = 64
"""Trainings in a stack."""

scaling_app = new_app(no_args_is_help=True, help="Pre-train on subsets of a corpus and evaluate.")
app.add_typer(scaling_app, name="scaling")
scaling_app.add_typer(corpus_app, name="corpus")
scaling_app.command(epilog=REPRODUCE_EXAMPLES)(reproduce)
scaling_app.command(epilog=DESIGN_EXAMPLES)(design)


StudyArgument = Annotated[
    Path, typer.Argument(metavar="STUDY", help="Study file (TOML) or name of a preset.", autocompletion=presets)
]
CellsOption = Annotated[
    Path, typer.Option(metavar="DIR | FILE", help="Folder of .h5ad files, one file, or a corpus of shards.")
]
DeviceOption = Annotated[
    str, typer.Option(metavar="auto|cpu|cuda", help="Where models are computed; auto takes a GPU where there is one.")
]


@scaling_app.callback()
def scaling() -> None:
    """Pre-train on subsets of a corpus and evaluate."""


@scaling_app.command(
    epilog=examples(
        "biorxivist scaling plan blood_p --cells CELLS", "biorxivist scaling plan my_study.toml --cells CELLS --json"
    )
)
def plan(
    study: StudyArgument,
    *,
    cells: CellsOption,
    json: JsonFlag = False,
) -> None:
    """Show what a study would do: the role of each set of cells, and what would be trained on how many of them.

    The cells are read and checked as for a run: labels, coverage of the models' genes, cells that have two roles.
    """
    from dataclasses import asdict

    from biorxivist.workspace.studies import plan_study

    planned = plan_study(study, cells=cells)
    sets, trainings = ([asdict(row) for row in rows] for rows in (planned.sets, planned.trainings))
    if json:
        print_rows([*({"part": "cells", **row} for row in sets), *({"part": "training", **row} for row in trainings)],
                   "json")  # fmt: skip
        return
    print_rows(sets, "table")
    print_text("")
    print_rows(trainings, "table")
    stepped = [row for row in planned.trainings if row.steps]
    note(
        f"{sum(row.trainings for row in stepped):,} trainings in steps over {planned.genes:,} genes, "
        f"{sum(row.trainings * row.cells_seen for row in stepped):,} cells seen. Nothing was trained."
    )


@scaling_app.command(
    epilog=examples(
        "biorxivist scaling run demo --cells my_cells.h5ad --out my_study",
        "biorxivist scaling run my_study.toml --cells CELLS --out OUT --workers 4",
        "biorxivist scaling run my_study.toml --cells CELLS --out OUT --runner ray --address auto --gpus-per-run .25",
    )
)
def run(
    study: StudyArgument,
    *,
    cells: CellsOption,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the runs and their records.")],
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=4096, help="Number of processes; 1 if left out, on a cluster as many as have room."),
    ] = None,
    device: DeviceOption = "auto",
    threads: Annotated[int, typer.Option(min=1, max=256, help="Threads of each process; weights depend on it.")] = 1,
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        typer.Option(help="Of the loss; auto is bfloat16 (autocast) on a GPU, float32 elsewhere."),
    ] = "auto",
    stack: Annotated[
        str,
        typer.Option(
            metavar="N | auto | off",
            help="Trainings of several seeds that take their steps as one; auto does so for small models on a GPU.",
        ),
    ] = "auto",
    compile_: Annotated[
        Literal["auto", "on", "off"],
        typer.Option("--compile", help="Compile parts of models; auto does so for long trainings on a GPU."),
    ] = "auto",
    runner: Annotated[
        Literal["local", "ray"], typer.Option(help="Processes of this machine, or workers of a Ray cluster.")
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT | auto | local", help="Ray cluster; $RAY_ADDRESS, else local, if left out."),
    ] = None,
    gpus_per_run: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of a GPU of each Ray worker; 1 if the cluster has GPUs."),
    ] = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="Ray workers see OUT under the same path and write into it themselves.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Run a study.

    A study that was stopped resumes: run the same command again. Finished models are not trained again, even
    for an evaluation that was added since; an interrupted one resumes where it stopped. Runs and records are the same
    whether this process does them, several processes (`--workers`), or machines of a cluster (`--runner ray`).
    """
    from biorxivist.workspace.studies import run_study

    with progress_bar("study") as progress:
        counts, remarks = run_study(
            study, cells=cells, out=out, workers=workers, device=device, threads=threads, precision=precision,
            stack=_stacked(stack, runner), compile=compile_,
            cluster=_cluster(runner, address, gpus_per_run, shared=shared), progress=progress,
        )  # fmt: skip
    print_counts(counts, json=json)
    for remark in remarks:
        note(remark)
    note(f"The records are in {out / 'records.jsonl'}; `biorxivist graph load {out / 'records.jsonl'}` loads them.")


def _stacked(stack: str, runner: str) -> int | None:
    """Trainings in a stack; none says that they are chosen by the device."""
    if stack == "auto":
        return None
    number = 1 if stack == "off" else int(stack) if stack.isascii() and stack.isdecimal() else 0
    if not 1 <= number <= MOST_STACKED:
        msg = f"--stack {stack}: it is auto, off, or a number from 1 to {MOST_STACKED}."
        raise typer.BadParameter(msg)
    if number > 1 and runner == "ray":
        msg = f"--stack {stack}: not with --runner ray, where runs share a GPU by --gpus-per-run."
        raise typer.BadParameter(msg)
    return number


def _cluster(runner: str, address: str | None, gpus_per_run: float | None, *, shared: bool) -> Cluster | None:
    """Cluster that the options name; none for processes of this machine."""
    if runner == "ray":
        from scaling.study.cluster import Cluster

        return Cluster(address=address, gpus_per_run=gpus_per_run, shared=shared)
    ray_options = {"--address": address is not None, "--gpus-per-run": gpus_per_run is not None, "--shared": shared}
    if names := [name for name, is_given in ray_options.items() if is_given]:
        msg = f"{', '.join(names)}: only with --runner ray."
        raise typer.BadParameter(msg)
    return None


@scaling_app.command(
    epilog=examples(
        "biorxivist scaling replay blood_p --cells CELLS --out OUT",
        "biorxivist scaling replay my_study.toml --records OUT/records.jsonl --cells CELLS --out AGAIN --runs 5",
    )
)
def replay(
    study: StudyArgument,
    *,
    cells: CellsOption,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the models that are trained again.")],
    records: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Records of the study's run; the shipped ones if left out.")
    ] = None,
    runs: Annotated[int, typer.Option(min=0, max=1000, help="Runs to train again; 0 compares ids alone.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draw of runs.")] = 0,
    device: DeviceOption = "auto",
    threads: Annotated[int, typer.Option(min=1, max=256, help="Threads of each process; weights depend on it.")] = 1,
    json: JsonFlag = False,
) -> None:
    """Train some runs of a study again and compare.

    The ids of all runs have to be those of the records, as they say which cells, genes and settings were used. Scores
    may differ where a processor sums in another order, up to a bound. Exit status 1: something differs by more.
    """
    from biorxivist.workspace.studies import replay_study

    with progress_bar("replay") as progress:
        replayed = replay_study(
            study, cells=cells, out=out, records=records, runs=runs, seed=seed, device=device, threads=threads,
            progress=progress,
        )  # fmt: skip
    rows = [{**score._asdict(), "difference": score.difference} for score in replayed.scores]
    if json:
        print_rows(rows, "json")
    else:  # an id is half of a line, and the run stands beside it in words
        print_rows([{name: value for name, value in row.items() if name != "run_id"} for row in rows], "table")
    same = replayed.recorded - len(replayed.missing)
    note(
        f"{same:,} of {replayed.recorded:,} recorded runs are planned here under the same id. Largest difference of "
        f"{len(rows):,} scores: {replayed.largest:.4f}."
    )
    if not replayed.holds:
        raise typer.Exit(1)


@scaling_app.command(epilog=examples("biorxivist scaling status my_study", "biorxivist scaling status OUT --json"))
def status(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a study.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Show how far a study has got, and list its models.

    A model with a `chosen_step` is the one of its subset and seed that the validation loss chose, at that checkpoint.
    """
    from biorxivist.workspace.studies import study_status

    counts, models = study_status(out)
    print_rows(models, "json" if json else "table")
    note(f"Jobs: {', '.join(f'{number} {state}' for state, number in counts.items()) or 'none'}.")


@scaling_app.command(
    epilog=examples(
        "biorxivist scaling embed my_study/models/3f1c... cells.h5ad",
        "biorxivist scaling embed MODEL cells.h5ad --key X_masked_1000 --step 1000 --out embedded.h5ad",
    )
)
def embed(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a model: OUT/models/RUN of a study.")],
    cells: Annotated[Path, typer.Argument(metavar="CELLS", help="One .h5ad file with raw counts.")],
    *,
    key: Annotated[str | None, typer.Option(metavar="KEY", help="Key of .obsm; X_<family> if left out.")] = None,
    step: Annotated[int | None, typer.Option(min=1, help="Checkpoint of the model; its last step if left out.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Copy of the file that is written; else the file itself.")
    ] = None,
    device: DeviceOption = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an embedding of this name.")] = False,
    low_coverage: Annotated[
        bool, typer.Option("--low-coverage", help="Also embed cells that have under half of the model's genes.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Embed cells with a model that a study trained, into .obsm of their file."""
    from biorxivist.workspace.studies import embed_cells

    written = embed_cells(
        model, cells,
        key=key, step=step, out=out, device=device, overwrite=overwrite, low_coverage=low_coverage,
    )  # fmt: skip
    if json:
        print_rows([written], "json")
    else:
        print_text(
            f"{written['file']}: obsm[{written['obsm']!r}], {written['cells']:,} cells x {written['dimensions']}, "
            f"by {written['family']} ({written['run_id'][:16]})"
        )


scaling_app.command(epilog=SCORE_EXAMPLES)(score)
