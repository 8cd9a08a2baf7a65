"""``biorxivist scaling score``: embeddings that you have, beside baselines of the same cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.lazy import examples
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, print_wrapped, progress_bar
from biorxivist.cli.rows import print_rows

if TYPE_CHECKING:
    from scaling.evaluate.records import Scores

__all__ = ["EXAMPLES", "score"]

EXAMPLES = examples(
    "biorxivist scaling score cells.h5ad --obsm X_scGPT --obsm X_geneformer --label-key cell_type",
    "biorxivist scaling score cells.h5ad --obsm X_uce=uce.npy --label-key cell_type --batch-key donor --out scores",
)


def score(
    cells: Annotated[Path, typer.Argument(metavar="CELLS", help="One .h5ad file with counts, labels and embeddings.")],
    *,
    obsm: Annotated[
        list[str], typer.Option(metavar="KEY", help="Key of .obsm, or NAME=FILE.npy; may be given several times.")
    ],
    label_key: Annotated[str, typer.Option(metavar="COLUMN", help="Column of obs with the cell types.")],
    batch_key: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of obs with batches, donors or studies; adds scores across them."),
    ] = None,
    condition_key: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of obs with a treatment; adds scores of predicting its effect."),
    ] = None,
    control: Annotated[str, typer.Option(metavar="VALUE", help="Its value for untreated cells.")] = "ctrl",
    treated: Annotated[str, typer.Option(metavar="VALUE", help="Its value for treated cells.")] = "stim",
    layer: Annotated[str | None, typer.Option(metavar="NAME", help="Layer with the counts.")] = None,
    neighbours: Annotated[int, typer.Option(min=1, max=1000, help="Neighbours that vote.")] = 5,
    check_labels: Annotated[
        bool,
        typer.Option("--check-labels", help="Say whether clusters are told apart by more than the clustering itself."),
    ] = False,
    max_cells: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="A larger set is sampled down, type by type.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of splits, samples and intervals.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for a picture and the records of the scores.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Score embeddings that you have: better than PCA, worse, or not distinguishable.

    Cell types are predicted from each embedding by its nearest neighbours and by a linear probe, beside five usual
    PCAs, variable genes, all genes, a random projection and logistic regression on the same splits. Intervals hold the
    error of test cells and of splits. --batch-key adds scores of how well batches mix, --condition-key of how well
    the change of a left-out cell type is predicted. --check-labels is for labels that are clusters of these cells
    (double dipping).
    """
    from biorxivist.workspace.studies import score_embeddings

    with progress_bar("scores") as progress:
        scores = score_embeddings(
            cells,
            out=out,
            obsm=list(dict.fromkeys(obsm)),
            label_key=label_key,
            batch_key=batch_key,
            condition_key=condition_key,
            control=control,
            treated=treated,
            layer=layer,
            k=neighbours,
            check_labels=check_labels,
            max_cells=max_cells,
            seed=seed,
            progress=progress,
        )
    if json:
        _print_json(scores)
    else:
        _print_tables(scores)
    for reason, count in scores.dropped.items():
        note(f"Left out: {count:,} cell{'s' if count > 1 else ''} {reason}.")
    for remark in scores.notes:
        note(remark)
    if out is not None:
        note(f"Picture: {out / 'scores.png'}. Records: {out / 'records.jsonl'}, which `biorxivist graph load` loads.")


def _print_json(scores: Scores) -> None:
    from scaling.evaluate.further_report import further_rows, further_sentences
    from scaling.evaluate.report import class_rows, score_rows, sentences, verdict_rows

    said: dict[str, Any] = {
        "kind": "set",
        "name": scores.name,
        "cells": scores.cells,
        "cell_types": len(scores.labels),
        "batches": len(scores.batches),
        "neighbours": scores.k,
        "sentences": [*sentences(scores), *further_sentences(scores), *scores.label_check],
        "left_out": scores.dropped,
        "notes": scores.notes,
    }
    print_rows([said], "json")
    for kind, rows in (
        ("verdict", verdict_rows(scores)), ("score", score_rows(scores)), ("cell_type", class_rows(scores)),
    ):  # fmt: skip
        print_rows([{"kind": kind, **row} for row in rows], "json")
    print_rows(list(further_rows(scores)), "json")


def _print_tables(scores: Scores) -> None:
    from scaling.evaluate.further_report import further_sentences
    from scaling.evaluate.report import class_rows, score_rows, sentences

    for sentence in [*sentences(scores), *further_sentences(scores), *scores.label_check]:
        print_wrapped(sentence, hang=2)
    print_text("")
    print_rows(
        {
            "": f"{row['setting']} batches",
            "method": row["method"],
            **{
                f"{words} {metric}": _cell(row[f"{name}_{key}"], row[f"{name}_interval"] if key == "macro_f1" else None)
                for name, words in (("knn", "neighbours:"), ("probe", "linear probe:"))
                for key, metric in (("macro_f1", "macro F1"), ("accuracy", "accuracy"))
            },
        }
        for row in score_rows(scores)
    )
    print_text("")
    print_text(f"F1 of each cell type by nearest neighbours, {scores.primary} batches:")
    print_rows(
        {
            key: ("rare" if value else "")
            if key == "rare"
            else _cell(value[0], value[1:])
            if _is_score(value)
            else value
            for key, value in row.items()
        }
        for row in class_rows(scores)
    )
    _print_further(scores)


def _print_further(scores: Scores) -> None:
    """Integration and perturbation response, a table each: metrics with their intervals over test cells."""
    from scaling.evaluate.further_report import further_rows

    titles = {
        "integration": f"Types and mixing of the batches of {scores.batch_key}, with intervals over cells:",
        "perturbation": "Change of each cell type when it is left out, with intervals over cells:",
    }
    for kind, title in titles.items():
        rows = [row for row in further_rows(scores) if row["kind"] == kind]
        if rows:
            print_text("")
            print_text(title)
            print_rows(
                {
                    key: _cell(value[0], value[1:]) if _is_score(value) else value
                    for key, value in row.items()
                    if key not in {"kind", "baseline"}
                }
                for row in rows
            )


def _is_score(value: object) -> bool:
    return isinstance(value, list)


def _cell(value: float | None, interval: list[float] | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")
