"""Studies and scores of the scaling engine, with a clear error where a package is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biorxivist.errors import ExtraMissing, InvalidInput

if TYPE_CHECKING:
    from graph.archive import Archive
    from graph.records import Record
    from scaling.evaluate.records import Scores
    from scaling.study.cluster import Cluster
    from scaling.study.overview import Overview
    from scaling.study.replay import Replay
    from scaling.study.spec import Study
    from scaling.train.compiling import Compile
    from scaling.train.loop import Precision

__all__ = [
    "embed_cells", "plan_study", "replay_study", "reproduce_printed", "require_scaling", "run_study",
    "score_embeddings", "study_status",
]  # fmt: skip

NEEDED = ("torch", "h5py", "sklearn", "anndata", "scipy", "safetensors", "pyarrow")


def require_scaling(needed_for: str, modules: Sequence[str] = NEEDED) -> None:
    """Check that the packages of the scaling extra are installed.

    Raises
    ------
    ExtraMissing
        With the command that installs it.
    """
    for module in modules:
        if find_spec(module) is None:
            raise ExtraMissing("scaling", needed_for, module)  # noqa: EM101 - names, not a message


def run_study(
    study: Path,
    *,
    cells: Path,
    out: Path,
    workers: int | None = None,
    device: str = "auto",
    threads: int = 1,
    precision: Precision = "auto",
    stack: int | None = None,
    compile: Compile = "auto",  # noqa: A002 - the name of the option
    cluster: Cluster | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[dict[str, int], list[str]]:
    """Run a study file or preset, on this machine or on a cluster of Ray.

    Returns
    -------
    Kind of record -> number of records, and what there is to know of them: why they decide no claim, if so, what was
    left out, what diverged.

    Raises
    ------
    ExtraMissing
        If torch or another part of the scaling extra is not installed, or Ray, where it is to do the runs.
    InvalidInput
        If there is no such study.
    ScalingError
        If the cells, the study or the cluster cannot be used, or a run failed.
    """
    require_scaling("A study")
    if cluster is not None and find_spec("ray") is None:
        raise ExtraMissing("ray", "--runner ray", "ray")  # noqa: EM101 - names, not a message
    import scaling
    from scaling.study.hypotheses import remark
    from scaling.study.remarks import remarks

    loaded = _load(study)
    records = scaling.run(
        loaded, cells=cells, out=out, workers=workers, device=device, threads=threads, precision=precision,
        stack=stack, compile=compile, cluster=cluster, progress=progress,
    )  # fmt: skip
    said = [*remarks(records), *filter(None, [remark(loaded.hypotheses, records)])]
    return dict(Counter(type(record).__name__ for record in records)), said


def plan_study(study: Path, *, cells: Path) -> Overview:
    """Lay a study out on paper: its cells are read and checked, nothing is trained.

    Raises
    ------
    ExtraMissing
        If torch or another part of the scaling extra is not installed.
    InvalidInput
        If there is no such study.
    ScalingError
        If the cells or the study cannot be used.
    """
    require_scaling("A study")
    from scaling.study.overview import overview

    return overview(_load(study), cells)


def replay_study(
    study: Path,
    *,
    cells: Path,
    out: Path,
    records: Path | None = None,
    runs: int = 3,
    seed: int = 0,
    device: str = "auto",
    threads: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> Replay:
    """Train some runs of a study again and compare: a shipped study with its records, any other with those given.

    Raises
    ------
    ExtraMissing
        If torch or another part of the scaling extra is not installed.
    InvalidInput
        If there is no such study, or nothing to compare it with.
    ScalingError
        If the cells or the study cannot be used, or the records are not of this study.
    """
    require_scaling("A study")
    from biorxivist.seeds import studies
    from scaling.study.lines import read_records
    from scaling.study.replay import replay

    loaded = _load(study)
    if records is None and loaded.name not in studies.names():
        msg = f"{loaded.name} does not ship with records; give those of its run: --records OUT/records.jsonl."
        raise InvalidInput(msg)
    before = studies.records() if records is None else read_records(records)
    return replay(
        loaded, before, cells=cells, out=out, runs=runs, seed=seed, device=device, threads=threads, progress=progress
    )


def _load(study: Path) -> Study:
    from scaling.study.spec import load_study, presets

    if not study.is_file() and str(study) not in presets():
        msg = f"{study} is neither a study file nor a preset. Presets are {', '.join(presets())}."
        raise InvalidInput(msg)
    return load_study(study)


def study_status(out: Path) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Say how far a study is, and which models it has.

    Returns
    -------
    State -> number of jobs; and a row per model: folder, family, how it was trained, and the checkpoint that validation
    chose, once the study is done.

    Raises
    ------
    ExtraMissing
        If a part of the scaling extra is not installed.
    ScalingError
        If there is no study in the folder.
    """
    require_scaling("A study")
    from graph.records import Run
    from scaling.artefacts.folder import Artefact
    from scaling.study.lines import read_records
    from scaling.study.run import status

    counts, done = status(out), out / "records.jsonl"
    runs = {run.id: run for run in read_records(done) if isinstance(run, Run)} if done.is_file() else {}
    rows = []
    for folder in sorted((out / "models").glob("*")):
        artefact = Artefact(folder)
        if artefact.is_complete:
            run = runs.get(artefact.run().id, artefact.run())
            rows.append({
                "model": str(folder), "family": run.family, "sampling": run.sampling, "cells": run.cells,
                "seed": run.seed_data, "learning_rate": run.learning_rate, "steps": run.steps,
                "chosen_step": run.chosen_step, "failed_at": run.failed_at,
            })  # fmt: skip
    order = ("family", "sampling", "cells", "seed")
    return counts, sorted(rows, key=lambda row: (*(row[name] for name in order), row["learning_rate"] or 0.0))


