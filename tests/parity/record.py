"""Record what the published libraries compute for small inputs: ``make record-parity`` writes tests/scaling/recorded.

The default tests compare with these files, so that parity is held without the libraries.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.parity.libraries import geosketch_boxes
from tests.scaling.sampling.points import clustered_points

FOLDER = Path(__file__).parents[1] / "scaling" / "recorded"


def save(name: str, library: str, **arrays: np.ndarray) -> None:
    np.savez_compressed(FOLDER / f"{name}.npz", version=np.array(f"{library} {version(library)}"), **arrays)


def record_geosketch() -> None:
    arrays = {}
    for dtype in ("float32", "float64"):
        for k in (6, 60):
            boxes, side = geosketch_boxes(clustered_points(dtype), k)
            arrays |= {f"boxes_{dtype}_{k}": boxes.astype(np.int16), f"side_{dtype}_{k}": np.array(side)}
    save("geosketch", "geosketch", **arrays)


def record_vendi() -> None:
    from vendi_score.vendi import score_dual

    points = clustered_points("float64")
    save("vendi", "vendi-score", dual=np.array(score_dual(points)))


if __name__ == "__main__":
    for record in (record_geosketch, record_vendi):
        record()
