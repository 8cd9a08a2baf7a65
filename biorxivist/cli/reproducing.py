"""``biorxivist scaling reproduce``: what a paper prints, what its curves say, and ours beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from biorxivist.cli.lazy import examples
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text
from biorxivist.cli.rows import print_rows

__all__ = ["EXAMPLES", "reproduce"]

EXAMPLES = examples(
    "biorxivist scaling reproduce", "biorxivist scaling reproduce OUT/records.jsonl --out reproduced --json"
)


def reproduce(
    records: Annotated[
        list[Path] | None, typer.Argument(metavar="[RECORDS]...", help="Records of further studies: OUT/records.jsonl.")
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the rows and for figures 2, 3 and S1.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List the 330 saturation points that DenAdel et al. print, with what their printed curves say and our own points.

    A point is `ok` if it is read from the curve again, `close` one size away, `differs` further away, and
    `not_comparable` where no curve is printed; each row says why. Our points are those of the shipped studies, of your
    archive and of RECORDS, where the same family, sampling and evaluation were run, each with its corpus. None of it is
    a reproduction: for that the experiment has to be run at its scale.
    """
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.studies import reproduce_printed

    rows, counts = reproduce_printed(records or (), archive=open_home().archive, out=out)
    if json:
        print_rows([*({"part": "point", **row} for row in rows), *({"part": "count", **row} for row in counts)], "json")
    else:
        print_rows(
            {
                "evaluation": row["evaluation"],
                "model": row["model_id"].partition(":")[2],
                "sampling": row["sampling"],
                "set": row["dataset_id"].partition(":")[2],
                **{name: _share(row[name]) for name in ("printed", "corrected", "reread", "strict")},
                "status": row["status"],
                "ours": f"{len(row['ours'])} below" if row["ours"] else "",
            }
            for row in rows
        )
        _print_ours(rows)
        print_text("")
        print_rows(counts, "table")
    beside = sum(bool(row["ours"]) for row in rows)
    note(
        f"{beside} of {len(rows)} printed points have ours beside them; for the others the family, sampling and "
        "evaluation were not run here. Nothing is extrapolated from our scale to theirs."
    )
    note(
        "No score of an untrained model is printed, so no chance level can be subtracted; printed curves are means "
        "over runs and samplings. Reasons and our scale stand in each row of --json."
    )
    if out is not None:
        note(
            f"Rows: {out / 'reproduce.jsonl'}. Figures: figure_2.png (its values: figure_2.jsonl), figure_3.png, "
            "figure_s1.png beside it."
        )


def _print_ours(rows: list[dict[str, Any]]) -> None:
    """Our points, once for each family, sampling and evaluation, with what is printed on the paper's sets."""
    printed: dict[tuple[str, str, str], tuple[list[str], int]] = {}
    ours: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["ours"]:
            key = (row["evaluation"], row["model_id"].partition(":")[2], row["sampling"])
            shares, _ = printed.setdefault(key, ([], row["corpus_cells"] or 0))
            shares.append(f"{row['dataset_id'].partition(':')[2]} {row['printed']:.0%}")
            ours[key] = list(row["ours"])
    if not ours:
        return
    print_text("")
    print_text("Our points beside them, by the paper's rule; not comparable, as corpus and sets are others:")
    print_rows(
        {
            "evaluation": key[0],
            "model": key[1],
            "sampling": key[2],
            "printed": ", ".join(printed[key][0]) + f" of {printed[key][1]:,} cells",
            "our set": point["dataset_id"].partition(":")[2],
            "ours": "none" if point["fraction"] is None else f"{point['fraction']:.1%}",
            "cells": point["cells"],
            "of": point["corpus_cells"],
            "study": point["study"],
        }
        for key, points in ours.items()
        for point in points
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
