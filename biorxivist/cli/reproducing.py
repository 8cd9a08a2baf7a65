"""``biorxivist scaling reproduce``: what a paper prints, what its curves say, and ours beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
        list[Path] | None, typer.Argument(metavar="[RECORDS]...", help="Records of studies: OUT/records.jsonl.")
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the rows and for figures 2, 3 and S1.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List the 330 saturation points that DenAdel et al. print, with what their printed curves say and our own points.

    A point is `ok` if it is read from the curve again, `close` one size away, `differs` further away, and
    `not_comparable` where no curve is printed; each row says why. None of it is a reproduction: for that the experiment
    has to be run at its scale.
    """
    from biorxivist.workspace.studies import reproduce_printed

    rows, counts = reproduce_printed(records or (), out=out)
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
                "ours": row["ours"],
            }
            for row in rows
        )
        print_text("")
        print_rows(counts, "table")
    note(
        "No score of an untrained model is printed, so that no chance level can be taken off; printed curves are means "
        "over runs and samplings. Reasons and our scale stand in each row of --json."
    )
    if out is not None:
        note(f"Rows: {out / 'reproduce.jsonl'}. Figures: figure_2.png, figure_3.png, figure_s1.png beside it.")


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
