"""``python -m scaling.study.worker OUT PARENT``: one worker process of a study."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from scaling.study.run import work

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    work(Path(sys.argv[1]), parent=int(sys.argv[2]))
