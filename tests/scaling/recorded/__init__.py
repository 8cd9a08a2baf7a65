"""What published libraries computed for small inputs, recorded by ``tests/parity/record.py`` with their versions."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def recorded(name: str) -> dict[str, np.ndarray]:
    with np.load(Path(__file__).parent / f"{name}.npz", allow_pickle=False) as arrays:
        return dict(arrays)
