"""Start-up of the command line, as a multiple of ``import typer`` and of a bare interpreter.

The commands take turns, so that a busy machine slows all of them; the medians are compared.
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
    "import typer": [sys.executable, "-c", "import typer"],
    "biorxivist --help": [str(Path(sys.executable).with_name("biorxivist")), "--help"],
}


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(runs: int = 9) -> None:
    """Print the median of each command and the ratio of the last to the others."""
    for command in COMMANDS.values():
        seconds(command)  # byte code and file cache
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, values in times.items():
        print(f"{name:<18} {medians[name] * 1000:7.1f} ms  (median of {runs}, best {min(values) * 1000:.1f})")
    *baselines, (_, helped) = medians.items()
    for name, median in baselines:
        print(f"{helped / median:6.2f} x {name}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
