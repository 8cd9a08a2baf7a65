"""A trained model as a folder.

``config.json``
    Family, its settings, and what the family sees of the counts.
``model.safetensors``
    The weights of the last step.
``checkpoints/STEP.safetensors``
    The weights at each checkpoint.
``genes.parquet``
    The genes of the corpus in its order (``gene``), and which of them the model sees (``seen``).
``run.json``
    The record of the run. It is written last, so that a folder that has it is complete.
``state/``
    What training needs to go on, until it has ended.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from graph.records import Run
from graph.records.lines import BadLine, fact, read_fact
from scaling.artefacts.genes import read_genes
from scaling.errors import BadModel
from scaling.families import find, names
from scaling.model.family import CellModel, FamilyConfig

if TYPE_CHECKING:
    import torch

__all__ = ["Artefact", "write_whole"]

CONFIG, WEIGHTS, GENES, RUN = "config.json", "model.safetensors", "genes.parquet", "run.json"


class Artefact:
    """The folder of a model, complete or in the making."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def is_complete(self) -> bool:
        """Whether training has ended, well or not."""
        return self.record.is_file()

    @property
    def record(self) -> Path:
        """File of the record of the run."""
        return self.folder / RUN

    @property
    def state(self) -> Path:
        """File of the state of an interrupted training."""
        return self.folder / "state" / "training.pt"

    def begin(self, family: str, config: FamilyConfig, genes: Path) -> None:
        """Write what is known before training; ``genes`` is a gene table (`scaling.artefacts.genes`).

        A model that is trained again, for further checkpoints, is incomplete until then.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.record.unlink(missing_ok=True)
        data = {"family": family, "config": config.model_dump(mode="json"), "view": find(family).view}
        write_whole(self.folder / CONFIG, json.dumps(data, indent=1).encode())
        if not (self.folder / GENES).exists():
            try:
                os.link(genes, self.folder / GENES)  # the table is the same for all runs of a study
            except OSError:  # another file system, or one without links
                shutil.copyfile(genes, self.folder / GENES)

    def save_weights(self, model: CellModel, step: int | None) -> None:
        """Write the weights of a checkpoint, or the last ones."""
        from safetensors.torch import save

        path = self.folder / WEIGHTS if step is None else self._checkpoint(step)
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        write_whole(path, save(tensors))

    def weights_digest(self) -> str:
        """Hexadecimal sha256 of the file of the last weights."""
        return hashlib.sha256((self.folder / WEIGHTS).read_bytes()).hexdigest()

    def finish(self, run: Run) -> None:
        """Write the record of the run and remove the state."""
        write_whole(self.record, fact(run).encode(), sync=True)
        shutil.rmtree(self.state.parent, ignore_errors=True)

    def checkpoints(self) -> tuple[int, ...]:
        """Steps whose weights are there, ascending."""
        return tuple(sorted(int(path.stem) for path in (self.folder / "checkpoints").glob("*.safetensors")))

    def run(self) -> Run:
        """Read the record of the run.

        Raises
        ------
        BadModel
            If it is missing or damaged.
        """
        try:
            record = read_fact(self.record.read_bytes())
        except (OSError, BadLine) as error:
            raise BadModel(self.folder, f"{RUN}: {error}") from error
        if not isinstance(record, Run):
            raise BadModel(self.folder, f"{RUN} holds a {type(record).__name__}")
        return record

    def model(self, step: int | None = None, *, device: torch.device | str = "cpu") -> CellModel:
        """Build the model and load the weights of a checkpoint, or the last ones, in evaluation mode.

        Raises
        ------
        BadModel
            If a file is missing or damaged, or the weights are of another model.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load

        family, config = self.settings()
        genes, seen = read_genes(self.folder / GENES)
        if step is not None and step not in self.checkpoints():
            known = ", ".join(map(str, self.checkpoints())) or "none"
            raise BadModel(self.folder, f"no weights of step {step}; checkpoints are: {known}")
        path = self.folder / WEIGHTS if step is None else self._checkpoint(step)
        model = find(family).build(genes[seen].tolist(), config, seed_init=0)
        try:
            model.load_state_dict(load(path.read_bytes()))
        except (OSError, SafetensorError, RuntimeError) as error:
            raise BadModel(self.folder, f"{path.name}: {str(error).splitlines()[0]}") from error
        return model.to(device).eval()

    def settings(self) -> tuple[str, FamilyConfig]:
        """Read the family and its settings.

        Raises
        ------
        BadModel
            If they are missing, damaged, or of a family that is not here.
        """
        try:
            data = json.loads((self.folder / CONFIG).read_text(encoding="utf-8"))
            family = str(data["family"])
            if family not in names():
                raise BadModel(self.folder, f"{CONFIG} names the family {family!r}; there are {', '.join(names())}")
            return family, find(family).config.model_validate(data["config"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadModel(self.folder, f"{CONFIG}: {str(error).splitlines()[0]}") from error

    def _checkpoint(self, step: int) -> Path:
        return self.folder / "checkpoints" / f"{step}.safetensors"


def write_whole(path: Path, content: bytes, *, sync: bool = False) -> None:
    """Put a file in place by rename, so that it is whole or absent where a process may be killed.

    ``sync`` waits for the disk, which takes its time: what says that all the rest is there survives a power failure.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as handle:
        handle.write(content)
        if sync:
            handle.flush()
            os.fsync(handle.fileno())
    part.replace(path)
