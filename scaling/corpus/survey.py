"""Look at every value of a file before any of it is used: whether it is counts, and how many cells are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from scaling.corpus.hygiene import ValueSurvey
from scaling.corpus.readers.files import CellFile, open_cells, reading
from scaling.errors import CorpusError

__all__ = ["survey_file"]


def survey_file(
    path: Path,
    *,
    name: str,
    layer: str | None = None,
    min_genes: int = 1,
    tell: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Count what a file holds, and say why it cannot enter a corpus if it cannot.

    Parameters
    ----------
    min_genes
        A file with fewer genes is a panel.
    tell
        Called with cells that were looked at and all cells, where the file is ordered by cell.

    Returns
    -------
    ``name``, ``file``, ``cells``, ``genes``, ``entries``, ``where`` (the counts are), ``negatives``, ``fractions``,
    ``unusable`` (neither finite nor below 2**32), ``empty`` (cells), ``simulated``, ``columns`` (of obs), and
    ``reason``: why it cannot enter, or None.
    """
    facts: dict[str, Any] = {"name": name, "file": path.name, "cells": 0, "simulated": False, "columns": []}
    try:
        with open_cells(path, name=name, layer=layer) as file:
            facts |= {
                "cells": len(file),
                "genes": len(file.genes),
                "where": file.matrix.where,
                "simulated": file.simulated,
                "columns": sorted(file.obs),
            }
            if len(file.genes) < min_genes:
                return facts | {"reason": f"{len(file.genes):,} genes, fewer than {min_genes:,}: a panel"}
            values = _survey(file, tell)
    except CorpusError as error:
        return facts | {"reason": str(error).removeprefix(f"{path}: ")}
    facts |= {
        "entries": values.entries,
        "negatives": values.negatives,
        "fractions": values.fractions,
        "unusable": values.unusable,
        "empty": values.empty,
    }
    return facts | {"reason": _reason(values)}


def _survey(file: CellFile, tell: Callable[[int, int], None] | None) -> ValueSurvey:
    survey = ValueSurvey(len(file))
    with reading(file.path):
        for part in file.matrix.values():
            survey.add(part.cells, part.values)
            if tell and file.matrix.layout != "columns" and len(part.cells):
                tell(int(part.cells[-1]) + 1, len(file))
    return survey


def _reason(survey: ValueSurvey) -> str | None:
    """Why values are no counts."""
    counts = [
        f"{number:,} {what}"
        for number, what in (
            (survey.negatives, "below zero"),
            (survey.fractions, "not whole"),
            (survey.unusable, "neither finite nor below 4,294,967,296"),
        )
        if number
    ]
    if counts:
        return (
            f"not raw counts: of {survey.entries + survey.unusable:,} values {', '.join(counts)}. If it has the counts "
            "elsewhere, name the place (--layer raw, or a layer)"
        )
    if survey.entries == 0:
        return "no cell has any count"
    why = survey.distorted()
    return f"whole numbers, but not counts: {why}" if why else None
