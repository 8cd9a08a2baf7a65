"""Run studies of the scaling engine: study files or presets, with a clear error where a package is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from biorxivist.errors import ExtraMissing, InvalidInput

__all__ = ["require_scaling", "run_study"]

NEEDED = ("torch", "h5py", "sklearn", "anndata", "scipy")


def require_scaling(needed_for: str) -> None:
    """Check that the packages of the scaling extra are installed.

    Raises
    ------
    ExtraMissing
        With the command that installs it.
    """
    for module in NEEDED:
        if find_spec(module) is None:
            raise ExtraMissing("scaling", needed_for, module)  # noqa: EM101 - names, not a message


def run_study(
    study: Path,
    *,
    cells: Path,
    out: Path,
    workers: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, int]:
    """Run a study file or preset.

    Returns
    -------
    Kind of record -> number of records.

    Raises
    ------
    ExtraMissing
        If torch or another part of the scaling extra is not installed.
    InvalidInput
        If there is no such study.
    ScalingError
        If the cells or the study cannot be used, or a run failed.
    """
    require_scaling("A study")
    import scaling
    from scaling.study.spec import presets

    if not study.is_file() and str(study) not in presets():
        msg = f"{study} is neither a study file nor a preset. Presets are {', '.join(presets())}."
        raise InvalidInput(msg)
    records = scaling.run(scaling.load_study(study), cells=cells, out=out, workers=workers, progress=progress)
    return dict(Counter(type(record).__name__ for record in records))
