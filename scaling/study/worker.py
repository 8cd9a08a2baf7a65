"""``python -m scaling.study.worker OUT PARENT MACHINE``: one worker process of a study; MACHINE is JSON."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from scaling.study.machine import Machine
from scaling.study.work import work

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    out, parent, machine = sys.argv[1:]
    work(Path(out), Machine(**json.loads(machine)), parent=int(parent))
