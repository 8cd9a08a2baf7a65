"""Build a corpus of shards from files of cells.

Every value is looked at before the first cell is written, so that an unusable file is known after minutes and not after
hours. Then cells are read, moved to the genes of the corpus, cleaned and written a block at a time: memory follows the
block, plus a few numbers for each cell of a file and 8 bytes for each cell of the corpus.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.progress import Progress, silent
from scaling.corpus.counts import MIN_SHARED_GENES
from scaling.corpus.gene_table import GeneTable, columns_in, find_genes, read_genes
from scaling.corpus.readers.files import find_files, open_cells
from scaling.corpus.shards.filling import fill_shards
from scaling.corpus.shards.finishing import finish_corpus
from scaling.corpus.shards.journal import Journal, locked, open_journal
from scaling.corpus.shards.layout import JOURNAL, MANIFEST, file_digest, read_manifest
from scaling.corpus.shards.recipe import Recipe
from scaling.corpus.survey import survey_file
from scaling.errors import CorpusError, UnusableFiles

__all__ = ["build_shards"]


def build_shards(
    paths: Sequence[Path],
    out: Path,
    *,
    name: str | None = None,
    recipe: Recipe | None = None,
    restart: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Build a corpus in the folder ``out``, or resume one that was interrupted; a finished one is left as it is.

    Parameters
    ----------
    paths
        Files of cells, or folders of them.
    name
        Name of the corpus; the folder's if left out.
    restart
        Drop what the folder holds of a corpus, and begin anew.
    progress
        Called with cells that are done, all cells, and what is being done.

    Returns
    -------
    The manifest: see `scaling.corpus.shards.layout`; ``left_out`` has reason -> cells.

    Raises
    ------
    UnusableFiles
        If files are no counts, panels, damaged or of other genes; all of them, before anything is written.
    CorpusError
        If there are no files, they share no genes, a column is missing, or the folder holds something else or cannot be
        written.
    """
    recipe, tell = recipe or Recipe(), progress or silent
    listed = None if recipe.genes is None else read_genes(recipe.genes)
    files = find_files(paths)
    names = _study_names(files)
    with _writing(out), locked(out):
        journal = open_journal(out, _inputs(files, name or out.resolve().name, recipe), restart=restart)
        if (out / MANIFEST).is_file():
            return read_manifest(out / MANIFEST)
        _tidy(out)
        _survey(files, names, journal, out, recipe, tell)
        used = _usable(journal, recipe)
        table, measured = _genes(files, used, listed, recipe)
        while strangers := _strangers(measured, table, alone=listed is not None or len(used) == 1):
            for number, shared in strangers.items():
                journal.files[number]["reason"] = f"{shared} genes in common with the corpus: other names or species"
            used = _usable(journal, recipe)
            table, measured = _genes(files, used, listed, recipe)
        fill_shards(files, names, used, journal, out, table, recipe, tell)
        return finish_corpus(journal, out, table, measured)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # files that are read raise errors of their own
        msg = f"{out}: cannot be written ({error.strerror or error}). Make room, or give another folder (--out)."
        if (out / JOURNAL).is_file():
            msg += " What is done is kept: the same command resumes."
        raise CorpusError(msg, out) from error


def _study_names(files: Sequence[Path]) -> list[str]:
    """Name of the study that each file is: its own, or where several have one name, what tells their folders apart."""
    stems = Counter(path.stem for path in files)
    names = []
    for path in files:
        twins = [other.resolve().with_suffix("").parts for other in files if other.stem == path.stem]
        own = path.resolve().with_suffix("").parts
        telling = [part for part in own if not all(part in other for other in twins)]
        # Nothing tells a file whose folder holds the folders of the others: it alone keeps the name.
        names.append(path.stem if stems[path.stem] == 1 else "_".join(telling) or path.stem)
    if len(set(names)) < len(names):
        same = ", ".join(str(path) for path, name in zip(files, names, strict=True) if names.count(name) > 1)
        msg = f"Every file is a study, and these cannot be told apart by name: {same}. Rename some."
        raise CorpusError(msg, files[0])
    return names


def _inputs(files: Sequence[Path], name: str, recipe: Recipe) -> dict[str, Any]:
    """What decides the content of a corpus; of the files name, size and time, as hashing them takes minutes."""
    stamps = [_stamp(path) for path in files]
    options = asdict(recipe) | {"keep": {key: sorted(values) for key, values in recipe.keep.items()}}
    options["genes"] = None if recipe.genes is None else file_digest(recipe.genes)
    return {"name": name, "files": stamps, **options}


def _stamp(path: Path) -> list[Any]:
    parts = [path] if path.is_file() else sorted(entry for entry in path.rglob("*") if entry.is_file())
    facts = [part.stat() for part in parts]
    return [path.name, sum(fact.st_size for fact in facts), max((fact.st_mtime_ns for fact in facts), default=0)]


def _tidy(out: Path) -> None:
    """Remove what a killed build left half-written."""
    for path in [*out.glob("*.part"), *out.glob("columns-*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _survey(
    files: Sequence[Path], names: Sequence[str], journal: Journal, out: Path, recipe: Recipe, progress: Progress
) -> None:
    for number in range(len(journal.files), len(files)):
        tell = partial(_tell, progress, f"looking at {names[number]}")
        journal.files.append(
            survey_file(files[number], name=names[number], layer=recipe.layer, min_genes=recipe.min_genes, tell=tell)
        )
        journal.save(out)


def _tell(progress: Progress, what: str, done: int, total: int) -> None:
    progress(done, total, what)


def _usable(journal: Journal, recipe: Recipe) -> list[int]:
    """Numbers of the files that enter."""
    unusable = [(facts["name"], facts["reason"], facts["cells"]) for facts in journal.files if facts["reason"]]
    if unusable and (not recipe.leave_out or len(unusable) == len(journal.files)):
        raise UnusableFiles(unusable, len(journal.files))
    used = [number for number, facts in enumerate(journal.files) if not facts["reason"]]
    there = {column for number in used for column in journal.files[number]["columns"]}
    wanted = [*recipe.keep, *([recipe.study_key] if recipe.study_key else [])]
    for number in used:
        facts = journal.files[number]
        missing = [column for column in wanted if column not in facts["columns"]]
        if missing:
            msg = (
                f"{facts['file']}: no column {missing[0]!r} in obs, which the recipe names. The files have: "
                f"{', '.join(sorted(there)) or 'none'}."
            )
            raise CorpusError(msg)
    return used


def _genes(
    files: Sequence[Path], used: Sequence[int], listed: GeneTable | None, recipe: Recipe
) -> tuple[GeneTable, dict[int, npt.NDArray[np.bool_]]]:
    """The genes of the corpus, and which of them each file measured."""
    names = {}
    for number in used:
        with open_cells(files[number], layer=recipe.layer) as file:
            names[number] = file.genes
    table = listed or find_genes(list(names.values()), gene_share=recipe.gene_share)
    measured = {}
    for number, entry in names.items():
        columns = columns_in(table, entry)
        measured[number] = np.zeros(len(table), dtype=bool)
        measured[number][columns[columns >= 0]] = True
    return table, measured


def _strangers(measured: dict[int, npt.NDArray[np.bool_]], table: GeneTable, *, alone: bool) -> dict[int, int]:
    """Files that share too few genes with the list, or with all others: number -> genes that they share."""
    times = np.sum(list(measured.values()), axis=0)
    shared = {number: int((own & (alone | (times > 1))).sum()) for number, own in measured.items()}
    return {number: genes for number, genes in shared.items() if genes < min(MIN_SHARED_GENES, len(table))}
