"""What pre-training brings where labels are learnt from, in sentences: beside the untrained twin and the genes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from graph.records import Record, Result
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import MACRO_F1
from scaling.study.paired import paired
from scaling.study.responses import with_whole_corpus

__all__ = ["finetuned"]

EVALUATION = "finetuning_"
LOGISTIC = "model:logistic_regression"


def finetuned(records: Sequence[Record]) -> Iterator[str]:
    """Say for each set and share of labels what each model gains over its untrained twin and over the genes.

    Models are those of the whole corpus, at the checkpoint that validation chose, else at the last one; the number is
    macro F1. Twins are paired by seed, so that the interval is that of their difference over seeds and test cells.
    """
    sets: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for record in records:
        if isinstance(record, Result) and record.evaluation.startswith(EVALUATION) and record.metric_id == MACRO_F1:
            sets[record.dataset_id, record.evaluation].append(record)
    for (dataset_id, evaluation), results in sorted(sets.items()):
        yield from map(load_vocabulary().with_names, _set(dataset_id, evaluation, results))


def _set(dataset_id: str, evaluation: str, results: list[Result]) -> Iterator[str]:
    simple = {result.model_id: result for result in results if result.run_id is None}
    listed = ", ".join(f"{model} {result.value:.3f}" for model, result in sorted(simple.items()))
    yield f"Trained on labels ({evaluation.replace('_', ' ')}), {dataset_id}, macro F1 without pre-training: {listed}."
    untrained = {(each.model_id, each.seed_init): each for each in results if each.run_id and not each.cells}
    for model_id, own in sorted(with_whole_corpus(results).items()):
        mean = sum(result.value for result in own) / len(own)
        pairs = [(result, untrained.get((model_id, result.seed_init))) for result in own]
        said = [paired("its untrained twin", [(result, twin) for result, twin in pairs if twin is not None])]
        if LOGISTIC in simple:
            said.append(paired(LOGISTIC, [(result, simple[LOGISTIC]) for result in own]))
        yield f"{model_id}, whole corpus, {len(own)} replicates: {mean:.3f}; {'; '.join(said)}."
    yield from _from_nothing(results, simple)


def _from_nothing(results: list[Result], simple: dict[str, Result]) -> Iterator[str]:
    """Models that the study pre-trains on nothing, beside the regression on the genes."""
    pretrained = {result.model_id for result in results if result.run_id and result.cells}
    models: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.run_id and result.model_id not in pretrained:
            models[result.model_id].append(result)
    for model_id, own in sorted(models.items()):
        mean = sum(result.value for result in own) / len(own)
        said = paired(LOGISTIC, [(each, simple[LOGISTIC]) for each in own]) if LOGISTIC in simple else ""
        yield f"{model_id}, from nothing, {len(own)} replicates: {mean:.3f}; {said}."
