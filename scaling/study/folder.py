"""Where a study keeps what: one class that knows the paths.

``OUT/study.json``, ``OUT/ledger.sqlite``, ``OUT/records.jsonl``
    The study as it was run last, the state of its jobs, its records.
``OUT/prepared/``
    Cells as the models see them (`scaling.study.prepare`).
``OUT/models/RUN/``
    The model of a run (`scaling.artefacts.folder`).
``OUT/validation/CELLS/RUN.CHECKPOINTS.json``
    Loss on the validation cells at each checkpoint.
``OUT/scores/EVALUATION/RUN.CHECKPOINTS.jsonl`` and ``.npz``
    Results of an evaluation at each checkpoint, and what was predicted of every test cell.

CELLS, EVALUATION and CHECKPOINTS are digests, so that what was made for other ones is not taken for these.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from graph.records import digest
from scaling.evaluate.baselines import Evaluation
from scaling.study.plan import RunSpec
from scaling.study.prepared import Facts

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

    def artefact(self, spec: RunSpec) -> Artefact:
        """Model of a run."""
        from scaling.artefacts.folder import Artefact

        return Artefact(self.out / "models" / spec.run_id.partition(":")[2])

    def scores(self, spec: RunSpec, evaluation: Evaluation) -> Path:
        """File of the results of a run on an evaluation."""
        return self._evaluation(evaluation) / f"{_name(spec)}.jsonl"

    def baselines(self, study: str, evaluation: Evaluation) -> Path:
        """File of the results of the baselines on an evaluation."""
        made_of = ""
        if evaluation.corpus is not None:  # its digest says nothing of the corpus, on which the baselines hang
            cells, types = evaluation.corpus
            made_of = f".{digest([cells.digest, types.tolist()], 16)}"
        return self._evaluation(evaluation) / f"baselines_{study}{made_of}.jsonl"

    def losses(self, spec: RunSpec, facts: Facts) -> Path:
        """File of the validation losses of a run."""
        return _made(self.out / "validation" / facts.validation_digest[:16]) / f"{_name(spec)}.json"

    def read_losses(self, spec: RunSpec, facts: Facts) -> dict[int, float]:
        """Validation losses of a run: step -> loss; empty where nothing was chosen."""
        if not facts.validation_digest:
            return {}
        return {int(step): loss for step, loss in json.loads(self.losses(spec, facts).read_text("utf-8")).items()}

    def _evaluation(self, evaluation: Evaluation) -> Path:
        return _made(self.out / "scores" / f"{evaluation.digest[:16]}_{evaluation.seed_split}")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _name(spec: RunSpec) -> str:
    return f"{spec.run_id.partition(':')[2]}.{digest(spec.training.checkpoints, 8)}"
