"""What to say at the end of a study: what was left out, what diverged, and what the choice of checkpoints changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import fmean

from graph.records import Dataset, Record, Result, Run
from graph.vocabulary.protocol import MACRO_F1
from scaling.study.finetuned import finetuned
from scaling.study.responses import responses

__all__ = ["remarks"]

MOST = 5
"""Diverged runs that are named."""


def remarks(records: Sequence[Record]) -> list[str]:
    """Say in sentences what the numbers of a study do not show."""
    return [*_left_out(records), *_diverged(records), *_chosen(records), *responses(records), *finetuned(records)]


def _left_out(records: Sequence[Record]) -> Iterator[str]:
    for entry in records:
        if isinstance(entry, Dataset) and entry.left_out:
            listed = ", ".join(f"{cells:,} {reason}" for reason, cells in entry.left_out.items())
            yield f"Left out of {entry.id}: {listed}."


def _diverged(records: Sequence[Record]) -> Iterator[str]:
    failed = [record for record in records if isinstance(record, Run) and record.failed_at is not None]
    if failed:
        listed = "; ".join(
            f"{run.family}, {run.cells:,} cells, seed {run.seed_data}"
            + (f", learning rate {run.learning_rate:g}" if run.learning_rate else "")
            + f" (step {run.failed_at})"
            for run in failed[:MOST]
        )
        more = f"; and {len(failed) - MOST} more" if len(failed) > MOST else ""
        yield f"Diverged, and left out of every mean: {listed}{more}. A lower learning_rate under [budget] may help."


def _chosen(records: Sequence[Record]) -> Iterator[str]:
    """The chosen checkpoints beside the last ones, family by family, as a mean over all sizes, seeds and sets."""
    runs = {run.id: run for run in records if isinstance(run, Run) and run.chosen_step is not None}
    at: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for result in records:
        if isinstance(result, Result) and result.metric_id == MACRO_F1 and result.run_id in runs:
            run = runs[result.run_id]
            chosen, last = at[run.family]
            if result.chosen:
                chosen.append(result.value)
            if result.steps == run.steps:
                last.append(result.value)
    for family, (chosen, last) in sorted(at.items()):
        early = sum(run.chosen_step != run.steps for run in runs.values() if run.family == family)
        of = sum(run.family == family for run in runs.values())
        yield (
            f"{family}: macro F1 {fmean(chosen):.3f} at the checkpoints that validation chose, {fmean(last):.3f} at "
            f"the last step; an earlier one was chosen in {early} of {of} replicates."
        )
