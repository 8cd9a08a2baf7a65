"""``python -m scaling.study.worker OUT PARENT DEVICE THREADS PRECISION``: one worker process of a study."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scaling.study.execute import Machine
from scaling.study.work import work

if TYPE_CHECKING:
    from scaling.train.loop import Precision

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    out, parent, device, threads, precision = sys.argv[1:]
    machine = Machine(device, int(threads), cast("Precision", precision))  # as the driver wrote it
    work(Path(out), machine, parent=int(parent))
