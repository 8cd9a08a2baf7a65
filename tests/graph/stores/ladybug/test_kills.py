"""Writers that are killed at random moments, while others write and read: nothing acknowledged is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from graph.records import Author, Record
from graph.stores.open import open_store

ROOT = Path(__file__).parents[4]
KILLS, READERS = 200, 4
WRITE = """
    import sys, time
    from graph.errors import StoreBusy
    from graph.records import Author
    from graph.stores.open import open_store
    folder, name, first = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open_store("ladybug:" + folder) as store:
        print("ready", flush=True)
        number = first
        while True:
            try:
                store.write([Author(id=f"author:{name}_{number}", name=f"{name} {number}")])
            except StoreBusy:
                time.sleep(0.02)
                continue
            print(number, flush=True)
            number += 1
"""
READ = "MATCH (a:Author) WHERE a.id STARTS WITH $name RETURN count(*) AS n"


def acknowledged_before_a_kill(folder: Path, name: str, first: int, seconds: float) -> int:
    """Let a process write one author after the other, kill it, and return the number after the last acknowledged."""
    command = [sys.executable, "-c", textwrap.dedent(WRITE), str(folder), name, str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines = [line for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL, "it was killed, and had not failed before"
    return int(lines[-1]) + 1 if lines else first


@pytest.mark.long
def test_200_kills_of_two_writers_beside_four_readers_lose_nothing_acknowledged(
    tmp_path: Path, field: list[Record]
) -> None:
    folder, rng = tmp_path / "store", random.Random(7)
    with open_store(f"ladybug:{folder}") as store:
        store.write(field)
    numbers, problems, stop = {"a": 0, "b": 0}, list[BaseException](), threading.Event()

    def read() -> None:
        """The number of authors never falls, whoever dies."""
        seen = 0
        try:
            with open_store(f"ladybug:{folder}", read_only=True) as reader:
                while not stop.is_set():
                    (row,) = reader.query(READ, {"name": "author:"}, timeout=60)
                    assert row["n"] >= seen
                    seen = row["n"]
                    time.sleep(0.2)
        except BaseException as error:  # noqa: BLE001 (raised again below)
            problems.append(error)

    def write(name: str, kills: int, seed: int) -> None:
        moments = random.Random(seed)
        try:
            for _ in range(kills):
                numbers[name] = acknowledged_before_a_kill(folder, name, numbers[name], moments.uniform(0, 1.5))
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    writers = [threading.Thread(target=write, args=(name, KILLS // 2, rng.randrange(99))) for name in numbers]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert problems == []
    assert min(numbers.values()) > KILLS / 4, "writers were killed between and in writes, not before their first"

    with open_store(f"ladybug:{folder}") as store:
        kept = {row["a"] for row in store.query("MATCH (a:Author) RETURN a.id AS a", limit=10_000)}
        lost = {f"author:{name}_{n}" for name, number in numbers.items() for n in range(number)} - kept
        assert lost == set()
        digest = store.digest()
    again = [Author(id=key, name=key.removeprefix("author:").replace("_", " ")) for key in kept]
    with open_store(f"ladybug:{tmp_path / 'anew'}") as anew:
        anew.write([*field, *(author for author in again if author.id not in {record.id for record in field})])
        assert anew.digest() == digest
    print(f"{KILLS} kills, {sum(numbers.values())} writes acknowledged, {len(lost)} lost")
