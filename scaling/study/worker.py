"""``python -m scaling.study.worker OUT PARENT DEVICE THREADS``: one worker process of a study."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from scaling.study.execute import Machine
from scaling.study.work import work

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    work(Path(sys.argv[1]), Machine(sys.argv[3], int(sys.argv[4])), parent=int(sys.argv[2]))
