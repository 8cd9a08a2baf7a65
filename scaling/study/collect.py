"""The records of a study that is done: its datasets, its runs, and the scores of those that were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graph.records import Record, Result, Run
from graph.records.lines import fact
from scaling.study.execute import baseline_results, choose, planned_evaluations, trained
from scaling.study.folder import StudyFolder
from scaling.study.hypotheses import stamp
from scaling.study.lines import read_records, write_atomically
from scaling.study.plan import Job, RunSpec
from scaling.study.prepared import Prepared
from scaling.study.spec import Study
from scaling.train.validation import best_step

__all__ = ["collect"]


def collect(study: Study, planned: Sequence[Job], prepared: Prepared, folder: StudyFolder) -> list[Record]:
    """Read the records of all jobs, and score the baselines where that is not done yet."""
    records: list[Record] = list(prepared.facts.datasets)
    for job in planned:
        chosen = choose(job, prepared, folder)
        for spec in trained(job, prepared, folder):
            run = _run(study, spec, prepared, folder, is_chosen=spec in chosen)
            records.append(run)
            if spec in chosen:
                records += _results(study, spec, run.chosen_step, prepared, folder)
    records += _baselines(study, prepared, folder)
    return records


def _run(study: Study, spec: RunSpec, prepared: Prepared, folder: StudyFolder, *, is_chosen: bool) -> Run:
    """Record of a run, as this study sees it: the model may have been trained under another name, or with others."""
    losses = folder.read_losses(spec, prepared.facts)
    names = ("study", "model_id", "held_out", "simulated")
    current: dict[str, Any] = {name: getattr(spec.run, name) for name in names}
    if losses and study.validation is not None:
        current["validation_id"] = study.validation.dataset_id
        current["validation_losses"] = {str(step): loss for step, loss in losses.items()}
        current["chosen_step"] = best_step(losses) if is_chosen else None
    return folder.artefact(spec).run().model_copy(update=current)


def _results(
    study: Study, spec: RunSpec, chosen_step: int | None, prepared: Prepared, folder: StudyFolder
) -> Iterator[Result]:
    """Results of a run at every checkpoint; that of the lowest validation loss is marked."""
    for entry in planned_evaluations(spec, prepared):
        for record in read_records(folder.scores(spec, entry)):
            if isinstance(record, Result):
                chosen = record.steps is not None and record.steps == chosen_step
                yield record.model_copy(update={"study": study.name, "chosen": chosen})


def _baselines(study: Study, prepared: Prepared, folder: StudyFolder) -> Iterator[Result]:
    """Results of what is not pre-trained, each under the name of this study."""
    for entry in prepared.evaluations:
        path = folder.baselines(study.name, entry)
        if not path.is_file():
            digest = stamp(study.hypotheses).get("hypotheses_digest")
            results, predictions = baseline_results(study.name, entry, hypotheses_digest=digest)
            predictions.write(path.with_suffix(".npz"))
            write_atomically(path, map(fact, results))
        yield from (record for record in read_records(path) if isinstance(record, Result))
