"""Corpora of counts on disk: build, describe, verify; with a clear error where a package is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biorxivist.errors import InvalidInput
from biorxivist.workspace.studies import require_scaling
from graph.progress import Progress

if TYPE_CHECKING:
    from scaling.corpus.shards.verify import Damage

__all__ = ["build_corpus", "corpus_facts", "damage", "kept_values"]

NEEDED = ("h5py", "pyarrow", "scipy", "zarr")


def build_corpus(
    cells: Sequence[Path], *, out: Path, name: str | None, restart: bool, progress: Progress, **options: Any
) -> dict[str, Any]:
    """Build a corpus, or resume one that was interrupted (`scaling.corpus.shards.build.build_shards`).

    Parameters
    ----------
    options
        Fields of `scaling.corpus.shards.recipe.Recipe`.

    Raises
    ------
    ExtraMissing
        If a part of the scaling extra is not installed.
    ScalingError
        If the files cannot become a corpus.
    """
    require_scaling("A corpus", NEEDED)
    from scaling.corpus.shards.build import build_shards
    from scaling.corpus.shards.recipe import Recipe

    return build_shards(cells, out, name=name, recipe=Recipe(**options), restart=restart, progress=progress)


def kept_values(conditions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read conditions on cells: ``COLUMN=VALUE``, or ``COLUMN=@FILE`` with a value a line; one column adds up.

    Raises
    ------
    InvalidInput
        If there is no ``=``, or the file cannot be read.
    """
    values_of: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        column, equals, value = condition.partition("=")
        if not equals or not column:
            msg = f"--keep {condition}: not COLUMN=VALUE or COLUMN=@FILE."
            raise InvalidInput(msg)
        values: tuple[str, ...] = (value,)
        if value.startswith("@"):
            try:
                lines = Path(value[1:]).read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                msg = f"--keep {condition}: {value[1:]} cannot be read ({error}). It holds a value a line."
                raise InvalidInput(msg) from error
            values = tuple(line.strip() for line in lines if line.strip())
        values_of[column] = values_of.get(column, ()) + values
    return values_of


def corpus_facts(folder: Path) -> dict[str, Any]:
    """Read the manifest of a corpus, and the number of cells of each study.

    Raises
    ------
    ExtraMissing
        If a part of the scaling extra is not installed.
    ScalingError
        If there is no finished corpus.
    """
    require_scaling("A corpus", NEEDED)
    import numpy as np

    from scaling.corpus.shards.reading import open_corpus

    corpus = open_corpus(folder)
    cells = np.bincount(corpus.study(), minlength=len(corpus.studies)).tolist()
    genes = corpus.measured.sum(axis=1).tolist()
    studies = [
        {"study": study, "cells": number, "genes_measured": measured}
        for study, number, measured in zip(corpus.studies, cells, genes, strict=True)
    ]
    return {**corpus.manifest, "studies": studies}


def damage(folder: Path, *, progress: Progress) -> Iterator[Damage]:
    """Yield the files of a corpus that are missing or not what was written.

    Raises
    ------
    ExtraMissing
        If a part of the scaling extra is not installed.
    ScalingError
        If there is no finished corpus.
    """
    require_scaling("A corpus", NEEDED)
    from scaling.corpus.shards.verify import verify_corpus

    yield from verify_corpus(folder, progress=progress)
