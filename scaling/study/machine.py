"""Where a study runs, and how its trainings are laid on the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaling.errors import StudyError

if TYPE_CHECKING:
    from scaling.train.compiling import Compile
    from scaling.train.loop import Precision

__all__ = ["Machine"]

DEVICES = ("auto", "cpu", "cuda")
COMPILE = ("auto", "on", "off")


@dataclass(frozen=True)
class Machine:
    """Where a study runs; it takes no part in any id."""

    device: str = "auto"
    """``cpu``, ``cuda``, or ``auto``: ``cuda`` where there is one."""
    threads: int = 1
    """Threads of a process. Sums over several threads round differently, so that weights depend on it."""
    precision: Precision = "auto"
    """In what the loss is computed: ``float32``, ``bfloat16`` by autocast, or ``auto``: ``bfloat16`` on a GPU."""
    stack: int | None = None
    """How many trainings that differ in cells and seeds take their steps as one (`scaling.train.stack`); if left out,
    as many as a GPU has room for beside its idle time, and none on a processor."""
    compile: Compile = "auto"
    """Whether parts of models are compiled: ``on``, ``off``, or ``auto``: in long trainings on a GPU."""

    def __post_init__(self) -> None:
        if self.stack is not None and self.stack < 1:
            msg = f"stack {self.stack}: it is the number of trainings that take their steps as one; 1 for none."
            raise StudyError(msg)
        if self.compile not in COMPILE:
            msg = f"compile {self.compile!r}: it is one of {', '.join(COMPILE)}."
            raise StudyError(msg)

    def torch_device(self) -> str:
        """Name the device for torch.

        Raises
        ------
        StudyError
            If there is no such device.
        """
        import torch

        if self.device not in DEVICES:
            msg = f"device {self.device!r}: it is one of {', '.join(DEVICES)}."
            raise StudyError(msg)
        if self.device == "cuda" and not torch.cuda.is_available():
            msg = "device cuda: torch finds no GPU here. Take auto or cpu, or install a build of torch for your GPU."
            raise StudyError(msg)
        return ("cuda" if torch.cuda.is_available() else "cpu") if self.device == "auto" else self.device
