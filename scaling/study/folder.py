"""Where a study keeps what: one class that knows the paths.

``OUT/study.json``, ``OUT/ledger.sqlite``, ``OUT/records.jsonl``
    The study as it was run last, the state of its jobs, its records.
``OUT/prepared/``
    Cells as the models see them (`scaling.study.prepare`).
``OUT/models/RUN/``
    The model of a run (`scaling.artefacts.folder`).
``OUT/validation/CELLS/RUN.json``
    Loss on the validation cells at each checkpoint.
``OUT/scores/EVALUATION/RUN.jsonl``, ``RUN.npz``
    Results of an evaluation at each checkpoint, and what was predicted of every test cell.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from scaling.evaluate.baselines import Evaluation
from scaling.study.prepare import Facts

if TYPE_CHECKING:
    from scaling.artefacts.folder import Artefact

__all__ = ["StudyFolder"]


class StudyFolder:
    """Paths of a study's folder, and the small files in it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.study, self.ledger, self.records = out / "study.json", out / "ledger.sqlite", out / "records.jsonl"
        self.prepared = out / "prepared"
        self.genes = self.prepared / "genes.parquet"

    def artefact(self, run_id: str) -> Artefact:
        """Model of a run."""
        from scaling.artefacts.folder import Artefact

        return Artefact(self.out / "models" / _name(run_id))

    def scores(self, run_id: str, evaluation: Evaluation) -> Path:
        """File of the results of a run, or of the baselines, on an evaluation."""
        return self._file("scores", f"{evaluation.digest[:16]}_{evaluation.seed_split}", f"{_name(run_id)}.jsonl")

    def predictions(self, run_id: str, evaluation: Evaluation) -> Path:
        """File of what a run, or the baselines, predicted on an evaluation."""
        return self.scores(run_id, evaluation).with_suffix(".npz")

    def losses(self, run_id: str, facts: Facts) -> Path:
        """File of the validation losses of a run."""
        return self._file("validation", facts.validation_digest[:16], f"{_name(run_id)}.json")

    def read_losses(self, run_id: str, facts: Facts) -> dict[int, float]:
        """Validation losses of a run: step -> loss; empty where nothing was chosen."""
        path = self.losses(run_id, facts)
        if not facts.validation_digest or not path.is_file():
            return {}
        return {int(step): loss for step, loss in json.loads(path.read_text(encoding="utf-8")).items()}

    def _file(self, kind: str, key: str, name: str) -> Path:
        folder = self.out / kind / key
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name


def _name(run_id: str) -> str:
    return run_id.partition(":")[2] or run_id
