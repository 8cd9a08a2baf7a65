"""What a device does at most, so that the speed of a training can be held against it.

Of a card that is known it is the dense bfloat16 rate of its data sheet; of any other device what a product of two large
float32 matrices reaches there, with as many threads as torch has.
"""

from __future__ import annotations

import time
from functools import cache

import torch

__all__ = ["CARDS", "peak"]

CARDS = {"H200": 790e12, "H100": 790e12, "A100": 312e12}
"""Dense bfloat16 operations per second, by a part of the card's name."""
SIZE, REPEATS = 1024, 3
"""Rows of the matrices, and products of which the fastest counts: a twentieth of a second on one core."""


def peak(device: str) -> float:
    """Operations per second that the device does at most; measured once in a process for each number of threads.

    Parameters
    ----------
    device
        ``cpu`` or ``cuda``, as torch names it.
    """
    return _peak(device, torch.get_num_threads())


@cache
def _peak(device: str, threads: int) -> float:
    del threads  # torch keeps their number itself; here it tells one measurement from another
    on_gpu = torch.device(device).type == "cuda"
    if on_gpu:
        name = torch.cuda.get_device_name(device)
        if listed := next((rate for card, rate in CARDS.items() if card in name), None):
            return listed
    matrix = torch.ones(SIZE, SIZE, device=device)
    fastest = float("inf")
    for _ in range(REPEATS + 1):  # the first one warms up
        start = time.perf_counter()
        torch.mm(matrix, matrix)
        if on_gpu:
            torch.cuda.synchronize()
        fastest = min(fastest, time.perf_counter() - start)
    return 2.0 * SIZE**3 / fastest
