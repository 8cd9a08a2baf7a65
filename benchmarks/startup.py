"""Start-up of the command line, as a multiple of a bare interpreter.

``biorxivist --help`` and ``python -c pass`` take turns, so that a busy machine slows both; the medians are compared.
``python benchmarks/startup.py [RUNS]``
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "biorxivist --help": [str(Path(sys.executable).with_name("biorxivist")), "--help"],
}


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(runs: int = 9) -> None:
    """Print the median of each command and their ratio."""
    for command in COMMANDS.values():
        seconds(command)  # byte code and file cache
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    bare, helped = (statistics.median(values) for values in times.values())
    for name, values in times.items():
        print(
            f"{name:<18} {statistics.median(values) * 1000:7.1f} ms  (median of {runs}, best {min(values) * 1000:.1f})"
        )
    print(f"{'ratio':<18} {helped / bare:7.1f} x")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
