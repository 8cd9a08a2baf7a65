"""Hidden expression bins predicted from the rest of the cell: what a masked model is trained for, on held-out cells.

Needs a family with a ``predict``: an embedding says nothing of single genes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import Field

from scaling.corpus.counts import Corpus
from scaling.errors import StudyError
from scaling.evaluate.baselines import Evaluation
from scaling.evaluate.hidden import Bins, Flags, Hidden, hide, most_common_bins
from scaling.evaluate.kind import Embed, Kind, Measurement
from scaling.evaluate.method import MethodConfig

if TYPE_CHECKING:
    from scaling.model.family import CellModel

__all__ = ["KIND", "MaskedValuesConfig"]

BLOCK = 256
"""Cells that are hidden and predicted at a time."""
Answer = Callable[[npt.NDArray[np.int64], Bins, Flags], Bins]
"""Predicted bins of the hidden values, from (rows of the query, bins of these cells, which are hidden)."""


class MaskedValuesConfig(MethodConfig):
    """Settings of hidden values."""

    share: float = Field(default=0.15, gt=0, lt=1)
    """Share of the expressed genes of a cell that is hidden."""
    most: int = Field(default=40, ge=1)
    """Values of a cell that are hidden at most; a model has to see more genes than that."""
    seed: int = Field(default=0, ge=0)
    """Seed of which values are hidden."""


def _rows(cells: Corpus, config: MaskedValuesConfig, min_label_cells: int) -> npt.NDArray[np.int64]:  # noqa: ARG001
    return np.arange(len(cells))


def _measure(entry: Evaluation, embed: Embed) -> Measurement:  # noqa: ARG001
    raise StudyError(_no_predictions("an embedding"))


def _tune(entry: Evaluation, embed: Embed, model: CellModel, device: str) -> Measurement:  # noqa: ARG001
    """Ask the model as it is; nothing is trained."""
    import torch

    from scaling.views.batch import batch_of

    predict = getattr(model, "predict", None)
    if predict is None or getattr(model.config, "binning", None) != "log":
        raise StudyError(_no_predictions(type(model).__name__))
    rng = torch.Generator(device)
    model.eval()

    def answer(rows: npt.NDArray[np.int64], bins: Bins, hidden: Flags) -> Bins:  # noqa: ARG001
        rng.manual_seed(int(rows[0]))
        with torch.inference_mode():
            predicted = predict(batch_of(entry.query, rows, device), torch.from_numpy(hidden).to(device), rng)
        guess: Bins = predicted.cpu().numpy()
        return guess

    return _predict_hidden(entry, answer)


def _baselines(entry: Evaluation) -> Iterator[tuple[str, Measurement]]:
    """The rule without a model: the most common bin of the cell."""
    yield "model:most_common_bin", _predict_hidden(entry, lambda rows, bins, hidden: most_common_bins(bins, hidden))  # noqa: ARG005


def _predict_hidden(entry: Evaluation, answer: Answer) -> Hidden:
    """Hide values of every cell and ask for them."""
    import torch

    from scaling.views.batch import batch_of
    from scaling.views.bins import log_bins

    config = entry.config
    if not isinstance(config, MaskedValuesConfig):
        raise TypeError(type(config))
    truth, guess, cells = [], [], []
    for start in range(0, len(entry.query), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(entry.query)))
        batch = batch_of(entry.query, rows)
        with torch.inference_mode():
            bins: Bins = log_bins(batch.counts, batch.library).numpy()
        hidden = hide(bins, share=config.share, most=config.most, rng=np.random.default_rng([config.seed, 11, start]))
        truth.append(bins[hidden])
        guess.append(answer(rows, bins, hidden))
        cells.append(rows[hidden.nonzero()[0]])
    return Hidden(np.concatenate(truth), np.concatenate(guess), np.concatenate(cells), entry.groups)


def _no_predictions(what: str) -> str:
    return (
        f"Hidden values: {what} predicts no bins of single genes. Train the family binned with its binning 'log', or "
        "take masked_values out of the evaluations."
    )


KIND = Kind(
    config=MaskedValuesConfig,
    task_id="task:masked_modelling",
    regime=lambda config: "pretraining",  # noqa: ARG005
    columns=lambda config: (),  # noqa: ARG005
    rows=_rows,
    measure=_measure,
    tune=_tune,
    baselines=_baselines,
    name=lambda config: f"masked_{config.share * 100:g}_percent" + (f"_seed{config.seed}" if config.seed else ""),
)
