"""Does a score follow the logarithm of the sequencing depth, or a power of it?

``python benchmarks/depth_curve.py RECORDS`` reads the records of a study with arms of thinned counts (``depth_t``). For
each family the mean score at each depth, over seeds and sets (each set counting once), is fitted by a + b log(depth)
and by a - b depth^-c. Each depth is left out in turn and predicted from the others: a curve of more parameters always
fits better, and does not always predict better. What is printed decides no claim.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean

import numpy as np

from graph.records import Record, Result
from graph.vocabulary.protocol import COUNTS_THINNED, MACRO_F1
from scaling.study.lines import read_records

Curve = Callable[[np.ndarray], np.ndarray]
POWERS = np.concatenate([[0.01], np.arange(0.05, 3.01, 0.05)])


def depths(records: Iterable[Record], metric_id: str = MACRO_F1) -> dict[str, dict[float, float]]:
    """Model -> share of the counts -> mean score at the checkpoint that validation chose, else at the last one."""
    scores: dict[tuple[str, float, str], dict[int, Result]] = defaultdict(dict)
    for record in records:
        if not isinstance(record, Result) or record.metric_id != metric_id or not record.run_id or not record.cells:
            continue
        change = record.ablation or f"{COUNTS_THINNED} 1"
        if change.startswith(COUNTS_THINNED):
            key = record.model_id, float(change.removeprefix(COUNTS_THINNED)), record.dataset_id
            before = scores[key].get(record.seed_data or 0)
            if before is None or (record.chosen, record.steps or 0) > (before.chosen, before.steps or 0):
                scores[key][record.seed_data or 0] = record
    by_set: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (model_id, share, _), found in scores.items():
        by_set[model_id][share].append(fmean(result.value for result in found.values()))
    return {model: {share: fmean(values) for share, values in sorted(of.items())} for model, of in by_set.items()}


def logarithm(share: np.ndarray, score: np.ndarray) -> Curve:
    """Fit a + b log(depth)."""
    weights = np.linalg.lstsq(np.stack([np.ones_like(share), np.log(share)], axis=1), score, rcond=None)[0]
    return lambda x: weights[0] + weights[1] * np.log(x)


def power(share: np.ndarray, score: np.ndarray) -> Curve:
    """Fit a - b depth^-c, the power on a grid."""
    best, least = None, np.inf
    for c in POWERS:
        terms = np.stack([np.ones_like(share), -(share**-c)], axis=1)
        weights = np.linalg.lstsq(terms, score, rcond=None)[0]
        error = float(((terms @ weights - score) ** 2).sum())
        if error < least:
            best, least = (*weights, c), error
    assert best is not None
    a, b, c = best
    return lambda x: a - b * x**-c


def left_out_error(fit: Callable[[np.ndarray, np.ndarray], Curve], share: np.ndarray, score: np.ndarray) -> float:
    """Root of the mean squared error of each depth, predicted from the others."""
    errors = [score[n] - fit(np.delete(share, n), np.delete(score, n))(share[n : n + 1])[0] for n in range(len(share))]
    return float(np.sqrt(np.mean(np.square(errors))))


def main(path: Path) -> None:
    for model_id, scores in sorted(depths(read_records(path)).items()):
        share, score = np.array(list(scores)), np.array(list(scores.values()))
        print(model_id, ", ".join(f"{x:g}: {y:.3f}" for x, y in scores.items()))
        if len(share) < 5:
            print(f"  {len(share)} depths, and five are needed for a power that predicts a sixth")
            continue
        errors = {name: left_out_error(fit, share, score) for name, fit in (("log", logarithm), ("power", power))}
        print(
            "  error of a depth that was left out: "
            + ", ".join(f"{name} {error:.4f}" for name, error in errors.items())
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