def embed_cells(
    model: Path,
    cells: Path,
    *,
    key: str | None = None,
    step: int | None = None,
    out: Path | None = None,
    device: str = "auto",
    overwrite: bool = False,
    low_coverage: bool = False,
) -> dict[str, Any]:
    """Embed the cells of a file with a model that a study trained, and write them into its ``.obsm``.

    Parameters
    ----------
    key
        Key of ``.obsm``; ``X_<family>`` if left out.
    out
        Copy of the file that the embedding is written to; the file itself if left out.

    Returns
    -------
    What was written: file, key, cells, dimensions, family, step, run.

    Raises
    ------
    ExtraMissing
        If a part of the scaling extra is not installed.
    ScalingError
        If the model or the cells cannot be used, or the key is taken.
    """
    require_scaling("Embedding")
    import scaling
    from scaling.artefacts.obsm import check_free, write_obsm
    from scaling.study.machine import Machine

    pretrained = scaling.load(model, step=step, device=Machine(device).torch_device())
    key = key or f"X_{pretrained.family}"
    if not overwrite:
        check_free(cells if out is None else out, key, copied_from=None if out is None else cells)
    embedding = pretrained.embed(cells, low_coverage=low_coverage)
    path = write_obsm(cells, key, embedding, out=out)
    return {
        "file": str(path), "obsm": key, "cells": len(embedding), "dimensions": embedding.shape[1],
        "family": pretrained.family, "step": step, "run_id": pretrained.run.id,
    }  # fmt: skip


def score_embeddings(cells: Path, *, out: Path | None = None, **options: Any) -> Scores:
    """Score embeddings of cells (`scaling.score`), and write picture and records if asked for.

    Parameters
    ----------
    out
        Folder for ``scores.png``, and for ``records.jsonl``, which ``graph load`` reads.

    Raises
    ------
    ExtraMissing
        If a part of the scaling extra is not installed.
    InvalidInput
        If the folder cannot be written.
    ScalingError
        If the cells or embeddings cannot be scored.
    """
    require_scaling("Scoring")
    import scaling
    from scaling.evaluate.picture import save_picture
    from scaling.evaluate.report import records
    from scaling.study.lines import write_records

    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"{out}: cannot be made ({error.strerror or error}). Give another folder (--out)."
            raise InvalidInput(msg) from error
    scores = scaling.score(cells, **options)
    if out is not None:
        save_picture(scores, out / "scores.png")
        write_records(records(scores, location=cells.name), out / "records.jsonl")
    return scores


def reproduce_printed(
    records: Sequence[Path] = (), *, archive: Archive | None = None, out: Path | None = None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Hold the saturation points that a paper prints against its printed curves, and ours beside them.

    Parameters
    ----------
    records
        Records of studies of ours (``OUT/records.jsonl``), beside those that ship.
    archive
        Archive whose studies are ours, too.
    out
        Folder for ``reproduce.jsonl`` (a row per printed point), ``figure_2.jsonl`` (the values that are drawn) and
        figures 2, 3 and S1.

    Returns
    -------
    A row per printed point, and the counts of each evaluation.

    Raises
    ------
    InvalidInput
        If a file of records cannot be read, or the folder cannot be written.
    """
    require_scaling("Figures", ("matplotlib", "scipy"))
    from scaling.analysis.reproduce import reproduce, summary
    from scaling.analysis.reproduce_ours import usable
    from scaling.analysis.reproduce_plot import drawn_curves, save_figures
    from scaling.published import denadel

    points, results = usable(_own_records(records, archive))
    rows = reproduce(denadel.saturation_points(), denadel.curves(), points)
    said = [row.record() for row in rows]
    if out is not None:
        drawn = drawn_curves(denadel.curves(), results)
        try:
            out.mkdir(parents=True, exist_ok=True)
            _write_lines(out / "reproduce.jsonl", said)
            _write_lines(out / "figure_2.jsonl", (each.record() for each in drawn))
        except OSError as error:
            msg = f"{out}: cannot be written ({error.strerror or error}). Give another folder (--out)."
            raise InvalidInput(msg) from error
        save_figures(rows, drawn, out)
    return said, summary(rows)


def _own_records(files: Sequence[Path], archive: Archive | None) -> Iterator[Record]:
    """Records of studies that ship, of an archive, and of files; the same ones may come several times."""
    from biorxivist.seeds import studies
    from scaling.study.lines import read_records

    yield from studies.records()
    if archive is not None and archive.folder.is_dir():
        yield from archive.read("Run", "Result", "SaturationPoint")
    for path in files:
        try:
            yield from read_records(path)
        except (OSError, ValueError) as error:
            msg = f"{path}: cannot be read as records ({error}). Give OUT/records.jsonl of a study."
            raise InvalidInput(msg) from error


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    import json

    path.write_text("".join(f"{json.dumps(row, sort_keys=True)}\n" for row in rows), encoding="utf-8")
