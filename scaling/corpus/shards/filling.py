"""Read, clean and write the cells of a corpus, a block at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import entries_of, renumber
from scaling.corpus.gene_table import GeneTable, columns_in
from scaling.corpus.h5ad import counts_of
from scaling.corpus.hygiene import EMPTY, REPEATED
from scaling.corpus.labels import is_missing
from scaling.corpus.readers.files import CellFile, open_cells, reading
from scaling.corpus.readers.matrix import Block
from scaling.corpus.shards.journal import Journal
from scaling.corpus.shards.layout import BARCODE, shard_name
from scaling.corpus.shards.profiles import SeenProfiles
from scaling.corpus.shards.reading import open_shard
from scaling.corpus.shards.recipe import Recipe
from scaling.corpus.shards.writing import ShardWriter

__all__ = ["NOT_SELECTED", "UNLABELLED", "fill_shards"]

NOT_SELECTED, UNLABELLED = "not selected", "without a label"
BLOCK = 4096


class _Source(NamedTuple):
    """A file that is being read."""

    name: str
    number: int
    new_column: npt.NDArray[np.int64]
    """Column of the corpus for each of its genes; -1 for one that the corpus has not."""
    genes: int
    """Genes of the corpus."""


def fill_shards(
    files: Sequence[Path],
    names: Sequence[str],
    used: Sequence[int],
    journal: Journal,
    out: Path,
    table: GeneTable,
    recipe: Recipe,
    progress: Callable[[int, int, str], None],
) -> None:
    """Write the cells of the files ``used`` from where the journal stands; it is saved with every shard."""
    columns = sorted({name for number in used for name in journal.files[number]["columns"]} - {BARCODE})
    seen = _seen(out, journal)
    total = sum(journal.files[number]["cells"] for number in used)
    done = sum(journal.files[number]["cells"] for number in used if number < journal.next[0])
    writer: ShardWriter | None = None
    try:
        for number in used:
            if number < journal.next[0]:
                continue
            begin = journal.next[1] if number == journal.next[0] else 0
            with open_cells(files[number], name=names[number], layer=recipe.layer) as file:
                source = _Source(names[number], number, columns_in(table, file.genes), len(table))
                for block, obs in _blocks(file, begin, out):
                    stop = block.start + len(block.indptr) - 1
                    progress(done + stop, total, f"writing {names[number]}")
                    writer = writer or ShardWriter(
                        out / shard_name(len(journal.shards)), genes=len(table), columns=columns
                    )
                    _append(writer, block, obs, source=source, journal=journal, recipe=recipe, seen=seen)
                    if writer.cells >= recipe.shard_cells:
                        _close_shard(writer, journal, out, (number, stop))
                        writer = None
            done += journal.files[number]["cells"]
        if writer is not None and writer.cells:
            _close_shard(writer, journal, out, (len(files), 0))
            writer = None
    finally:
        if writer is not None:
            writer.discard()


def _blocks(file: CellFile, start: int, spool: Path) -> Iterator[tuple[Block, dict[str, npt.NDArray[np.str_]]]]:
    """Blocks of counts with their barcodes and columns of obs."""
    blocks = file.matrix.blocks(start, spool=spool)
    while True:
        # Only what reads stands inside: an error of writing is not one of this file.
        with reading(file.path):
            block = next(blocks, None)
            if block is None:
                return
            counted = counts_of(block, file.matrix)
            stop = block.start + len(block.indptr) - 1
            obs = {name: column.read(block.start, stop) for name, column in file.obs.items() if name != BARCODE}
            obs[BARCODE] = file.barcodes.read(block.start, stop)
        yield counted, obs


def _append(
    writer: ShardWriter,
    block: Block,
    obs: dict[str, npt.NDArray[np.str_]],
    *,
    source: _Source,
    journal: Journal,
    recipe: Recipe,
    seen: SeenProfiles,
) -> None:
    """Append the cells of a block that are data and are wanted; count the others."""
    selected = np.ones(len(block.indptr) - 1, dtype=bool)
    for column, values in recipe.keep.items():
        selected &= np.isin(obs[column], list(values))
    left_out = Counter(journal.left_out.get(source.name, {}))
    left_out[NOT_SELECTED] += int((~selected).sum())
    indptr, indices, counts = renumber(block.indptr, block.indices, block.values, source.new_column, source.genes)
    empty = np.diff(indptr) == 0
    left_out[EMPTY] += int((selected & empty).sum())
    selected &= ~empty
    rows = _take(indptr, indices, counts, np.flatnonzero(selected))
    repeated = seen.repeated(*rows)
    left_out[REPEATED] += int(repeated.sum())
    chosen = np.flatnonzero(selected)[~repeated]
    if len(chosen):
        labels = obs.get(recipe.label_key)
        left_out[UNLABELLED] += len(chosen) if labels is None else int(is_missing(labels[chosen]).sum())
        studies = np.full(len(chosen), source.name) if recipe.study_key is None else obs[recipe.study_key][chosen]
        writer.append(
            *_take(indptr, indices, counts, chosen),
            study=_study_numbers(studies, source.number, journal),
            obs={column: values[chosen] for column, values in obs.items()},
        )
    journal.left_out[source.name] = {reason: cells for reason, cells in left_out.items() if cells}


def _take(
    indptr: npt.NDArray[np.int64],
    indices: npt.NDArray[np.int32],
    counts: npt.NDArray[np.uint32],
    rows: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.uint32]]:
    entries = entries_of(indptr, rows)
    lengths = np.diff(indptr)[rows]
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), indices[entries], counts[entries]


def _study_numbers(names: npt.NDArray[np.str_], file: int, journal: Journal) -> npt.NDArray[np.int32]:
    """Numbers of studies; a name that is new gets the next one."""
    number_of = {name: number for number, name in enumerate(dict.fromkeys(name for name, _ in journal.studies))}
    present, codes = np.unique(names, return_inverse=True)
    for name in present.tolist():
        number_of.setdefault(name, len(number_of))
        if (name, file) not in journal.studies:
            journal.studies.append((name, file))
    return np.array([number_of[name] for name in present.tolist()], dtype=np.int32)[codes]


def _close_shard(writer: ShardWriter, journal: Journal, out: Path, following: tuple[int, int]) -> None:
    journal.shards.append(writer.finish())
    journal.next = following
    journal.save(out)


def _seen(out: Path, journal: Journal) -> SeenProfiles:
    """The profiles of the shards that are written."""
    seen = SeenProfiles()
    for facts in journal.shards:
        shard = open_shard(out / facts["name"])
        for start in range(0, len(shard), BLOCK):
            seen.repeated(*shard.rows(np.arange(start, min(start + BLOCK, len(shard)))))
    return seen
